"""`presszero promise`: from a file of orders to a file of promises, and a report of how they were kept."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
from tqdm import tqdm

from presszero.host.refusal import Refusal

from .dates import read_dates, written
from .learning import Predictor, learn
from .orders import Floats
from .reading import Asked, Rejected, Sheet, placed_column, read_cells, understand
from .report import report

SHOWN = 20  # rejected rows; all of them are in the file beside
LAST = 0.75  # without a date: the orders of the last quarter are promised
STEPS = ("reading", "learning", "promising", "writing")
HEAD = ("line", "p50", "p80", "p90", "p95", "promise_days", "promise_date")


@dataclass(frozen=True)
class Wanted:
    """What the command was asked: `keep` is a share, `as_of` a date or empty, `out` a path or `-`."""

    source: Path
    asked: Asked
    keep: float
    as_of: str
    out: str


def run(wanted: Wanted) -> int:
    _check(wanted)
    with _progress() as step:
        step("reading")
        cells = read_cells(wanted.source, wanted.asked)
        placed = placed_column(cells, wanted.asked)
        as_of, chosen = _as_of(wanted.as_of, placed.days)
        sheet = understand(cells, wanted.asked, placed, as_of)
        step("learning")
        told = learn(sheet.orders, as_of, wanted.keep)
        step("promising")
        ahead = np.flatnonzero(sheet.orders.placed >= as_of)
        days = told.promise(sheet.orders.pick(ahead))
        step("writing")
        _write(wanted.out, sheet, told, ahead, days)
    _tell_rejected(wanted.out, sheet.rejected)
    print(report(sheet, told, ahead, days, chosen), file=sys.stderr if wanted.out == "-" else sys.stdout)
    return 0


def _check(wanted: Wanted) -> None:
    if not wanted.source.is_file():
        raise Refusal(f"There is no file {wanted.source}.")
    if not 0.5 <= wanted.keep <= 0.999:
        raise Refusal("--keep is a share between 0.5 and 0.999, such as 0.965.")


def _as_of(asked: str, placed: Floats) -> tuple[float, str]:
    """The day, and how it came about."""
    if asked:
        found = read_dates([asked]).days[0]
        if np.isnan(found):
            raise Refusal(f"--as-of {asked} is not a date. Write it as 2018-05-31.")
        return float(np.floor(found)), "as asked"
    known = np.sort(placed[~np.isnan(placed)])
    if len(known) == 0:
        raise Refusal("No row has a date of placing that can be read. Is --placed the right column?")
    return float(np.floor(known[int(len(known) * LAST)])), "chosen: the last quarter of the orders is promised"


def _write(out: str, sheet: Sheet, told: Predictor, ahead: np.ndarray, days: Floats) -> None:
    if out == "-":
        _rows(sys.stdout, sheet, told, ahead, days)
        return
    try:
        with Path(out).open("w", encoding="utf-8", newline="") as file:
            _rows(file, sheet, told, ahead, days)
    except OSError as why:
        raise Refusal(f"{out} cannot be written: {why.strerror}.") from why


def _rows(file: TextIO, sheet: Sheet, told: Predictor, ahead: np.ndarray, days: Floats) -> None:
    orders = sheet.orders.pick(ahead)
    quantiles = told.outlook(orders).quantiles((0.5, 0.8, 0.9, 0.95))
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEAD)
    for line, at, day, placed in zip(sheet.line[ahead], quantiles, days, orders.day, strict=True):
        writer.writerow([line, *(f"{each:.1f}" for each in at), int(day), written(placed + day)])


def _tell_rejected(out: str, rejected: Rejected) -> None:
    """The first few on the screen, all of them in a file beside."""
    for line, why in rejected[:SHOWN]:
        print(f"line {line}: {why}", file=sys.stderr)
    if out == "-":
        if len(rejected) > SHOWN:
            print(f"… and {len(rejected) - SHOWN:,} more.", file=sys.stderr)
        return
    beside = Path(f"{out}.rejected.csv")
    if not rejected:
        beside.unlink(missing_ok=True)
        return
    with beside.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("line", "why"), *rejected])
    print(f"{len(rejected):,} remarks about rows; all of them are in {beside}.", file=sys.stderr)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    with tqdm(total=len(STEPS), unit="step", disable=not sys.stderr.isatty()) as bar:

        def step(name: str) -> None:
            bar.set_description(name)
            bar.n = STEPS.index(name)
            bar.refresh()

        yield step
        bar.n = len(STEPS)
