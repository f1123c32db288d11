"""How the composer may answer: which thread, on which line, to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from presszero.channels.models import Thread
from presszero.channels.registry import adapter
from presszero.conversations import queries
from presszero.conversations.models import Conversation
from presszero.conversations.queries import Item
from presszero.customers.models import Handle

_USUAL = """
SELECT p.address, EXISTS (SELECT FROM customers_handle h WHERE h.merchant_id = p.merchant_id AND h.address = p.address
  AND h.bounced_at IS NOT NULL)
FROM channels_participant p
WHERE p.merchant_id = %s AND p.thread_id = %s AND p.kind = %s AND p.standing <> 'wants_in' ORDER BY p.id
"""


@dataclass(frozen=True)
class Way:
    """A thread that an answer can go into."""

    id: int
    kind: str
    line: str


@dataclass(frozen=True)
class Recipients:
    """Who gets an answer unless the agent says otherwise, who may get it, and whose address bounced."""

    to: Sequence[str]
    reachable: Sequence[str]
    dead: Sequence[str]


def ways(conversation: Conversation, items: Iterable[Item]) -> list[Way]:
    """The ways to answer, the usual one first, worked out from the stream; [] when there is no way.

    The usual one is what `queries.thread_to_answer` says; it is asked only when the part of the stream that is shown
    holds no word of theirs.
    """
    said = [item for item in items if item.kind == "message" and not item.taken_back]
    threads = {item.thread_id: Way(item.thread_id, item.channel, item.line) for item in said}
    theirs = [item.thread_id for item in said if item.inbound and not item.automatic]
    if not theirs:
        usual = queries.thread_to_answer(conversation)
        if usual is None:
            return []
        theirs = [usual.id]
        threads[usual.id] = Way(usual.id, usual.line.kind, usual.line.address)
    first = threads.pop(theirs[-1])
    return [first, *reversed(threads.values())]


def usual_recipients(conversation: Conversation, way: Way) -> Recipients:
    """As the composer shows it at first, without asking who else could be reached."""
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, [conversation.merchant_id, way.id, adapter(way.kind).handle_kind])
        rows = cursor.fetchall()
    return Recipients([address for address, _ in rows], (), [address for address, dead in rows if dead])


def recipients(conversation: Conversation, thread: Thread) -> Recipients:
    """With everybody who may get it."""
    to = queries.usual_recipients(conversation, thread)
    reachable = list(queries.reachable(conversation, thread))
    return Recipients(to, reachable, _dead(conversation.merchant_id, reachable))


def _dead(merchant_id: int, addresses: list[str]) -> list[str]:
    rows = Handle.objects.filter(merchant_id=merchant_id, address__in=addresses, bounced_at__isnull=False)
    return list(rows.values_list("address", flat=True))
