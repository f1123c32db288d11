"""The door: a webhook comes in, its signature is checked over the exact bytes, it is stored, and then we say so."""

from __future__ import annotations

import asyncio
import logging
from hashlib import sha256

from django.conf import settings

from presszero.channels.adapter import Adapter, BadSignature, Request
from presszero.channels.registry import UnknownChannel, adapter
from presszero.core.sealing import CannotOpen
from presszero.mailroom.incoming import Incoming, storable_headers, storable_id
from presszero.mailroom.lanes import lane

from .commits import LARGE, Commits, Outcome
from .database import DatabaseAway
from .exchange import JSON, Receive, Refusal, Scope, Send, answer, declared_length, headers_of, read_body, try_again
from .lines import DoorLine, Lines

log = logging.getLogger(__name__)

PREFIX = "/in/"
USUAL_LIMIT = 1_000_000  # bytes; an adapter may say otherwise by `max_body`
IN_FLIGHT = 256 * 1024 * 1024  # bytes of large bodies held in memory at once, by all senders together
_NOT_KEPT = frozenset({"authorization", "cookie", "connection", "proxy-authorization"})
_STORED = b'{"stored":true}'


class Door:
    """`/in/<kind>/<token>`, for every channel."""

    def __init__(self, lines: Lines, light: Commits, heavy: Commits) -> None:
        """`light` takes small bodies in groups; `heavy` large ones, so that they hold nobody up."""
        self._lines, self._light, self._heavy = lines, light, heavy
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        line, channel = await self._line(scope["path"])
        if scope["method"] != "POST":
            await self._other_method(scope, line, channel, send)
            return
        headers = headers_of(scope)
        limit = int(getattr(channel, "max_body", USUAL_LIMIT))
        length = declared_length(headers)
        reserved = length if length is not None else limit
        self._reserve(reserved)
        try:
            request = _request(scope, headers, await read_body(receive, length, limit))
            await _verify(channel, request, line)
            outcome = await self._store(_incoming(channel, request, line))
        finally:
            self._in_flight -= reserved if reserved >= LARGE else 0
        await _tell(send, outcome)

    async def _line(self, path: str) -> tuple[DoorLine, Adapter]:
        kind, _, token = path.removeprefix(PREFIX).partition("/")
        try:
            line = await self._lines.find(token)
            if line is None or line.settings.kind != kind:
                raise Refusal(404)
            return line, adapter(kind)
        except DatabaseAway as why:
            raise try_again(5) from why
        except (CannotOpen, UnknownChannel) as why:
            log.error("A line of kind %.20r cannot be used: %s", kind, why)
            raise try_again(60) from why

    async def _other_method(self, scope: Scope, line: DoorLine, channel: Adapter, send: Send) -> None:
        """A provider that checks the address before using it, where the adapter knows how to answer."""
        challenge = getattr(channel, "challenge", None)
        if challenge is None or scope["method"] != "GET":
            raise Refusal(405, (b"allow", b"POST"))
        try:
            body: bytes = challenge(_request(scope, headers_of(scope), b""), line.settings)
        except BadSignature as why:
            raise Refusal(403) from why
        await answer(send, 200, body, [(b"content-type", b"text/plain")])

    def _reserve(self, length: int) -> None:
        if length < LARGE:
            return
        if self._in_flight + length > IN_FLIGHT:
            raise try_again(2)
        self._in_flight += length

    async def _store(self, row: Incoming) -> Outcome:
        commits = self._heavy if len(row.body) >= LARGE else self._light
        outcome = await commits.store(row)
        self._lines.heard([row.line_id])
        return outcome


def _request(scope: Scope, headers: dict[str, str], body: bytes) -> Request:
    """As signatures see it: the address is the one we publish, whatever the request says about itself."""
    query = scope["query_string"].decode("latin-1")
    url = settings.ORIGIN + scope["path"] + (f"?{query}" if query else "")
    return Request(scope["method"], url, headers, body, query)


async def _verify(channel: Adapter, request: Request, line: DoorLine) -> None:
    try:
        if len(request.body) >= LARGE:
            await asyncio.to_thread(channel.verify, request, line.settings)
        else:
            channel.verify(request, line.settings)
    except BadSignature as why:
        raise Refusal(403) from why


def _incoming(channel: Adapter, request: Request, line: DoorLine) -> Incoming:
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_KEPT}
    return Incoming(
        line.merchant_id,
        line.settings.id,
        storable_id(_event_id(channel, request)),
        lane(line.settings.id, _lane_key(channel, request)),
        storable_headers(headers),
        request.body,
    )


def _event_id(channel: Adapter, request: Request) -> str:
    """A signed body whose id cannot be read is kept all the same: it is its own id, and is quarantined later."""
    try:
        found = channel.event_id(request)
    except Exception as why:
        log.warning("%s: an arrival without a readable id (%s).", channel.kind, type(why).__name__)
        found = ""
    return found or sha256(request.body).hexdigest()


def _lane_key(channel: Adapter, request: Request) -> str:
    try:
        return channel.lane_key(request.body)
    except Exception as why:
        log.warning("%s: an arrival without a readable sender (%s).", channel.kind, type(why).__name__)
        return ""


async def _tell(send: Send, outcome: Outcome) -> None:
    if outcome is Outcome.FULL:
        raise try_again(10)
    if outcome is Outcome.REFUSED:
        raise Refusal(422)
    await answer(send, 200, _STORED, [JSON])
