"""Customers, their addresses, notes and consents."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from presszero.conversations.queries.sight import customer_seen
from presszero.core.text import one_line
from presszero.customers.models import Customer

from ..callers import Caller
from ..shapes.customers import CustomerQuery
from .rows import Asked, by_id, one, several

_FAMILY = """(SELECT f.id FROM customers_customer f WHERE f.merchant_id = u.merchant_id
  AND (f.id = u.id OR f.root_id = u.id))"""
_HANDLE = """json_build_object('id', h.id, 'kind', h.kind, 'address', h.address, 'name', h.name, 'proof', h.proof,
  'bounced_at', h.bounced_at)"""
_CUSTOMER = f"""json_build_object('id', u.id, 'name', u.name, 'language', u.language, 'timezone', u.timezone,
  'preferred_channel', u.preferred_channel, 'fields', u.fields, 'handles', coalesce(
    (SELECT json_agg({_HANDLE} ORDER BY h.id) FROM customers_handle h
     WHERE h.merchant_id = u.merchant_id AND h.customer_id IN {_FAMILY}), '[]'::json), 'created_at', u.created_at)"""  # noqa: S608 - our own
_FROM = "FROM customers_customer u WHERE u.merchant_id = %(merchant)s AND u.root_id IS NULL"
# Somebody is seen by whoever sees one of their conversations.
_SEEN = """EXISTS (SELECT FROM conversations_conversation c WHERE c.merchant_id = u.merchant_id AND c.root_id IS NULL
  AND c.customer_id IN {family} AND {seen})"""
_NAMED = """(u.name ILIKE %(pattern)s OR u.id IN (
  SELECT coalesce(k.root_id, k.id) FROM customers_handle h
  JOIN customers_customer k ON k.merchant_id = h.merchant_id AND k.id = h.customer_id
  WHERE h.merchant_id = %(merchant)s AND h.address ILIKE %(pattern)s))"""
_ADDRESSED = """u.id IN (SELECT coalesce(k.root_id, k.id) FROM customers_handle h
  JOIN customers_customer k ON k.merchant_id = h.merchant_id AND k.id = h.customer_id
  WHERE h.merchant_id = %(merchant)s AND h.address = %(address)s AND h.proof <> 'refuted')"""


def find(caller: Caller, query: CustomerQuery, seen: tuple[str, dict[str, Any]]) -> list[tuple[Any, ...]]:
    """(JSON, id) of customers, newest first."""
    asked = Asked(["true"], {"merchant": caller.merchant.id})
    if seen[1]:
        asked.add(_SEEN.format(family=_FAMILY, seen=seen[0]), **seen[1])
    if query.q:
        words = one_line(query.q, 100).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        asked.add(_NAMED, pattern=f"%{words}%")
    if query.address:
        asked.add(_ADDRESSED, address=query.address)
    end = by_id(asked, query, "u.id")
    return several(f"SELECT {_CUSTOMER}, u.id {_FROM} AND {asked.where}{end}", asked.values)


def customer(caller: Caller, number: int) -> dict[str, Any]:
    """One, by any number they were ever known by. Raises Http404."""
    return shown(row(caller, number))


def shown(found: Customer) -> dict[str, Any]:
    """A customer as the API says them."""
    values = {"merchant": found.merchant_id, "id": found.now_id}
    return one(f"SELECT {_CUSTOMER} {_FROM} AND u.id = %(id)s", values)


def row(caller: Caller, number: int) -> Customer:
    """The row of a customer that the caller sees, as they are today. Raises Http404."""
    found = customer_seen(caller.eyes, number)
    if found is None:
        raise Http404
    return found
