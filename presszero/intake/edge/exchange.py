"""One HTTP exchange over raw ASGI: reading a body within bounds, and answering."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

TEXT: Header = (b"content-type", b"text/plain; charset=utf-8")
JSON: Header = (b"content-type", b"application/json")
NEVER_KEPT: Header = (b"cache-control", b"no-store")
MAX_HEADERS = 200

_SENTENCES = {
    400: "This request cannot be read.",
    401: "Sign in first.",
    403: "Not allowed.",
    404: "Nothing here.",
    405: "Not this way.",
    408: "The request took too long.",
    413: "That is too large.",
    415: "This must be sent as JSON.",
    422: "This cannot be stored.",
    429: "Too many at once.",
    431: "Too many headers.",
    500: "Something went wrong on our side.",
    502: "Back in a moment.",
    503: "Back in a moment. Please try again.",
    504: "That took too long.",
}


class Refusal(Exception):
    """An answer that is no success. Only the status and a fixed sentence go out."""

    def __init__(self, status: int, *headers: Header) -> None:
        super().__init__(status)
        self.status, self.headers = status, headers


class Gone(Exception):
    """The other side hung up."""


def try_again(seconds: int) -> Refusal:
    """503, and when to come back."""
    return Refusal(503, (b"retry-after", str(seconds).encode()))


async def answer(send: Send, status: int, body: bytes = b"", headers: Iterable[Header] = ()) -> None:
    """A whole response at once."""
    sized: list[Header] = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": sized})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, why: Refusal) -> None:
    """The fixed sentence of a status, and nothing of what happened inside."""
    body = f"{sentence(why.status)}\n".encode()
    await answer(send, why.status, body, [TEXT, NEVER_KEPT, *why.headers])


def sentence(status: int) -> str:
    """What a status says in words."""
    return _SENTENCES.get(status, "Not possible.")


def headers_of(scope: Scope) -> dict[str, str]:
    """Lower-case names; a repeated header's values joined by a comma, as RFC 9110 has it. Raises Refusal(431)."""
    if len(scope["headers"]) > MAX_HEADERS:
        raise Refusal(431)
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return {name: ("; " if name == "cookie" else ", ").join(values) for name, values in found.items()}


def declared_length(headers: dict[str, str]) -> int | None:
    """Content-Length, None when it is not given. Raises Refusal(400)."""
    given = headers.get("content-length")
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal()):
        raise Refusal(400)
    return int(given)


async def read_body(receive: Receive, length: int | None, limit: int, seconds: float = 30) -> bytes:
    """The whole body. Raises Refusal(413) past `limit` bytes, Refusal(408) past `seconds`, and Gone."""
    if length is not None and length > limit:
        raise Refusal(413)
    first = await receive() if length == 0 else await _first(receive, seconds)
    if first["type"] == "http.disconnect":
        raise Gone
    body: bytes = first.get("body", b"")
    if len(body) > limit:
        raise Refusal(413)
    if not first.get("more_body") or len(body) == length:
        return body
    try:
        async with asyncio.timeout(seconds):
            return await _rest(receive, [body], limit)
    except TimeoutError as why:
        raise Refusal(408) from why


async def _first(receive: Receive, seconds: float) -> MutableMapping[str, Any]:
    try:
        async with asyncio.timeout(seconds):
            return await receive()
    except TimeoutError as why:
        raise Refusal(408) from why


async def _rest(receive: Receive, parts: list[bytes], limit: int) -> bytes:
    size, more = len(parts[0]), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise Refusal(413)
        more = message.get("more_body", False)
    return b"".join(parts)
