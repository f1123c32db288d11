"""Answers of outsiders: told apart before anybody is looked up, for they are no customers and begin no conversation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from presszero.channels.models import Attachment
from presszero.conversations.actions import side as sides
from presszero.conversations.models import SideThread
from presszero.core.actor import Actor
from presszero.customers.domains import SHARED_DOMAINS

from .batch import Item
from .found import mentioned_ids
from .words import entry_of, file_of

_ANSWERED = """
SELECT t.token, '', s.id, o.address FROM conversations_sidethread s
JOIN channels_thread t ON t.merchant_id = s.merchant_id AND t.id = s.thread_id
JOIN conversations_outsider o ON o.merchant_id = s.merchant_id AND o.id = s.outsider_id
WHERE s.merchant_id = %(merchant)s AND t.token = ANY(%(tokens)s)
UNION ALL
SELECT '', e.message_id, s.id, o.address FROM channels_entry e
JOIN conversations_sidethread s ON s.merchant_id = e.merchant_id AND s.thread_id = e.thread_id
JOIN conversations_outsider o ON o.merchant_id = s.merchant_id AND o.id = s.outsider_id
WHERE e.merchant_id = %(merchant)s AND e.message_id = ANY(%(ids)s) AND e.message_id <> ''
"""


def apart(merchant_id: int, items: list[Item]) -> list[Item]:
    """Writes down what outsiders answered, and returns the rest. One statement where nothing of it is theirs."""
    known = _answered(merchant_id, items)
    rest = []
    for item in items:
        asked = _side(item, known) if known else None
        if asked is None:
            rest.append(item)
        else:
            _write(merchant_id, asked, item)
    return rest


def _answered(merchant_id: int, items: list[Item]) -> dict[str, tuple[int, str]]:
    """Token or message id → (side thread, the outsider's address)."""
    tokens = {token for item in items for token in item.message.tokens}
    ids = {number for item in items for number in mentioned_ids(item)}
    if not tokens and not ids:
        return {}
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"merchant": merchant_id, "tokens": sorted(tokens), "ids": sorted(ids)}
        cursor.execute(_ANSWERED, values)
        return {token or number: (side, address) for token, number, side, address in cursor.fetchall()}


def _side(item: Item, known: dict[str, tuple[int, str]]) -> int | None:
    """The side thread it answers, if its sender may: the outsider, or somebody of the same house."""
    if item.message.proof == "refuted":
        return None
    for name in _names(item):
        if name in known and _of_the_same_house(item.message.sender.address, known[name][1]):
            return known[name][0]
    return None


def _names(item: Item) -> Iterable[str]:
    return (*item.message.tokens, *mentioned_ids(item))


def _of_the_same_house(sender: str, asked: str) -> bool:
    """A warehouse answers from whichever desk is free; at gmail.com strangers share a name."""
    if sender == asked:
        return True
    domain = asked.rpartition("@")[2]
    return sender.rpartition("@")[2] == domain and domain not in SHARED_DOMAINS


def _write(merchant_id: int, side_id: int, item: Item) -> None:
    rows = SideThread.objects.select_related("conversation", "thread", "outsider")
    side = rows.get(merchant_id=merchant_id, id=side_id)
    item.automatic, item.warnings = item.message.automatic, list(item.message.warnings)
    entry = entry_of(item, side.thread, copied=())
    entry.save()
    Attachment.objects.bulk_create([file_of(file, entry) for file in item.files])
    sides.heard(side, entry, by=Actor("outsider", side.outsider_id, side.outsider.name))
