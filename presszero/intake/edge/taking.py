"""Taking in: how a request becomes a row, is stored in a group, and is answered. The door and the chat share it."""

from __future__ import annotations

import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any, Protocol

from presszero.channels.adapter import Request
from presszero.mailroom.incoming import Incoming, storable_headers, storable_id
from presszero.mailroom.lanes import lane

from .commits import LARGE, Commits, Outcome
from .exchange import JSON, NEVER_KEPT, Refusal, Send, answer, try_again

log = logging.getLogger(__name__)

USUAL_LIMIT = 1_000_000  # bytes; an adapter may say otherwise by `max_body`
IN_FLIGHT = 256 * 1024 * 1024  # bytes of large bodies held in memory at once, by all senders together
CHATS_IN_FLIGHT = 128 * 1024 * 1024  # by all visitors together: theirs is a room of its own, open to anybody
A_CHAT_IN_FLIGHT = 48 * 1024 * 1024  # by the visitors of one line
QUERY = "presszero-query"  # a header of ours: what stood behind the address's question mark
_NOT_KEPT = frozenset({"authorization", "cookie", "connection", "proxy-authorization", QUERY})
_STORED = b'{"stored":true}'


class Gatekeeper(Protocol):
    """What is asked of an adapter before anything is stored: a channel's or a store's. Quick, and no network."""

    kind: str

    def verify(self, request: Request, line: Any, /) -> None: ...

    def event_id(self, request: Request) -> str: ...

    def lane_key(self, body: bytes) -> str: ...


class Room:
    """Memory for large bodies that are under way."""

    def __init__(self, most: int, most_each: int) -> None:
        """Bytes in all, and of one line; small bodies are not counted."""
        self._most, self._most_each = most, most_each
        self._held: Counter[int] = Counter()

    @contextlib.contextmanager
    def hold(self, line_id: int, length: int) -> Iterator[None]:
        """Room for a body of so many bytes, while the block lasts. Raises Refusal(503)."""
        held = length if length >= LARGE else 0
        if held and (self._held.total() + held > self._most or self._held[line_id] + held > self._most_each):
            raise try_again(2)
        self._held[line_id] += held
        try:
            yield
        finally:
            self._held[line_id] -= held
            if not self._held[line_id]:
                del self._held[line_id]


class Taking:
    """The two queues that everything goes through."""

    def __init__(self, light: Commits, heavy: Commits, heard: Callable[[Iterable[int]], None]) -> None:
        """`light` takes small bodies in groups; `heavy` large ones, so that they hold nobody up.

        `heard` is told the line of everything that was stored.
        """
        self._light, self._heavy, self._heard = light, heavy, heard

    async def store(self, row: Incoming) -> Outcome:
        """Returns once the row is safe, or it is clear that it is not."""
        commits = self._heavy if len(row.body) >= LARGE else self._light
        outcome = await commits.store(row)
        self._heard([row.line_id])
        return outcome


def limit_of(channel: Gatekeeper) -> int:
    """The largest body a channel takes, in bytes."""
    return int(getattr(channel, "max_body", USUAL_LIMIT))


def incoming(channel: Gatekeeper, request: Request, merchant_id: int, line_id: int) -> Incoming:
    """The row of a request that was found to be genuine."""
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_KEPT}
    if request.query:
        headers[QUERY] = request.query
    return Incoming(
        merchant_id,
        line_id,
        storable_id(_event_id(channel, request)),
        lane(line_id, _lane_key(channel, request)),
        storable_headers(headers),
        request.body,
    )


async def tell(send: Send, outcome: Outcome, channel: Gatekeeper | None = None) -> None:
    """The answer to whoever brought it, as its kind expects one. Raises Refusal."""
    if outcome is Outcome.FULL:
        raise try_again(10)
    if outcome is Outcome.REFUSED:
        raise Refusal(422)
    kind, words = getattr(channel, "thanks", None) or (JSON[1], _STORED)
    await answer(send, 200, words, [(JSON[0], kind), NEVER_KEPT])


def _event_id(channel: Gatekeeper, request: Request) -> str:
    """A genuine body whose id cannot be read is kept all the same: it is its own id, and is quarantined later."""
    try:
        found = channel.event_id(request)
    except Exception as why:
        log.warning("%s: an arrival without a readable id (%s).", channel.kind, type(why).__name__)
        found = ""
    return found or sha256(request.body).hexdigest()


def _lane_key(channel: Gatekeeper, request: Request) -> str:
    try:
        return channel.lane_key(request.body)
    except Exception as why:
        log.warning("%s: an arrival without a readable sender (%s).", channel.kind, type(why).__name__)
        return ""
