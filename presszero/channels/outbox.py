"""Sends are stored before they are tried, and tried until the provider has answered.

queued → sending → accepted → delivered/read, or failed, or unknown when the connection broke after the provider might
have taken it. The queue is the deliveries themselves: no second record can disagree with them. A worker holds an
advisory lock on a delivery while it sends, so a dead worker's delivery is found at once, by the lock's absence.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.core.actor import SYSTEM, Actor
from presszero.core.locks import alone
from presszero.core.refusal import Refused
from presszero.core.rows import change, keep
from presszero.core.text import clean
from presszero.timeline.actions import record, wake

from . import asking, policy
from .adapter import Adapter
from .envelope import outgoing
from .facts import DeliveryChanged
from .models import Delivery, DeliveryTry, Entry, Line, SendingHeld, StrayReport
from .registry import adapter
from .vocabulary import Sent

log = logging.getLogger(__name__)

_SENDING = "Sending fails: "  # how the trouble of a line begins when it is this one
_LOCKS = 0x5E4D  # advisory lock class of deliveries
State = Delivery.State

_DUE = """
SELECT d.id, d.merchant_id, d.purpose <> '' OR d.kind = %s FROM channels_delivery d
JOIN channels_line l ON l.merchant_id = d.merchant_id AND l.id = d.line_id
WHERE d.state = 'queued' AND d.not_before <= %s AND l.paused_at IS NULL ORDER BY d.not_before LIMIT 8
"""
_WRITTEN = "UPDATE channels_delivery SET written_at = %s WHERE merchant_id = %s AND id = %s"
_WELL = """
UPDATE channels_line SET trouble = '', trouble_since = NULL
WHERE merchant_id = %s AND id = %s AND starts_with(trouble, %s)
"""
_STRAYS = """
DELETE FROM channels_strayreport WHERE merchant_id = %s AND line_id = %s AND provider_id = %s
RETURNING id, state, reason
"""
_BEGIN = """
UPDATE channels_delivery SET state = 'sending', started_at = %(now)s, written_at = NULL, tries = tries + 1,
  changed_at = %(now)s
WHERE merchant_id = %(merchant)s AND id = %(id)s AND state = 'queued' AND not_before <= %(now)s
"""


class AlreadyGone(Refused):
    """It can no longer be taken back."""


def enqueue(entry: Entry, line: Line, recipients: Iterable[tuple[str, str]], *, not_before: datetime) -> list[Delivery]:
    """One row for each (kind, address), in the caller's transaction. A worker is woken after commit."""
    rows = [
        Delivery(
            merchant_id=entry.merchant_id, entry=entry, line=line, kind=kind, address=address, not_before=not_before
        )
        for kind, address in recipients
    ]
    wake("outbox")
    return [keep(row) for row in rows]


@transaction.atomic
def take_back(entry: Entry) -> None:
    """Stops every delivery of an entry. Raises AlreadyGone, and stops none, when one of them was tried already."""
    rows = list(Delivery.objects.select_for_update().filter(merchant_id=entry.merchant_id, entry=entry))
    if any(row.state != State.QUEUED or row.tries for row in rows):
        raise AlreadyGone(_("This is already on its way."), _("Write again to put it right."))
    Delivery.objects.filter(id__in=[row.id for row in rows]).update(state=State.CANCELLED, changed_at=timezone.now())


@transaction.atomic
def send_again(delivery: Delivery, *, by: Actor) -> None:
    """A person decides that a failed or unknown delivery is tried once more, under the same message id."""
    row = Delivery.objects.select_for_update().get(merchant_id=delivery.merchant_id, id=delivery.id)
    if row.state not in {State.FAILED, State.UNKNOWN}:
        raise Refused(_("There is nothing to send again here."))
    row.not_before = timezone.now()
    row.started_at = row.written_at = None
    _set(row, State.QUEUED, "", by=by)
    wake("outbox")


