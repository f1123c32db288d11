"""Questions asked at the same time share one query."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST = 1_000  # keys a query


class Together(Generic[K, V]):
    """While one query runs, the next one's keys pile up."""

    def __init__(self, find: Callable[[list[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._find = find
        self._asked: dict[K, asyncio.Future[V | None]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V | None:
        """The key's value, None when there is none. Raises what the query raises."""
        answer = self._asked.get(key)
        if answer is None:
            answer = self._asked[key] = asyncio.get_running_loop().create_future()
            if self._asking is None or self._asking.done():
                self._asking = asyncio.ensure_future(self._ask_all())
        return await asyncio.shield(answer)

    async def _ask_all(self) -> None:
        while self._asked:
            await asyncio.sleep(0)  # whoever asks in this turn of the loop is asked for, too
            keys = list(self._asked)[:MOST]
            answers = {key: self._asked.pop(key) for key in keys}
            try:
                found = await self._find(keys)
            except Exception as why:
                for answer in answers.values():
                    answer.set_exception(why)
                    answer.exception()  # seen, even if whoever asked has gone
                continue
            for key, answer in answers.items():
                answer.set_result(found.get(key))
