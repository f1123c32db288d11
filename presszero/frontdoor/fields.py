"""What the front door's questions have in common."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from presszero.core.text import clean


class Words(forms.CharField):
    """Storable before it is looked at: no NUL, no lone surrogates."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(clean(str(value)) if value is not None else value))


def noon(day: date, now: datetime, zone: ZoneInfo) -> datetime:
    """A day that somebody named, as a moment: its noon there, or its end once noon has passed."""
    found = datetime.combine(day, time(12), zone)
    return found if found > now else found + timedelta(hours=11, minutes=59)
