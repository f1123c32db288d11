"""Serving one stream: what a page is told, signs of life, and its end. For members and visitors alike."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from .database import DatabaseAway
from .exchange import NEVER_KEPT, Receive, Send
from .streams import Stream
from .tail import Tail
from .topics import Happened

log = logging.getLogger(__name__)

BEAT = 15.0  # seconds between signs of life
SLOWEST = 20.0  # seconds a reader may take to accept a few bytes
_HEADERS = [(b"content-type", b"text/event-stream"), NEVER_KEPT, (b"x-accel-buffering", b"no")]

CHECK_EVERY = 2.0  # seconds between looks at everybody's right to listen
CHECK_WITHIN = 2.0  # seconds a look may take; with the pause it stays below five

S = TypeVar("S", bound=Stream, contravariant=True)


class Registry(Protocol[S]):
    """Where streams are found by what they asked for."""

    sure: bool  # nobody is told anything while it is False

    def add(self, stream: S) -> None: ...

    def remove(self, stream: S) -> None: ...


async def feed(stream: S, registry: Registry[S], tail: Tail, receive: Receive, send: Send) -> None:
    """Until the page leaves, its right ends, or this edge closes. What is pending at the start is told first."""
    leaving = asyncio.ensure_future(_leaves(receive, stream))
    registry.add(stream)
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await _say(send, _retry())
        while not stream.ended:
            if stream.pending and registry.sure:
                await _say(send, stream.take(tail.position))
            elif not await stream.woken(BEAT) and not stream.ended:
                await _say(send, b": here\n\n")
        if stream.ended != "gone":
            await _say(send, b'event: end\ndata: {"why":"%s"}\n\n' % stream.ended.encode(), last=True)
    except (TimeoutError, OSError, RuntimeError) as why:  # too slow, or gone
        log.info("A stream ended: %s", type(why).__name__)
    finally:
        registry.remove(stream)
        leaving.cancel()


def missed(tail: Tail, after: str, mine: Callable[[Happened], bool]) -> list[Happened] | None:
    """What happened after the id a page gives, as far as it is its own; None when that is too long ago to say."""
    events = tail.after(int(after)) if after.isascii() and after.isdecimal() and len(after) <= 18 else None
    return None if events is None else [event for event in events if mine(event)]


async def later(send: Send) -> None:
    """A stream that ends at once: browsers come back to one of those, and give up after an error status."""
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await _say(send, _retry(2000, 8000), last=True)


async def _leaves(receive: Receive, stream: Stream) -> None:
    """Writing to a page that was closed raises nothing; only reading tells."""
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end("gone")


async def _say(send: Send, text: bytes, last: bool = False) -> None:
    async with asyncio.timeout(SLOWEST):
        await send({"type": "http.response.body", "body": text, "more_body": not last})


def _retry(least: int = 1000, most: int = 4000) -> bytes:
    """When to come back, in milliseconds. Everybody at another time, so that a restart is no stampede."""
    return b"retry: %d\n\n" % random.randint(least, most)  # noqa: S311  # a pause, not a secret


class Trusting(Protocol):
    """Streams that hear nothing while nobody can say whether they may."""

    def trust(self, sure: bool) -> None: ...


async def keep_confirming(confirm: Callable[[], Awaitable[None]], streams: Trusting) -> None:
    """Looks at everybody's right, one query every two seconds. Who lost it is let go; while unsure nobody hears."""
    clock = asyncio.get_running_loop().time
    confirmed = clock()
    while True:
        try:
            await confirm()
            confirmed = clock()
            streams.trust(True)
        except DatabaseAway:
            if clock() - confirmed > CHECK_EVERY + CHECK_WITHIN:
                streams.trust(False)
        await asyncio.sleep(CHECK_EVERY)
