"""Ports for servers that a test starts: below those the kernel hands out, and apart for each worker of a run.

A port that was free a moment ago must not become somebody else's before its server listens.
"""

from __future__ import annotations

import itertools
import os
import socket

_FIRST, _EACH = 20_000, 3_000  # the kernel's own begin at 32,768
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw3").removeprefix("gw")) % 4
_next = itertools.count(os.getpid() * 7)


def free_port() -> int:
    """A port nobody listens on, not given to anybody else by this worker for the next thousands of calls."""
    for number in itertools.islice(_next, _EACH):
        port = _FIRST + _worker * _EACH + number % _EACH
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError("No port is free for a test.")


def free_ports(many: int) -> list[int]:
    return [free_port() for _ in range(many)]