@transaction.atomic
def believe_accepted(delivery: Delivery, reason: str, *, by: Actor) -> None:
    """Evidence, or a person, says that an unknown delivery arrived."""
    row = Delivery.objects.select_for_update().get(merchant_id=delivery.merchant_id, id=delivery.id)
    if row.state == State.UNKNOWN:
        _set(row, State.ACCEPTED, reason, by=by)


def sending_held() -> str:
    """Why nothing may leave this installation; "" when it may."""
    return SendingHeld.objects.values_list("why", flat=True).first() or ""


def deliver_next() -> bool:
    """Tries the delivery that is due longest. False when none is due, or sending is held."""
    return bool(deliver_due())


def deliver_due() -> int:
    """Tries the delivery that is due longest: 1 when it was the only one, 2 when there may be more; else 0."""
    due = _due()
    if not due or sending_held():
        return 0
    judged = 0
    for number, merchant_id, asked in due:
        with alone(_LOCKS, number) as got_it:
            if got_it and (_begin_asked if asked else _begin)(merchant_id, number):
                _send(merchant_id, number)
                return min(len(due), 2)
            judged += got_it and asked
    return 2 if judged else 0  # what may not go now is out of the way, and the next may be due


def find_abandoned() -> int:
    """Deliveries whose worker died: tried again if the provider cannot have them, else unknown. How many."""
    found = 0
    for row in Delivery.objects.filter(state=State.SENDING, started_at__lt=timezone.now() - timedelta(seconds=2)):
        with alone(_LOCKS, row.id) as nobody_has_it:
            if nobody_has_it:
                found += _settle_abandoned(row)
    return found


def report(row: Delivery, state: str, reason: str, *, refusal: str = "", by: Actor = SYSTEM) -> bool:
    """A provider's word on a delivery; states only move forward. Whether anything changed."""
    if not policy.moves_forward(row.state, state):
        return False
    row.refusal = refusal if state == State.FAILED else ""
    _set(row, state, reason, by=by)
    return True


def _due() -> list[tuple[int, int, bool]]:
    """The ids of those due longest, each with its merchant's, and whether it is asked first if they may go."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [asking.ALWAYS, timezone.now()])
        return list(cursor.fetchall())


def _begin(merchant_id: int, number: int) -> bool:
    """queued → sending, unless somebody took it back or sent it in the meantime."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, {"merchant": merchant_id, "id": number, "now": timezone.now()})
        return bool(cursor.rowcount)


@transaction.atomic
def _begin_asked(merchant_id: int, number: int) -> bool:
    """As `_begin`, where we write first or by text: whether we may is asked in the transaction that makes it go."""
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("entry", "line")
    row = rows.filter(merchant_id=merchant_id, id=number, state=State.QUEUED).first()
    if row is None:
        return False
    said = asking.may_go(row, timezone.now())
    if said.outcome == asking.YES:
        return _begin(merchant_id, number)
    if said.outcome == asking.LATER and said.until:
        row.not_before, row.reason = said.until, clean(said.sentence, 2000)
        change(row, "not_before", "reason")
    else:
        _set(row, State.FAILED, said.sentence, by=SYSTEM)
    return False


def _send(merchant_id: int, number: int) -> None:
    """Outside any transaction: the network never waits inside one."""
    row = Delivery.objects.select_related("entry__thread", "line__brand").get(merchant_id=merchant_id, id=number)
    attempt = keep(DeliveryTry(merchant_id=row.merchant_id, delivery=row, started_at=row.started_at or timezone.now()))
    channel = adapter(row.line.kind)
    try:
        sent = channel.send(outgoing(row), row.line.for_adapter(), lambda: _mark_written(row))
    except Exception as why:
        log.exception("delivery %d", row.id)
        state = "unknown" if _was_written(row) else "later"
        sent = Sent(state, reason=f"{type(why).__name__}: {why}")
    _answered(row, attempt, sent, channel)


def _mark_written(row: Delivery) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [timezone.now(), row.merchant_id, row.id])


