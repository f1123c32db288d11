"""Whoever decides whether we may write stands above us, and is asked here at the moment of sending.

Asked of what we write first, and of every text: whoever said STOP gets no answer either. While nobody is there to ask,
nothing of that goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .models import Delivery

YES, LATER, NO = "yes", "later", "no"
_NOBODY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Word:
    """Yes, later (then `until` is when to ask again), or no, and a sentence why. `rule` names it for programs."""

    outcome: str
    sentence: str = ""
    until: datetime | None = None
    rule: str = ""


ALWAYS = "phone"  # the kind of address that is asked about whatever goes there

askers: list[Callable[[Delivery, datetime], Word]] = []  # each must say yes to what we write first
answerers: list[Callable[[Delivery, datetime], Word]] = []  # and to an answer, where these are asked about
told: list[Callable[[Delivery, Word], None]] = []  # hear what was said, in the same transaction
wrappers: list[Callable[[Delivery], dict[str, str]]] = []  # what goes along with what we write first: Outgoing.extra


def may_go(row: Delivery, at: datetime) -> Word:
    """The first word that is no yes. In the transaction that would send it; entry and line are there."""
    asked = askers if row.purpose else answerers
    if not asked:
        return Word(LATER, "", at + _NOBODY)
    words = (ask(row, at) for ask in asked)
    word = next((each for each in words if each.outcome != YES), Word(YES))
    for hear in told:
        hear(row, word)
    return word


def along(row: Delivery) -> dict[str, str]:
    """What the adapters are told besides, of what we write first: "unsubscribe", an address of ours."""
    return {key: value for wrap in wrappers for key, value in wrap(row).items()} if row.purpose else {}
