"""Reactions: how far behind they are while another transaction stays open, and that none is lost or comes twice."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from presszero.host import postgres
from presszero.host.home import home
from presszero.host.postgres_binaries import program_folders

from .ground import CODE, Ground, end, wait_until
from .row import Row, at_most
from .shop import open_shop

SECONDS, WRITERS, A_SECOND = 12, 4, 80
STAYS_OPEN = 10  # seconds
P99 = 100  # milliseconds
AFTER = 200  # events after the restore
POLL = 2  # seconds after which the worker looks without being told

HEARD = """CREATE TABLE IF NOT EXISTS bench_heard (
  event_id bigint NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())"""
RECORD = """INSERT INTO timeline_event (merchant_id, kind, actor, data)
  VALUES (%s, 'message.received', 'system', '{}') RETURNING id"""


@dataclass
class Ledger:
    """Every event that was committed, and when by the clock of this machine."""

    committed: dict[int, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, number: int) -> None:
        with self.lock:
            self.committed[number] = time.time()


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Four rows: how far behind; lost; twice; lost after a dump and restore."""
    shop = open_shop(ground)
    with ground.connect() as connection:
        connection.execute(HEARD.encode())
    ledger = Ledger()
    with _worker(ground):
        _warm(ground, shop.merchant_id, ledger)
        say(f"{WRITERS} writers for {SECONDS} s, and a transaction that stays open for {STAYS_OPEN} s")
        late = _write(ground, shop.merchant_id, ledger)
        wait = time.monotonic() + 15
        while time.monotonic() < wait and len(_heard(ground)) < len(ledger.committed):
            time.sleep(0.1)
    heard = _heard(ground)
    behind = sorted((heard[n][0] - at) * 1000 for n, at in ledger.committed.items() if n in heard and n not in late)
    note = f"{len(ledger.committed):,} events, ids and commits out of order, a tenth rolled back."
    yield at_most("reactions", behind[int(len(behind) * 0.99)], P99, "ms p99", note)
    yield _nought("reactions: lost", len(ledger.committed.keys() - heard.keys()), note)
    yield _nought("reactions: twice", sum(len(times) - 1 for times in heard.values()), note)
    with _restored(ground, shop.merchant_id) as (copy, open_at_dump):
        say("the dump is restored; the worker goes on there")
        yield _nought("reactions: lost after restore", _lost_after_restore(copy, shop.merchant_id), f"{open_at_dump}")