def _was_written(row: Delivery) -> bool:
    return Delivery.objects.filter(merchant_id=row.merchant_id, id=row.id, written_at__isnull=False).exists()


@transaction.atomic
def _answered(row: Delivery, attempt: DeliveryTry, sent: Sent, channel: Adapter) -> None:
    """Writes down what the provider said; the next try is another row's `not_before`.

    A report may have overtaken the answer: what it said stands, and only that the provider took it counts still.
    """
    row = Delivery.objects.select_for_update().get(merchant_id=row.merchant_id, id=row.id)
    attempt.ended_at, attempt.outcome, attempt.reason = timezone.now(), sent.state, clean(sent.reason, 2000)
    change(attempt, "ended_at", "outcome", "reason")
    row.provider_id = sent.provider_id or row.provider_id
    if row.state == State.SENDING:
        next_state = policy.after_try(sent.state, row.tries, idempotent=channel.can.idempotent)
        if next_state == State.QUEUED:
            wait = policy.wait_before_retry(row.tries, sent.retry_after, random.random())  # noqa: S311 (jitter)
            row.not_before = timezone.now() + wait
        row.refusal = sent.refusal if next_state == State.FAILED else ""
        _set(row, next_state, sent.reason, by=SYSTEM)
    else:
        row.save()
        if sent.state == "accepted":
            report(row, "accepted", sent.reason)
    _note_trouble(row.line_id, row.merchant_id, sent)
    if row.provider_id:
        _apply_strays(row)


def _note_trouble(line_id: int, merchant_id: int, sent: Sent) -> None:
    """The line's own trouble with sending: not one bad address, and not what its mailbox suffers from."""
    line = Line.objects.filter(merchant_id=merchant_id, id=line_id)
    if policy.is_line_trouble(sent.state, sent.reason):
        line.filter(trouble_since=None).update(trouble_since=timezone.now())
        line.update(trouble=_SENDING + clean(sent.reason, 500))
    elif sent.state == "accepted":
        with connection.cursor() as cursor:
            cursor.execute(_WELL, [merchant_id, line_id, _SENDING])


@transaction.atomic
def match_strays() -> int:
    """Applies reports that came in the very moment their delivery's id was being stored. How many deliveries."""
    known = Delivery.objects.filter(merchant_id=OuterRef("merchant_id"), provider_id=OuterRef("provider_id"))
    ids = StrayReport.objects.filter(Exists(known)).values_list("merchant_id", "provider_id").distinct()[:200]
    found = 0
    for merchant_id, provider_id in list(ids):
        for row in Delivery.objects.select_for_update().filter(merchant_id=merchant_id, provider_id=provider_id):
            _apply_strays(row)
            found += 1
    return found


def _apply_strays(row: Delivery) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STRAYS, [row.merchant_id, row.line_id, row.provider_id])
        strays = sorted(cursor.fetchall())
    for _number, state, reason in strays:
        report(row, state, reason)


@transaction.atomic
def _settle_abandoned(row: Delivery) -> int:
    row = Delivery.objects.select_for_update().select_related("line").get(merchant_id=row.merchant_id, id=row.id)
    if row.state != State.SENDING:
        return 0
    unsure = row.written_at is not None and not adapter(row.line.kind).can.idempotent
    if unsure:
        _set(row, State.UNKNOWN, "We were cut off while sending, and cannot tell whether it went.", by=SYSTEM)
    else:
        row.not_before = timezone.now()
        _set(row, State.QUEUED, "", by=SYSTEM)
        wake("outbox")
    return 1


def _set(row: Delivery, state: str, reason: str, *, by: Actor) -> None:
    row.state, row.reason, row.changed_at = state, clean(reason, 2000), timezone.now()
    change(row, "state", "reason", "not_before", "started_at", "written_at", "provider_id", "refusal", "changed_at")
    record(
        DeliveryChanged(merchant_id=row.merchant_id, by=by, delivery_id=row.id, entry_id=row.entry_id, state=str(state))
    )
