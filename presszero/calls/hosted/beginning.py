"""A call that reaches us is written down before anything is said."""

from __future__ import annotations

import uuid
from datetime import datetime

from presszero.calls import actions
from presszero.calls.models import Call
from presszero.channels.models import Line

from .holding import DRIVER

_NEW = uuid.UUID("6b3fd7e2-51ad-4a1c-9d1c-7d60d02c3a10")  # makes our ids of calls from theirs
# What networks send where the number is withheld: the letters of ANONYMOUS, RESTRICTED, BLOCKED … on a keypad.
_WITHHELD = frozenset({"+266696687", "+7378742883", "+2562533", "+8656696", "+86282452253", "+464"})


def begin(line: Line, sid: str, caller: str, at: datetime) -> Call:
    """The call with the provider's id; one, however often it is told."""
    uid = uuid.uuid5(_NEW, f"{line.id}:{sid}")
    moment = actions.Moment(line=line, driver=DRIVER, provider_id=sid, uid=uid, number=number_of(caller))
    return actions.ring_in(moment, actions.plan_of(line, at), at)


def number_of(caller: str) -> str:
    """E.164, or "" for a number that was withheld, and for whoever has none."""
    plain = caller.strip()
    digits = plain.removeprefix("+")
    known = plain.startswith("+") and digits.isascii() and digits.isdecimal() and 6 <= len(digits) <= 15
    return plain if known and plain not in _WITHHELD else ""
