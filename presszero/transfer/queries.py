"""What the screens ask."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from presszero.conversations import filtering
from presszero.conversations.models import SavedView
from presszero.conversations.queries import saved
from presszero.conversations.queries.sight import seen_by
from presszero.merchants.models import Merchant
from presszero.team.models import Membership

from .cards import kinds
from .models import Export, Import, ImportRow
from .sources import sheet

_CHOSEN = """
SELECT c.id FROM conversations_conversation c
WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL AND c.id = ANY(%(ids)s)"""


def imports(merchant: Merchant) -> QuerySet[Import]:
    """What was brought in, the newest first."""
    return Import.objects.filter(merchant=merchant).select_related("merchant", "by__person", "line").order_by("-id")


def exports(merchant: Merchant) -> QuerySet[Export]:
    """What was taken out, the newest first."""
    return Export.objects.filter(merchant=merchant).select_related("merchant", "by__person").order_by("-id")


def tally(job: Import) -> list[tuple[str, dict[str, int]]]:
    """(what, outcome → how many), in the order people read."""
    named = kinds()
    return [(named[kind], job.counts[kind]) for kind in named if job.counts.get(kind)]


def rejected(job: Import) -> QuerySet[ImportRow]:
    """Rows that did not come in, and parts that were left out."""
    rows = ImportRow.objects.filter(merchant_id=job.merchant_id, job=job, outcome__in=["rejected", "left_out"])
    return rows.order_by("id")


def report(job: Import) -> Iterator[list[str]]:
    """The rejected rows as a table. Of a sheet: its own columns first, to be mended and brought again as it is."""
    header = job.choices.get("header", []) if job.source == sheet.KEY else [_("content")]
    yield [*header, _("row"), _("file"), _("number"), _("what"), _("reason")]
    for row in rejected(job).iterator(1000):
        about = [str(row.number), row.place, row.external_id, kinds().get(row.kind, row.kind), _(row.reason)]
        yield [*_cells(row.raw, len(header), job.source == sheet.KEY), *about]


def _cells(raw: Any, width: int, is_sheet: bool) -> list[str]:
    if not is_sheet:
        return [json.dumps(raw, ensure_ascii=False) if raw is not None else ""]
    cells = [str(cell) for cell in raw] if isinstance(raw, list) else []
    return (cells + [""] * width)[:width]


def chosen(member: Membership, view: SavedView | None, ids: Sequence[int], most: int) -> list[int]:
    """Conversations of a saved view, or of these ids, that the member may see. Raises BadFilter for a view gone bad."""
    if view is not None:
        return list(saved.ids_where(member, filtering.read(member.merchant, view.filter), limit=most))
    sql, params = seen_by(member, alias="c")
    values = {"merchant": member.merchant_id, "ids": list(ids), "most": most, **params}
    with connection.cursor() as cursor:
        cursor.execute(f"{_CHOSEN} AND {sql} ORDER BY c.id DESC LIMIT %(most)s", values)
        return [number for (number,) in cursor.fetchall()]
