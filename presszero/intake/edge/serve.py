"""Serving the edge with granian inside this process: one process, and the signals are ours."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable
from logging.config import dictConfig
from typing import NoReturn

from django.conf import settings
from granian.constants import HTTPModes, Interfaces, TaskImpl
from granian.http import HTTP1Settings
from granian.server.embed import Server

from presszero.host.ports import EDGE, bind_address

from .app import Edge

AT_ONCE = 16_384  # requests under way, streams among them; granian's own bound of 1,024 makes the next one hang
LAST_ANSWERS = 3.0  # seconds for what is under way when we are asked to stop


def run(application: Edge, address: str = "", port: int = 0) -> None:
    """Serves until SIGTERM or SIGINT; then what is under way is finished, and open pages are let go."""
    dictConfig(settings.LOGGING)
    _raise_file_limit()
    asyncio.run(_serve(application, address or bind_address(), port or EDGE.port))


async def _serve(application: Edge, address: str, port: int) -> None:
    server = Server(
        application,
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        task_impl=TaskImpl.asyncio,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        websockets=False,
        backlog=AT_ONCE,
        backpressure=AT_ONCE,
        log_enabled=False,
    )
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    serving = asyncio.ensure_future(server.serve())
    stopping = asyncio.ensure_future(asked.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        await serving
        return
    await application.drain()
    stop: Callable[[], None] = server.stop
    stop()
    await asyncio.wait({serving}, timeout=LAST_ANSWERS)
    if not serving.done():
        await application.stop()
    _leave()


def _leave() -> NoReturn:
    """Everything of ours is closed. Python's own ending is left out: granian's threads may still call into it then,
    for a connection that ends at that moment, and the process would abort.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _raise_file_limit() -> None:
    """Every stream is an open file; the soft limit is often 1,024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
