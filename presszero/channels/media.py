"""Files that a provider still has: fetched once, with the line's key, within limits, and kept like any other file.

The words stand there at once; the file joins them when it is here. What fails is tried again for a day, then shown.
"""

from __future__ import annotations

import mimetypes
import random
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from presszero.core import http
from presszero.core.actor import SYSTEM
from presszero.core.locks import alone
from presszero.core.masking import masked_file
from presszero.core.rows import keep as keep_row
from presszero.core.text import one_line
from presszero.timeline.actions import record, wake

from . import files, policy
from .facts import MediaFetched
from .models import Attachment, Entry, MediaToFetch
from .registry import adapter
from .vocabulary import FETCHING, NOT_FETCHED

WAKES = "media"
MAX_SIZE = 16 * 1024 * 1024  # bytes; networks carry 5 MB, and some providers' own channels 16
SECONDS = 25.0
MAX_TRIES = 10  # about four hours with the waits of `policy.wait_before_retry`
A_ROUND = 8
_LOCKS = 0x3ED1  # advisory lock class of files being fetched
_FOR_GOOD = (400, 401, 403, 404, 410)
_NAMES = {"image": "picture", "video": "video", "audio": "sound"}
_EMPTY = "The provider has an empty file."


def fetch_due(now: datetime | None = None) -> int:
    """Fetches what is due; how many were looked at. One at a time asks for the same file."""
    at = now or timezone.now()
    due = MediaToFetch.objects.filter(state=MediaToFetch.State.WAITING, not_before__lte=at, line__paused_at=None)
    done = 0
    for row in list(due.select_related("line", "entry").order_by("not_before")[:A_ROUND]):
        with alone(_LOCKS, row.id) as got_it:
            if got_it and _still(row):
                _fetch(row, at)
                done += 1
    return done


def plain_name(kind: str, place: int) -> str:
    """A short name for a file of a message: "picture-1.jpg"."""
    word = _NAMES.get(kind.partition("/")[0], "file")
    return f"{word}-{place}{mimetypes.guess_extension(kind) or ''}"


@transaction.atomic
def fetch_again(entry: Entry) -> bool:
    """Somebody wants a message's missing files tried once more, now. Whether there were any."""
    failed = MediaToFetch.objects.filter(merchant_id=entry.merchant_id, entry=entry, state=MediaToFetch.State.FAILED)
    if not failed.update(state=MediaToFetch.State.WAITING, tries=0, not_before=timezone.now()):
        return False
    _say(entry.merchant_id, entry.id)
    wake(WAKES)
    return True


def _still(row: MediaToFetch) -> bool:
    rows = MediaToFetch.objects.filter(merchant_id=row.merchant_id, id=row.id)
    return rows.filter(state=MediaToFetch.State.WAITING, tries=row.tries).exists()


def _fetch(row: MediaToFetch, at: datetime) -> None:
    """Outside any transaction: the network never waits inside one."""
    try:
        fetch = getattr(adapter(row.line.kind), "media")  # noqa: B009 - a verb that not every kind has
        answer = fetch(row.url, row.line.for_adapter(), http.Limits(SECONDS, MAX_SIZE))
    except http.NotAllowed as why:
        _failed(row, at, str(why), for_good=True)
        return
    except http.CannotFetch as why:
        _failed(row, at, str(why), for_good=f"more than {MAX_SIZE}" in str(why))
        return
    if answer.status != 200:
        _failed(row, at, f"The provider answered {answer.status}.", for_good=answer.status in _FOR_GOOD)
    elif not answer.body:
        _failed(row, at, _EMPTY, for_good=False)
    else:
        _keep(row, answer)


def _keep(row: MediaToFetch, answer: http.Fetched) -> None:
    """Typed by our own look at the bytes, whatever was said of them; card numbers go no further."""
    declared = row.content_type or answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    kind = files.kind_of(answer.body, "", declared)
    content, _cards = masked_file(answer.body, kind)
    key = files.keep(row.merchant_id, content)
    with transaction.atomic():
        rows = MediaToFetch.objects.select_for_update().filter(merchant_id=row.merchant_id, id=row.id)
        if not rows.filter(state=MediaToFetch.State.WAITING).exists():
            return
        rows.update(state=MediaToFetch.State.FETCHED, reason="", tries=row.tries + 1)
        keep_row(
            Attachment(
                merchant_id=row.merchant_id,
                entry=row.entry,
                filename=_name(kind, row),
                content_type=kind[:120],
                size=len(content),
                storage_key=key,
            )
        )
        _tell(row, here=True)


@transaction.atomic
def _failed(row: MediaToFetch, at: datetime, reason: str, *, for_good: bool) -> None:
    row.tries += 1
    over = for_good or row.tries >= MAX_TRIES
    row.state = MediaToFetch.State.FAILED if over else MediaToFetch.State.WAITING
    row.reason = one_line(reason, 500)
    row.not_before = at + policy.wait_before_retry(row.tries, None, random.random())  # noqa: S311 (jitter)
    row.save(update_fields=["tries", "state", "reason", "not_before"])
    if over:
        _tell(row, here=False)


def _tell(row: MediaToFetch, *, here: bool) -> None:
    _say(row.merchant_id, row.entry_id)
    record(MediaFetched(merchant_id=row.merchant_id, by=SYSTEM, entry_id=row.entry_id, here=here))


def _say(merchant_id: int, entry_id: int) -> None:
    """What the message says of its files: some still come, and why others do not. In the caller's transaction."""
    entry = Entry.objects.select_for_update().get(merchant_id=merchant_id, id=entry_id)
    rows = list(MediaToFetch.objects.filter(merchant_id=merchant_id, entry_id=entry_id).order_by("id"))
    kept = [said for said in entry.warnings if said != FETCHING and not said.startswith(NOT_FETCHED)]
    coming = [FETCHING] if any(row.state == MediaToFetch.State.WAITING for row in rows) else []
    lost = [NOT_FETCHED + row.reason for row in rows if row.state == MediaToFetch.State.FAILED]
    entry.warnings = [*kept, *coming, *lost]
    entry.save(update_fields=["warnings"])


def _name(kind: str, row: MediaToFetch) -> str:
    """A name of our own: the provider's is the end of an address."""
    place = MediaToFetch.objects.filter(merchant_id=row.merchant_id, entry=row.entry, id__lte=row.id).count()
    return plain_name(kind, place)
