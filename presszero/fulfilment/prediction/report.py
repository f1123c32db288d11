"""What the command says in the end: how its promises were kept beside the shop's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from .dates import written
from .learning import Predictor
from .orders import Flags, Floats, Names
from .reading import Sheet

WIDTH = 20  # characters of a bar
MOST = 12  # groups of a column; the largest


def report(sheet: Sheet, told: Predictor, ahead: np.ndarray, days: Floats, chosen: str) -> str:
    return "\n".join([*_learned(sheet, told, ahead, chosen), *_kept(sheet, told, ahead, days)])


def _learned(sheet: Sheet, told: Predictor, ahead: np.ndarray, chosen: str) -> Iterator[str]:
    yield from sheet.said
    yield f"As of {written(told.as_of)} ({chosen}): learned from {told.learned_from:,} deliveries before it."
    yield from _level(told)
    yield f"{len(ahead):,} orders placed on or after it were promised."


def _level(told: Predictor) -> Iterator[str]:
    level, trial = told.level, told.trial
    if level.price and trial.ahead:
        yield (
            f"Tried out on {len(trial.orders):,} past orders as if they were still to come: {1 - level.missed:.1%} "
            f"kept, so that {level.margin:.1%} are left for months that differ."
        )
    if level.price and not trial.ahead:
        yield "The history is too short to try it out ahead of time: half of what may be missed is kept back."
    if not level.reached:
        yield f"It does not show that {told.keep:.1%} can be kept: these are the most careful dates it supports."


def _kept(sheet: Sheet, told: Predictor, ahead: np.ndarray, days: Floats) -> Iterator[str]:
    orders = sheet.orders.pick(ahead)
    taken, said = orders.days_taken, np.floor(orders.promised) - orders.day
    has = ~np.isnan(taken)
    if not has.any():
        yield "None of them has a delivery in the file yet: how they were kept cannot be said."
        return
    yield ""
    yield f"{'':24}{'orders':>8}  {'kept':>6} {'shop':>6}  {'days':>6} {'shop':>6}"
    yield _line("all", has, (taken, days, said))
    if (~has).any():
        yield f"({(~has).sum():,} have no delivery in the file, and are not counted.)"
    months = np.array([written(day)[:7] for day in orders.day], dtype=object)
    for name, labels in (("month", months), *((name, each[ahead]) for name, each in sheet.labels.items())):
        yield ""
        yield f"by {name}"
        yield from _by(labels, has, (taken, days, said), in_order=name == "month")


def _by(labels: Names, has: Flags, numbers: tuple[Floats, Floats, Floats], *, in_order: bool) -> Iterator[str]:
    names, counts = np.unique(labels[has].astype(str), return_counts=True)
    largest = names[np.argsort(-counts, kind="stable")]
    shown = names if in_order else largest[:MOST]
    for name in shown:
        yield _line(str(name) or "(none)", has & (labels == name), numbers)
    if len(shown) < len(names):
        yield f"  … and {len(names) - len(shown):,} more"


def _line(name: str, which: Flags, numbers: tuple[Floats, Floats, Floats]) -> str:
    taken, days, said = (each[which] for each in numbers)
    kept = float(np.mean(taken <= days))
    has = ~np.isnan(said)
    shop = f"{np.mean(taken[has] <= said[has]):6.1%}" if has.any() else "     –"
    shop_days = f"{said[has].mean():6.1f}" if has.any() else "     –"
    bar = "█" * round(kept * WIDTH) if sys.stdout.isatty() else ""
    return f"  {name[:22]:22}{which.sum():>8,}  {kept:6.1%} {shop}  {days.mean():6.1f} {shop_days}  {bar}".rstrip()
