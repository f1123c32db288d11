"""A line of the table, and the table."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

LOAD_BEFORE = os.getloadavg()[0]  # of others: read before anything is measured

HEAD = ("measure", "measured", "limit", "ratio", "target", "verdict")
WHEN = "when"  # one column more on the page, where measures of several runs stand


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


def page(rows: Sequence[Row], before: str = "") -> str:
    """The table as docs/bench.md. before: the page as it stands, of which what was not measured now is kept."""
    now = f"{datetime.now(UTC):%Y-%m-%d}, load {LOAD_BEFORE:.1f}"
    told = _rows_of(before) | {row.name: (*row.cells, now) for row in rows}
    notes = _notes_of(before) | {row.name: row.note for row in rows}
    lines = [(*HEAD, WHEN), tuple("---" for _ in (*HEAD, WHEN)), *told.values()]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    words = (
        "# Measures\n\nWritten by `bin/bench --write`. Each is held against PostgreSQL on the same machine, in the\n"
        "same run, with the load on the same cores. Rates differ between machines by a factor of ten; ratios much less."
        "\n*When* says how much load others were on the cores before it began: above one, times by the clock are of "
        "their\nwork as well.\n\n"
        f"Last run on {machine}.\n\n"
    )
    said = [f"- **{name}**: {notes[name]}" for name in told if notes.get(name)]
    table = ["| " + " | ".join(cells) + " |" for cells in lines]
    return words + "\n".join(table) + "\n" + ("\n" + "\n".join(said) + "\n" if said else "")


def _rows_of(page: str) -> dict[str, tuple[str, ...]]:
    """The table's rows by name, of a page that `page` wrote."""
    lines = [line.strip("| ").split("|") for line in page.splitlines() if line.startswith("|")]
    cells = [tuple(map(str.strip, line)) for line in lines]
    return {row[0]: row for row in cells[2:] if len(row) == len(HEAD) + 1}


def _notes_of(page: str) -> dict[str, str]:
    found = (line[4:].partition("**: ") for line in page.splitlines() if line.startswith("- **"))
    return {name: note for name, _, note in found}
