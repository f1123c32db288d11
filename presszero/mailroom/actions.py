"""Writing the mailroom."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from .incoming import RECEIVE, Incoming, columns, which_are_new


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


def _wake_workers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY arrivals")
