"""A matter that was resolved, with what it took: written down at resolve, and looked at again when it changes.

Always worked out whole, for the matter as it is today, merged parts included: hearing the same twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from presszero.commerce.models import DraftOrder
from presszero.conversations.models import Conversation, Resolution
from presszero.core.actor import SYSTEM
from presszero.core.money import Money
from presszero.customers.models import Customer
from presszero.merchants.models import Merchant
from presszero.offers.models import Chance, Suggestion
from presszero.remedies.meaning import at_home
from presszero.remedies.models import COUNTS, Remedy

from .models import Served, Worked

# They wrote, and a person did, and it came while we were here: machines and imported history are no contacts.
_CONTACTS = """
SELECT l.kind, count(*) FROM conversations_message m
JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
JOIN channels_thread t ON t.merchant_id = e.merchant_id AND t.id = e.thread_id
JOIN channels_line l ON l.merchant_id = t.merchant_id AND l.id = t.line_id
WHERE m.merchant_id = %s AND m.conversation_id = ANY(%s) AND m.inbound AND e.automatic = ''
  AND NOT EXISTS (SELECT FROM mailroom_received h
    WHERE h.merchant_id = e.merchant_id AND h.id = e.received_id AND h.backfill)
GROUP BY l.kind
"""

# An hour's rate on a day: the member's own if there is one by then, else everybody's.
RATE = """coalesce(
  (SELECT k.minor FROM insights_cost k WHERE k.merchant_id = w.merchant_id AND k.currency = p.currency
    AND k.what = 'hour:member:' || w.member_id AND k.since <= w.day ORDER BY k.since DESC LIMIT 1),
  (SELECT k.minor FROM insights_cost k WHERE k.merchant_id = w.merchant_id AND k.currency = p.currency
    AND k.what = 'hour' AND k.since <= w.day ORDER BY k.since DESC LIMIT 1))"""
# Null where any of it was worked before there was a rate.
_LABOUR = f"""
SELECT s.id, coalesce(round(sum(w.seconds * {RATE} / 3600.0)), 0)::bigint, bool_or(w.id IS NOT NULL AND {RATE} IS NULL)
FROM insights_served s
JOIN merchants_merchant p ON p.id = s.merchant_id
LEFT JOIN (insights_worked w
  JOIN conversations_conversation c ON c.merchant_id = w.merchant_id AND c.id = w.conversation_id)
  ON w.merchant_id = s.merchant_id AND coalesce(c.root_id, c.id) = s.conversation_id
WHERE s.merchant_id = %(merchant)s AND s.id = ANY(%(ids)s) GROUP BY s.id
"""  # noqa: S608 - our own words alone
_PRICE = f"""
UPDATE insights_served s SET labour = CASE WHEN priced.unknown THEN NULL ELSE priced.labour END
FROM ({_LABOUR}) priced (id, labour, unknown) WHERE s.merchant_id = %(merchant)s AND s.id = priced.id
"""  # noqa: S608 - our own words alone
_A_ROUND = 1000


@transaction.atomic
def serve(merchant_id: int, conversation_id: int) -> Served | None:
    """The matter as it stands, written down; None where nothing of it is settled, and nothing stays written."""
    root = Conversation.objects.filter(merchant_id=merchant_id, id=conversation_id).select_related("root").first()
    if root is None:
        return None
    row = root.root or root
    parts = Conversation.objects.filter(merchant_id=merchant_id, root_id=row.id).values_list("id", flat=True)
    family = [row.id, *parts]
    stood = _stood(merchant_id, family) if row.state != Conversation.State.SPAM else []
    gone = Served.objects.filter(merchant_id=merchant_id, conversation_id__in=family)
    if not stood:
        gone.delete()
        return None
    gone.exclude(conversation_id=row.id).delete()
    values = _values(row, family, stood)
    made, _new = Served.objects.update_or_create(merchant_id=merchant_id, conversation=row, defaults=values)
    _price(merchant_id, [made.id])
    return made


def rebuild(merchant: Merchant, since: datetime) -> int:
    """Everything resolved since, worked out again; how many matters. Rates of exchange are today's."""
    rows = Resolution.objects.filter(merchant=merchant, at__gte=since).select_related("conversation")
    roots = {row.conversation.now_id for row in rows.iterator(_A_ROUND)}
    return sum(serve(merchant.id, number) is not None for number in sorted(roots))


