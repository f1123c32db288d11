"""What a language needs so that promises and wishes are found in it. The languages are lists of words, nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from re import Pattern


def words(line: str) -> Pattern[str]:
    """Any of these, whole words, whatever their case; blanks inside one stand for any white space."""
    return re.compile(rf"(?<!\w)(?:{line})(?!\w)".replace(" ", r"\s+"), re.IGNORECASE)


def ending(line: str) -> Pattern[str]:
    """The same, at the very end of what is looked at."""
    return re.compile(rf"(?<!\w)(?:{line})\s*$".replace(" ", r"\s+"), re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """How moments are named. Words map to what they mean; the rest is the inside of a pattern, without groups."""

    days: Mapping[str, int]  # a weekday → Monday 0
    months: Mapping[str, int]
    numbers: Mapping[str, int]  # "two" → 2
    near: Mapping[str, int]  # "tomorrow" → 1 day on; one that is a part of a day too is held to its hour
    parts: Mapping[str, int]  # "afternoon" → the hour at which it is over
    units: Mapping[str, str]  # "hours" → hour; also minute, day, week, month
    stretches: Mapping[
        str, str
    ]  # "end of the week" → friday · sunday · next_friday · next_sunday · month · day · closing
    joined: str  # working days, as a whole: "business days", "Werktage"
    to: str  # between two numbers
    by: str  # before a moment
    on: str  # before a day
    at: str  # before an hour
    before: str  # "before Friday" is Thursday
    within: str  # before a length of time
    this: str
    coming: str  # before a weekday: that of next week
    the: str
    of: str
    clock: str  # after an hour: "pm", "Uhr"
    afternoon: frozenset[str]  # those of them that mean the later half of the day
    nth: str  # after a day's number: "th"
    month_first: bool  # 12/24 is Christmas Eve
    not_after: Pattern[str]  # what stands right before a moment makes it no deadline: "last", "since"
    not_before: Pattern[str]  # what stands right after does: "ago"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A language."""

    times: Times
    commits: Pattern[str]  # somebody of us, or the thing itself, will
    ours: Pattern[str]  # "I" and "we" will: enough of a promise whatever it is about
    certain: Pattern[str]  # "at the latest": a promise without a verb
    kinds: tuple[tuple[str, Pattern[str]], ...]  # the first that stands in the clause
    hedges: Pattern[str]  # not surely meant, denied, or over
    hours: Pattern[str]  # when a shop is open, who is away
    conditions: Pattern[str]  # begins a clause that may not come true
    offers: Pattern[str]  # "if that is fine with you"
    theirs: Pattern[str]  # what the customer said, wants or has to do
    clauses: Pattern[str]  # between two clauses
    needs: Pattern[str]  # a customer needs it by then
    hopes: Pattern[str]  # a customer would like it by then
    answers: Pattern[str]  # it is a word from us that they would like by then, or something that was
    occasions: Pattern[str]  # birthday, wedding, leaving
    leaving: Pattern[str]  # the day before is the last good one
    abbreviations: frozenset[str]  # a full stop after these ends no sentence
