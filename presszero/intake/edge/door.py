"""The door: a webhook comes in, its signature is checked over the exact bytes, it is stored, and then we say so."""

from __future__ import annotations

import asyncio
import logging

from django.conf import settings

from presszero.channels.adapter import BadSignature, Request
from presszero.channels.registry import UnknownChannel, adapter
from presszero.commerce.payments.registry import UnknownPayment
from presszero.commerce.payments.registry import adapter as pay_adapter
from presszero.commerce.stores.registry import UnknownStore
from presszero.commerce.stores.registry import adapter as store_adapter
from presszero.core.sealing import CannotOpen
from presszero.fulfilment.carriers.registry import UnknownCarrier
from presszero.fulfilment.carriers.registry import adapter as carrier_adapter

from .commits import LARGE
from .database import DatabaseAway
from .exchange import Receive, Refusal, Scope, Send, answer, declared_length, headers_of, read_body, try_again
from .lines import DoorLine, Lines
from .taking import IN_FLIGHT, Gatekeeper, Room, Taking, incoming, limit_of, tell

log = logging.getLogger(__name__)

PREFIX = "/in/"


class Door:
    """`/in/<kind>/<token>`, for every channel, every store, every pay account and every carrier."""

    def __init__(self, lines: Lines, taking: Taking) -> None:
        self._lines, self._taking = lines, taking
        self._room = Room(IN_FLIGHT, IN_FLIGHT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        line, channel = await self._line(scope["path"])
        if scope["method"] != "POST":
            await self._other_method(scope, line, channel, send)
            return
        headers = headers_of(scope)
        limit = limit_of(channel)
        length = declared_length(headers)
        with self._room.hold(line.id, limit if length is None else length):
            request = _request(scope, headers, await read_body(receive, length, limit))
            await _verify(channel, request, line)
            row = incoming(channel, request, line.merchant_id, line.id)
            outcome = await self._taking.store(row)
        await tell(send, outcome, channel)

    async def _line(self, path: str) -> tuple[DoorLine, Gatekeeper]:
        kind, _, token = path.removeprefix(PREFIX).partition("/")
        try:
            line = await self._lines.find(token)
            if line is None or line.settings.kind != kind:
                raise Refusal(404)
            return line, _gatekeeper(line.what, kind)
        except DatabaseAway as why:
            raise try_again(5) from why
        except (CannotOpen, UnknownChannel, UnknownStore, UnknownPayment, UnknownCarrier) as why:
            log.error("A line of kind %.20r cannot be used: %s", kind, why)
            raise try_again(60) from why

    async def _other_method(self, scope: Scope, line: DoorLine, channel: Gatekeeper, send: Send) -> None:
        """A provider that checks the address before using it, where the adapter knows how to answer."""
        challenge = getattr(channel, "challenge", None)
        if challenge is None or scope["method"] != "GET":
            raise Refusal(405, (b"allow", b"POST"))
        try:
            body: bytes = challenge(_request(scope, headers_of(scope), b""), line.settings)
        except BadSignature as why:
            raise Refusal(403) from why
        await answer(send, 200, body, [(b"content-type", b"text/plain")])


def _gatekeeper(what: str, kind: str) -> Gatekeeper:
    if what == "line":
        return adapter(kind)
    if what == "carrier":
        return carrier_adapter(kind)
    return pay_adapter(kind) if what == "pay" else store_adapter(kind)


def _request(scope: Scope, headers: dict[str, str], body: bytes) -> Request:
    """As signatures see it: the address is the one we publish, whatever the request says about itself."""
    query = scope["query_string"].decode("latin-1")
    url = settings.ORIGIN + scope["path"] + (f"?{query}" if query else "")
    return Request(scope["method"], url, headers, body, query)


async def _verify(channel: Gatekeeper, request: Request, line: DoorLine) -> None:
    try:
        if len(request.body) >= LARGE:
            await asyncio.to_thread(channel.verify, request, line.settings)
        else:
            channel.verify(request, line.settings)
    except BadSignature as why:
        raise Refusal(403) from why
