"""Taking an import back: what it made goes, if nobody touched it since. What somebody worked on stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from .bringing.registry import Kind, kinds
from .models import Import, ImportRow

BATCH = 100
_GONE = """
DELETE FROM transfer_importrow r WHERE r.merchant_id = %s AND r.job_id = %s AND r.kind = %s AND NOT EXISTS (
  SELECT 1 FROM {table} t WHERE t.merchant_id = r.merchant_id AND t.id = r.target_id)
"""


def undo(job: Import) -> Iterator[None]:
    """A batch a step. Rows of the report go with what they made; what stays keeps its row."""
    stays = 0
    for kind in reversed(kinds()):  # what stands in something goes before it
        after = 0
        while kind.remove and (batch := _batch(job, kind.key, after)):
            after = batch[-1].id
            for row in batch:
                stays += not _taken_back(row, kind)
            Import.objects.filter(merchant_id=job.merchant_id, id=job.id).update(leased_until=timezone.now())
            yield None
    with connection.cursor() as cursor:
        for name, table in (("message", "channels_entry"), ("note", "conversations_note")):
            cursor.execute(_GONE.format(table=table), [job.merchant_id, job.id, name])
    counts = {**job.counts, "undone": {"stays": stays}}
    Import.objects.filter(merchant_id=job.merchant_id, id=job.id).update(
        state=Import.State.UNDONE, counts=counts, cursor=0, leased_until=None, finished_at=timezone.now()
    )


def _batch(job: Import, kind: str, after: int) -> Sequence[ImportRow]:
    rows = ImportRow.objects.filter(merchant_id=job.merchant_id, job=job, kind=kind, id__gt=after)
    return list(rows.filter(target_id__isnull=False).order_by("id")[:BATCH])


def _taken_back(row: ImportRow, kind: Kind) -> bool:
    """Whether it went. Something that was only met, not made, stays for itself and leaves the report."""
    if row.outcome in (ImportRow.Outcome.NEW, ImportRow.Outcome.CHANGED) and kind.remove:
        try:
            with transaction.atomic():
                if not kind.remove(row):
                    return False
        except ProtectedError:
            return False
    row.delete()
    return True
