"""From the raw bytes of one arrival to its messages, each with a lane. No network, and parsing holds no transaction.

A lane of the mailroom is split by one worker at a time, in order, under a lock that the database drops if the worker
dies. What cannot be parsed becomes a visible quarantined item and the rest flow on.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable

from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from presszero.channels.adapter import Unreadable
from presszero.channels.models import Line
from presszero.channels.registry import UnknownChannel, adapter
from presszero.channels.vocabulary import Arrived, DeliveryReported, MessageArrived, Unread
from presszero.commerce.payments.door import is_account
from presszero.core.cards import masked
from presszero.core.locks import alone
from presszero.core.masking import masked_raw
from presszero.core.sealing import CannotOpen
from presszero.fulfilment.carriers.door import is_carrier
from presszero.mailroom.actions import body_of, put_body
from presszero.mailroom.incoming import storable_id
from presszero.mailroom.lanes import lane as lane_of
from presszero.mailroom.models import Arrival, Quarantine, Received
from presszero.privacy.erasing.mailroom import is_forgotten
from presszero.timeline.actions import wake

from .halves import join_halves
from .orders import NotTaken, mask_store, understand_store
from .parcels import understand_parcel
from .payload import CARDS, pack
from .payments import understand_payment

log = logging.getLogger(__name__)

HELD_BECAUSE = "presszero-held-because"  # a header of ours: somebody looks at it before it counts as a message

FETCHED = ("imap", "import", "list")  # values of headers["via"]: what is fetched may be fetched once more
BATCH = 50
WHEN_SPLIT = "split"  # the channel that tells of arrivals to be understood

# Lanes below zero are an import's own: it splits what it stored.
Packed = tuple[Arrived, dict[str, object] | None]

_WAITING = "SELECT DISTINCT lane FROM mailroom_received WHERE split_at IS NULL AND lane >= 0 ORDER BY lane"
_CLAIM = "UPDATE mailroom_received SET split_at = %s WHERE merchant_id = %s AND id = %s AND split_at IS NULL"
_LOCKS = 0x5B11  # advisory lock class of splitting lanes


def split_all() -> int:
    """One round over every lane with something in it; how many arrivals were split."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        lanes = [row[0] for row in cursor.fetchall()]
    return sum(split_lane(lane) for lane in lanes)


def split_lane(lane: int, limit: int = BATCH) -> int:
    """Splits the oldest of a lane, in order. 0 when there is nothing, or another worker has the lane."""
    with alone(_LOCKS, lane) as got_it:
        if not got_it:
            return 0
        rows = list(Received.objects.filter(lane=lane, split_at=None).order_by("id")[:limit])
        for row in rows:
            split(row)
        return len(rows)


def split(row: Received) -> None:
    """Parses one Received and stores its arrivals, or its quarantine, in one transaction; a store's is taken."""
    if row.line_id < 0:
        _take(row)
        return
    line = Line.objects.filter(merchant_id=row.merchant_id, id=row.line_id).first()
    if HELD_BECAUSE in row.headers and not row.tries:  # a person who tries it again lets it through
        _hold(row)
        return
    try:
        if line is None:
            raise Unreadable("The line this came to is gone.")
        if row.headers.get("via") in FETCHED and is_forgotten(row.merchant_id, row.line_id, row.external_id):
            forget(row)
            return
        body = body_of(row)
        found = adapter(line.kind).parse(body, row.headers, line.for_adapter())
        packed = [(one, _packed(one, row)) for one in found]
        _store(row, packed, without_cards(row, body, packed))
    except (Unreadable, UnknownChannel, CannotOpen) as why:
        quarantine(row, str(why))
    except (DataError, IntegrityError, ValueError, TypeError, LookupError, RecursionError) as why:
        log.exception("received %d", row.id)
        quarantine(row, f"This could not be read ({type(why).__name__}).")


@transaction.atomic
def quarantine(row: Received, reason: str, *, sender: str = "", subject: str = "", keep_open: bool = False) -> None:
    """Sets one aside where people see it. With `keep_open` its neighbours of the same Received go on."""
    Quarantine.objects.create(
        merchant_id=row.merchant_id,
        received=row,
        line_id=row.line_id,
        sender=masked(sender)[0][:320],
        subject=masked(subject)[0][:300],
        reason=masked(reason)[0][:2000],
        tries=row.tries + 1,
    )
    _mask_unread(row)
    if not keep_open:
        Received.objects.filter(merchant_id=row.merchant_id, id=row.id).update(split_at=timezone.now())
    wake("timeline")


def forget(row: Received) -> None:
    """Erased before, and still in the mailbox or archive it is fetched from: nothing of it stays."""
    Received.objects.filter(merchant_id=row.merchant_id, id=row.id).delete()


def _take(row: Received) -> None:
    try:
        _understands(row.line_id)(row)
    except NotTaken as why:
        quarantine(row, str(why), sender=why.store)


def _understands(line: int) -> Callable[[Received], None]:
    if is_carrier(line):
        return understand_parcel
    return understand_payment if is_account(line) else understand_store


def _hold(row: Received) -> None:
    said = {name: row.headers.get(f"presszero-held-{name}", "") for name in ("sender", "subject")}
    quarantine(row, row.headers[HELD_BECAUSE], **said)


def _mask_unread(row: Received) -> None:
    """Nobody could parse it: its bytes are looked through as they are."""
    with contextlib.suppress(CannotOpen):
        if row.line_id < 0:
            mask_store(row, body_of(row))
            return
        body, cards = masked_raw(body_of(row), mail=_is_mail(row))
        if cards:
            put_body(row, body, at=timezone.now())


def without_cards(row: Received, body: bytes, packed: list[Packed]) -> bytes | None:
    """The raw bytes without the card numbers that their messages carry; None when they carry none."""
    if not any(payload and payload.get(CARDS) for _, payload in packed):
        return None
    kept, cards = masked_raw(body, mail=_is_mail(row))
    return kept if cards else b""  # in a shape of a provider's that we do not write: gone rather than kept


def _is_mail(row: Received) -> bool:
    """Whatever does not come by a webhook, but for what a provider lists."""
    return row.headers.get("via", "") not in ("", "list")


def _packed(one: Arrived, row: Received) -> dict[str, object] | None:
    return None if isinstance(one, Unread) else pack(one, row.merchant_id)


@transaction.atomic
def _store(row: Received, packed: list[Packed], masked_body: bytes | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [timezone.now(), row.merchant_id, row.id])
        if not cursor.rowcount:
            return  # split in the meantime, by a worker that held the lane before us
    if masked_body is not None:
        put_body(row, masked_body, at=timezone.now())
    for one, _ in packed:
        if isinstance(one, Unread):
            quarantine(row, one.reason, sender=one.sender, subject=one.subject, keep_open=True)
    arrivals = [
        Arrival(
            merchant_id=row.merchant_id,
            received=row,
            line_id=row.line_id,
            external_id=storable_id(one.external_id),
            lane=lane_of(row.line_id, _sender(one)),
            payload=payload,
            arrived_at=row.received_at,
        )
        for one, payload in packed
        if payload is not None
    ]
    # A message that another request brought already, or that a retry brings again, is left out.
    Arrival.objects.bulk_create(arrivals, ignore_conflicts=True)
    join_halves(row, arrivals)
    wake(WHEN_SPLIT)


def _sender(one: Arrived) -> str:
    if isinstance(one, MessageArrived):
        return one.sender.address
    return one.recipient if isinstance(one, DeliveryReported) else ""
