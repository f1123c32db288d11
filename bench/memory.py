"""What the whole product needs when nobody does anything, the database included; and what an open page costs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .ground import CODE, Ground, accepts, end, free_port, wait_until
from .row import Row, at_most
from .shop import open_shop
from .usage import proportional, resident, tree

ALL_TOGETHER = 400  # MB
A_STREAM = 40  # kB
SETTLE = 15  # seconds
STREAMS = 500
SESSIONS = 20


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Two rows: the idle product, and a stream."""
    yield _idle(say)
    yield _streams(ground, say)


def _idle(say: Callable[[str], None]) -> Row:
    """Proportional set size: what two processes share is counted once."""
    with tempfile.TemporaryDirectory(prefix="presszero-memory-", dir=_base()) as folder:
        Path(folder).chmod(0o711 if os.geteuid() == 0 else 0o700)
        ports = {name: free_port() for name in ("PORT", "APP_PORT", "SMTP_PORT", "LMTP_PORT")}
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment |= {"PRESSZERO_HOME": folder, **{f"PRESSZERO_{name}": str(port) for name, port in ports.items()}}
        words = [sys.executable, "-m", "presszero", "serve"]
        running = subprocess.Popen(words, env=environment, cwd=CODE, stdout=subprocess.DEVNULL)
        try:
            wait_until(lambda: all(accepts(port) for port in ports.values()), running, 90)
            say("everything runs; waiting until it is idle")
            time.sleep(SETTLE)
            found, count = proportional(running.pid), len(tree(running.pid))
        finally:
            end(running)
    note = f"Proportional set size of {count} processes, {SETTLE} s after the start."
    return at_most("memory", found / 1e6, ALL_TOGETHER, "MB", note)


def _streams(ground: Ground, say: Callable[[str], None]) -> Row:
    shop = open_shop(ground, members=SESSIONS)
    with ground.edge() as (port, running):
        time.sleep(2)
        _open(port, shop.tokens[:1], 20)  # what the first ones load stays
        before = resident(running.pid)
        held = _open(port, shop.tokens, STREAMS)
        time.sleep(2)
        after = resident(running.pid)
        for each in held:
            each.close()
    say(f"the edge: {before / 1e6:.0f} MB before, {after / 1e6:.0f} MB with {STREAMS} open pages")
    note = f"{STREAMS} open pages; the edge alone is {before / 1e6:.0f} MB resident."
    return at_most("memory: stream", (after - before) / STREAMS / 1000, A_STREAM, "kB", note)


def _open(port: int, tokens: list[str], count: int) -> list[socket.socket]:
    held = []
    for number in range(count):
        page = socket.create_connection(("127.0.0.1", port))
        cookie = tokens[number % len(tokens)]
        page.sendall(f"GET /live/desk HTTP/1.1\r\nhost: x\r\ncookie: pz_session={cookie}\r\n\r\n".encode())
        if b" 200 " not in page.recv(1000):
            raise RuntimeError("A page was not let in.")
        held.append(page)
    return held


def _base() -> str:
    """A folder that PostgreSQL's own user can reach."""
    return "/var/lib" if os.geteuid() == 0 else tempfile.gettempdir()
