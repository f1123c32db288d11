"""Macros, topics and own fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from presszero.conversations.models import Macro, Topic
from presszero.core.text import clean, one_line
from presszero.customers.models import OwnField
from presszero.merchants.models import Merchant

_DOES = ("resolve", "snooze")


class MacroForm(forms.ModelForm):  # type: ignore[type-arg]  # has no parameter when it runs
    """A ready answer, and what else it does."""

    topic = forms.CharField(required=False)
    priority = forms.ChoiceField(required=False, choices=[("", ""), *((str(n), str(n)) for n in range(1, 5))])
    assign = forms.ChoiceField(required=False, choices=[("", ""), ("me", "me")])
    resolve = forms.BooleanField(required=False)
    snooze = forms.BooleanField(required=False)

    class Meta:
        model = Macro
        fields = ["name", "text"]

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"], 80)
        same = Macro.objects.filter(merchant_id=self.instance.merchant_id, name=name, retired_at=None)
        if same.exclude(id=self.instance.id).exists():
            raise ValidationError(_("There is a macro of this name already."))
        return name

    def clean_text(self) -> str:
        return clean(self.cleaned_data["text"], 20_000)

    def clean_topic(self) -> int | None:
        asked = self.cleaned_data["topic"]
        if not asked:
            return None
        rows = Topic.objects.filter(merchant_id=self.instance.merchant_id, retired_at=None)
        found = rows.filter(id=asked).first() if asked.isdecimal() and len(asked) < 18 else None
        if found is None:
            raise ValidationError(_("There is no such topic."))
        return int(found.id)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        does: dict[str, Any] = {name: True for name in _DOES if found.get(name)}
        does |= {"topic": found["topic"]} if found.get("topic") else {}
        does |= {"priority": int(found["priority"])} if found.get("priority") else {}
        does |= {"assign": "me"} if found.get("assign") else {}
        if not found.get("text", "").strip() and not does:
            raise ValidationError(_("A macro says something, does something, or both."))
        self.instance.actions = does
        return found


class TopicForm(forms.ModelForm):  # type: ignore[type-arg]  # has no parameter when it runs
    class Meta:
        model = Topic
        fields = ["name"]

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"], 80)
        same = Topic.objects.filter(merchant_id=self.instance.merchant_id, name__iexact=name)
        if same.exclude(id=self.instance.id).exists():
            raise ValidationError(_("There is a topic of this name already."))
        return name


class OwnFieldForm(forms.ModelForm):  # type: ignore[type-arg]  # has no parameter when it runs
    """A field of their own. Its key is made of the label and stays, so that what was filled in is kept."""

    choices_text = forms.CharField(required=False, max_length=4000)
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in ("text", "number", "date", "yesno", "choice")])

    class Meta:
        model = OwnField
        fields = ["label", "kind"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        lines = [one_line(line, 80) for line in clean(found.get("choices_text", "")).splitlines()]
        self.instance.choices = list(dict.fromkeys(filter(None, lines)))
        if found.get("kind") == "choice" and not self.instance.choices:
            self.add_error("choices_text", _("Write the choices, one a line."))
        if not self.instance.key:
            self.instance.key = _free_key(self.instance.merchant, found.get("label", ""))
        return found


def _free_key(merchant: Merchant, label: str) -> str:
    base = slugify(label)[:34].replace("-", "_") or "field"
    taken = set(OwnField.objects.filter(merchant=merchant).values_list("key", flat=True))
    # Keys of the customer itself are not for own fields.
    taken |= {"name", "language", "timezone", "preferred_channel"}
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, 999))) if key not in taken)
