"""Two customers were one by mistake: they are two again, and neither keeps the other's words."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from presszero.channels.models import Participant, Thread
from presszero.core.actor import Actor
from presszero.customers import actions as customers
from presszero.customers.models import Customer, Handle
from presszero.customers.models import Merge as CustomerMerge
from presszero.customers.queries import family
from presszero.timeline.actions import record

from ..facts import ConversationSplit
from ..models import Conversation, Merge, Message, ThreadPlace
from .arrange import together, unmerge
from .held import about, sum_up


@transaction.atomic
def take_apart(merge: CustomerMerge, *, by: Actor) -> Customer:
    """Takes a merge of two customers back, with what was joined across them. The customer that is itself again.

    Raises CannotMerge when it was taken back already.
    """
    freed = customers.unmerge(merge, by=by)
    other = Customer.objects.get(merchant_id=freed.merchant_id, id=merge.winner_id)
    theirs, others = family(freed), family(other)
    across = Q(loser__customer__in=theirs, winner__customer__in=others)
    across |= Q(loser__customer__in=others, winner__customer__in=theirs)
    for joined in Merge.objects.filter(across, merchant_id=freed.merchant_id, undone_at=None).order_by("-id"):
        unmerge(joined, by=by)
    _bring_home(freed, theirs, others, by)
    _bring_home(Customer.objects.get(merchant_id=freed.merchant_id, id=other.now_id), others, theirs, by)
    return freed


def _bring_home(customer: Customer, own: Sequence[int], others: Sequence[int], by: Actor) -> None:
    """What was said in this customer's threads stands in this customer's conversations, with the answers to it."""
    for thread in _strayed(customer.merchant_id, own, others):
        away = Message.objects.filter(
            merchant_id=customer.merchant_id, entry__thread=thread, conversation__customer__in=others
        )
        sources = {row.id: row for row in Conversation.objects.filter(id__in=away.values("conversation_id"))}
        home = _home(customer, own, thread, away.order_by("at", "id").select_related("entry").first())
        target, *_ = rows = together(home, *sources.values())
        away.update(conversation_id=home.id)
        ThreadPlace.objects.filter(merchant_id=customer.merchant_id, thread=thread).update(conversation=home)
        for row in {row.id: row for row in rows}.values():
            sum_up(row)
            if row.id != target.id:
                record(ConversationSplit(**about(row), by=by, target_id=target.id))


def _strayed(merchant_id: int, own: Sequence[int], others: Sequence[int]) -> list[Thread]:
    """Threads with one of the first in which something stands with the others, or would from now on."""
    taking_part = Participant.objects.filter(
        merchant_id=merchant_id, standing=Participant.Standing.CUSTOMER, thread__in=_threads(merchant_id, others)
    )
    handles = Handle.objects.filter(merchant_id=merchant_id, customer_id__in=own).exclude(proof="refuted")
    known = set(handles.values_list("kind", "address"))
    ids = {p.thread_id for p in taking_part if (p.kind, p.address) in known}
    return list(Thread.objects.filter(merchant_id=merchant_id, id__in=ids).order_by("id"))


def _threads(merchant_id: int, people: Sequence[int]) -> set[int]:
    said = Message.objects.filter(merchant_id=merchant_id, conversation__customer__in=people)
    fed = ThreadPlace.objects.filter(merchant_id=merchant_id, conversation__customer__in=people)
    return {*said.values_list("entry__thread_id", flat=True), *fed.values_list("thread_id", flat=True)}


def _home(customer: Customer, own: Sequence[int], thread: Thread, first: Message | None) -> Conversation:
    """Where the rest of the thread stands, else a conversation of its own."""
    here = Message.objects.filter(
        merchant_id=customer.merchant_id, entry__thread=thread, conversation__customer__in=own
    )
    beside = here.order_by("-at", "-id").values_list("conversation_id", flat=True).first()
    if beside:
        return Conversation.objects.get(merchant_id=customer.merchant_id, id=beside)
    subject = (first.entry.subject if first else "") or thread.subject or (first.conversation.subject if first else "")
    return Conversation.objects.create(
        merchant_id=customer.merchant_id, customer=customer, line_id=thread.line_id, subject=subject[:300]
    )
