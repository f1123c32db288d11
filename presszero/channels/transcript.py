"""What was said between us and somebody who reads it from us: the entries of their own threads, and nothing else.

It stands here, below whoever converses, so that it cannot know a note, a draft, or a mail of the same matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from presszero.core.actor import Actor

from . import outbox
from .models import Attachment, Delivery, Entry, Line, Thread

PAGE = 40
SHOWN = (Delivery.State.ACCEPTED, Delivery.State.DELIVERED, Delivery.State.READ)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose transcript: a line, and the addresses that are the reader's own there. They give the right to read."""

    line: Line
    kind: str  # of the handles: "visitor"
    addresses: Sequence[str]


@dataclass(frozen=True, slots=True)
class Said:
    """An entry as its reader may see it. `state`: of what we sent them, one of SHOWN; "" for their own."""

    entry: Entry
    at: datetime  # its place: what was written today and sent tomorrow stands at tomorrow
    state: str
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Oldest first; `more`: there is something older."""

    said: tuple[Said, ...]
    more: bool


def thread_key(address: str) -> str:
    """The key of the one thread that an address has on a line without subjects."""
    return f"from:{address}"


def threads(reader: Reader) -> QuerySet[Thread]:
    """Theirs on this line."""
    keys = [thread_key(each) for each in reader.addresses]
    return Thread.objects.filter(merchant_id=reader.line.merchant_id, line=reader.line, key__in=keys)


def newest(reader: Reader, before: int | None = None) -> Page | None:
    """The newest entries, or those before an entry of theirs. None when that entry is not theirs to see."""
    rows = _shown(reader)
    if before is not None:
        last = rows.filter(id=before).values_list("shown_at", "id").first()
        if last is None:
            return None
        rows = rows.filter(Q(shown_at__lt=last[0]) | Q(shown_at=last[0], id__lt=last[1]))
    found = list(rows.order_by("-shown_at", "-id")[: PAGE + 1])
    page = found[:PAGE][::-1]
    files = _files(reader, page)
    return Page(
        tuple(Said(each, each.shown_at, each.state or "", files.get(each.id, ())) for each in page), len(found) > PAGE
    )


def file(reader: Reader, token: str) -> Attachment | None:
    """A file of an entry that they may see."""
    rows = Attachment.objects.filter(merchant_id=reader.line.merchant_id, token=token)
    return rows.filter(entry_id__in=_shown(reader).values("id")).first()


@transaction.atomic
def mark(reader: Reader, seen_to: int, *, read: bool, by: Actor) -> int:
    """What we sent them up to an entry was shown to them, or also read. States only move forward. How many moved."""
    before = SHOWN[:2] if read else SHOWN[:1]
    rows = Delivery.objects.select_for_update().filter(
        merchant_id=reader.line.merchant_id,
        line=reader.line,
        kind=reader.kind,
        address__in=reader.addresses,
        entry_id__lte=seen_to,
        entry__thread__in=threads(reader),
        state__in=before,
    )
    state = "read" if read else "delivered"
    return sum(outbox.report(row, state, "", by=by) for row in rows.order_by("id"))


def _shown(reader: Reader) -> QuerySet[Any]:
    """Theirs, and ours once it has left the outbox: what is held back, set for later or taken back is not there yet."""
    to_them = Delivery.objects.filter(
        merchant_id=reader.line.merchant_id,
        entry_id=OuterRef("id"),
        kind=reader.kind,
        address__in=reader.addresses,
        state__in=SHOWN,
    )
    best = to_them.order_by("-not_before")
    rows = Entry.objects.filter(merchant_id=reader.line.merchant_id, thread__in=threads(reader))
    return rows.filter(Q(inbound=True) | Exists(to_them)).annotate(
        shown_at=Greatest("at", Subquery(best.values("not_before")[:1])), state=Subquery(best.values("state")[:1])
    )


def _files(reader: Reader, page: Sequence[Entry]) -> dict[int, tuple[Attachment, ...]]:
    found: dict[int, tuple[Attachment, ...]] = {}
    rows = Attachment.objects.filter(merchant_id=reader.line.merchant_id, entry_id__in=[each.id for each in page])
    for row in rows.order_by("id"):
        found[row.entry_id] = (*found.get(row.entry_id, ()), row)
    return found
