"""One line of the readiness page: how something is, in words, and the next step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    GREEN = "green"
    AMBER = "amber"  # works, and could be safer or better
    RED = "red"  # customers would get no answer


@dataclass(frozen=True, slots=True)
class Step:
    """What mends it: a link, or a button that does it at once (`posts`)."""

    label: str
    href: str
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """`subject` is what was looked at, `says` a sentence. `mend` is something to do elsewhere, such as a DNS record."""

    level: Level
    subject: str
    says: str
    step: Step | None = None
    mend: str = ""
    running: str = ""  # an address to ask again, while something is under way


@dataclass(frozen=True, slots=True)
class Section:
    """Checks that belong together. `icon` and `name` as the page shows them; `line_id` for a line's own."""

    name: str
    icon: str
    checks: tuple[Check, ...]
    line_id: int = 0

    @property
    def asks(self) -> str:
        """Where to ask again, while something of it is under way."""
        return next((check.running for check in self.checks if check.running), "")

    @property
    def level(self) -> Level:
        """The worst of them."""
        levels = {check.level for check in self.checks}
        return next((level for level in (Level.RED, Level.AMBER) if level in levels), Level.GREEN)


def left(sections: Iterable[Section]) -> int:
    """How many lines are not green."""
    return sum(check.level is not Level.GREEN for section in sections for check in section.checks)


def good(subject: str, says: str, step: Step | None = None) -> Check:
    return Check(Level.GREEN, subject, says, step)


def could(subject: str, says: str, step: Step | None = None, mend: str = "") -> Check:
    return Check(Level.AMBER, subject, says, step, mend)


def must(subject: str, says: str, step: Step | None = None, mend: str = "") -> Check:
    return Check(Level.RED, subject, says, step, mend)
