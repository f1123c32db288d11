"""Waiting, in a test that runs an event loop, for what happens on it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection

from tests.waiting import crowded

T = TypeVar("T")


async def until(seen: Callable[[], T], seconds: float = 10, what: str = "it") -> T:
    """What `seen` says once it says something; fails when it does not in time."""
    began = time.monotonic()
    while not (found := seen()):
        assert time.monotonic() - began < seconds * crowded(), f"{what} did not happen within {seconds} seconds"
        await asyncio.sleep(0.02)
    return found


def run(story: Coroutine[Any, Any, T]) -> T:
    """Runs it on a thread of its own: a browser that a test before left open keeps an event loop on this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()


async def rows(ask: Callable[..., T], *given: Any) -> T:
    """Asks the database on the one thread that stories use for it."""
    return await asyncio.get_running_loop().run_in_executor(_rows, ask, *given)


async def no_more_rows() -> None:
    """Gives the thread's connection back."""
    await rows(lambda: connection.close())  # of that thread, not of this one


_rows = ThreadPoolExecutor(1, "story-rows")
