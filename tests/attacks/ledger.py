"""Which attacks and faults held in a run of the tests, read from the names of the tests that ran."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_FILE = Path(__file__).with_name("ledger.toml")
_ID = re.compile(r"(?:(?<![A-Za-z0-9])(?:[Aa][Ii]|[A-Za-z])|(?<=[a-z])[A-Z])\d{1,2}(?![A-Za-z0-9])")


@dataclass(frozen=True)
class Line:
    """One attack or fault. `needs` names the feature it waits for; "" when it must hold now."""

    id: str
    holds: str
    needs: str = ""


@dataclass
class Tally:
    """What the tests of one id came to."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)


def lines() -> list[Line]:
    """The ledger, in its own order."""
    return [Line(name, **words) for name, words in tomllib.loads(_FILE.read_text()).items()]


def ids_in(test: str) -> set[str]:
    """The ids in a test's name, its class or its parameters: "…::test_m2_quoting[a4-…]" → {"M2", "A4"}."""
    _, _, name = test.partition("::")
    return {found.upper() for found in _ID.findall(name.replace("_", " "))}


class Ledger:
    """Counts outcomes as they are reported, and says at the end what stands."""

    def __init__(self, known: Iterable[Line] | None = None) -> None:
        self.lines = list(lines() if known is None else known)
        self.tallies = {line.id: Tally() for line in self.lines}

    def note(self, test: str, outcome: str, when: str) -> None:
        """One phase of a test. A failure in any phase fails it; only a call that passed holds anything."""
        for name in ids_in(test) & self.tallies.keys():
            if outcome == "failed":
                self.tallies[name].failed.append(test)
            elif outcome == "passed" and when == "call":
                self.tallies[name].passed += 1

    def says(self, line: Line) -> str:
        """held (…), FAILED (…), needs: …, or ABSENT."""
        tally = self.tallies[line.id]
        if tally.failed:
            return f"FAILED ({len(set(tally.failed))} of {tally.passed + len(set(tally.failed))} tests)"
        if line.needs:
            return f"needs: {line.needs}"
        return f"held ({tally.passed} test{'' if tally.passed == 1 else 's'})" if tally.passed else "ABSENT"

    def open(self) -> list[str]:
        """The ids that do not stand: failed, or held by no test that ran."""
        return [line.id for line in self.lines if self.says(line).startswith(("FAILED", "ABSENT"))]
