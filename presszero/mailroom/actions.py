"""Writing the mailroom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from .incoming import RECEIVE, Incoming, columns, opened, sealed, which_are_new
from .models import Received


def receive(rows: Sequence[Incoming]) -> list[bool]:
    """Stores what came, each thing once; True for each row that is new.

    Takes part in the caller's transaction, if there is one, and wakes the workers once that has committed. Make ids and
    headers storable first (`incoming.storable_id`, `storable_headers`): one bad row refuses them all.
    """
    if not rows:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RECEIVE, columns(rows))
        found = which_are_new(rows, cursor.fetchall())
        if any(found):
            transaction.on_commit(_wake_workers, robust=True)
    return found


def body_of(row: Received) -> bytes:
    """The bytes of a row, opened. Raises sealing.CannotOpen."""
    body = bytes(row.body)
    return opened(body, (row.merchant_id, row.line_id, row.external_id)) if row.sealed else body


def put_body(row: Received, body: bytes, *, at: datetime) -> None:
    """Other bytes in place of those that came; their hash stays."""
    kept = sealed(body, (row.merchant_id, row.line_id, row.external_id))
    row.body, row.sealed, row.masked_at = kept, 1, at
    Received.objects.filter(merchant_id=row.merchant_id, id=row.id).update(body=kept, sealed=1, masked_at=at)


def _wake_workers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY arrivals")