def told(merchant_id: int, conversation_id: int) -> dict[str, Any]:
    """What a customer may know of their matter: when it was settled, how long it took, what it gave. Nobody's name."""
    row = Served.objects.filter(merchant_id=merchant_id, conversation_id=conversation_id).first()
    if row is None:
        return {}
    seconds = sum(count for channels in row.seconds.values() for count in channels.values())
    said = {"settled_at": row.at, "seconds_worked": seconds, "messages_by_channel": row.contacts}
    return {**said, "remedies_minor_units": row.remedies, "currency": row.currency, "held_out": row.held_out}


def price_again(merchant: Merchant, since: date) -> None:
    """A rate changed from this day on: what was worked since costs something else."""
    worked = Worked.objects.filter(merchant=merchant, day__gte=since).select_related("conversation")
    roots = {c.now_id for c in (row.conversation for row in worked.iterator(_A_ROUND))}
    ids = list(Served.objects.filter(merchant=merchant, conversation_id__in=roots).values_list("id", flat=True))
    for start in range(0, len(ids), _A_ROUND):
        _price(merchant.id, ids[start : start + _A_ROUND])


def _stood(merchant_id: int, family: Sequence[int]) -> list[Resolution]:
    """Resolves that were meant, oldest first. One that the product itself took back settled nothing."""
    rows = Resolution.objects.filter(merchant_id=merchant_id, conversation_id__in=family)
    return list(rows.exclude(reopened_by=SYSTEM.code).order_by("at", "id"))


def _values(row: Conversation, family: Sequence[int], stood: Sequence[Resolution]) -> dict[str, Any]:
    customer = Customer.objects.get(merchant_id=row.merchant_id, id=row.customer_id)
    merchant = Merchant.objects.get(id=row.merchant_id)
    given, other = _given(merchant, family)
    chance = Chance.objects.filter(merchant_id=row.merchant_id, conversation_id__in=family).order_by("at", "id").first()
    return {
        "resolution": stood[-1],
        "customer_id": customer.root_id or customer.id,
        "topic_id": row.topic_id or stood[-1].topic_id,
        "at": stood[-1].at,
        "first_at": stood[0].at,
        "seconds": _seconds(row.merchant_id, family),
        "contacts": _contacts(row.merchant_id, family),
        "currency": merchant.currency,
        "given": given,
        "remedies": sum(given.values()),
        "remedies_other": other,
        "offered": _offered(row.merchant_id, family, chance),
        "chance_id": chance.id if chance else None,
        "held_out": chance.held_out if chance else None,
    }


def _seconds(merchant_id: int, family: Sequence[int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in Worked.objects.filter(merchant_id=merchant_id, conversation_id__in=family).order_by("id"):
        found[f"member:{row.member_id}"][row.channel] += row.seconds
    return {who: dict(channels) for who, channels in found.items()}


def _contacts(merchant_id: int, family: Sequence[int]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTS, [merchant_id, list(family)])
        return dict(sorted(cursor.fetchall()))


def _given(merchant: Merchant, family: Sequence[int]) -> tuple[dict[str, int], dict[str, int]]:
    """Kind → cost in the merchant's currency, and currency → cost where nobody knows the rate."""
    given: dict[str, int] = defaultdict(int)
    other: dict[str, int] = defaultdict(int)
    rows = Remedy.objects.filter(merchant=merchant, conversation_id__in=family, state__in=COUNTS)
    for row in rows.order_by("id"):
        cost, known = at_home(Money(row.cost, row.currency), merchant)
        if known:
            given[row.kind] += cost.minor
        else:
            other[row.currency] += row.cost
    return dict(given), dict(other)


def _offered(merchant_id: int, family: Sequence[int], chance: Chance | None) -> dict[str, list[int]]:
    suggestions = Suggestion.objects.filter(merchant_id=merchant_id, chance=chance).order_by("id") if chance else []
    drafts = DraftOrder.objects.filter(merchant_id=merchant_id, conversation_id__in=family).order_by("id")
    found = {
        "suggestions": [each.id for each in suggestions if each.shown_at],
        "used": [each.id for each in suggestions if each.used_at],
        "drafts": [each.id for each in drafts if each.sent_at],
    }
    return {what: ids for what, ids in found.items() if ids}


def _price(merchant_id: int, ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_PRICE, {"merchant": merchant_id, "ids": list(ids)})
