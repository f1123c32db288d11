"""When a rule is asked: at something that happens, or once something has lasted, or every day. Pure.

Written as {"on": ["arrived", "reopened"]}, {"on": ["waiting"], "for": "4h"} or {"on": ["daily"], "at": "09:00"}.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from presszero.core.refusal import Refused

_LENGTH = re.compile(r"([1-9][0-9]{0,3})([mhd])")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST = timedelta(days=365)


class BadOccasion(Refused):
    """What somebody wrote is not a time to ask a rule at."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """`kinds`: the facts it hears, none for what is due by time. `asks`: "" · "for" (a length) · "at" (a clock)."""

    key: str
    label: str  # "a message arrives"; with %(for)s or %(at)s where it asks
    kinds: tuple[str, ...] = ()
    asks: str = ""
    by_customer: bool = False  # only what the customer themselves did


@dataclass(frozen=True, slots=True)
class When:
    """A checked `when`. `lasts` and `clock` are set for what asks for them."""

    on: tuple[str, ...]
    lasts: timedelta | None = None
    clock: time | None = None

    @property
    def is_timed(self) -> bool:
        return not OCCASIONS[self.on[0]].kinds

    @property
    def kinds(self) -> frozenset[str]:
        """The facts that it hears."""
        return frozenset(kind for key in self.on for kind in OCCASIONS[key].kinds)


OCCASIONS: dict[str, Occasion] = {
    each.key: each
    for each in (
        Occasion("arrived", gettext_noop("a message arrives"), ("message.received",), by_customer=True),
        Occasion("first", gettext_noop("a conversation begins"), ("conversation.opened",), by_customer=True),
        Occasion("sent", gettext_noop("an answer is sent"), ("message.sent",)),
        Occasion("resolved", gettext_noop("a conversation is resolved"), ("conversation.resolved",)),
        Occasion("reopened", gettext_noop("a conversation is opened again"), ("conversation.reopened",)),
        Occasion("assigned", gettext_noop("a conversation is handed over"), ("conversation.assigned",)),
        Occasion("tagged", gettext_noop("a tag is put on"), ("conversation.tagged",)),
        Occasion("changed", gettext_noop("a detail is changed"), ("conversation.changed",)),
        Occasion("wished", gettext_noop("they say how much it matters"), ("conversation.wished",)),
        Occasion("broken", gettext_noop("a promised time passes"), ("promise.broken",)),
        Occasion("not_arrived", gettext_noop("an answer does not arrive"), ("answer.not_arrived",)),
        Occasion("noted", gettext_noop("a note is added"), ("note.added",)),
        Occasion("side_answered", gettext_noop("somebody outside answers"), ("side.answered",)),
        Occasion("woken", gettext_noop("a conversation comes back"), ("conversation.woken",)),
        Occasion("waiting", gettext_noop("somebody has waited for %(for)s"), asks="for"),
        Occasion("due", gettext_noop("an answer is late by %(for)s"), asks="for"),
        Occasion("silent", gettext_noop("the customer has been silent for %(for)s"), asks="for"),
        Occasion("snoozed", gettext_noop("it has been put aside for %(for)s"), asks="for"),
        Occasion("daily", gettext_noop("it is %(at)s, every day"), asks="at"),
    )
}

HEARD = frozenset(kind for each in OCCASIONS.values() for kind in each.kinds)


def read(written: Any) -> When:
    """Checks what somebody wrote. Raises BadOccasion with a sentence."""
    if not isinstance(written, dict) or set(written) - {"on", "for", "at"}:
        raise BadOccasion(_("Say when the rule is asked."), _("Pick something that happens."))
    on = written.get("on")
    if not isinstance(on, list) or not on or len(on) > len(OCCASIONS) or not all(isinstance(key, str) for key in on):
        raise BadOccasion(_("Say when the rule is asked."), _("Pick something that happens."))
    if unknown := [key for key in on if key not in OCCASIONS]:
        raise BadOccasion(_("There is no “%(what)s” to wait for.") % {"what": unknown[0][:40]})
    keys = tuple(dict.fromkeys(on))
    asked = {OCCASIONS[key].asks for key in keys if not OCCASIONS[key].kinds}
    if asked and len(keys) > 1:
        raise BadOccasion(_("What is due by time stands alone."), _("Make a second rule for the other."))
    lasts = length(written.get("for")) if "for" in asked else None
    return When(keys, lasts, clock(written.get("at")) if "at" in asked else None)


def length(written: Any) -> timedelta:
    """ "30m", "4h", "7d". Raises BadOccasion."""
    found = _LENGTH.fullmatch(written) if isinstance(written, str) else None
    if found is None or int(found[1]) * _UNITS[found[2]] > LONGEST:
        raise BadOccasion(_("This is not a length of time."), _("Write 30m, 4h or 7d; a year at most."))
    return int(found[1]) * _UNITS[found[2]]


def clock(written: Any) -> time:
    """ "09:00". Raises BadOccasion."""
    found = _CLOCK.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise BadOccasion(_("This is not a time of day."), _("Write it as 09:00."))
    return time(int(found[1]), int(found[2]))


def says(when: When) -> str:
    """As it stands after "When": "a message arrives or an answer is sent"."""
    words = [_(OCCASIONS[key].label) % _values(when) for key in when.on]
    return _joined(words, pgettext("between two occasions", "%(first)s or %(second)s"))


def how_long(lasts: timedelta) -> str:
    """ "30 minutes", "4 hours", "7 days"."""
    minutes = int(lasts.total_seconds() // 60)
    if minutes % (24 * 60) == 0:
        return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def _values(when: When) -> dict[str, str]:
    return {
        "for": how_long(when.lasts) if when.lasts else "",
        "at": when.clock.strftime("%H:%M") if when.clock else "",
    }


def _joined(words: Iterable[str], pattern: str) -> str:
    found = list(words)
    said = found[0]
    for word in found[1:]:
        said = pattern % {"first": said, "second": word}
    return said
