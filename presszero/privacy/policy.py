"""How long things are kept, and by when a request must be answered. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

CALL_OFF = timedelta(hours=24)  # an erasure waits so long, unless it was asked for at once
KEPT_READY = timedelta(days=7)  # a person's copy can be downloaded for so long
PAPERS = 30  # days after a matter is settled; identity documents stay no longer, whatever the rules say

# What → days without a rule of the merchant's; None is for ever.
DEFAULTS: dict[str, int | None] = {
    "messages": None,
    "files": 180,
    "raw": 90,
    "pages": 30,
    "held": 30,
    "papers": PAPERS,
    "looks": 365,  # who opened whose record
    "buyers": None,  # names and addresses in orders; the amounts stay
    "carts": 30,  # what was put together and never bought
    "recordings": 180,  # of calls, and messages that were left
    "imports": 30,  # files brought from elsewhere, and their rejected rows
}
BY_CHANNEL = frozenset({"messages", "files", "raw"})
LONGEST = 3650


@dataclass(frozen=True, slots=True)
class Kept:
    """A rule as it counts: of the merchant, or the default."""

    what: str
    channel: str
    days: int | None
    ours: bool  # the merchant's own word


def answer_by(asked_on: date) -> date:
    """One month after the request came (GDPR Art. 12(3)); the last day of a shorter month."""
    year, month = asked_on.year + asked_on.month // 12, asked_on.month % 12 + 1
    return date(year, month, min(asked_on.day, monthrange(year, month)[1]))


def goes_before(days: int, now: datetime) -> datetime:
    """What is older than this is older than so many days."""
    return now - timedelta(days=days)


def allowed(what: str, days: int | None) -> bool:
    """Whether a rule may say so: papers never stay longer than a month, nothing less than a day."""
    if what == "papers":
        return days is not None and 1 <= days <= PAPERS
    return days is None or 1 <= days <= LONGEST
