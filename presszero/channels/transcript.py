"""What was said between us and somebody who reads it from us: the entries of their own threads, and nothing else.

It stands here, below whoever converses, so that it cannot know a note, a draft, or a mail of the same matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from presszero.core.actor import Actor

from . import outbox
from .models import Attachment, Delivery, Entry, Line, Thread

PAGE = 40
SHOWN = (Delivery.State.ACCEPTED, Delivery.State.DELIVERED, Delivery.State.READ)

# What a transcript tells of an entry, in the order of the model's fields; the rest is read when somebody asks for it.
_TOLD = [
    *("id", "merchant_id", "thread_id", "inbound", "sender_address", "sender_name"),
    *("text", "message_id", "automatic", "at"),
]

# Theirs, and ours once it has left the outbox: what is held back, set for later or taken back is not there yet. Written
# down once: every widget asks for it at every message, and the ORM would build it anew each time.
_NEWEST = f"""
SELECT {", ".join(f"e.{name}" for name in _TOLD)}, said.at, coalesce(d.state, ''),
  EXISTS (SELECT FROM channels_attachment a WHERE a.merchant_id = e.merchant_id AND a.entry_id = e.id)
FROM channels_thread t
JOIN channels_entry e ON e.merchant_id = t.merchant_id AND e.thread_id = t.id
LEFT JOIN LATERAL (
  SELECT x.state, x.not_before FROM channels_delivery x
  WHERE x.merchant_id = e.merchant_id AND x.entry_id = e.id AND x.kind = %(kind)s AND x.address = ANY(%(addresses)s)
    AND x.state = ANY(%(shown)s)
  ORDER BY x.not_before DESC LIMIT 1) d ON true
CROSS JOIN LATERAL (SELECT greatest(e.at, d.not_before) AS at) said
WHERE t.merchant_id = %(merchant)s AND t.line_id = %(line)s AND t.key = ANY(%(keys)s)
  AND (e.inbound OR d.state IS NOT NULL)
  AND (%(last)s::bigint IS NULL OR (said.at, e.id) < (%(last_at)s::timestamptz, %(last)s::bigint))
ORDER BY said.at DESC, e.id DESC LIMIT %(limit)s
"""  # noqa: S608 - names of our own columns


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


_Found = tuple[Entry, datetime, str, bool]  # what was said, its place, its state, and whether it has files


def thread_key(address: str) -> str:
    """The key of the one thread that an address has on a line without subjects."""
    return f"from:{address}"


def threads(reader: Reader) -> QuerySet[Thread]:
    """Theirs on this line."""
    keys = [thread_key(each) for each in reader.addresses]
    return Thread.objects.filter(merchant_id=reader.line.merchant_id, line=reader.line, key__in=keys)


def newest(reader: Reader, before: int | None = None) -> Page | None:
    """The newest entries, or those before an entry of theirs. None when that entry is not theirs to see."""
    last = _place(reader, before) if before is not None else None
    if before is not None and last is None:
        return None
    found = _read(reader, last)
    page = found[:PAGE][::-1]
    files = _files(reader, [entry for entry, _, _, has_files in page if has_files])
    said = (Said(entry, at, state, files.get(entry.id, ())) for entry, at, state, _ in page)
    return Page(tuple(said), len(found) > PAGE)


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


def _read(reader: Reader, last: tuple[datetime, int] | None) -> list[_Found]:
    """The newest, from `last` (its place and id) on, one more than a page; the newest first."""
    values: dict[str, Any] = {
        "merchant": reader.line.merchant_id,
        "line": reader.line.id,
        "keys": [thread_key(each) for each in reader.addresses],
        "kind": reader.kind,
        "addresses": list(reader.addresses),
        "shown": [str(each) for each in SHOWN],
        "last_at": last[0] if last else None,
        "last": last[1] if last else None,
        "limit": PAGE + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, values)
        rows = cursor.fetchall()
    told = len(_TOLD)
    return [(Entry.from_db(connection.alias, _TOLD, row[:told]), *row[told:]) for row in rows]


def _place(reader: Reader, before: int) -> tuple[datetime, int] | None:
    """Where an entry of theirs stands; None for one that is not theirs to see."""
    entry = _shown(reader).filter(id=before).first()
    if entry is None:
        return None
    sent = _to_them(reader).filter(entry_id=before).order_by("-not_before").values_list("not_before", flat=True).first()
    return max(entry.at, sent or entry.at), entry.id


def _shown(reader: Reader) -> QuerySet[Entry]:
    """What `_NEWEST` reads, for a question about one of them."""
    ours = _to_them(reader).filter(entry_id=OuterRef("id"))
    rows = Entry.objects.filter(merchant_id=reader.line.merchant_id, thread__in=threads(reader))
    return rows.filter(Q(inbound=True) | Exists(ours))


def _to_them(reader: Reader) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        merchant_id=reader.line.merchant_id, kind=reader.kind, address__in=reader.addresses, state__in=SHOWN
    )


def _files(reader: Reader, page: Sequence[Entry]) -> dict[int, tuple[Attachment, ...]]:
    found: dict[int, tuple[Attachment, ...]] = {}
    if not page:
        return found
    rows = Attachment.objects.filter(merchant_id=reader.line.merchant_id, entry_id__in=[each.id for each in page])
    for row in rows.order_by("id"):
        found[row.entry_id] = (*found.get(row.entry_id, ()), row)
    return found
