"""Rules of calls that need no database: when somebody is called back, what proves an order, what is never written."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from presszero.core.cards import masked

MOST_TRIES = 2  # calls to somebody who does not answer; then they are texted
BETWEEN_TRIES = timedelta(minutes=10)
SOONEST = timedelta(minutes=15)  # nobody is told an earlier time than this
SLACK = 1.5  # by how much what is told is longer than what is estimated
MOST_STEPS = 300  # of one call's way; a flood of keys is no way
RUN = 8  # keys in a row, after which the next are not written down: they may be of a card
FEWEST_DIGITS = 3  # of a postcode; fewer are guessed
MISSED_AFTER = 3.0  # seconds; who hung up sooner had dialled wrongly
_DIGITS = re.compile(r"\D")


def call_back_by(now: datetime, estimate: int | None) -> datetime:
    """By when somebody with a kept place is told we call: longer than we think, on a full five minutes."""
    wait = max(SOONEST, timedelta(seconds=(estimate or 0) * SLACK))
    return on_five_minutes(now + wait)


def on_five_minutes(moment: datetime) -> datetime:
    """The next full five minutes."""
    over = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not over else moment - over + timedelta(minutes=5)


def next_try(tries: int, at: datetime) -> datetime | None:
    """When they are called again after so many tries; None: it is enough."""
    return at + BETWEEN_TRIES if tries < MOST_TRIES else None


def proves(keyed: str, known: str) -> bool:
    """Whether keyed digits are all the digits of a postcode, in order. One with few or none proves nothing."""
    digits = _DIGITS.sub("", known)
    return len(digits) >= FEWEST_DIGITS and _DIGITS.sub("", keyed) == digits


def may_be_noted(says: str, keys_before: int) -> str:
    """What of a step may be written down. A run of keys, and whatever looks like a card, is not."""
    if keys_before >= RUN and any(sign.isdigit() for sign in says):
        return "•"
    return masked(says)[0][:200]
