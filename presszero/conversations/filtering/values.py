"""The value of a condition, read by what its operator takes. Whatever is not plainly right is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from presszero.channels import registry
from presszero.core.refusal import Refused
from presszero.core.text import one_line

from ..models import Conversation
from .fields import Field
from .known import Known
from .operators import folded

ME = 0  # the place of whoever looks, until it is known who that is; no row has this number
MANY = 50  # values of any_of and none_of
_DURATION = re.compile(r"([0-9]{1,5})([mhd])", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST = timedelta(days=3650)
_MOST = Decimal(10) ** 15


class BadFilter(Refused):
    """It cannot be read as a filter; the sentence says which part of it and why."""


def duration(value: object) -> timedelta:
    """30m, 4h, 7d: of minutes, hours and days, at most ten years. Raises BadFilter."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    length = int(found[1]) * _UNITS[found[2]] if found else None
    if length is None or length > LONGEST:
        raise BadFilter(_("A length of time is written like 30m, 4h or 7d."))
    return length


def taken(known: Known, field: Field, takes: str, value: object) -> Any:
    """The value as it is compared. Raises BadFilter."""
    if takes == "nothing":
        return None
    if takes in ("many", "texts"):
        if not isinstance(value, list) or not 1 <= len(value) <= MANY:
            raise BadFilter(_("Pick between one and %(many)s of %(field)s.") % {"many": MANY, "field": field.label})
        single = "one" if takes == "many" else "text"
        return [taken(known, field, single, each) for each in value]
    if takes == "number" and field.of:
        takes = "one"
    return _one(known, field, value) if takes == "one" else _TYPED[takes](known, field, value)


def _one(known: Known, field: Field, value: object) -> int | str:
    if field.of == "assignee" and value == "me":
        return ME
    if field.of == "own":
        wanted = folded(value) if isinstance(value, str) else ""
        if wanted not in [folded(choice) for choice in field.choices]:
            raise _unknown(field)
        return wanted
    if field.of in known.named:
        found = known.find(field.of, value)
        if found is None:
            raise _unknown(field)
        return found.id
    if type(value) not in (str, int) or value not in listed(field.of):
        raise _unknown(field)
    return value  # type: ignore[return-value]  # its type was asked a line above


def listed(of: str) -> Mapping[Any, str]:
    """The values that are the same with every merchant, and what they are called."""
    return _LISTED[of]()


def _states() -> Mapping[Any, str]:
    return {"open": _("open"), "snoozed": _("snoozed"), "resolved": _("resolved"), "spam": _("spam")}


def _priorities() -> Mapping[Any, str]:
    words = (_("low"), _("normal"), _("high"), _("urgent"))
    return dict(zip(Conversation.Priority.values, words, strict=True))


def _matters() -> Mapping[Any, str]:
    return {1: _("can wait"), 2: _("as usual"), 3: _("matters a lot")}


def _channels() -> Mapping[Any, str]:
    called = {"email": _("e-mail"), "chat": _("chat"), "form": _("web form")}
    return {kind: called.get(kind, kind) for kind in registry.kinds()}


_LISTED: Mapping[str, Callable[[], Mapping[Any, str]]] = {
    "state": _states,
    "priority": _priorities,
    "matters": _matters,
    "channel": _channels,
}


def _text(known: Known, field: Field, value: object) -> str:
    words = folded(one_line(value, 200)) if isinstance(value, str) else ""
    if not words:
        raise BadFilter(_("Write what %(field)s should be compared with.") % {"field": field.label})
    return words


def _number(known: Known, field: Field, value: object) -> Decimal:
    number = None
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _MOST:
            number = Decimal(str(value))
        elif isinstance(value, str) and len(value) <= 30:
            number = Decimal(value)
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) > _MOST:
        raise BadFilter(_("%(field)s is compared with a number.") % {"field": field.label})
    return number


def _moment(known: Known, field: Field, value: object) -> datetime:
    """A day begins at midnight where the merchant is; a moment without a zone is theirs."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        found = None
    if found is None or not 1970 <= found.year <= 2200:
        raise BadFilter(_("%(field)s is compared with a day, like 2026-03-31.") % {"field": field.label})
    return (found if found.tzinfo else found.replace(tzinfo=known.zone)).astimezone(UTC)


def _date(known: Known, field: Field, value: object) -> str:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        found = None
    if found is None:
        raise BadFilter(_("%(field)s is compared with a day, like 2026-03-31.") % {"field": field.label})
    return found.isoformat()


def _yesno(known: Known, field: Field, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadFilter(_("%(field)s is yes or no.") % {"field": field.label})
    return value


def _unknown(field: Field) -> BadFilter:
    return BadFilter(
        _("There is no such choice of %(field)s here.") % {"field": field.label}, _("Pick another one, or take it out.")
    )


_TYPED: Mapping[str, Callable[[Known, Field, object], Any]] = {
    "text": _text,
    "number": _number,
    "moment": _moment,
    "duration": lambda known, field, value: duration(value),
    "date": _date,
    "yesno": _yesno,
}
