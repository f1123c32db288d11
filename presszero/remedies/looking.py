"""Evidence for what is unknown: the store is looked at, never asked again blindly. And taking back what it gave."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import cast

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.outbox import sending_held
from presszero.commerce.models import Credit
from presszero.commerce.payments import refunding
from presszero.commerce.stores.registry import adapter
from presszero.commerce.vocabulary import Address, Done
from presszero.core.actor import from_code
from presszero.core.locks import alone
from presszero.core.text import one_line
from presszero.timeline.actions import wake

from .actions.answering import answered, tell_commerce
from .actions.undoing import undone
from .actions.writing import WAKES
from .doing import LOCKS, step_of
from .holding import held
from .models import Attempt, Remedy, State
from .patience import LOOKS_AT_MOST, WINDOW, wait_look
from .vocabulary import Kind
from .ways import address_ask, asks

log = logging.getLogger(__name__)
_DUE = """
SELECT id, merchant_id FROM remedies_remedy
WHERE state = 'unknown' AND kind NOT LIKE 'own:%%' AND looks < %s AND (not_before IS NULL OR not_before <= %s)
ORDER BY not_before NULLS FIRST, id LIMIT 8
"""
_BACK = """
SELECT id, merchant_id FROM remedies_remedy
WHERE state = 'done' AND undone_at IS NULL AND undone_by <> '' AND (not_before IS NULL OR not_before <= %s)
ORDER BY not_before NULLS FIRST, id LIMIT 8
"""
_TRY_AGAIN = timedelta(seconds=30)


def look_due(now: datetime | None = None) -> int:
    """Looks for evidence of those that are unknown, one round; how many were settled."""
    at = now or timezone.now()
    return sum(_look(merchant_id, number, at) for number, merchant_id in _rows(_DUE, [LOOKS_AT_MOST, at]))


def take_back_due(now: datetime | None = None) -> int:
    """Has the stores take back what somebody undid; how many."""
    at = now or timezone.now()
    return sum(_take_back(merchant_id, number, at) for number, merchant_id in _rows(_BACK, [at]))


def _rows(statement: str, values: list[object]) -> list[tuple[int, int]]:
    if sending_held():
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, cast(list[str], values))
        return list(cursor.fetchall())


def _look(merchant_id: int, number: int, now: datetime) -> int:
    with alone(LOCKS, number) as got_it:
        if not got_it:
            return 0
        row = _read(merchant_id, number)
        last = Attempt.objects.filter(merchant_id=merchant_id, remedy=row).order_by("-id").first()
        if row.state != State.UNKNOWN or last is None:
            return 0
        return _settle(row, last, _found(row), now)


def _found(row: Remedy) -> Done | None:
    try:
        if row.store is None:
            return refunding.look(row.order, row.key) if row.order else Done("unknown")
        return adapter(row.store.kind).look(row.store.for_adapter(), asks(row)[step_of(row)])
    except Exception as why:
        log.exception("looking for remedy %d", row.id)
        return Done("unknown", reason=f"{type(why).__name__}: {why}")


def _settle(row: Remedy, last: Attempt, found: Done | None, now: datetime) -> int:
    """What was seen settles it. That there is nothing is believed once the first ask cannot be under way any more."""
    if found is not None and found.state in ("accepted", "refused"):
        answered(row, last, found, now, 0.0)
        tell_commerce(row, found)
        return 1
    asked_at = last.writing_at or last.started_at
    if found is None and now - asked_at >= WINDOW:
        return _again(row, last, now)
    Remedy.objects.filter(merchant_id=row.merchant_id, id=row.id, state=State.UNKNOWN).update(
        looks=F("looks") + 1, not_before=now + wait_look(row.looks + 1)
    )
    return 0


def _again(row: Remedy, last: Attempt, now: datetime) -> int:
    """Surely not done: the store is asked anew, under the same key."""
    answered(row, last, Done("later", reason=_("The shop has nothing of it, so it is asked again.")), now, 0.0)
    wake(WAKES)
    return 1


def _take_back(merchant_id: int, number: int, now: datetime) -> int:
    with alone(LOCKS, number) as got_it:
        if not got_it:
            return 0
        row = _read(merchant_id, number)
        if row.state != State.DONE or row.undone_at or not row.undone_by or row.store is None:
            return 0
        try:
            answer = _asked_back(row)
        except Exception as why:
            log.exception("taking back remedy %d", number)
            answer = Done("later", reason=f"{type(why).__name__}: {why}")
        return _taken_back(row, answer, now)


def _asked_back(row: Remedy) -> Done:
    """To take back twice is harmless, whatever became of the first time."""
    assert row.store is not None
    shop, store = adapter(row.store.kind), row.store.for_adapter()
    if row.kind == Kind.ADDRESS:
        before = Address(**row.before.get("address", {}))
        return shop.do(store, address_ask(row, before, f"{row.key}-u"), lambda: None)
    return shop.undo(store, asks(row)[-1], Done("accepted", row.external_id, row.code, row.url))


@transaction.atomic
def _taken_back(seen: Remedy, answer: Done, now: datetime) -> int:
    row = held(seen)
    if row.state != State.DONE or not row.undone_by:
        return 0
    if answer.state == "accepted":
        Credit.objects.filter(merchant_id=row.merchant_id, key=row.key).update(withdrawn_at=now, left=0)
        undone(row, from_code(row.undone_by))
        return 1
    if answer.state == "refused":
        row.undone_by, row.outcome = "", one_line(answer.reason, 500) or _("The shop did not take it back.")
    else:
        row.not_before = now + max(_TRY_AGAIN, timedelta(seconds=answer.retry_after or 0))
    row.save(update_fields=["undone_by", "outcome", "not_before"])
    return 0


def _read(merchant_id: int, number: int) -> Remedy:
    rows = Remedy.objects.select_related("order", "store", "customer", "conversation", "merchant")
    return rows.get(merchant_id=merchant_id, id=number)
