"""What came in, raw: the bytes, what was read out of them, and what was held back."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.db import connection
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from presszero.channels.models import Entry
from presszero.core.sealing import CannotOpen, blind
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Arrival, Quarantine, Received

from ..models import Tombstone
from .orders import tracking_numbers
from .person import Person

_BATCH = 500

# Requests that no message came of yet, or twice: only their bytes can tell whose they are.
_UNPLACED = """
SELECT r.id FROM mailroom_received r WHERE r.merchant_id = %s AND r.external_id NOT LIKE 'erased:%%'
AND NOT EXISTS (SELECT FROM channels_entry e WHERE e.merchant_id = r.merchant_id AND e.received_id = r.id)
ORDER BY r.id
"""
_CARRIES = """
SELECT received_id FROM mailroom_arrival WHERE merchant_id = %s AND payload::text ~* %s
UNION SELECT received_id FROM mailroom_quarantine
WHERE merchant_id = %s AND (sender || ' ' || subject || ' ' || reason) ~* %s
UNION SELECT id FROM mailroom_received WHERE merchant_id = %s AND (headers::text || ' ' || external_id) ~* %s
"""


def raw(person: Person) -> int:
    """Empties every request that carried their words or address. The rows stay, so that nothing is counted anew."""
    ids = _received(person)
    rows = Received.objects.filter(merchant_id=person.merchant_id, id__in=ids)
    _remember(person.merchant_id, list(rows.values_list("line_id", "external_id")))
    now = timezone.now()
    arrivals = Arrival.objects.filter(merchant_id=person.merchant_id, received_id__in=ids)
    arrivals.filter(done_at=None).update(done_at=now)
    arrivals.update(payload={}, external_id=_erased())
    held = Quarantine.objects.filter(merchant_id=person.merchant_id, received_id__in=ids)
    held.filter(closed_at=None).update(closed_at=now, closed_by="system", outcome="discarded")
    held.update(sender="", subject="", reason="")
    rows.filter(split_at=None).update(split_at=now)
    return rows.update(body=b"", sealed=0, sha256=None, headers={}, external_id=_erased())


def is_forgotten(merchant_id: int, line_id: int, external_id: str) -> bool:
    """Whether this was erased before: fetched from a mailbox once more, it stays erased."""
    digest = blind(f"{line_id}:{external_id}", "tombstone")
    return Tombstone.objects.filter(merchant_id=merchant_id, of=Tombstone.Of.ARRIVAL, digest=digest).exists()


def _received(person: Person) -> set[int]:
    entries = Entry.objects.filter(merchant_id=person.merchant_id, id__in=person.entries, received_id__isnull=False)
    found = {number for number in entries.values_list("received_id", flat=True) if number}
    if not person.everywhere:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_CARRIES, [person.merchant_id, person.everywhere] * 3)
        found |= {row[0] for row in cursor.fetchall()}
        cursor.execute(_UNPLACED, [person.merchant_id])
        unplaced = [row[0] for row in cursor.fetchall() if row[0] not in found]
    mentions = _theirs(person)
    for start in range(0, len(unplaced), _BATCH):
        rows = Received.objects.filter(merchant_id=person.merchant_id, id__in=unplaced[start : start + _BATCH])
        found |= {row.id for row in rows.iterator(20) if _opens_with(row, mentions)}
    return found


def _opens_with(row: Received, mentions: Callable[[bytes], bool]) -> bool:
    try:
        return mentions(body_of(row))
    except CannotOpen:
        return False  # nobody can read it, we included


def _theirs(person: Person) -> Callable[[bytes], bool]:
    """Whether bytes name them by an address, or a parcel of theirs: a carrier's words say who signed for it."""
    named, numbers = mentions_of(person), [number.encode() for number in tracking_numbers(person)]
    return lambda raw: named(raw) or any(number in raw for number in numbers)


def mentions_of(person: Person) -> Callable[[bytes], bool]:
    """Whether bytes name them by an address."""
    pattern = re.compile(person.everywhere or r"(?!)", re.IGNORECASE)
    return lambda raw: bool(pattern.search(raw.decode("utf-8", "replace")))


def _remember(merchant_id: int, keys: list[tuple[int, str]]) -> None:
    rows = [
        Tombstone(merchant_id=merchant_id, of=Tombstone.Of.ARRIVAL, digest=blind(f"{line}:{key}", "tombstone"))
        for line, key in keys
        if not key.startswith("erased:")
    ]
    Tombstone.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def _erased() -> Concat:
    return Concat(Value("erased:"), Cast(F("id"), CharField()))
