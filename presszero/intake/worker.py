"""The worker: splits and understands arrivals, reacts to facts, delivers, and keeps the clock.

Each duty runs in a thread of its own with its own connection, so that a slow provider never delays an arrival. All of
them listen, and poll as well: a lost LISTEN is silent. Several workers may run, on several machines.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Sequence
from importlib import import_module

import django
import psycopg
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from .duty import Duty

log = logging.getLogger(__name__)

RARE = 5.0  # seconds between rounds from which a duty gives its connection back
LOOK_EVERY = 10.0  # seconds between two looks at whether a duty's connection still lives


def run(stop: threading.Event) -> None:
    """Works until `stop`. The caller set DJANGO_SETTINGS_MODULE."""
    django.setup()
    duties = _duties()
    threads = [
        threading.Thread(target=_work, args=(duty, stop, _crew(duty, duties)), name=duty.name, daemon=True)
        for duty in duties
    ]
    threads.append(threading.Thread(target=_listen, args=(duties, stop), name="listen", daemon=True))
    for thread in threads:
        thread.start()
    stop.wait()
    for duty in duties:
        duty.awake.set()
    for thread in threads:
        thread.join(timeout=20)


def _crew(duty: Duty, duties: Sequence[Duty]) -> list[Duty]:
    return [each for each in duties if duty.crew and each.crew == duty.crew]


def _duties() -> list[Duty]:
    """Imported only now: models want a ready app registry."""
    found: list[Duty] = import_module("presszero.intake.duties").all_duties()
    return found


def _work(duty: Duty, stop: threading.Event, crew: Sequence[Duty] = ()) -> None:
    """Runs a duty; trouble is logged and waited out, longer each time, and never ends the thread."""
    trouble, looked_at = 0, 0.0
    while not stop.is_set():
        try:
            looked_at = _fresh_connection(looked_at)
            done = duty.work()
            trouble = 0
        except (OperationalError, InterfaceError) as why:
            trouble += 1
            log.warning("%s: the database is away (%s)", duty.name, why)
            connection.close()
            done = 0
        except Exception:
            trouble += 1
            log.exception("%s", duty.name)
            done, looked_at = 0, 0.0
        if done >= duty.full:
            wake_next(duty, crew)
            continue
        if duty.poll >= RARE:  # it would hold a connection for a look now and then
            connection.close()
        duty.asleep = True
        duty.awake.wait(min(duty.poll * 2**trouble, 30) if trouble else duty.poll)
        duty.asleep = False
        duty.awake.clear()
    connection.close()


def _fresh_connection(looked_at: float) -> float:
    """Drops a connection that idles dead: asked before a round that begins a while after the last, as it costs one."""
    now = time.monotonic()
    if now - looked_at < LOOK_EVERY:
        return looked_at
    close_old_connections()
    return now


def wake_next(duty: Duty, crew: Sequence[Duty]) -> None:
    """There is more than one can do: another of the crew that sleeps helps."""
    other = next((each for each in crew if each is not duty and each.asleep and not each.awake.is_set()), None)
    if other:
        other.awake.set()


def wake(channel: str, duties: Sequence[Duty]) -> None:
    """Wakes whom a channel concerns: of a crew one that sleeps, or all when none does."""
    crews: dict[str, list[Duty]] = {}
    for duty in duties:
        if duty.channel == channel:
            crews.setdefault(duty.crew or duty.name, []).append(duty)
    for crew in crews.values():
        asleep = next((each for each in crew if each.asleep), None)
        for each in [asleep] if asleep else crew:
            each.awake.set()


def _listen(duties: list[Duty], stop: threading.Event) -> None:
    """Wakes duties on NOTIFY. When the connection is lost, polling goes on and we come back."""
    channels = sorted({duty.channel for duty in duties if duty.channel})
    while not stop.is_set():
        try:
            _hear(duties, channels, stop)
        except psycopg.Error as why:
            log.warning("listening again soon: %s", why)
            time.sleep(1 + random.random())  # noqa: S311 (jitter)


def _hear(duties: list[Duty], channels: list[str], stop: threading.Event) -> None:
    where = {**connection.get_connection_params(), "keepalives_idle": 20}
    where = {key: value for key, value in where.items() if key not in {"cursor_factory", "context", "client_encoding"}}
    with psycopg.connect(autocommit=True, **where) as listening:
        for channel in channels:
            listening.execute(f"LISTEN {channel}")
        for duty in duties:
            duty.awake.set()
        while not stop.is_set():
            for heard in listening.notifies(timeout=5, stop_after=1):
                wake(heard.channel, duties)
            listening.execute("SELECT 1")
