"""Open pages of our members, and who of them is told what. Those of visitors are kept apart, in `talks`."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from .topics import SLOW, Happened, topics_of

SLOW_EVERY = 1.0  # seconds between two nudges of a merchant's lists
APART = 0.04  # seconds between two pages that are told of their lists
SLOWEST_EVERY = 3.0  # seconds, however many pages there are


class Stream:
    """One open page: what it asked for, and what of it is still to be told."""

    __slots__ = ("_waiting", "asked", "ended", "pending")

    def __init__(self, asked: frozenset[str]) -> None:
        self.asked = asked
        self.pending: set[str] = set()
        self.ended = ""  # why, once it has
        self._waiting: asyncio.Future[None] | None = None

    def tell(self, topics: Collection[str]) -> None:
        """Some topics changed; the page hears of those it asked for."""
        mine = self.asked.intersection(topics)
        if mine:
            self.pending |= mine
            self.wake()

    def end(self, why: str) -> None:
        """It `lost` its right, the page is `gone`, or the edge is `closing`."""
        self.ended = self.ended or why
        self.wake()

    def wake(self) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)

    def take(self, position: int) -> bytes:
        """What it has not been told yet, as a server-sent event."""
        topics, self.pending = sorted(self.pending), set()
        return b'id: %d\ndata: {"topics":%s}\n\n' % (position, json.dumps(topics).encode())

    async def woken(self, seconds: float) -> bool:
        """Waits until there is something to say; False when the time passed."""
        loop = asyncio.get_running_loop()
        self._waiting = waiting = loop.create_future()
        timer = loop.call_later(seconds, _expire, waiting)
        try:
            return await waiting is None
        except TimeoutError:
            return False
        finally:
            timer.cancel()


class DeskStream(Stream):
    """A member's page: whose it is, and by which session."""

    __slots__ = ("conversation_id", "member_id", "merchant_id", "role", "session_id")

    def __init__(self, session_id: int, merchant_id: int, member_id: int, role: str, conversation_id: int) -> None:
        asked = {"list", "counts", f"mentions:{member_id}", f"bulks:{member_id}", f"phone:{member_id}", "phones"}
        if conversation_id:
            asked |= {f"{name}:{conversation_id}" for name in ("conversation", "orders", "looking")}
        super().__init__(frozenset(asked))
        self.session_id, self.merchant_id, self.member_id, self.role = session_id, merchant_id, member_id, role
        self.conversation_id = conversation_id

    @property
    def right(self) -> tuple[int, int, int, str, int]:
        """What must still be so for it to go on."""
        return self.session_id, self.merchant_id, self.member_id, self.role, self.conversation_id


def _expire(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_exception(TimeoutError())


class Streams:
    """All open pages of members on this edge, by merchant."""

    def __init__(self) -> None:
        self._of: dict[int, set[DeskStream]] = defaultdict(set)
        self._slow: dict[int, set[str]] = {}  # merchants whose lists were nudged within the last second
        self.sure = False  # whether everybody's right to listen was confirmed a moment ago

    def __iter__(self) -> Iterator[DeskStream]:
        return (stream for streams in self._of.values() for stream in streams)

    def __len__(self) -> int:
        return sum(len(streams) for streams in self._of.values())

    def add(self, stream: DeskStream) -> None:
        self._of[stream.merchant_id].add(stream)

    def remove(self, stream: DeskStream) -> None:
        streams = self._of[stream.merchant_id]
        streams.discard(stream)
        if not streams:
            del self._of[stream.merchant_id]

    def happened(self, events: Sequence[Happened]) -> None:
        """Tells every page of each merchant what changed, lists a second apart at the least."""
        topics: dict[int, set[str]] = defaultdict(set)
        for event in events:
            if event.merchant_id in self._of:
                topics[event.merchant_id] |= topics_of(event)
        for merchant, found in topics.items():
            self.tell(merchant, found - SLOW)
            self._tell_slowly(merchant, found & SLOW)

    def tell(self, merchant: int, topics: Collection[str]) -> None:
        """Tells the pages of one merchant, and of no other."""
        if topics:
            for stream in self._of.get(merchant, ()):
                stream.tell(topics)

    def trust(self, sure: bool) -> None:
        """Nobody is told anything while rights cannot be confirmed."""
        self.sure = sure
        if sure:
            for stream in self:
                if stream.pending:
                    stream.wake()

    def end_all(self, why: str) -> None:
        for stream in list(self):
            stream.end(why)

    def _tell_slowly(self, merchant: int, topics: Iterable[str]) -> None:
        if not topics:
            return
        if merchant in self._slow:
            self._slow[merchant] |= set(topics)
            return
        self._slow[merchant] = set()
        seconds = self._tell_by_turns(merchant, set(topics))
        asyncio.get_running_loop().call_later(seconds, self._over, merchant)

    def _tell_by_turns(self, merchant: int, topics: set[str]) -> float:
        """Seconds until all were told, and may be told again.

        Were forty lists fetched at once, the words somebody waits for would stand in line behind them.
        """
        streams = list(self._of.get(merchant, ()))
        seconds = min(max(SLOW_EVERY, len(streams) * APART), SLOWEST_EVERY)
        later = asyncio.get_running_loop().call_later
        for place, stream in enumerate(streams):
            if place:
                later(min(place * APART, place * seconds / len(streams)), stream.tell, topics)
            else:
                stream.tell(topics)
        return seconds

    def _over(self, merchant: int) -> None:
        self._tell_slowly(merchant, self._slow.pop(merchant, set()))
