"""Who waits for whom: news of one order is taken one after the other, a whole history's batch while nothing else is."""

from __future__ import annotations

from django.db import connection

_TAKE = """
SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 17)), pg_advisory_xact_lock(hashtextextended(%s, 17))
"""


def one(merchant_id: int, store_id: int | None, what: str, external_id: str) -> None:
    """Until this transaction ends, nobody else takes news of this thing, and no batch of its store is brought."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [_store(merchant_id, store_id), f"{merchant_id} {store_id or 0} {what} {external_id}"])


def whole(merchant_id: int, store_id: int | None) -> None:
    """Until this transaction ends, nobody else takes anything of this store."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 17))", [_store(merchant_id, store_id)])


def _store(merchant_id: int, store_id: int | None) -> str:
    return f"{merchant_id} {store_id or 0}"
