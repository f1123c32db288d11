"""Who can be answered here, where, and with what words."""

from __future__ import annotations

from functools import cache

from django.db import connection
from django.db.models import Q

from presszero.channels.models import Line, Participant, Thread
from presszero.channels.registry import adapter
from presszero.core.rows import columns, row
from presszero.customers import queries as customers
from presszero.customers.models import Handle
from presszero.merchants.models import Brand
from presszero.team.models import Membership

from ..models import Conversation, Message

_TAKE_PART = """
SELECT address FROM channels_participant
WHERE merchant_id = %s AND thread_id = %s AND kind = %s AND standing <> 'wants_in' ORDER BY id
"""


def family(conversation: Conversation) -> list[int]:
    """The ids of everything that is part of this conversation today, its own first."""
    root = conversation.now_id
    merged = Conversation.objects.filter(merchant_id=conversation.merchant_id, root_id=root)
    return [root, *merged.values_list("id", flat=True)]


def thread_to_answer(conversation: Conversation) -> Thread | None:
    """Where they last wrote in person; else wherever the newest message stands."""
    with connection.cursor() as cursor:
        cursor.execute(_thread(), {"merchant": conversation.merchant_id, "conversation": conversation.now_id})
        values = iter(cursor.fetchone() or ())
    found = next(values, None) and row(Thread, values)
    if not found:
        return None
    line, brand = row(Line, values), row(Brand, values)
    if line and brand:
        line.brand, found.line = brand, line
    return found


def reachable(conversation: Conversation, thread: Thread) -> dict[str, str]:
    """Address → kind of everyone an answer here may go to: who takes part, and the customer's own addresses."""
    kind = adapter(thread.line.kind).handle_kind
    taking_part = Participant.objects.filter(merchant_id=thread.merchant_id, thread=thread, kind=kind)
    found = {p.address: p.kind for p in taking_part.exclude(standing=Participant.Standing.WANTS_IN)}
    ids = customers.family(conversation.customer)
    own = Handle.objects.filter(merchant_id=thread.merchant_id, customer_id__in=ids, kind=kind)
    found.update({h.address: h.kind for h in own if h.proof != "refuted"})
    asked = Message.objects.filter(
        Q(merchant_id=thread.merchant_id, entry__thread=thread, inbound=True) & ~Q(entry__reply_to="")
    )
    found.update(dict.fromkeys(asked.values_list("entry__reply_to", flat=True), kind))
    return found


def usual_recipients(conversation: Conversation, thread: Thread) -> list[str]:
    """The customer of the thread, and whoever an agent let in. A Reply-To elsewhere is never used unasked."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_PART, [thread.merchant_id, thread.id, adapter(thread.line.kind).handle_kind])
        return [address for (address,) in cursor.fetchall()]


def wants_in(conversation: Conversation) -> list[Participant]:
    """People the customer copied. They get nothing until an agent lets them in."""
    threads = Message.objects.filter(
        merchant_id=conversation.merchant_id, conversation_id__in=family(conversation)
    ).values("entry__thread_id")
    rows = Participant.objects.filter(
        merchant_id=conversation.merchant_id, thread_id__in=threads, standing=Participant.Standing.WANTS_IN
    )
    return list(rows.order_by("id"))


def variables(conversation: Conversation, member: Membership | None) -> dict[str, str]:
    """What {{ … }} in macros and signatures stands for. Where nobody of us speaks, the brand does."""
    customer = customers.today(conversation.customer)
    name = customer.name if "@" not in customer.name else ""
    brand = conversation.line.brand.name
    return {
        "customer.name": name or "there",
        "customer.first_name": name.split()[0] if name.split() else "there",
        "agent.name": member.person.name if member else brand,
        "agent.first_name": member.first_name if member else brand,
        "brand.name": brand,
        "brand.phone": conversation.line.brand.phone,
        "conversation.subject": conversation.subject,
        "conversation.number": str(conversation.now_id),
    }


@cache
def _thread() -> str:
    """The newest that a person of theirs wrote, else the newest at all."""
    newest = """
  SELECT m.entry_id FROM conversations_message m
  JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
  WHERE m.merchant_id = %(merchant)s AND m.taken_back_at IS NULL AND m.conversation_id IN (
    SELECT id FROM conversations_conversation WHERE merchant_id = %(merchant)s AND root_id = %(conversation)s
    UNION ALL SELECT %(conversation)s::bigint)"""
    last = "ORDER BY m.at DESC, m.id DESC LIMIT 1"
    return f"""
SELECT true, {columns(Thread, "t")}, {columns(Line, "l")}, {columns(Brand, "b")}
FROM channels_entry e
JOIN channels_thread t ON t.merchant_id = e.merchant_id AND t.id = e.thread_id
JOIN channels_line l ON l.merchant_id = t.merchant_id AND l.id = t.line_id
JOIN merchants_brand b ON b.merchant_id = l.merchant_id AND b.id = l.brand_id
WHERE e.merchant_id = %(merchant)s
  AND e.id = coalesce(({newest} AND m.inbound AND e.automatic = '' {last}), ({newest} {last}))
"""  # noqa: S608 - names of our own columns
