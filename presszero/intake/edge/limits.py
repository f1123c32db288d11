"""How much strangers may ask of one edge: rates by visitor, address and line, and how many streams stay open.

Everything is held in this process's memory, in tables of a bounded size: with several edges each allows as much again,
and after a restart all begin anew. That is enough to keep a flood from the database and from the other merchants; what
must hold exactly (a code's tries, one acknowledgement a day) is counted by rows, elsewhere.
"""

from __future__ import annotations

import math
import os
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable
from time import monotonic

from .exchange import Refusal

KEYS = 20_000  # of one table; who was quiet for longest is forgotten first
MEGABYTE = 1024 * 1024

STREAMS_A_VISITOR = 5
STREAMS_A_CALLER = 250  # an address may be a whole company's
STREAMS_A_MERCHANT = 5_000  # unless PRESSZERO_CHAT_STREAMS says otherwise
STREAMS_AN_EDGE = 10_000


def too_many(seconds: float = 5) -> Refusal:
    """429, and when to come back."""
    return Refusal(429, (b"retry-after", str(max(1, math.ceil(seconds))).encode()))


class Rate:
    """Each key may do `burst` at once, and then so many a second."""

    def __init__(self, burst: float, a_second: float, clock: Callable[[], float] = monotonic) -> None:
        self._burst, self._a_second, self._clock = burst, a_second, clock
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()  # how much, at which time

    def __len__(self) -> int:
        return len(self._left)

    def take(self, key: Hashable, cost: float = 1.0) -> float:
        """0 when the key may go on; otherwise the seconds it must wait, and nothing was taken."""
        now = self._clock()
        left, then = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._a_second)
        allowed = left >= min(cost, self._burst)
        self._left[key] = (left - cost if allowed else left, now)
        if len(self._left) > KEYS:
            self._left.popitem(last=False)
        return 0.0 if allowed else (min(cost, self._burst) - left) / self._a_second


class Limits:
    """The rates of the chat. `caller` is an address as `callers` gives it. All raise Refusal(429)."""

    def __init__(self) -> None:
        self._asking = Rate(300, 100)  # a caller, whatever it asks, before anything is looked up
        self._opening = Rate(300, 5)  # streams of a caller
        self._messages = Rate(10, 1)  # of a visitor
        self._messages_from = Rate(60, 10)  # of a caller
        self._messages_to = Rate(600, 100)  # of a line
        self._bytes = Rate(45 * MEGABYTE, 0.75 * MEGABYTE)  # of a visitor: three full messages, and one every 20 s
        self._bytes_from = Rate(180 * MEGABYTE, 3 * MEGABYTE)  # of a caller
        self._typing = Rate(10, 1)  # of a visitor

    def asked(self, caller: str) -> None:
        _all_of([self._asking.take(caller)])

    def opens(self, caller: str) -> None:
        _all_of([self._opening.take(caller)])

    def types(self, visitor: Hashable) -> None:
        _all_of([self._typing.take(visitor)])

    def writes(self, visitor: Hashable, caller: str, line: int, size: int) -> None:
        """A message of so many bytes is about to be read."""
        _all_of([self._messages.take(visitor), self._bytes.take(visitor, size)])
        _all_of([self._messages_from.take(caller), self._bytes_from.take(caller, size)])
        _all_of([self._messages_to.take(line)])


class Open:
    """How many streams are open, by visitor, caller and merchant."""

    def __init__(self) -> None:
        a_merchant = int(os.environ.get("PRESSZERO_CHAT_STREAMS", STREAMS_A_MERCHANT))
        self._most = {"visitor": STREAMS_A_VISITOR, "caller": STREAMS_A_CALLER, "merchant": a_merchant}
        self._count: Counter[tuple[str, Hashable]] = Counter()
        self._all = 0

    def has_room(self, keys: Iterable[tuple[str, Hashable]]) -> bool:
        """Whether one more may be opened under all of the keys: ("visitor", 7), ("caller", …), ("merchant", 3)."""
        return self._all < STREAMS_AN_EDGE and all(self._count[key] < self._most[key[0]] for key in keys)

    def counts(self, key: tuple[str, Hashable]) -> int:
        return self._count[key]

    def add(self, keys: Iterable[tuple[str, Hashable]]) -> None:
        self._all += 1
        self._count.update(keys)

    def remove(self, keys: Iterable[tuple[str, Hashable]]) -> None:
        self._all -= 1
        for key in keys:
            self._count[key] -= 1
            if not self._count[key]:
                del self._count[key]


def _all_of(waits: Iterable[float]) -> None:
    longest = max(waits)
    if longest:
        raise too_many(longest)
