"""Open widgets, and who of them is told what.

A topic here is `chat:<line>:<address>`: one visitor's thread on one line. Pages of members are kept elsewhere and know
no such topics, so that nothing meant for one can reach the other.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from .known import Visitor
from .limits import Open, too_many
from .streams import Stream
from .topics import Happened, talk

_CHANGED = b'id: %d\ndata: {"changed":["transcript"]}\n\n'


class VisitorStream(Stream):
    """One open widget: whose it is, where it calls from, and which name it was told is typing."""

    __slots__ = ("_says", "caller", "typing", "visitor")

    def __init__(self, visitor: Visitor, caller: str) -> None:
        super().__init__(frozenset(talk(visitor.line_id, each) for each in visitor.addresses()))
        self.visitor, self.caller = visitor, caller
        self.typing = ""
        self._says: str | None = None  # a name not told yet

    def hear_typing(self, name: str) -> None:
        """Somebody of the shop is writing an answer; "" when nobody is any more."""
        if name or self.typing:
            self.typing = self._says = name
            self.pending.add("typing")
            self.wake()

    def take(self, position: int) -> bytes:
        told, self.pending = self.pending, set()
        typing, self._says = self._says, None
        parts = []
        if told - {"typing"}:
            parts.append(_CHANGED % position)
        if typing is not None:
            parts.append(b"data: %s\n\n" % json.dumps({"typing": typing}).encode())
        return b"".join(parts)

    @property
    def counted_as(self) -> list[tuple[str, Any]]:
        merchant, number = self.visitor.key
        return [("visitor", (merchant, number)), ("caller", self.caller), ("merchant", merchant)]


class Talks:
    """All open widgets of this edge, by topic."""

    def __init__(self) -> None:
        self._of: dict[str, set[VisitorStream]] = defaultdict(set)
        self._all: set[VisitorStream] = set()
        self._open = Open()
        self.sure = False  # whether everybody's right to listen was confirmed a moment ago

    def __iter__(self) -> Iterator[VisitorStream]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def check_room(self, stream: VisitorStream) -> None:
        """Raises Refusal(429) when the visitor, the caller, the merchant or this edge has enough of them open."""
        if not self._open.has_room(stream.counted_as):
            raise too_many(15)

    def add(self, stream: VisitorStream) -> None:
        self._all.add(stream)
        self._open.add(stream.counted_as)
        for topic in stream.asked:
            self._of[topic].add(stream)

    def remove(self, stream: VisitorStream) -> None:
        self._all.discard(stream)
        self._open.remove(stream.counted_as)
        self._forget(stream, stream.asked)

    def listens(self, merchant: int) -> bool:
        """Whether any visitor of a merchant has a widget open here."""
        return self._open.counts(("merchant", merchant)) > 0

    def is_here(self, visitor: tuple[int, int]) -> bool:
        """Whether a visitor still has a widget open here."""
        return self._open.counts(("visitor", visitor)) > 0

    def happened(self, events: Sequence[Happened]) -> None:
        """Tells each widget whose thread an event stands in."""
        for event in events:
            if event.talk in self._of:
                for stream in self._of[event.talk]:
                    stream.tell((event.talk,))

    def typing(self, topic: str, name: str) -> None:
        for stream in self._of.get(topic, ()):
            stream.hear_typing(name)

    def follow(self, stream: VisitorStream, shopper: str) -> None:
        """The visitor is this shopper now, "" for none: another thread is theirs to hear of, or no longer."""
        visitor = stream.visitor
        asked = frozenset(talk(visitor.line_id, each) for each in (visitor.address, shopper) if each)
        if asked == stream.asked:
            return
        self._forget(stream, stream.asked - asked)
        for topic in asked - stream.asked:
            self._of[topic].add(stream)
        stream.asked = asked
        stream.tell(asked)

    def trust(self, sure: bool) -> None:
        """Nobody is told anything while rights cannot be confirmed."""
        self.sure = sure
        if sure:
            for stream in self._all:
                if stream.pending:
                    stream.wake()

    def end_all(self, why: str) -> None:
        for stream in list(self._all):
            stream.end(why)

    def _forget(self, stream: VisitorStream, topics: frozenset[str]) -> None:
        for topic in topics:
            self._of[topic].discard(stream)
            if not self._of[topic]:
                del self._of[topic]
