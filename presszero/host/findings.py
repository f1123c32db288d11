"""What a check-up finds: one thing looked at, how it is, and how to mend it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    FINE = "fine"
    NOTE = "note"  # works, and could be better
    UNKNOWN = "unknown"  # could not be looked at
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """`says` is a sentence; `mend` says what to do, "" when there is nothing to do."""

    subject: str
    level: Level
    says: str
    mend: str = ""


def fine(subject: str, says: str) -> Finding:
    return Finding(subject, Level.FINE, says)


def note(subject: str, says: str, mend: str = "") -> Finding:
    return Finding(subject, Level.NOTE, says, mend)


def unknown(subject: str, says: str, mend: str = "") -> Finding:
    return Finding(subject, Level.UNKNOWN, says, mend)


def wrong(subject: str, says: str, mend: str) -> Finding:
    return Finding(subject, Level.WRONG, says, mend)
