"""The two web servers, on granian: `edge` (raw ASGI) and `app` (WSGI).

granian runs the application in a process of its own. Were its parent killed, that process would stay and hold the
port, so the applications are handed over by factories that tie the process to its parent first.
"""

import importlib
import os
from collections.abc import Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from presszero.host.ports import APP, EDGE, bind_address
from presszero.host.processes import LIBC, PR_SET_PDEATHSIG

# Open streams: granian's default of 1,024 requests at a time simply stops accepting at the 1,025th viewer.
OPEN_STREAMS = 16_384
APP_THREADS = 6  # pages at a time; each holds a database connection
GRACE = 3  # seconds for answers under way when asked to stop


def serve_edge(address: str | None = None) -> None:
    """Serve `config.edge:application` until SIGTERM."""
    Server(
        "presszero.host.web:edge",
        address=address or bind_address(),
        port=EDGE.port,
        interface=Interfaces.ASGI,
        factory=True,
        http=HTTPModes.http1,
        websockets=True,
        backlog=OPEN_STREAMS,
        backpressure=OPEN_STREAMS,
        workers_kill_timeout=GRACE,
        log_level=LogLevels.error,
    ).serve()


def serve_app(address: str | None = None) -> None:
    """Serve `config.wsgi:application` until SIGTERM."""
    Server(
        "presszero.host.web:app",
        address=address or bind_address(),
        port=APP.port,
        interface=Interfaces.WSGI,
        factory=True,
        http=HTTPModes.http1,
        blocking_threads=APP_THREADS,
        backlog=1024,
        workers_kill_timeout=GRACE,
        log_level=LogLevels.error,
    ).serve()


def edge() -> Callable[..., Any]:
    return _application("config.edge")


def app() -> Callable[..., Any]:
    return _application("config.wsgi")


def _application(module: str) -> Callable[..., Any]:
    LIBC.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0)
    if os.getppid() == 1:  # it was gone before we could ask
        raise SystemExit(1)
    application: Callable[..., Any] = importlib.import_module(module).application
    return application
