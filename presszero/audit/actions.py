"""Writing down what somebody may have to answer for, and chaining it so that a later change shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from presszero.core.actor import Actor
from presszero.core.text import clean, one_line
from presszero.merchants.models import Merchant

from .models import Record

Values = Mapping[str, Any] | None
_START = "0" * 64  # what the first row of a merchant is chained to
_BATCH = 1000
_LOOK = """
INSERT INTO audit_look (merchant_id, member_id, customer_id, hour, at)
VALUES (%s, %s, %s, date_trunc('hour', %s::timestamptz), %s)
ON CONFLICT (merchant_id, customer_id, hour, member_id) DO NOTHING
"""


def record(
    verb: str,
    subject: str,
    *,
    by: Actor,
    merchant: Merchant,
    before: Values = None,
    after: Values = None,
    why: str = "",
) -> Record:
    """One row, in the caller's transaction. `verb` is "noun.act", `subject` "noun:id"; values are JSON, no secrets."""
    return Record.objects.create(
        merchant=merchant,
        actor=by.code,
        verb=one_line(verb, 80),
        subject=one_line(subject, 80),
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
        why=clean(why, 2000),
    )


def looked(merchant_id: int, member_id: int, customer_id: int, at: datetime) -> None:
    """A member opened a customer's record. One row an hour at most, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [merchant_id, member_id, customer_id, at, at])


def chain(merchant: Merchant | None = None, limit: int = _BATCH) -> int:
    """Link rows that are not linked yet, at most `limit` a merchant, in the order of their ids. Returns how many.

    Runs in the background, one at a time for a merchant, so writers never wait for each other. A row that was committed
    late is linked at the end: its place, not its id, says where in the chain it stands.
    """
    whose = [merchant.id] if merchant else list(_waiting_merchants())
    return sum(_chain_one(merchant_id, limit) for merchant_id in whose)


def verify(merchant: Merchant) -> int | None:
    """The id of the first row that was changed, or that follows one that was taken out; None when all is whole."""
    last = _START
    rows = Record.objects.filter(merchant=merchant, place__isnull=False).order_by("place")
    for place, row in enumerate(rows.iterator(_BATCH), start=1):
        if row.place != place or row.chain != link(last, row):
            return row.id
        last = row.chain
    return None


def link(last: str, row: Record) -> str:
    """SHA-256, in hex, over the chain so far and this row as canonical JSON."""
    return hashlib.sha256(f"{last}\n{_canonical(row)}".encode()).hexdigest()


def _waiting_merchants() -> Iterator[int]:
    rows = Record.objects.filter(chain="").order_by("merchant_id")
    yield from rows.values_list("merchant_id", flat=True).distinct()


@transaction.atomic
def _chain_one(merchant_id: int, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit.chain:{merchant_id}"])
    last = Record.objects.filter(merchant_id=merchant_id, place__isnull=False).order_by("-place").first()
    rows = list(Record.objects.filter(merchant_id=merchant_id, chain="").order_by("id")[:limit])
    before, filled = (last.chain, last.place or 0) if last else (_START, 0)
    for place, row in enumerate(rows, start=filled + 1):
        row.place = place
        row.chain = before = link(before, row)
    Record.objects.bulk_update(rows, ["place", "chain"], batch_size=200)
    return len(rows)


def _canonical(row: Record) -> str:
    said = {
        "id": row.id,
        "merchant": row.merchant_id,
        "place": row.place,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "verb": row.verb,
        "subject": row.subject,
        "before": row.before,
        "after": row.after,
        "why": row.why,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
