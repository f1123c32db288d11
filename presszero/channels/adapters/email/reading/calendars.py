"""An invitation in words: what, when, where, from whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from icalendar import Calendar, Component

from . import clean

MAX_BYTES = 1024 * 1024
MAX_EVENTS = 10

_METHODS = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Another time is proposed",
    "PUBLISH": "Event",
}
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "perhaps"}


def in_words(content: bytes) -> str:
    """A few lines for reading; "" where the file says nothing that can be understood."""
    try:
        calendar = Calendar.from_ical(content[:MAX_BYTES].strip())
        events = [each for each in calendar.walk("VEVENT") if isinstance(each, Component)][:MAX_EVENTS]
        heading = _METHODS.get(_value(calendar, "METHOD").upper(), "Event")
        return clean.body("\n\n".join(_event(each, heading) for each in events))
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError):
        return ""


def _event(event: Any, heading: str) -> str:
    lines = [f"{heading}: {_value(event, 'SUMMARY') or 'without a title'}"]
    lines += [f"When: {_when(event)}"] if _when(event) else []
    lines += [f"Where: {_value(event, 'LOCATION')}"] if _value(event, "LOCATION") else []
    organiser = _value(event, "ORGANIZER").removeprefix("mailto:").removeprefix("MAILTO:")
    lines += [f"From: {organiser}"] if organiser else []
    lines += _answers(event)
    return "\n".join(lines)


def _answers(event: Any) -> list[str]:
    attendees = event.get("ATTENDEE", [])
    out = []
    for each in (attendees if isinstance(attendees, list) else [attendees])[:50]:
        answer = _ANSWERS.get(str(getattr(each, "params", {}).get("PARTSTAT", "")).upper())
        if answer:
            out.append(f"{clean.line(str(each)).lower().removeprefix('mailto:')}: {answer}")
    return out


def _when(event: Any) -> str:
    start, end = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if start and end and start[:10] == end[:10]:
        end = end[11:]
    return f"{start} to {end}" if start and end else start


def _moment(event: Any, name: str) -> str:
    moment = getattr(event.get(name), "dt", None)
    if isinstance(moment, datetime):
        return moment.strftime("%Y-%m-%d %H:%M") + (f" {moment.tzname()}" if moment.tzinfo else "")
    return moment.isoformat() if isinstance(moment, date) else ""


def _value(component: Any, name: str) -> str:
    return clean.line(str(component.get(name, "")))[:500]
