"""Live pages: `GET /live/desk?conversation=ID` nudges a signed-in member's page by server-sent events.

A page gives the timeline id it was drawn at as `after=`, and the browser gives the last one it heard as Last-Event-ID;
what changed since is told at once. Only topics are sent, never content.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from django.conf import settings

from presszero.core.sealing import fingerprint

from .database import DatabaseAway, Seat
from .exchange import NEVER_KEPT, Receive, Refusal, Scope, Send, headers_of
from .streams import Stream, Streams
from .tail import Tail
from .together import Together
from .topics import topics_of

log = logging.getLogger(__name__)

PATH = "/live/desk"
COOKIE = "pz_session"
BEAT = 15.0  # seconds between signs of life
SLOWEST = 20.0  # seconds a reader may take to accept a few bytes
CHECK_EVERY = 2.0  # seconds between looks at everybody's right to listen
CHECK_WITHIN = 2.0  # seconds a look may take; with the pause it stays below five
A_SESSION = 30  # streams one session may hold
MOST = 10_000  # streams one edge holds

_LIVE = (
    """ s.ended_at IS NULL AND s.expires_at > now() AND s.seen_at > now() - interval '14 days' AND m.left_at IS NULL"""
)
MAY_LISTEN = (
    """
SELECT ask.hash, ask.conversation, s.id, m.merchant_id, m.id, m.role, c.id IS NOT NULL OR ask.conversation = 0
FROM unnest(%s::text[], %s::bigint[]) AS ask (hash, conversation)
JOIN team_session s ON s.token_hash = ask.hash
JOIN team_membership m ON m.merchant_id = s.merchant_id AND m.person_id = s.person_id
LEFT JOIN conversations_conversation c ON c.merchant_id = m.merchant_id AND c.id = ask.conversation
WHERE"""
    + _LIVE
)
STILL_MAY = (
    """
SELECT s.id, m.merchant_id, m.id, m.role
FROM team_session s JOIN team_membership m ON m.merchant_id = s.merchant_id AND m.person_id = s.person_id
WHERE s.id = ANY(%s) AND"""
    + _LIVE
)

_Ask = tuple[str, int]
_HEADERS = [(b"content-type", b"text/event-stream"), NEVER_KEPT, (b"x-accel-buffering", b"no")]


class Live:
    """The streams' way in, and their watch."""

    def __init__(self, seat: Seat, streams: Streams, tail: Tail) -> None:
        self._seat, self._streams, self._tail = seat, streams, tail
        self._rights: Together[_Ask, tuple[Stream, bool]] = Together(self._look_up)
        self.closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            raise Refusal(405, (b"allow", b"GET"))
        headers = headers_of(scope)
        _refuse_foreign(headers)
        asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)
        try:
            stream = await self._admit(headers, _number(asked.get("conversation", ["0"])[0]))
        except DatabaseAway:
            await _later(send)
            return
        if self.closing or len(self._streams) >= MOST:
            await _later(send)
            return
        after = headers.get("last-event-id") or asked.get("after", [""])[0]
        leaving = asyncio.ensure_future(_leaves(receive, stream))
        try:
            await self._serve(stream, send, after)
        finally:
            leaving.cancel()

    async def watch(self) -> None:
        """Looks at everybody's right, one query every two seconds. Who lost it is let go; while unsure nobody hears."""
        clock = asyncio.get_running_loop().time
        confirmed = clock()
        while True:
            try:
                await self._confirm()
                confirmed = clock()
                self._streams.trust(True)
            except DatabaseAway:
                if clock() - confirmed > CHECK_EVERY + CHECK_WITHIN:
                    self._streams.trust(False)
            await asyncio.sleep(CHECK_EVERY)

    async def _admit(self, headers: dict[str, str], conversation: int) -> Stream:
        found = await self._rights.ask((fingerprint(_token(headers)), conversation))
        if found is None:
            raise Refusal(403)
        pattern, there = found
        if not there:
            raise Refusal(404)
        if sum(other.session_id == pattern.session_id for other in self._streams) >= A_SESSION:
            raise Refusal(429)
        return Stream(pattern.session_id, pattern.merchant_id, pattern.member_id, pattern.role, conversation)

    async def _look_up(self, asked: list[_Ask]) -> dict[_Ask, tuple[Stream, bool]]:
        hashes, conversations = [a[0] for a in asked], [a[1] for a in asked]
        rows = await self._seat.run(MAY_LISTEN, [hashes, conversations], within=3)
        return {
            (h, c): (Stream(s, merchant, member, role, c), there) for h, c, s, merchant, member, role, there in rows
        }

    async def _confirm(self) -> None:
        streams = list(self._streams)
        ids = list({stream.session_id for stream in streams})
        rows = await self._seat.run(STILL_MAY, [ids], within=CHECK_WITHIN) if ids else []
        allowed = {(session, merchant, member, role) for session, merchant, member, role in rows}
        for stream in streams:
            if (stream.session_id, stream.merchant_id, stream.member_id, stream.role) not in allowed:
                stream.end("lost")

    async def _serve(self, stream: Stream, send: Send, after: str) -> None:
        self._streams.add(stream)
        try:
            stream.tell(self._missed(stream, after))
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await _say(send, _retry())
            while not stream.ended:
                await self._turn(stream, send)
            if stream.ended != "gone":
                await _say(send, b'event: end\ndata: {"why":"%s"}\n\n' % stream.ended.encode(), last=True)
        except (TimeoutError, OSError, RuntimeError) as why:  # too slow, or gone
            log.info("A stream ended: %s", type(why).__name__)
        finally:
            self._streams.remove(stream)

    async def _turn(self, stream: Stream, send: Send) -> None:
        if stream.pending and self._streams.sure:
            await _say(send, stream.take(self._tail.position))
        elif not await stream.woken(BEAT) and not stream.ended:
            await _say(send, b": here\n\n")

    def _missed(self, stream: Stream, after: str) -> Collection[str]:
        if not after:
            return ()
        events = self._tail.after(_number(after)) if after.isascii() and after.isdecimal() else None
        if events is None:  # too long ago to say what changed: everything may have
            return stream.asked
        return {topic for event in events if event.merchant_id == stream.merchant_id for topic in topics_of(event)}


async def _leaves(receive: Receive, stream: Stream) -> None:
    """Writing to a page that was closed raises nothing; only reading tells."""
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end("gone")


def _refuse_foreign(headers: dict[str, str]) -> None:
    """Another site's page may not listen with our cookie."""
    origin = headers.get("origin")
    if origin is not None and origin not in settings.CSRF_TRUSTED_ORIGINS:
        raise Refusal(403)
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refusal(403)


def _token(headers: dict[str, str]) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError as why:
        raise Refusal(403) from why
    if morsel is None or not morsel.value:
        raise Refusal(401)
    return morsel.value


def _number(given: str) -> int:
    """An id out of an address. Raises Refusal(404)."""
    if not (given.isascii() and given.isdecimal() and len(given) <= 18):
        raise Refusal(404)
    return int(given)


async def _say(send: Send, text: bytes, last: bool = False) -> None:
    async with asyncio.timeout(SLOWEST):
        await send({"type": "http.response.body", "body": text, "more_body": not last})


def _retry(least: int = 1000, most: int = 4000) -> bytes:
    """When to come back, in milliseconds. Everybody at another time, so that a restart is no stampede."""
    return b"retry: %d\n\n" % random.randint(least, most)  # noqa: S311  # a pause, not a secret


async def _later(send: Send) -> None:
    """A stream that ends at once: browsers come back to one of those, and give up after an error status."""
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await _say(send, _retry(2000, 8000), last=True)
