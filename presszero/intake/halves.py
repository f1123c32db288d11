"""A card number in two messages: its first half in one, the rest in the next, within ten minutes, from one sender."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from presszero.channels.models import Attachment, Entry
from presszero.conversations.models import Conversation, Message
from presszero.core.cards import MASK, is_card
from presszero.core.text import snippet
from presszero.mailroom.actions import put_body
from presszero.mailroom.models import Arrival, Received

WITHIN = timedelta(minutes=10)
_LOOKED_AT = 500  # arrivals of the merchant before this one

_ENDS = re.compile(r"(\d(?:[\s.\-]?\d){3,14})[\s.,\-…]*$")
_BEGINS = re.compile(r"^[\s.,\-…]*(\d(?:[\s.\-]?\d){2,14})(?![\d@])")
_WORDS = ("text", "new_text", "html", "subject")

_BEFORE = """
SELECT id FROM (
  SELECT id, line_id, lane, arrived_at, payload FROM mailroom_arrival
  WHERE merchant_id = %s AND id < %s ORDER BY id DESC LIMIT %s
) a
WHERE line_id = %s AND lane = %s AND arrived_at >= %s AND payload->'sender'->>'address' = %s ORDER BY id DESC LIMIT 1
"""


def join_halves(row: Received, arrivals: Sequence[Arrival]) -> int:
    """Masks a number that these arrivals complete, here and in the message before; how many. In the transaction."""
    asked = [one.external_id for one in arrivals if _BEGINS.match(str(one.payload.get("new_text", "")))]
    if not asked:
        return 0
    stored = Arrival.objects.filter(merchant_id=row.merchant_id, line_id=row.line_id, external_id__in=asked)
    return sum(_join(row, one) for one in stored.filter(received=row).select_related("received").order_by("id"))


def _join(row: Received, second: Arrival) -> int:
    first = _before(second, row.received_at)
    if first is None:
        return 0
    tail = _ENDS.search(str(first.payload.get("new_text", "")))
    head = _BEGINS.match(str(second.payload.get("new_text", "")))
    if not tail or not head or not is_card(_plain(tail[1]) + _plain(head[1])):
        return 0
    _mask(first, tail[1], MASK)
    _mask(second, head[1], f"{MASK} {_plain(head[1])[-4:]}")
    return 1


def _before(second: Arrival, at: datetime) -> Arrival | None:
    sender = (second.payload.get("sender") or {}).get("address", "")
    with connection.cursor() as cursor:
        asked = [second.merchant_id, second.id, _LOOKED_AT, second.line_id, second.lane, at - WITHIN, sender]
        cursor.execute(_BEFORE, asked)
        found = cursor.fetchone()
    return (
        Arrival.objects.select_related("received").get(merchant_id=second.merchant_id, id=found[0]) if found else None
    )


def _plain(written: str) -> str:
    return "".join(str(int(one)) for one in re.sub(r"\D", "", written))


def _mask(arrival: Arrival, half: str, instead: str) -> None:
    """In the arrival, in what became of it, and in the bytes, which held nothing worth more than their risk."""
    said: dict[str, Any] = {**arrival.payload}
    said |= {name: str(said[name]).replace(half, instead) for name in _WORDS if said.get(name)}
    said["warnings"] = [*said.get("warnings", ()), "A card number was removed. It came in two messages."]
    Arrival.objects.filter(merchant_id=arrival.merchant_id, id=arrival.id).update(payload=said)
    put_body(arrival.received, b"", at=timezone.now())
    for entry in Entry.objects.filter(merchant_id=arrival.merchant_id, received_id=arrival.received_id):
        _mask_entry(entry, half, instead, said["warnings"])


def _mask_entry(entry: Entry, half: str, instead: str, warnings: list[str]) -> None:
    for name in ("text", "folded", "html", "subject"):
        setattr(entry, name, getattr(entry, name).replace(half, instead))
    entry.warnings = warnings
    entry.save(update_fields=["text", "folded", "html", "subject", "warnings"])
    Attachment.objects.filter(merchant_id=entry.merchant_id, entry=entry, filename__contains=half).update(
        filename="file"
    )
    place = Message.objects.filter(merchant_id=entry.merchant_id, entry=entry).first()
    if place:
        rows = Conversation.objects.filter(merchant_id=entry.merchant_id, id=place.conversation_id)
        rows.filter(snippet__contains=half).update(snippet=snippet(entry.text))
        rows.filter(subject__contains=half).update(subject=entry.subject[:300])
