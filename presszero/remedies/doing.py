"""Doing what was given: once, and shown as unknown where nobody can say whether it was.

given → doing → done, failed, given again (surely not done), or unknown: the connection broke after the store might have
acted. A worker holds an advisory lock on a remedy while it asks the store, outside of any transaction; a dead worker's
remedy is found by the lock's absence, and whether it was `writing` says if it may have been done.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.outbox import sending_held
from presszero.commerce.payments import refunding
from presszero.commerce.stores.registry import adapter
from presszero.commerce.vocabulary import Done
from presszero.core.locks import alone
from presszero.core.money import Money
from presszero.core.text import clean

from .actions.answering import answered, tell_commerce
from .models import Attempt, Remedy, State
from .owning import PREFIX
from .physics import BACK
from .telling import tell
from .ways import asks

log = logging.getLogger(__name__)

LOCKS = 0x4E64  # advisory lock class of remedies that are being done
WORKERS = 2  # so that one slow store does not hold the others up
_DUE = """
SELECT r.id, r.merchant_id FROM remedies_remedy r
LEFT JOIN commerce_store s ON s.merchant_id = r.merchant_id AND s.id = r.store_id
WHERE r.state = 'given' AND (r.not_before IS NULL OR r.not_before <= %s) AND s.paused_at IS NULL
ORDER BY r.not_before NULLS FIRST, r.id LIMIT 8
"""
_BEGIN = """
UPDATE remedies_remedy SET state = 'doing', tries = tries + 1, not_before = NULL
WHERE merchant_id = %s AND id = %s AND state = 'given' AND (not_before IS NULL OR not_before <= %s)
"""
_WRITING = "UPDATE remedies_attempt SET writing_at = %s WHERE merchant_id = %s AND id = %s"


def do_due() -> int:
    """Does the one that is due longest: 1 when it was the only one, 2 when there may be more, else 0.

    A restored copy does nothing: what it has not done, the other one has.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [timezone.now()])
        due = list(cursor.fetchall())
    if not due or sending_held():
        return 0
    for number, merchant_id in due:
        with alone(LOCKS, number) as got_it:
            if got_it and _begin(merchant_id, number):
                do(merchant_id, number)
                return min(len(due), 2)
    return 0


def do(merchant_id: int, number: int) -> None:
    """One step of one remedy that was begun. The caller holds its lock; no transaction is open."""
    row = _read(merchant_id, number)
    attempt = Attempt.objects.create(merchant_id=merchant_id, remedy=row, step=step_of(row))
    try:
        answer = _asked(row, attempt)
    except Exception as why:
        log.exception("remedy %d", number)
        attempt.refresh_from_db(fields=["writing_at"])
        answer = Done("unknown" if attempt.writing_at else "later", reason=f"{type(why).__name__}: {why}")
    answered(row, attempt, answer, timezone.now(), random.random())  # noqa: S311 - jitter
    tell_commerce(row, answer)


def find_abandoned(now: datetime) -> int:
    """Those whose worker died: done again where the store cannot have heard of them, else unknown. How many."""
    found = 0
    for row in Remedy.objects.filter(state=State.DOING).only("id", "merchant_id")[:100]:
        with alone(LOCKS, row.id) as nobody_has_it:
            if nobody_has_it:
                found += _settle_abandoned(row.merchant_id, row.id, now)
    return found


def step_of(row: Remedy) -> int:
    """Which of its asks is next: those that the store took are behind us."""
    return Attempt.objects.filter(merchant_id=row.merchant_id, remedy=row, answer="accepted").count()


def _read(merchant_id: int, number: int) -> Remedy:
    rows = Remedy.objects.select_related("order", "store", "customer", "conversation", "merchant")
    return rows.get(merchant_id=merchant_id, id=number)


def _begin(merchant_id: int, number: int) -> bool:
    """given → doing, unless somebody took it back meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [merchant_id, number, timezone.now()])
        return bool(cursor.rowcount)


def _asked(row: Remedy, attempt: Attempt) -> Done:
    writing = _mark(attempt)
    if row.kind.startswith(PREFIX):
        return tell(row, writing)
    if row.store is None and row.order and row.kind in BACK:
        return refunding.refund(row.order, Money(row.amount, row.currency), row.key, writing)
    wanted = asks(row)
    if row.store is None or attempt.step >= len(wanted):
        return Done("refused", reason=_("The shop is not connected any more."))
    return adapter(row.store.kind).do(row.store.for_adapter(), wanted[attempt.step], writing)


def _mark(attempt: Attempt) -> Callable[[], None]:
    def writing() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_WRITING, [timezone.now(), attempt.merchant_id, attempt.id])

    return writing


@transaction.atomic
def _settle_abandoned(merchant_id: int, number: int, now: datetime) -> int:
    row = Remedy.objects.select_for_update().get(merchant_id=merchant_id, id=number)
    if row.state != State.DOING:
        return 0
    last = Attempt.objects.filter(merchant_id=merchant_id, remedy=row).order_by("-id").first()
    cut_off = clean(_("We were cut off while asking."))
    if last is None or last.ended_at or last.writing_at is None:
        Attempt.objects.filter(merchant_id=merchant_id, remedy=row, ended_at=None).update(
            ended_at=now, answer="later", reason=cut_off
        )
        Remedy.objects.filter(merchant_id=merchant_id, id=number).update(state=State.GIVEN, not_before=now)
        return 1
    answered(row, last, Done("unknown", reason=cut_off), now, 0.0)
    return 1
