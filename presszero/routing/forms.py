"""What leads type about queues, skills and targets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presszero.channels.models import Line
from presszero.merchants.models import Hours, Merchant
from presszero.team.models import Team

from .actions.arranging import Arranged
from .models import Queue, Skill, Target

LEVELS = 5
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class Minutes(forms.Field):
    """Minutes as people type them, "5" or "2.5" or "1:30"; seconds in the code."""

    def to_python(self, value: Any) -> int | None:
        said = str(value or "").strip().replace(",", ".")
        if not said:
            return None
        found = re.fullmatch(r"(\d{1,4}):([0-5]\d)", said)
        if found:
            return int(found[1]) * 60 + int(found[2])
        if not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", said):
            raise forms.ValidationError(_("Say it in minutes: 5, 2.5 or 1:30."))
        return round(float(said) * 60)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not 1 <= value <= 24 * 3600:
            raise forms.ValidationError(_("Something between a second and a day."))


class QueueForm(forms.Form):
    """As `Arranged` names them."""

    name = forms.CharField(max_length=60)
    team = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    priority = forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        required=False,
        choices=[
            ("0", gettext_lazy("In the order in which people came")),
            ("1", gettext_lazy("Before those in other queues")),
            ("-1", gettext_lazy("After those in other queues")),
        ],
    )
    target = Minutes(required=True)
    warn = forms.IntegerField(min_value=10, max_value=100)
    hours = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    overflow = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    overflow_after = Minutes(required=True)
    sticky = forms.IntegerField(min_value=0, max_value=600)
    announces = forms.BooleanField(required=False)
    offers_callback = forms.BooleanField(required=False)
    chats = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, merchant: Merchant, row: Queue | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = {"merchant": merchant, "retired_at": None}
        others = Queue.objects.filter(**mine).exclude(id=row.id if row else 0)
        lines = Line.objects.filter(merchant=merchant, kind="chat").order_by("id")
        self.skills = list(Skill.objects.filter(**mine).order_by("name"))
        self._offer("team", _("Everybody"), Team.objects.filter(**mine).order_by("name"))
        self._offer("hours", _("The hours of the line they come by"), Hours.objects.filter(merchant=merchant))
        self._offer("overflow", _("Nobody else"), others.order_by("name"))
        self.fields["chats"].choices = [(str(line.id), line.name) for line in lines]  # type: ignore[attr-defined]

    def arranged(self) -> Arranged:
        """What is wanted; the form is valid. Levels stand beside the fields, as skill-7."""
        said = self.cleaned_data
        levels = {skill.id: level(self.data.get(f"skill-{skill.id}", "")) for skill in self.skills}
        return Arranged(
            said["name"],
            said["team"] or 0,
            said["priority"] or 0,
            said["target"],
            said["warn"] / 100,
            said["hours"] or 0,
            said["overflow"] or 0,
            said["overflow_after"],
            said["sticky"],
            said["announces"],
            said["offers_callback"],
            {skill: needed for skill, needed in levels.items() if needed},
            tuple(said["chats"]),
        )

    def _offer(self, name: str, nothing: str, rows: Iterable[Any]) -> None:
        found = [("", nothing), *((str(row.id), row.name) for row in rows)]
        self.fields[name].choices = found  # type: ignore[attr-defined]


class SkillForm(forms.Form):
    name = forms.CharField(max_length=60)
    language = forms.CharField(max_length=12, required=False)

    def clean_language(self) -> str:
        said = str(self.cleaned_data["language"]).strip()
        if said and not _LANGUAGE.fullmatch(said):
            raise forms.ValidationError(_("Write the language's short name: de, es, pt-BR."))
        return said


class TargetForm(forms.Form):
    line = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    kind = forms.ChoiceField(choices=[("", ""), ("call", ""), ("chat", "")], required=False)
    customers = forms.ChoiceField(choices=[(value, "") for value in ("all", "new", "returning", "waiting_order")])
    minutes = Minutes(required=True)

    def __init__(self, merchant: Merchant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = Line.objects.filter(merchant=merchant).order_by("id")
        self.fields["line"].choices = [("", ""), *((str(row.id), row.name) for row in lines)]  # type: ignore[attr-defined]

    def target(self) -> Target:
        said = self.cleaned_data
        return Target(line_id=said["line"], kind=said["kind"], customers=said["customers"], seconds=said["minutes"])


def level(said: str) -> int:
    """0 to 5; what is no level is none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) == 1 and int(said) <= LEVELS else 0


def at_once(said: str) -> int | None:
    """How many at once; "" as usual. Raises ValueError for what is no number up to 20."""
    if not said.strip():
        return None
    number = int(said)
    if not 0 <= number <= 20:
        raise ValueError
    return number
