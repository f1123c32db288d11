"""Members who write an answer: the visitors of that conversation hear a first name. Notes are never told."""

from __future__ import annotations

import asyncio
import logging

from .database import DatabaseAway, Seat
from .tail import BY_SENDER
from .talks import Talks
from .topics import talk

log = logging.getLogger(__name__)

APART = 1.0  # seconds between two looks
OVER_AFTER = 9.0  # seconds after which a look finds out that nobody writes any more

# The chat threads that feed a conversation or one merged into it, and who writes there: the desk tells only
# answers, and who has just sent one writes no more.
WRITING = """
SELECT t.line_id, t.key, writer.name
FROM unnest(%s::bigint[], %s::bigint[]) AS ask (merchant_id, id)
JOIN conversations_conversation c ON c.merchant_id = ask.merchant_id AND (c.id = ask.id OR c.root_id = ask.id)
JOIN conversations_threadplace p ON p.merchant_id = c.merchant_id AND p.conversation_id = c.id
JOIN channels_thread t ON t.merchant_id = p.merchant_id AND t.id = p.thread_id
JOIN channels_line l ON l.merchant_id = t.merchant_id AND l.id = t.line_id AND l.kind = 'chat'
LEFT JOIN LATERAL (
  SELECT person.name FROM conversations_looking w
  JOIN team_membership m ON m.merchant_id = w.merchant_id AND m.id = w.member_id AND m.left_at IS NULL
  JOIN team_person person ON person.id = m.person_id
  JOIN conversations_conversation r ON r.merchant_id = w.merchant_id AND r.id = w.conversation_id
  WHERE w.merchant_id = ask.merchant_id AND w.conversation_id = ask.id AND w.typing_at > now() - interval '8 seconds'
  AND (r.last_inbound OR w.typing_at > r.last_at)
  ORDER BY w.typing_at DESC LIMIT 1
) writer ON true
"""


class Writing:
    """Asks who writes, for all conversations that were nudged within a second at once."""

    def __init__(self, seat: Seat, talks: Talks) -> None:
        self._seat, self._talks = seat, talks
        self._due: set[tuple[int, int]] = set()
        self._something = asyncio.Event()

    def nudge(self, merchant: int, conversation: int) -> None:
        """Somebody looks at a conversation, or writes in it."""
        if self._talks.listens(merchant):
            self._due.add((merchant, conversation))
            self._something.set()

    async def run(self) -> None:
        """For ever. What cannot be asked is not told: it would be old."""
        while True:
            await self._something.wait()
            self._something.clear()
            due, self._due = self._due, set()
            try:
                await self._tell(due)
            except DatabaseAway as why:
                log.info("Who writes cannot be asked now: %s", why)
            await asyncio.sleep(APART)

    async def _tell(self, due: set[tuple[int, int]]) -> None:
        asked = list(due)
        rows = await self._seat.run(WRITING, [[key[0] for key in asked], [key[1] for key in asked]], within=3)
        somebody = False
        for line, key, name in rows:
            first = (name or "").split()[:1]
            somebody = somebody or bool(first)
            self._talks.typing(talk(line, key.removeprefix(BY_SENDER)), first[0] if first else "")
        if somebody:
            asyncio.get_running_loop().call_later(OVER_AFTER, self._look_again, asked)

    def _look_again(self, asked: list[tuple[int, int]]) -> None:
        for merchant, conversation in asked:
            self.nudge(merchant, conversation)
