"""Work of one call that must be done in order, and that the call itself never waits for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between tries to write down what must be

_running: set[asyncio.Task[Any]] = set()


class Lane:
    """One thing after the other. What fails is logged, and the next begins."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._last: asyncio.Task[None] | None = None

    def add(self, work: Callable[[], Awaitable[None]]) -> None:
        self._last = begin(self._after(self._last, work), self._name)

    async def empty(self) -> None:
        """Waits until everything added so far is done."""
        while self._last is not None and not self._last.done():
            await asyncio.wait([self._last])

    async def _after(self, before: asyncio.Task[None] | None, work: Callable[[], Awaitable[None]]) -> None:
        if before is not None and not before.done():
            await asyncio.wait([before])
        await work()


def begin(work: Coroutine[Any, Any, None], what: str) -> asyncio.Task[None]:
    """Starts something nobody waits for. Its failure is a line in the log, and stops nothing else."""
    task = asyncio.get_running_loop().create_task(_watched(work, what))
    _running.add(task)  # the loop itself holds tasks weakly
    task.add_done_callback(_running.discard)
    task.add_done_callback(lambda done: work.close())  # of one that was cancelled before its first step
    return task


async def insist(work: Callable[[], Awaitable[T]]) -> T:
    """Tries again while the database is away, for about as long as a caller has patience. Raises what the last said."""
    for pause in PAUSES:
        try:
            return await work()
        except Exception as why:
            log.warning("The gateway tries again: %s", why)
            await asyncio.sleep(pause)
    return await work()


async def _watched(work: Coroutine[Any, Any, None], what: str) -> None:
    try:
        await work
    except Exception:
        log.exception("The phone gateway could not: %s.", what)
