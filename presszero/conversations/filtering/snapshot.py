"""Everything a filter can ask about a conversation, read once: a hundred filters are judged without a statement."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection

from .fields import COUNTED, NEWEST, TAGS, TEXT_LIMIT

_IS_NUMBER = re.compile(r"-?[0-9]{1,15}([.][0-9]{0,10})?", re.ASCII)  # as in fields

# The root of whom it is with is u where nothing was merged, else r.
_WHO = """JOIN customers_customer u ON u.merchant_id = c.merchant_id AND u.id = c.customer_id
LEFT JOIN customers_customer r ON r.merchant_id = u.merchant_id AND r.id = u.root_id"""
_LINE = "JOIN channels_line l ON l.merchant_id = c.merchant_id AND l.id = c.line_id"
_NEWEST = f"LEFT JOIN LATERAL ({NEWEST}) newest ON true"
_OWN = """JOIN conversations_message m ON m.merchant_id = c.merchant_id AND m.id = asked.message
JOIN channels_entry newest ON newest.merchant_id = m.merchant_id AND newest.id = m.entry_id"""
# As fields.ADDRESSES finds them, with the root at hand.
_ADDRESSES = """ARRAY(SELECT lower(h.address) FROM customers_handle h
  WHERE h.merchant_id = c.merchant_id AND h.proof <> 'refuted' AND h.customer_id = ANY(ARRAY(
    SELECT f.id FROM customers_customer f WHERE f.merchant_id = c.merchant_id
      AND f.root_id = coalesce(u.root_id, u.id)) || coalesce(u.root_id, u.id)))"""
# What a snapshot keeps → how a statement reads it, and the table it reads that from beside the conversation's own.
_PIECES = {
    "id": ("c.id", ""),
    "state": ("c.state", ""),
    "priority": ("c.priority", ""),
    "topic": ("c.topic_id", ""),
    "tag": (f"ARRAY({TAGS})", ""),
    "team": ("c.team_id", ""),
    "assignee": ("c.assignee_id", ""),
    "channel": ("nullif(c.last_channel, '')", ""),
    "line": ("c.line_id", ""),
    "brand": ("l.brand_id", _LINE),
    "subject": ("lower(c.subject)", ""),
    "text": (f"coalesce(lower(left(newest.text, {TEXT_LIMIT})), '')", _NEWEST),
    "customer_name": ("lower(coalesce(r.name, u.name))", _WHO),
    "customer_address": (_ADDRESSES, _WHO),
    "customer_language": ("lower(coalesce(r.language, u.language))", _WHO),
    "waiting_for": ("c.waiting_since", ""),
    "last_at": ("c.last_at", ""),
    "created_at": ("c.created_at", ""),
    "due_at": ("c.due_at", ""),
    "needed_by": ("c.needed_by", ""),
    "matters": ("c.matters", ""),
    "message_count": (COUNTED, ""),
    "first_reply": ("c.first_reply_at", ""),
    "inbound": ("c.last_inbound", ""),
    "automatic": ("coalesce(newest.automatic <> '', false)", _NEWEST),
    "own_fields": ("(SELECT json_object_agg(f.key, lower(f.value)) FROM jsonb_each_text(c.fields) f)", ""),
    "customer_fields": (
        "(SELECT json_object_agg(f.key, lower(f.value)) FROM jsonb_each_text(coalesce(r.fields, u.fields)) f)",
        _WHO,
    ),
}
EVERYTHING = frozenset(_PIECES)
ALWAYS = frozenset({"id", "state"})
_OBJECTS = frozenset({"own_fields", "customer_fields"})


@dataclass(slots=True)
class Snapshot:
    """A conversation as it stood when it was read. Text in small letters; times are aware.

    What was not asked for is not there: to read it raises AttributeError, so that nothing is judged by what is unknown.
    """

    id: int
    state: str
    priority: int
    topic: int | None
    tag: list[int]
    team: int | None
    assignee: int | None
    channel: str | None
    line: int
    brand: int
    subject: str
    text: str
    customer_name: str
    customer_address: list[str]
    customer_language: str
    waiting_for: datetime | None  # since when
    last_at: datetime
    created_at: datetime
    due_at: datetime | None
    needed_by: datetime | None
    matters: int | None
    message_count: int
    first_reply: datetime | None
    inbound: bool
    automatic: bool
    own_fields: Mapping[str, str]
    customer_fields: Mapping[str, str]

    @staticmethod
    def number(text: str | None) -> Decimal | None:
        """What an own field of numbers holds; None where it holds something else."""
        return Decimal(text) if text and _IS_NUMBER.fullmatch(text) else None


def snapshots(merchant_id: int, ids: Iterable[int], names: frozenset[str] = EVERYTHING) -> dict[int, Snapshot]:
    """One statement, however many. Conversations of other merchants are not there.

    `names`: what is to be known of them, as `kept_by` says it; each name that is left out makes the statement cheaper.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    kept, columns, joins = _reading(names | ALWAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM conversations_conversation c {joins}"  # noqa: S608 - pieces of our own
            " WHERE c.merchant_id = %(merchant)s AND c.id = ANY(%(ids)s)",
            {"merchant": merchant_id, "ids": wanted},
        )
        return {row[0]: _snapshot(kept, row) for row in cursor.fetchall()}


def snapshots_at(merchant_id: int, messages: Mapping[int, int], names: frozenset[str]) -> dict[int, Snapshot]:
    """The same for messages, each with its conversation: with its own words, which need not be the newest any more.

    A message that is no more is not there, where its words were asked for.
    """
    if not messages:
        return {}
    kept, columns, joins = _reading(names | ALWAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT asked.message, {columns}"  # noqa: S608 - pieces of our own
            " FROM unnest(%(messages)s::bigint[], %(ids)s::bigint[]) AS asked(message, id)"
            " JOIN conversations_conversation c ON c.merchant_id = %(merchant)s AND c.id = asked.id"
            f" {joins.replace(_NEWEST, _OWN)}",
            {"merchant": merchant_id, "messages": list(messages), "ids": list(messages.values())},
        )
        return {row[0]: _snapshot(kept, row[1:]) for row in cursor.fetchall()}


def kept_by(fields: Iterable[str]) -> frozenset[str]:
    """Names of fields, the merchant's own among them, as a snapshot keeps them."""
    objects = {"field": "own_fields", "customer": "customer_fields"}
    return frozenset(objects[name.partition(".")[0]] if "." in name else name for name in fields)


@lru_cache(maxsize=256)
def _reading(names: frozenset[str]) -> tuple[tuple[str, ...], str, str]:
    """What is read, in order; the columns and the tables that it is read from."""
    kept = tuple(name for name in _PIECES if name in names)
    joins = dict.fromkeys(_PIECES[name][1] for name in kept)
    return kept, ", ".join(_PIECES[name][0] for name in kept), " ".join(joins)


def _snapshot(kept: Iterable[str], row: Iterable[Any]) -> Snapshot:
    made = Snapshot.__new__(Snapshot)
    for name, value in zip(kept, row, strict=True):
        setattr(made, name, _object(value) if name in _OBJECTS else value)
    return made


def _object(value: Any) -> dict[str, str]:
    return dict(json.loads(value) if isinstance(value, str) else value or {})
