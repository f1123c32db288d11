"""How the composer may answer: which thread, on which line, to whom."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.channels.models import Thread
from presszero.conversations import queries
from presszero.conversations.models import Conversation, ThreadPlace
from presszero.customers.models import Handle


@dataclass(frozen=True)
class Way:
    """A thread that an answer can go into."""

    id: int
    kind: str
    line: str
    to: list[str]  # who gets it unless the agent says otherwise
    reachable: list[str]  # who may get it
    dead: list[str]  # of `to`, addresses that bounced


def ways(conversation: Conversation) -> list[Way]:
    """The usual one first; [] when there is no way to answer."""
    usual = queries.thread_to_answer(conversation)
    if usual is None:
        return []
    places = ThreadPlace.objects.filter(
        merchant_id=conversation.merchant_id, conversation_id__in=queries.family(conversation)
    ).exclude(thread=usual)
    others = [place.thread for place in places.select_related("thread__line")[:8]]
    return [_way(conversation, thread) for thread in [usual, *others]]


def _way(conversation: Conversation, thread: Thread) -> Way:
    to = queries.usual_recipients(conversation, thread)
    dead = Handle.objects.filter(merchant_id=thread.merchant_id, address__in=to, bounced_at__isnull=False)
    return Way(
        thread.id,
        thread.line.kind,
        thread.line.address,
        to,
        list(queries.reachable(conversation, thread)),
        list(dead.values_list("address", flat=True)),
    )
