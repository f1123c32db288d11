"""The worker's duty: takes an import that somebody asked for in hand, and goes through it a few seconds at a time.

Each batch is one transaction with the place it reached, so a process that is killed goes on where it was. A batch that
fails is done again one by one; what fails alone is rejected, with its reason, and the rest goes on.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice

from django.db import Error, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from presszero.core.refusal import Refused
from presszero.core.sealing import CannotOpen

from . import masking, sources
from .archive import Archive, opened
from .bringing.hand import Hand, Outcome
from .bringing.registry import BATCH, sort_of
from .checking import Checker
from .erasing import leave_file
from .models import Import, ImportRow
from .slices import LEASE, InHand
from .sources import sheet
from .stored import local_copy
from .undoing import undo
from .vocabulary import ConversationFound, NotUnderstood, Record, Rejected, Where

log = logging.getLogger(__name__)

MESSAGES = 600  # carried by the records of a batch
UNSTORED = gettext_noop("It could not be stored.")
UNREADABLE = gettext_noop("The file could not be read.")
State = Import.State

_IN_HAND = InHand()


def bring_all() -> int:
    """One slice of one import. 1 while there is more to do."""
    job = _IN_HAND.claimed(Import.objects.filter(state__in=[State.CHECKING, State.RUNNING, State.UNDOING]))
    if job is None:
        _IN_HAND.let_go()
        return 0
    _IN_HAND.go_on(job.id, lambda: steps_of(job))
    return 1


def bring_now(job: Import) -> None:
    """All of it, in this process: for the command line and for tests."""
    for _step in steps_of(job):
        pass


def steps_of(job: Import) -> Iterator[None]:
    """The whole way of one import, a batch a step."""
    if job.state == State.UNDOING:
        yield from undo(job)
        return
    try:
        with _opened(job) as archive:
            yield from _check(job, archive) if job.state == State.CHECKING else _run(job, archive)
    except (Refused, NotUnderstood) as why:
        _finish(job, State.FAILED, str(why))
    except (OSError, ValueError, EOFError, CannotOpen) as why:
        log.warning("import %s: %s", job.id, type(why).__name__)
        _finish(job, State.FAILED, UNREADABLE)


@contextmanager
def _opened(job: Import) -> Iterator[Archive]:
    with local_copy(job) as path, opened(path, job.filename) as archive:
        yield archive


def records(job: Import, archive: Archive) -> Iterator[tuple[Where, Record]]:
    """What the file says, from its first record, without card numbers."""
    if job.source == sheet.KEY:
        return masking.without_cards(sheet.records(archive, sheet.sheet(job.about), job.choices))
    found = sources.source(job.source)
    if not found.recognises(archive):
        raise NotUnderstood(_("These are not the files that %(name)s writes.") % {"name": found.NAME})
    return masking.without_cards(
        (Where(place, number), record) for number, (place, record) in enumerate(found.records(archive), 1)
    )


def _check(job: Import, archive: Archive) -> Iterator[None]:
    """Everything but the writing; what would be rejected is listed."""
    ImportRow.objects.filter(merchant_id=job.merchant_id, job=job, target_id=None).delete()
    hand = hand_of(job, archive)
    with closing(Checker(hand)) as checker:
        number = 0
        for batch in batches(records(job, archive)):
            number = batch[-1][0].number
            checker.take(batch)
            hand.store_rows()
            seen = {"counts": hand.counts, "choices": {**job.choices, "preview": checker.preview}}
            if not _reached(job, State.CHECKING, total=number, **seen):
                return
            yield None
    job.choices = {**job.choices, "preview": checker.preview}
    _finish(job, State.CHECKED, counts=hand.counts, total=number, choices=job.choices)


def _run(job: Import, archive: Archive) -> Iterator[None]:
    if job.cursor == 0:
        ImportRow.objects.filter(merchant_id=job.merchant_id, job=job, target_id=None).delete()
        job.counts = {}
    hand = hand_of(job, archive)
    for batch in batches(islice(records(job, archive), job.cursor, None)):
        if not _stored(job, hand, batch):
            return
        yield None
    _finish(job, State.DONE)


def hand_of(job: Import, archive: Archive | None) -> Hand:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for kind, outcomes in (job.counts if job.state == State.RUNNING else {}).items():
        counts[kind].update(outcomes)
    by = {"by": job.by.actor} if job.by else {}
    return Hand(job, job.merchant, archive=archive, overwrites=job.source == sheet.KEY, counts=counts, **by)


Batch = list[tuple[Where, Record]]


def batches(found: Iterator[tuple[Where, Record]]) -> Iterator[Batch]:
    """Records of one kind after each other, together."""
    batch: Batch = []
    weight, most = 0, BATCH
    for where, record in found:
        if batch and (type(record) is not type(batch[0][1]) or len(batch) >= most or weight >= MESSAGES):
            yield batch
            batch, weight = [], 0
        if not batch:
            sort = sort_of(record)
            most = sort.most if sort else BATCH
        batch.append((where, record))
        weight += len(record.messages) if isinstance(record, ConversationFound) else 0
    if batch:
        yield batch


def _stored(job: Import, hand: Hand, batch: Batch) -> bool:
    """The batch and the place it reaches, in one transaction. False when somebody stopped it."""
    before = {kind: dict(outcomes) for kind, outcomes in hand.counts.items()}
    try:
        return _try(job, hand, batch)
    except (Error, ValueError) as why:
        hand.forget()
        hand.counts.clear()
        for kind, outcomes in before.items():
            hand.counts[kind].update(outcomes)
        log.warning("import %s: a batch failed: %s", job.id, type(why).__name__)
        if len(batch) > 1:
            return all(_stored(job, hand, [each]) for each in batch)
        where, record = batch[0]
        sort = sort_of(record)
        said = Rejected(sort.kind if sort else "row", UNSTORED, getattr(record, "external_id", ""))
        return _try(job, hand, [(where, said)])


@transaction.atomic
def _try(job: Import, hand: Hand, batch: Batch) -> bool:
    put(hand, batch)
    hand.store_rows()
    with connection.cursor() as cursor:
        # Keys are checked at the end of a transaction; now is when a broken batch can still be done one by one.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return _reached(job, State.RUNNING, cursor=batch[-1][0].number, counts=hand.counts)


def put(hand: Hand, batch: Batch) -> None:
    """Every record where it belongs; a batch is of one kind."""
    if sort := sort_of(batch[0][1]):
        sort.bring(hand, batch)
    else:
        reject(hand, batch)


def reject(hand: Hand, batch: Batch) -> None:
    for where, record in batch:
        if isinstance(record, Rejected):
            said = {"reason": record.reason, "external_id": record.external_id, "raw": record.raw}
            hand.note(where, record.kind, Outcome.REJECTED, **said)


def _reached(job: Import, state: str, **values: object) -> bool:
    """Writes down how far it came, if it is still wanted; False, and nothing is kept, when it is not."""
    now = timezone.now()
    rows = Import.objects.filter(merchant_id=job.merchant_id, id=job.id, state=state, cursor=job.cursor)
    still = bool(rows.update(leased_until=now + LEASE, **values))
    if still and "cursor" in values:
        job.cursor = int(str(values["cursor"]))
    if not still and connection.in_atomic_block:
        transaction.set_rollback(True)
    return still


def _finish(job: Import, state: str, trouble: str = "", **values: object) -> None:
    Import.objects.filter(merchant_id=job.merchant_id, id=job.id).exclude(state=State.STOPPED).update(
        state=state, trouble=masking.words(trouble)[:2000], leased_until=None, finished_at=timezone.now(), **values
    )
    leave_file(job)
