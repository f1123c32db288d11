"""A line of the table, and the table."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

HEAD = ("measure", "measured", "limit", "ratio", "target", "verdict")


@dataclass(frozen=True)
class Row:
    """What was measured against what, and whether that is enough."""

    name: str
    measured: str
    limit: str
    ratio: str
    target: str
    met: bool
    note: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return self.name, self.measured, self.limit, self.ratio, self.target, "met" if self.met else "MISSED"


def ratio_row(name: str, measured: Sequence[float], limits: Sequence[float], unit: str, target: float) -> Row:
    """Rates against rates: `limits[i]` and `limits[i + 1]` were taken just before and just after `measured[i]`."""
    ratios = [m / ((limits[i] + limits[i + 1]) / 2) for i, m in enumerate(measured)]
    found = median(ratios)
    spread = f"{found:.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
    shown, limit = f"{median(measured):,.0f} {unit}", f"{median(limits):,.0f} {unit}"
    return Row(name, shown, limit, spread, f"≥ {target:.2f}", found >= target)


def at_most(name: str, measured: float, target: float, unit: str, note: str = "", digits: int = 0) -> Row:
    """Something that must stay below a bound; the ratio is to the bound."""
    shown = f"{measured:,.{digits}f} {unit}"
    ratio = f"{measured / target:.2f} of it"
    return Row(name, shown, f"{target:,.0f} {unit}", ratio, f"≤ {target:,.0f} {unit}", measured <= target, note)


def table(rows: Iterable[Row]) -> str:
    """Plain text, columns aligned."""
    lines = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def page(rows: Sequence[Row]) -> str:
    """The table as docs/bench.md."""
    lines = ["| " + " | ".join(cells) + " |" for cells in (HEAD, tuple("---" for _ in HEAD), *(r.cells for r in rows))]
    notes = [f"- **{row.name}**: {row.note}" for row in rows if row.note]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    words = (
        "# Measures\n\nWritten by `bin/bench --write`. Each is held against PostgreSQL on the same machine, in the\n"
        "same run, with the load on the same cores. Rates differ between machines by a factor of ten; ratios much less."
        "\n\n"
        f"Last run {datetime.now(UTC):%Y-%m-%d} on {machine}.\n\n"
    )
    return words + "\n".join(lines) + "\n" + ("\n" + "\n".join(notes) + "\n" if notes else "")
