"""The worker: splits and understands arrivals, reacts to facts, delivers, and keeps the clock.

Each duty runs in a thread of its own with its own connection, so that a slow provider never delays an arrival. All of
them listen, and poll as well: a lost LISTEN is silent. Several workers may run, on several machines.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from importlib import import_module

import django
import psycopg
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from .duty import Duty

log = logging.getLogger(__name__)


def run(stop: threading.Event) -> None:
    """Works until `stop`. The caller set DJANGO_SETTINGS_MODULE."""
    django.setup()
    duties = _duties()
    threads = [threading.Thread(target=_work, args=(duty, stop), name=duty.name, daemon=True) for duty in duties]
    threads.append(threading.Thread(target=_listen, args=(duties, stop), name="listen", daemon=True))
    for thread in threads:
        thread.start()
    stop.wait()
    for duty in duties:
        duty.awake.set()
    for thread in threads:
        thread.join(timeout=20)


def _duties() -> list[Duty]:
    """Imported only now: models want a ready app registry."""
    found: list[Duty] = import_module("presszero.intake.duties").all_duties()
    return found


def _work(duty: Duty, stop: threading.Event) -> None:
    """Runs a duty; trouble is logged and waited out, longer each time, and never ends the thread."""
    trouble = 0
    while not stop.is_set():
        try:
            close_old_connections()
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
            done = 0
        if not done:
            duty.awake.wait(min(duty.poll * 2**trouble, 30) if trouble else duty.poll)
            duty.awake.clear()
    connection.close()


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
                for duty in duties:
                    if duty.channel == heard.channel:
                        duty.awake.set()
            listening.execute("SELECT 1")
