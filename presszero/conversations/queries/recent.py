"""What a member had in front of them lately, and people as their name or address is typed."""

from __future__ import annotations

from typing import Any

from django.db import connection

from presszero.core.text import one_line
from presszero.customers import queries as customers
from presszero.customers.models import Handle
from presszero.team.models import Membership

from .lists import Row, rows_by_id
from .sight import customers_seen
from .who import pattern_of, who

_GATHERED = 40  # people, of whom those whose name begins so come first: whoever types a common name types on

_LATELY = """
SELECT coalesce(c.root_id, c.id), max(z.up_to) FROM conversations_seen z
JOIN conversations_conversation c ON c.merchant_id = z.merchant_id AND c.id = z.conversation_id
WHERE z.merchant_id = %(merchant)s AND z.member_id = %(member)s AND z.up_to > now() - interval '30 days'
GROUP BY 1 ORDER BY 2 DESC LIMIT %(most)s
"""
_PEOPLE = """
SELECT u.id, u.name, coalesce((SELECT h.address FROM customers_handle h WHERE h.merchant_id = u.merchant_id
  AND h.customer_id = u.id AND h.kind <> 'visitor' AND h.proof <> 'refuted' ORDER BY h.id LIMIT 1), '')
FROM customers_customer u WHERE u.merchant_id = %(merchant)s AND u.id = ANY(%(ids)s)
ORDER BY u.name ILIKE %(begins)s DESC, u.id DESC LIMIT %(most)s
"""


def recent(member: Membership, most: int) -> list[Row]:
    """The conversations the member read lately, the newest of them first."""
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, {"merchant": member.merchant_id, "member": member.id, "most": most})
        return rows_by_id(member, [number for number, _at in cursor.fetchall()])


def people(member: Membership, typed: str, most: int) -> list[tuple[int, str, str]]:
    """(id, name, address) of customers the member may see, whose name or address has what was typed in it."""
    words = one_line(typed, 100)
    if not member.sees_all:
        return _among_theirs(member, words, most)
    values: dict[str, Any] = {
        "merchant": member.merchant_id,
        "ids": who(member.merchant_id, words, _GATHERED),
        "begins": pattern_of(words)[1:],
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        return list(cursor.fetchall())


def _among_theirs(member: Membership, words: str, most: int) -> list[tuple[int, str, str]]:
    found = list(customers.find(member.merchant, words, most, customers_seen(member)))
    handles = Handle.objects.filter(merchant_id=member.merchant_id, customer_id__in=[c.id for c in found])
    addresses = {h.customer_id: h.address for h in handles.exclude(kind="visitor").order_by("-id")}
    return [(customer.id, customer.name, addresses.get(customer.id, "")) for customer in found]
