"""The worker's part of a bulk: one conversation a transaction, so that a crash loses nothing and does nothing twice."""

from __future__ import annotations

import logging

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.core.actor import Actor, from_code
from presszero.core.refusal import Refused
from presszero.team.marks import at_least
from presszero.team.models import Membership, Role

from .. import filtering, steps
from ..models import Bulk, BulkItem, Conversation
from ..queries.sight import role_in
from .bulk import told

log = logging.getLogger(__name__)

A_ROUND = 40  # conversations between two looks at whether somebody stopped it

_WAITING = """
SELECT id FROM conversations_bulk
WHERE (finished_at IS NULL AND stopped_at IS NULL) OR (undo_at IS NOT NULL AND undone_at IS NULL) ORDER BY id LIMIT 1
"""
Outcome = BulkItem.Outcome


def go_on() -> int:
    """A round of the oldest bulk that waits; how many conversations. A worker calls this until it is 0."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        found = cursor.fetchone()
    bulk = Bulk.objects.select_related("by__person").filter(id=found[0]).first() if found else None
    if bulk is None:
        return 0
    undoing = bulk.undo_at is not None
    names = filtering.known(bulk.merchant_id).with_retired()
    turn = 0
    while turn < A_ROUND and (_undo_next(bulk, names) if undoing else _do_next(bulk, names)):
        turn += 1
    _close(bulk, undoing, over=turn < A_ROUND)
    return turn


@transaction.atomic
def _do_next(bulk: Bulk, names: filtering.Known) -> bool:
    item = _next(bulk, Outcome.WAITS)
    running = Bulk.objects.filter(merchant_id=bulk.merchant_id, id=bulk.id, stopped_at=None)
    if item is None or not running.update(done=F("done") + 1):  # whoever stops it waits for us, or we see it
        return False
    try:
        with transaction.atomic():
            item.before = _done(bulk, item, names)
        item.outcome = Outcome.DONE
    except OperationalError:
        raise  # the database is away: it is done once it is back
    except Exception as why:
        item.outcome, item.sentence = Outcome.REFUSED, _sentence(why)
    item.save(update_fields=["before", "outcome", "sentence"])
    if item.outcome == Outcome.REFUSED:
        running.update(refused=F("refused") + 1)
    return True


def _done(bulk: Bulk, item: BulkItem, names: filtering.Known) -> list[steps.Before]:
    row = Conversation.objects.get(merchant_id=bulk.merchant_id, id=item.conversation_id)
    _check(bulk.by, row)
    return [steps.perform(row, step, bulk.by.actor) for step in steps.read(bulk.merchant_id, bulk.steps, names)]


@transaction.atomic
def _undo_next(bulk: Bulk, names: filtering.Known) -> bool:
    item = _next(bulk, Outcome.DONE)
    if item is None:
        return False
    try:
        kept = _undone(bulk, item, names)
    except OperationalError:
        raise
    except Exception as why:
        kept = _sentence(why)
    item.outcome, item.sentence = (Outcome.KEPT if kept else Outcome.UNDONE), kept
    item.save(update_fields=["outcome", "sentence"])
    Bulk.objects.filter(merchant_id=bulk.merchant_id, id=bulk.id).update(undone=F("undone") + int(not kept))
    return True


def _undone(bulk: Bulk, item: BulkItem, names: filtering.Known) -> str:
    """The last step first. "", or why one of them was left as it is."""
    row = Conversation.objects.get(merchant_id=bulk.merchant_id, id=item.conversation_id)
    done, by = steps.read(bulk.merchant_id, bulk.steps, names), from_code(bulk.undo_by)
    kept = ""
    for step, before in reversed(list(zip(done, item.before, strict=True))):
        kept = _one_undone(row, step, before, by) or kept
    return kept


def _one_undone(row: Conversation, step: steps.Step, before: steps.Before, by: Actor) -> str:
    if not before:
        return ""
    try:
        with transaction.atomic():
            steps.undo(row, step, before, by)
    except Refused as why:
        return str(why)[:300]
    return ""


def _next(bulk: Bulk, outcome: Outcome) -> BulkItem | None:
    """Locked, past those that another worker has at hand."""
    waiting = BulkItem.objects.select_for_update(skip_locked=True).filter(
        merchant_id=bulk.merchant_id, bulk=bulk, outcome=outcome
    )
    return waiting.order_by("id").first()


def _check(by: Membership, row: Conversation) -> None:
    """As it is now, not as it was when they began: rights may be gone."""
    role = None if by.left_at else role_in(by, row)
    if role is None or not at_least(role, Role.AGENT):
        raise Refused(_("They may not change this conversation."))


@transaction.atomic
def _close(bulk: Bulk, undoing: bool, *, over: bool) -> None:
    """Finished when nothing waits and no other worker has one at hand."""
    row = Bulk.objects.select_for_update().get(merchant_id=bulk.merchant_id, id=bulk.id)
    left = BulkItem.objects.filter(
        merchant_id=row.merchant_id, bulk=row, outcome=Outcome.DONE if undoing else Outcome.WAITS
    )
    if over and (undoing or row.stopped_at is None) and not left.exists():
        name = "undone_at" if undoing else "finished_at"
        if getattr(row, name) is None:
            setattr(row, name, timezone.now())
            row.save(update_fields=[name])
    told(row, from_code(row.undo_by) if undoing else bulk.by.actor)


def _sentence(why: Exception) -> str:
    if isinstance(why, Refused):
        return str(why)[:300]
    log.error("A step of a bulk went wrong", exc_info=why)
    return _("Something went wrong here.")
