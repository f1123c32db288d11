"""The app's web server: granian, WSGI. (The edge serves itself, in one process: `presszero.intake.edge.serve`.)

granian runs the application in a process of its own. Were its parent killed, that process would stay and hold the
port, so the application is handed over by a factory that ties the process to its parent first.
"""

import importlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from presszero.host.ports import APP, bind_address
from presszero.host.processes import LIBC, PR_SET_PDEATHSIG

THREADS = 6  # pages at a time; each holds a database connection
GRACE = 3  # seconds for answers under way when asked to stop


def serve_app(address: str | None = None) -> None:
    """Serve `config.wsgi:application` until SIGTERM."""
    Server(
        "presszero.host.web:application",
        address=address or bind_address(),
        port=APP.port,
        interface=Interfaces.WSGI,
        factory=True,
        http=HTTPModes.http1,
        blocking_threads=THREADS,
        backlog=1024,
        workers_kill_timeout=GRACE,
        log_level=LogLevels.error,
    ).serve()


def application() -> Callable[..., Any]:
    LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid != os.getppid():  # it was gone before we could ask
        raise SystemExit(1)
    wsgi: Callable[..., Any] = importlib.import_module("config.wsgi").application
    return wsgi
