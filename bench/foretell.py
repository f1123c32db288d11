"""What a hundred thousand orders are promised; and how long a hundred thousand parcels still take."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from .ground import CODE, Ground
from .row import Row, at_most
from .worlds import World, world

ORDERS = 100_000
SECONDS = 60
PARCELS = 20_000  # to learn from
EPOCH = datetime(1970, 1, 1)  # on the shop's own clock


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Two rows: the whole command on a file of orders; and a forecast for each of many parcels under way."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "orders.csv"), Path(folder, "promises.csv")
        made = world("growing", ORDERS)
        write(made, source)
        say(f"{ORDERS:,} orders written")
        begun = time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "presszero",
            "promise",
            str(source),
            *["--placed", "placed", "--promised", "promised"],
        ]
        command += [*["--delivered", "delivered", "--as-of", "2017-07-04", "--out"], str(out), "--group", *made.groups]
        done = subprocess.run(command, cwd=CODE, capture_output=True, text=True, check=True)
        took = time.perf_counter() - begun
        rows = sum(1 for _ in out.open()) - 1
    if rows != int((made.placed >= made.as_of).sum()):
        raise RuntimeError("Not every order was promised: nothing was measured.")
    found = next(line for line in done.stdout.splitlines() if line.startswith("  all")).split()
    note = f"{rows:,} of {ORDERS:,} orders were promised from what was known of the others; {found[2]} were kept."
    yield at_most("promise orders", took, SECONDS, "s", note)
    yield _under_way(say)


def write(made: World, path: Path) -> None:
    """A world as a shop would export it."""
    columns = {**made.groups, **made.numbers}
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["placed", "promised", "delivered", *columns])
        days = zip(made.placed, made.promised, made.delivered(), strict=True)
        for at, (placed, promised, delivered) in enumerate(days):
            rest = [each[at] for each in columns.values()]
            writer.writerow([_stamp(placed), _stamp(promised)[:10], _stamp(delivered), *rest])


def _stamp(day: float) -> str:
    return "" if day != day else (EPOCH + timedelta(days=float(day))).isoformat(" ", "seconds")


def _under_way(say: Callable[[str], None]) -> Row:
    from presszero.fulfilment.prediction.remaining import Journey, Moment, learn_remaining

    chance, begin = random.Random(1042), date(2024, 1, 1)
    journeys = []
    for _ in range(PARCELS):
        day, way = begin + timedelta(days=chance.randrange(360)), 2 + int(chance.expovariate(0.4))
        scans = [(day + timedelta(days=1 + n), "in_transit") for n in range(way - 1)]
        groups = (chance.choice(["DHL", "UPS"]), "", f"L{chance.randrange(20)}")
        journeys.append(Journey(day, day + timedelta(days=way), scans, *groups))
    begun = time.perf_counter()
    lessons = learn_remaining(journeys, begin + timedelta(days=365))
    learned = time.perf_counter() - begun
    begun = time.perf_counter()
    today = begin + timedelta(days=365)
    for _ in range(ORDERS):
        lane = f"L{chance.randrange(20)}"
        expected = lessons.expect(
            Moment(today, "in_transit", chance.randrange(6), chance.choice(["DHL", "UPS"]), "", lane)
        )
        expected.by(today), [expected.day(share) for share in (0.5, 0.8, 0.9, 0.95)]
    took = time.perf_counter() - begun
    say(f"learned from {PARCELS:,} parcels in {learned:.1f} s")
    note = f"After learning from {PARCELS:,} parcels in {learned:.1f} s; one forecast is {took / ORDERS * 1000:.2f} ms."
    return at_most("forecast parcels", took, SECONDS, "s", note)
