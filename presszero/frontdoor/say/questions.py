"""The three questions, and what was answered as a wish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from presszero.channels.vocabulary import Wish
from presszero.channels.wishes import moment_in
from presszero.core.text import one_line

from ..fields import Words, noon

MATTERS = ("1", "2", "3")


class Questions(forms.Form):
    """Every one may stay empty, but not all."""

    def __init__(self, given: Any, *, ways: Sequence[str], now: datetime):
        super().__init__(given, use_required_attribute=False)
        self.ways, self.now = ways, now
        wrong = {"invalid_choice": _("Please choose one of these.")}
        self.fields |= {
            "matters": forms.ChoiceField(choices=[(v, v) for v in MATTERS], required=False, error_messages=wrong),
            "words": Words(max_length=200, required=False),
            "day": forms.DateField(required=False, input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]),
            "channel": forms.ChoiceField(choices=[(v, v) for v in ways], required=False, error_messages=wrong),
        }

    def clean_day(self) -> date | None:
        given: date | None = self.cleaned_data["day"]
        if given and given < self.now.date():
            raise ValidationError(_("This day has passed. Which one do you mean?"))
        if given and given > (self.now + timedelta(days=730)).date():
            raise ValidationError(_("This is more than two years away. Which day do you mean?"))
        return given

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if not self.errors and not any(found.get(name) for name in ("matters", "words", "day", "channel")):
            raise ValidationError(_("Answer one of the three, whichever you like."))
        return found

    def wish(self, zone: ZoneInfo, language: str) -> Wish:
        """What they said; a day is its noon where we are, or its end once noon has passed."""
        found = self.cleaned_data
        words, day = one_line(found["words"], 200), found["day"]
        when = noon(day, self.now, zone) if day else None
        if when is None and words:
            when = moment_in(words, language=language, now=self.now, zone=zone)
        return Wish(int(found["matters"]) if found["matters"] else None, when, words, found["channel"])
