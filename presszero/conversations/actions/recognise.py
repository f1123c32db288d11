"""Somebody proved who they are: by a code, by the shop's word, by answering from the address they had given.

Nothing that was said is lost or moved out of sight: two customers become one, and what is plainly one matter becomes
one conversation. Both can be taken back.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from presszero.channels.registry import adapter
from presszero.channels.vocabulary import Handle
from presszero.core.actor import SYSTEM, Actor
from presszero.customers import queries as customers
from presszero.customers.actions import prove_theirs
from presszero.customers.models import Customer
from presszero.timeline.actions import record_all

from ..facts import CustomerRecognised
from ..models import Conversation, Message
from ..policy import SOMETHING_ELSE, Arrival, Matter, same_matter
from .arrange import merge
from .held import about

_OPEN = (Conversation.State.OPEN, Conversation.State.SNOOZED)


@transaction.atomic
def recognise(customer: Customer, proven: Handle, *, reason: str, by: Actor) -> Customer:
    """The address is proven to be this customer's: who they are now.

    `reason` is a few words for the agent: "proven by a code". If the address was another customer's, the two are one,
    and a matter of this one that plainly continues an open one of the other joins it. The same twice is once.
    """
    merged = prove_theirs(customer, proven, by=by, reason=reason)
    here = Customer.objects.get(merchant_id=customer.merchant_id, id=customer.id)
    if merged is None:
        return customers.today(here)
    lost = customers.born_to(merged)
    every = _open(here)
    theirs = [row for row in every if row.customer_id not in lost]
    for row in every:
        if row.customer_id in lost:
            _join(row, theirs, reason)
    record_all(CustomerRecognised(**about(row), by=by, merge_id=merged.id) for row in _open(here))
    return customers.today(here)


def _open(customer: Customer) -> list[Conversation]:
    rows = Conversation.objects.filter(
        merchant_id=customer.merchant_id, customer_id__in=customers.family(customer), root=None, state__in=_OPEN
    )
    return list(rows.select_related("line").order_by("id"))


def _join(row: Conversation, theirs: Sequence[Conversation], how: str) -> None:
    """The younger becomes part of the older, if they are one matter."""
    placement = same_matter(_begun(row), [_matter(each) for each in theirs])
    found = next((each for each in theirs if each.id == placement.conversation_id), None)
    if found:
        older, younger = sorted((row, found), key=lambda each: (each.created_at, each.id))
        merge(younger, older, by=SYSTEM, reason=f"{how}: {placement.reason}")


def _begun(row: Conversation) -> Arrival:
    can = adapter(row.line.kind).can
    first = Message.objects.filter(Q(conversation=row) | Q(conversation__root=row), merchant_id=row.merchant_id)
    reason = first.order_by("at", "id").values_list("reason", flat=True).first()
    return Arrival(row.line.kind, row.subject, row.last_at, can.subject, True, "", reason == SOMETHING_ELSE)


def _matter(row: Conversation) -> Matter:
    return Matter(row.id, row.subject, row.last_at, False, row.last_channel)