def _write(ground: Ground, merchant: int, ledger: Ledger) -> set[int]:
    """Writes for a while; the ids of the transactions that stayed open, which are heard, but have no lateness."""
    stop = time.monotonic() + SECONDS
    late: set[int] = set()
    threads = [threading.Thread(target=_writer, args=(ground, merchant, ledger, stop)) for _ in range(WRITERS)]
    threads.append(threading.Thread(target=_stay_open, args=(ground, merchant, ledger, late)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _begin_last(ground, merchant, ledger, late)
    return late


def _writer(ground: Ground, merchant: int, ledger: Ledger, stop: float) -> None:
    """Draws ids, dawdles, and commits or rolls back."""
    chance = random.Random(threading.get_ident())
    with ground.connect(autocommit=False) as connection:
        while time.monotonic() < stop:
            number = _record(connection, merchant)
            time.sleep(chance.random() * 0.02)
            if chance.random() < 0.1:
                connection.rollback()
            else:
                _commit(connection, number, ledger)
            time.sleep(max(0.0, WRITERS / A_SECOND - 0.01))


def _stay_open(ground: Ground, merchant: int, ledger: Ledger, late: set[int]) -> None:
    with ground.connect(autocommit=False) as connection:
        number = _record(connection, merchant)
        late.add(number)
        time.sleep(STAYS_OPEN)
        _commit(connection, number, ledger)


def _begin_last(ground: Ground, merchant: int, ledger: Ledger, late: set[int]) -> None:
    """In the quiet afterwards: an event committed late whose writer has the highest transaction id there is.

    Nobody is notified of the event above it: the worker finds the gap by the clock, when nothing newer has ended.
    """
    with ground.connect(autocommit=False) as first, ground.connect(autocommit=False) as second:
        for _ in range(2):
            first.execute("SELECT pg_current_xact_id()")
            lower = _record(second, merchant)
            late |= {lower, higher := _record(first, merchant)}
            first.commit()
            ledger.note(higher)
            time.sleep(2 * POLL + 0.5)
            _commit(second, lower, ledger)


def _record(connection: psycopg.Connection[tuple[object, ...]], merchant: int) -> int:
    found = connection.execute(RECORD.encode(), [merchant]).fetchone()
    assert found
    return int(str(found[0]))


def _commit(connection: psycopg.Connection[tuple[object, ...]], number: int, ledger: Ledger) -> None:
    connection.commit()
    ledger.note(number)
    connection.execute("NOTIFY timeline")
    connection.commit()


def _warm(ground: Ground, merchant: int, ledger: Ledger) -> None:
    """The listener begins at the present, so the present must be over before anything counts."""
    with ground.connect(autocommit=False) as connection:
        deadline = time.monotonic() + 30
        while not _heard(ground):
            if time.monotonic() > deadline:
                raise RuntimeError("The worker hears nothing.")
            _record(connection, merchant)
            connection.commit()
            time.sleep(0.2)
    time.sleep(1)
    with ground.connect() as connection:
        connection.execute("TRUNCATE bench_heard")
    ledger.committed.clear()


def _heard(ground: Ground) -> dict[int, list[float]]:
    with ground.connect() as connection:
        rows = connection.execute("SELECT event_id, extract(epoch FROM at)::float8 FROM bench_heard ORDER BY at")
        found: dict[int, list[float]] = {}
        for number, at in rows:
            found.setdefault(int(str(number)), []).append(float(str(at)))
    return found


@contextlib.contextmanager
def _restored(ground: Ground, merchant: int) -> Iterator[tuple[Ground, str]]:
    """The database in another cluster, dumped while a transaction with an event in it was open."""
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=home()))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    server = postgres.start(postgres.Cluster(folder), say=lambda sentence: None)
    try:
        with ground.connect(autocommit=False) as connection:
            _record(connection, merchant)
            _copy(ground.url, server.cluster.url)
            connection.rollback()
        yield Ground(server.cluster.url, folder, server), "dumped with a transaction open, restored into a new cluster"
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _copy(source: str, target: str) -> None:
    programs = next(folder for folder in program_folders() if (folder / "pg_dump").exists())
    dump = subprocess.Popen([str(programs / "pg_dump"), "--no-owner", "-Fc", source], stdout=subprocess.PIPE)
    restore = [str(programs / "pg_restore"), "--no-owner", "--exit-on-error", "-d", target]
    subprocess.run(restore, stdin=dump.stdout, check=True)
    if dump.wait():
        raise RuntimeError("pg_dump failed.")


def _lost_after_restore(copy: Ground, merchant: int) -> int:
    ledger = Ledger()
    with _worker(copy), copy.connect(autocommit=False) as connection:
        for _ in range(AFTER):
            _commit(connection, _record(connection, merchant), ledger)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and ledger.committed.keys() - _heard(copy).keys():
            time.sleep(0.1)
    return len(ledger.committed.keys() - _heard(copy).keys())


def _nought(name: str, found: int, note: str) -> Row:
    return Row(name, f"{found}", "0", "", "0", found == 0, note)


@contextlib.contextmanager
def _worker(ground: Ground) -> Iterator[None]:
    """The product's own worker, with one listener more, which notes what it heard."""
    running = subprocess.Popen([sys.executable, "-m", "bench.reactions"], cwd=CODE, env=ground.environment())
    try:
        wait_until(lambda: _listens(ground), running)
        yield
    finally:
        end(running)


def _listens(ground: Ground) -> bool:
    with ground.connect() as connection:
        found = connection.execute("SELECT count(*) FROM timeline_cursor WHERE listener = 'bench'").fetchone()
    return found != (0,)


def work() -> None:
    """The worker process."""
    import signal

    import django

    django.setup()
    from django.db import connection

    from presszero.intake import worker
    from presszero.timeline.models import Event
    from presszero.timeline.reactions import hears

    @hears("bench", "message.received")
    def note(event: Event) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_heard (event_id) VALUES (%s)", [event.id])

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    worker.run(stop)


if __name__ == "__main__":
    work()
