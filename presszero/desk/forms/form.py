"""How a web form is set up: whose pages show it, what it asks for each topic, what it says, and who answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from presszero.channels.adapters.form.asking import KINDS, MAX_CHOICES, MAX_FIELDS, MAX_TOPICS, Topic, text, topics
from presszero.channels.models import Line
from presszero.core.sealing import new_token
from presszero.core.text import clean, one_line

from .chat import MAX_SITES, origin
from .lines import LineForm

TEXTS = ("title", "intro", "thanks")
MAX_ASKED = 40  # fields of all topics together
_SPARE = 2  # empty rows below the fields of a topic
_PARTS = ("label", "kind", "required", "help", "choices")


class FormLineForm(LineForm):
    """A web form for a brand. A topic or field whose name is emptied is gone; one more is always there to fill."""

    sites = forms.CharField(required=False, max_length=5000)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        mails = Line.objects.filter(merchant_id=self.instance.merchant_id, kind="email").order_by("id")
        self.fields["answers_from"] = forms.ModelChoiceField(mails, required=False, empty_label=_("the brand's first"))
        self.spoken = spoken(self.instance)
        for language in self.spoken:
            for name in TEXTS:
                self.fields[f"{name}_{language}"] = forms.CharField(required=False, max_length=1000)
        self.rows = list(self._rows())
        for n, places in self.rows:
            self.fields[f"topic_{n}"] = forms.CharField(required=False, max_length=80)
            for m in places:
                self.fields |= _field_row(f"{n}_{m}")

    def clean_sites(self) -> list[str]:
        given = re.split(r"[\s,]+", self.cleaned_data["sites"].strip())
        found = list(dict.fromkeys(origin(each) for each in given if each))
        if len(found) > MAX_SITES:
            raise ValidationError(_("Twenty addresses are the most for one form."))
        return found

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        names: set[str] = set()
        for n, places in self.rows:
            name = one_line(found.get(f"topic_{n}") or "", 80)
            if not name and any(found.get(f"label_{n}_{m}") for m in places):
                self.add_error(f"topic_{n}", _("What is this topic called?"))
            if name and name in names:
                self.add_error(f"topic_{n}", _("There is a topic of this name already."))
            names.add(name)
            for m in places:
                self._judge(f"{n}_{m}")
        if sum(bool(found.get(f"label_{n}_{m}")) for n, places in self.rows for m in places) > MAX_ASKED:
            self.add_error(None, _("Forty fields together are the most. People rather write than fill in."))
        return found

    def keep(self) -> Line:
        """Writes the settings into the line."""
        row: Line = self.instance
        answers = self.cleaned_data["answers_from"]
        row.address = row.address or _address(row)
        row.settings = {
            **row.settings,
            "sites": self.cleaned_data["sites"],
            "answers_from": answers.id if answers else None,
            "topics": list(self._topics()),
            "texts": {each: self._texts(each) for each in self.spoken},
        }
        row.save()
        return row

    def _judge(self, place: str) -> None:
        found = self.cleaned_data
        label, kind = found.get(f"label_{place}"), found.get(f"kind_{place}")
        if not label and (found.get(f"help_{place}") or found.get(f"choices_{place}")):
            self.add_error(f"label_{place}", _("What is this field called?"))
        if label and kind == "choice" and not _choices(found.get(f"choices_{place}") or ""):
            self.add_error(f"choices_{place}", _("Which ones are there to choose from? One a line."))

    def _rows(self) -> Iterator[tuple[int, range]]:
        """The number of each topic, and of its fields: those there are, those sent, and some to fill."""
        known = topics(self.instance.settings)
        for n in range(MAX_TOPICS):
            there = len(known[n].fields) if n < len(known) else 0
            sent = max((m + 1 for m in range(MAX_FIELDS) if f"label_{n}_{m}" in self.data), default=0)
            if n <= len(known) or f"topic_{n}" in self.data:
                yield n, range(min(max(there + _SPARE, sent), MAX_FIELDS))

    def _topics(self) -> Iterator[dict[str, Any]]:
        for n, places in self.rows:
            name = one_line(self.cleaned_data[f"topic_{n}"], 80)
            if name:
                yield {"name": name, "fields": [self._asked(f"{n}_{m}") for m in places if self._label(f"{n}_{m}")]}

    def _asked(self, place: str) -> dict[str, Any]:
        found = {part: self.cleaned_data[f"{part}_{place}"] for part in _PARTS}
        return {
            "key": place.replace("_", "-"),
            "label": self._label(place),
            "kind": found["kind"] or "text",
            "required": bool(found["required"]),
            "help": one_line(found["help"], 200),
            "choices": _choices(found["choices"]) if found["kind"] == "choice" else [],
        }

    def _label(self, place: str) -> str:
        return one_line(self.cleaned_data[f"label_{place}"], 120)

    def _texts(self, language: str) -> dict[str, str]:
        return {name: clean(self.cleaned_data[f"{name}_{language}"], 1000).strip() for name in TEXTS}


def form_values(row: Line) -> dict[str, Any]:
    """What the form of a web form starts with."""
    own = row.settings
    first: dict[str, Any] = {"sites": "\n".join(own.get("sites") or []), "answers_from": own.get("answers_from")}
    for language in spoken(row):
        first |= {f"{name}_{language}": text(own, language, name) for name in TEXTS}
    for n, topic in enumerate(topics(own)):
        first |= _topic_values(n, topic)
    return first


def spoken(row: Line) -> list[str]:
    """The languages of the shop that the form can be drawn in."""
    ours = [code for code, _name in django_settings.LANGUAGES]
    return [each for each in row.merchant.languages if each in ours] or ["en"]


def kind_names() -> list[tuple[str, str]]:
    """(kind, what people call it), for the choice."""
    names = {
        "text": _("a line of text"),
        "long": _("a long text"),
        "choice": _("a choice"),
        "number": _("a number"),
        "date": _("a day"),
        "order": _("an order number"),
        "yes_no": _("yes or no"),
    }
    return [(kind, names[kind]) for kind in KINDS]


def _topic_values(n: int, topic: Topic) -> dict[str, Any]:
    first: dict[str, Any] = {f"topic_{n}": topic.name}
    for m, asked in enumerate(topic.fields):
        values = (asked.label, asked.kind, asked.required, asked.help, "\n".join(asked.choices))
        first |= {f"{part}_{n}_{m}": value for part, value in zip(_PARTS, values, strict=True)}
    return first


def _field_row(place: str) -> dict[str, forms.Field]:
    return {
        f"label_{place}": forms.CharField(required=False, max_length=120),
        f"kind_{place}": forms.ChoiceField(required=False, choices=[(kind, kind) for kind in KINDS]),
        f"required_{place}": forms.BooleanField(required=False),
        f"help_{place}": forms.CharField(required=False, max_length=200),
        f"choices_{place}": forms.CharField(required=False, max_length=4000),
    }


def _choices(given: str) -> list[str]:
    lines = [one_line(each, 120) for each in given.splitlines()]
    return list(dict.fromkeys(each for each in lines if each))[:MAX_CHOICES]


def _address(row: Line) -> str:
    """A form has no address on the net but its token; this one tells it from the shop's other forms."""
    usual = f"form.{row.merchant_id}.{row.brand_id}"
    taken = Line.objects.filter(merchant_id=row.merchant_id, kind="form", address=usual).exists()
    return f"{usual}.{new_token(48)}" if taken else usual
