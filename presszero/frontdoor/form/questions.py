"""What the form asks, as a Django form made for one line: its topics, their fields, and the few that every form has."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from presszero.channels.adapters.email.addresses import BadAddress, mailbox
from presszero.channels.adapters.form.asking import Field, Topic
from presszero.channels.wishes import moment_in
from presszero.core.text import one_line

from ..fields import Words, noon

MAX_TEXT = 20_000  # characters
MATTERS = ("1", "2", "3")


class Questions(forms.Form):
    """`chosen` is the topic whose fields stand on the page; `chat` says that they can be answered in the chat."""

    def __init__(self, given: Any, *, topics: tuple[Topic, ...], chosen: Topic | None, chat: bool, now: datetime):
        super().__init__(given, use_required_attribute=False)
        self.topics, self.chosen, self.has_chat, self.now = topics, chosen, chat, now
        if topics:
            self.fields["topic"] = _choice([topic.name for topic in topics], required=True)
        for asked in chosen.fields if chosen else ():
            self.fields[input_name(asked)] = _field(asked)
        ways = ["email", *(["visitor"] if chat else []), "phone"]
        self.fields |= {
            "subject": _words(200, required=False),
            "text": _words(MAX_TEXT, required=True),
            "name": _words(120, required=True),
            "email": _words(254, required=False),
            "phone": _words(40, required=False),
            "matters": _choice(MATTERS),
            "needed_words": _words(200, required=False),
            "needed_date": _date(required=False),
            "channel": _choice(ways),
        }

    def clean_email(self) -> str:
        """Normalised as the handles of customers are: one spelling for one mailbox."""
        given = str(self.cleaned_data["email"]).strip()
        try:
            return mailbox(given).spec.lower() if given else ""
        except BadAddress as why:
            raise ValidationError(_("This does not look like an e-mail address. Is there a typing slip?")) from why

    def clean_phone(self) -> str:
        given = one_line(str(self.cleaned_data["phone"]), 40)
        digits = "".join(letter for letter in given if letter.isdecimal())
        if given and not (6 <= len(digits) <= 15 and all(c.isdecimal() or c in "+()-/. " for c in given)):
            raise ValidationError(_("This does not look like a phone number."))
        return given and ("+" if given.startswith("+") else "") + digits

    def clean_needed_date(self) -> date | None:
        given: date | None = self.cleaned_data["needed_date"]
        if given and given < self.now.date():
            raise ValidationError(_("This day has passed. Which one do you mean?"))
        return given

    def clean(self) -> dict[str, Any]:
        """There must be a way to answer: an e-mail address, or a number for those who want a call."""
        found = self.cleaned_data
        by_phone = found.get("channel") == "phone"
        if by_phone and "phone" not in self.errors and not found.get("phone"):
            self.add_error("phone", _("Which number may we call?"))
        if not by_phone and "email" not in self.errors and not found.get("email"):
            self.add_error("email", _("Without your e-mail address we cannot answer you."))
        return found

    def wish(self, zone: ZoneInfo) -> dict[str, Any]:
        """What a stored submission says of how much it matters, by when, and where to answer."""
        found = self.cleaned_data
        words = one_line(found["needed_words"], 200)
        day: date | None = found["needed_date"]
        when = noon(day, self.now, zone) if day else None
        if when is None and words:
            when = moment_in(words, language=get_language() or "en", now=self.now, zone=zone)
        said = words or (_day(day) if day else "")
        matters = int(found["matters"]) if found["matters"] else None
        if not (matters or said or found["channel"]):
            return {}
        needed = when.isoformat() if when else None
        return {"matters": matters, "needed_by": needed, "words": said, "channel": found["channel"]}

    def answers(self) -> list[list[str]]:
        """[label, value] of what the topic's fields hold, as people read it."""
        asked = self.chosen.fields if self.chosen else ()
        return [[each.label, _said(each, self.cleaned_data.get(input_name(each)))] for each in asked]


def input_name(asked: Field) -> str:
    """What a topic's field is called on the page."""
    return f"t-{asked.key}"


def labels(questions: Questions) -> dict[str, str]:
    """What each question is called, by its name."""
    own = {input_name(asked): asked.label for asked in (questions.chosen.fields if questions.chosen else ())}
    return {
        **own,
        "topic": _("What is it about?"),
        "subject": _("In a few words"),
        "text": _("Your message"),
        "files": _("Pictures or files"),
        "matters": _("How much does it matter?"),
        "needed_words": _("By when do you need it?"),
        "needed_date": _("Or pick the day"),
        "name": _("Your name"),
        "email": _("Your e-mail"),
        "phone": _("Your phone"),
        "channel": _("How shall we answer?"),
    }


def _field(asked: Field) -> forms.Field:
    if asked.kind == "choice":
        return _choice(asked.choices, required=asked.required)
    if asked.kind == "yes_no":
        return _choice(("yes", "no"), required=asked.required)
    if asked.kind == "date":
        return _date(required=asked.required)
    if asked.kind == "number":
        wrong = {"invalid": _("A number, please."), "required": _missing()}
        return forms.DecimalField(max_digits=18, decimal_places=4, required=asked.required, error_messages=wrong)
    most = {"long": 5000, "order": 60}.get(asked.kind, 300)
    return _words(most, required=asked.required)


def _words(most: int, *, required: bool) -> forms.CharField:
    too_long = _("This is longer than we can take here: at most %(n)d characters.") % {"n": most}
    wrong = {"required": _missing(), "max_length": too_long, "null_characters_not_allowed": _("This cannot be read.")}
    return Words(max_length=most, required=required, error_messages=wrong)


def _choice(values: Any, *, required: bool = False) -> forms.ChoiceField:
    wrong = {"required": _("Please choose one."), "invalid_choice": _("Please choose one of these.")}
    return forms.ChoiceField(choices=[(v, v) for v in values], required=required, error_messages=wrong)


def _date(*, required: bool) -> forms.DateField:
    wrong = {"required": _missing(), "invalid": _("A day, please, like 2026-12-24.")}
    return forms.DateField(required=required, error_messages=wrong, input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"])


def _missing() -> str:
    return _("Please fill this in.")


def _said(asked: Field, value: Any) -> str:
    if value in (None, ""):
        return ""
    if asked.kind == "yes_no":
        return _("Yes") if value == "yes" else _("No")
    return _day(value) if isinstance(value, date) else str(value)


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month]} {day.year}"
