"""What a widget's page sends: `POST /chat/<token>/messages`, and `/chat/<token>/typing`.

A message goes the way of every webhook: stored in a group, or in the spool, before anybody is told so.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from presszero.channels.adapter import Request
from presszero.channels.adapters.chat.adapter import adapter
from presszero.core.sealing import CannotOpen
from presszero.mailroom.incoming import Incoming

from .callers import Proxies, only_ours
from .commits import LARGE
from .database import DatabaseAway
from .exchange import (
    JSON,
    NEVER_KEPT,
    Receive,
    Refusal,
    Scope,
    Send,
    answer,
    declared_length,
    headers_of,
    read_body,
    sentence,
    try_again,
)
from .known import Visitor, Visitors
from .limits import Limits
from .lines import Lines
from .presence import Presence
from .said import Unfit, stored_body
from .taking import A_CHAT_IN_FLIGHT, CHATS_IN_FLIGHT, Room, Taking, incoming, tell

Verb = Literal["messages", "typing"]
TYPING_LIMIT = 1_000  # bytes; nothing of them is looked at


@dataclass(frozen=True)
class Gate:
    """Who may come in by a line's token and a visitor's cookie; the posts and the streams share it."""

    proxies: Proxies
    lines: Lines
    visitors: Visitors
    limits: Limits

    async def admit(self, token: str, headers: dict[str, str]) -> Visitor:
        """Raises Refusal(401) for a stranger, (404) for a line that is no chat's, (503) without the database."""
        try:
            line = await self.lines.find(token)
        except (DatabaseAway, CannotOpen) as why:
            raise try_again(5) from why
        if line is None or line.settings.kind != adapter.kind:
            raise Refusal(404)
        return await self.visitors.of(token, headers)


def asked_of(path: str) -> tuple[str, Verb] | None:
    """The line's token and the verb in an address that is ours to answer; None for everything else."""
    match path.split("/"):
        case ["", "chat", token, ("messages" | "typing") as verb]:
            return token, verb
    return None


class Chat:
    """The two addresses a page posts to."""

    def __init__(self, gate: Gate, taking: Taking, presence: Presence) -> None:
        self._gate, self._taking, self._presence = gate, taking, presence
        self._room = Room(CHATS_IN_FLIGHT, A_CHAT_IN_FLIGHT)

    async def __call__(self, token: str, verb: Verb, scope: Scope, receive: Receive, send: Send) -> None:
        """Refusals are JSON with a sentence under "error"."""
        try:
            await self._answer(token, verb, scope, receive, send)
        except Unfit as why:
            await _explain(send, Refusal(422), str(why))
        except Refusal as why:
            await _explain(send, why, sentence(why.status))

    async def _answer(self, token: str, verb: Verb, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            raise Refusal(405, (b"allow", b"POST"))
        headers = headers_of(scope)
        only_ours(headers, must_say=True)
        caller = self._gate.proxies.caller(scope)
        self._gate.limits.asked(caller)
        visitor = await self._gate.admit(token, headers)
        if verb == "typing":
            await self._types(visitor, headers, send)
        else:
            await self._says(visitor, caller, headers, receive, send)

    async def _types(self, visitor: Visitor, headers: dict[str, str], send: Send) -> None:
        if (declared_length(headers) or 0) > TYPING_LIMIT:
            raise Refusal(413)
        self._gate.limits.types(visitor.key)
        self._presence.types(visitor)
        await answer(send, 204, headers=[NEVER_KEPT])

    async def _says(self, visitor: Visitor, caller: str, headers: dict[str, str], receive: Receive, send: Send) -> None:
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise Refusal(415)
        length = declared_length(headers)
        if length is not None and length > adapter.max_body:
            raise Refusal(413)
        size = adapter.max_body if length is None else length
        self._gate.limits.writes(visitor.key, caller, visitor.line_id, size)
        with self._room.hold(visitor.line_id, size):
            posted = await read_body(receive, length, adapter.max_body)
            if len(posted) >= LARGE:
                row = await asyncio.to_thread(_row, visitor, posted)
            else:
                row = _row(visitor, posted)
            outcome = await self._taking.store(row)
        self._presence.wrote(visitor)
        await tell(send, outcome)


def _row(visitor: Visitor, posted: bytes) -> Incoming:
    """Of the request nothing is kept but the words: neither its headers nor what it says about its sender."""
    body = stored_body(posted, visitor.sender(), visitor.name, datetime.now(UTC))
    request = Request("POST", "", {"content-type": "application/json"}, body)
    return incoming(adapter, request, visitor.merchant_id, visitor.line_id)


async def _explain(send: Send, why: Refusal, words: str) -> None:
    await answer(send, why.status, json.dumps({"error": words}).encode(), [JSON, NEVER_KEPT, *why.headers])
