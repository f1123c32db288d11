"""Taking out: a table, or everything as a ZIP, written by the worker, kept for a week behind a link for admins.

The link carries a signature over a secret of the row, so it cannot be worked out, and dies with the row's week or when
somebody revokes it. A restored backup has no key for the links of before.
"""

from __future__ import annotations

import io
import logging
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.conversations.models import Conversation
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.sealing import new_token
from presszero.core.sheets import Writer
from presszero.team.models import Membership

from . import tables
from .models import Export
from .slices import LEASE, InHand
from .tables import Scope, Table

log = logging.getLogger(__name__)

EVERYTHING = "everything"
SELECTION = "selection"  # some conversations, with what was said in them
LASTS = timedelta(days=7)
ROWS = 500  # written between two looks at the clock
MOST_CHOSEN = 50_000  # conversations of a selection
MOST_WAITING = 5

_IN_HAND = InHand()


@transaction.atomic
def ask(what: str, *, by: Membership, conversations: Sequence[int] | None = None) -> Export:
    """An export the worker will write. `conversations`: ids of those that `by` may see. Raises Refused."""
    if what not in (EVERYTHING, SELECTION):
        tables.table(what)
    if Export.objects.filter(merchant=by.merchant, state=Export.State.WAITING).count() >= MOST_WAITING:
        raise Refused(_("Several exports are being written already."), _("Wait for one of them."))
    chosen: dict[str, object] = {}
    if conversations is not None:
        found = Conversation.objects.filter(merchant=by.merchant, id__in=list(conversations)[:MOST_CHOSEN])
        chosen["conversations"] = sorted(found.values_list("id", flat=True))
    made = Export.objects.create(merchant=by.merchant, what=what, by=by, choices=chosen)
    after = {"what": what, "conversations": len(conversations) if conversations is not None else None}
    record("export.make", f"export:{made.id}", by=by.actor, merchant=by.merchant, after=after)
    return made


def revoke(made: Export, *, by: Actor) -> None:
    """The link dies at once, and the file with it."""
    with transaction.atomic():
        rows = Export.objects.filter(merchant=made.merchant, id=made.id, revoked_at=None)
        if rows.update(revoked_at=timezone.now()):
            record("export.revoke", f"export:{made.id}", by=by, merchant=made.merchant, before={"what": made.what})
    _delete(made)


def signature(made: Export) -> str:
    """What its link ends with."""
    return salted_hmac("presszero.transfer.export", f"{made.id}:{made.nonce}", algorithm="sha256").hexdigest()


def may_open(made: Export, signed: str, by: Membership) -> bool:
    """Whether the link is whole, lives, and is this admin's merchant's."""
    lives = made.revoked_at is None and made.expires_at is not None and made.expires_at > timezone.now()
    ours = made.merchant_id == by.merchant_id and made.state == Export.State.DONE
    return constant_time_compare(signed, signature(made)) and lives and ours


def note_download(made: Export, *, by: Membership) -> None:
    record("export.download", f"export:{made.id}", by=by.actor, merchant=made.merchant, after={"what": made.what})


def filename(made: Export) -> str:
    """Of letters, digits and lines alone, so that no name can be a formula either."""
    day = made.created_at.date().isoformat()
    return f"press-zero-{made.what.replace('_', '-')}-{day}.{'zip' if is_zip(made) else 'csv'}"


def is_zip(made: Export) -> bool:
    return made.what in (EVERYTHING, SELECTION)


def take_all() -> int:
    """The worker's duty: a slice of one export. 1 while there is more to do."""
    made = _IN_HAND.claimed(Export.objects.filter(state=Export.State.WAITING, revoked_at=None))
    if made is None:
        _IN_HAND.let_go()
        _forget_old()
        return 0
    try:
        _IN_HAND.go_on(made.id, lambda: _through(made))
    except Exception:
        log.exception("export %s", made.id)
        trouble = _("It could not be written. Ask for it again.")
        Export.objects.filter(merchant=made.merchant, id=made.id).update(state=Export.State.FAILED, trouble=trouble)
    return 1


def write_now(made: Export) -> Export:
    """All of it, in this process."""
    for _step in _through(made):
        pass
    return Export.objects.get(merchant=made.merchant, id=made.id)


def _through(made: Export) -> Iterator[None]:
    """From the first row to the stored file; begins anew when a process was killed on the way."""
    scope = Scope(made.merchant, made.choices.get("conversations"))
    listed = _which(made)
    made.total = sum(table.count(scope) for table in listed)
    made.done = 0
    _progress(made)
    with tempfile.TemporaryFile(prefix="presszero-export-") as to:
        if is_zip(made):
            with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
                for table in listed:
                    with packed.open(f"{table.key}.csv", "w", force_zip64=True) as file:
                        yield from _write(made, table, scope, file)
        else:
            yield from _write(made, listed[0], scope, to)
        _store(made, to)


def _which(made: Export) -> list[Table]:
    if made.what == EVERYTHING:
        return tables.all_tables()
    if made.what == SELECTION:
        return [table for table in tables.all_tables() if table.of_conversations]
    return [tables.table(made.what)]


def _write(made: Export, table: Table, scope: Scope, to: IO[bytes]) -> Iterator[None]:
    text = io.TextIOWrapper(to, encoding="utf-8", newline="", write_through=False)
    writer = Writer(text)
    writer.row(table.columns(scope))
    for n, row in enumerate(table.rows(scope), 1):
        writer.row(row)
        made.done += 1
        if n % ROWS == 0:
            _progress(made)
            yield None
    _progress(made)
    text.flush()
    text.detach()
    yield None


def _progress(made: Export) -> None:
    rows = Export.objects.filter(merchant=made.merchant, id=made.id)
    rows.update(done=made.done, total=max(made.total, made.done), leased_until=timezone.now() + LEASE)


def _store(made: Export, file: IO[bytes]) -> None:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    key = default_storage.save(f"exports/{made.merchant_id}/{new_token(128)}", File(file))
    now = timezone.now()
    values = {"state": Export.State.DONE, "storage_key": key, "size": size, "leased_until": None}
    rows = Export.objects.filter(merchant=made.merchant, id=made.id, revoked_at=None)
    if not rows.update(finished_at=now, expires_at=now + LASTS, **values):
        default_storage.delete(key)  # revoked while it was written


def _forget_old() -> None:
    """Files whose week is over."""
    for made in Export.objects.filter(expires_at__lt=timezone.now()).exclude(storage_key="")[:20]:
        _delete(made)


def _delete(made: Export) -> None:
    if made.storage_key:
        with suppress(FileNotFoundError):
            default_storage.delete(made.storage_key)
        Export.objects.filter(merchant=made.merchant, id=made.id).update(storage_key="")
