"""Understanding: arrivals, in the order of their lane, a batch in one transaction.

A lane is worked by one worker at a time, under a lock that ends with the transaction. A failing batch is rolled back
and halved until the one that fails stands alone; that one goes to the quarantine, and the rest flow on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from presszero.audit.actions import record as audit
from presszero.channels.models import Line
from presszero.channels.registry import adapter
from presszero.channels.vocabulary import DeliveryReported, MessageArrived
from presszero.core.actor import SYSTEM
from presszero.mailroom.models import Arrival, Quarantine
from presszero.timeline.actions import wake

from .payload import KeptFile, unpack
from .turns import give_turns
from .understanding.batch import Batch, Item
from .understanding.decide import Held, decide
from .understanding.found import Retry, look_up
from .understanding.reports import apply
from .understanding.side import apart
from .understanding.write import write

log = logging.getLogger(__name__)

BATCH = 50
_LOCKS = 0x1A4E  # advisory lock class of lanes


def understand_all() -> int:
    """One round over every lane with something in it; how many arrivals were understood.

    A batch costs nearly the same for one message as for ten, so lanes that hold little are understood together.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT lane, count(*) FROM mailroom_arrival WHERE done_at IS NULL GROUP BY lane ORDER BY lane")
        return sum(understand_lanes(lanes) for lanes in _together(cursor.fetchall()))


def understand_lanes(lanes: Sequence[int]) -> int:
    """Understands the oldest arrivals of several lanes at once; what fails together is tried lane by lane."""
    if len(lanes) > 1:
        try:
            return _try(lanes, BATCH)
        except (OperationalError, InterfaceError):
            raise
        except Exception as why:
            log.info("lanes %s one by one: %s", lanes, why)
    return sum(understand_lane(lane) for lane in lanes)


def understand_lane(lane: int, limit: int = BATCH) -> int:
    """Understands the oldest arrivals of a lane; how many are done with. 0: none, or another worker has the lane."""
    try:
        return _try([lane], limit)
    except Retry:
        return _try([lane], limit)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble, not the batch's
    except Exception as why:
        if not isinstance(why, Held):
            log.exception("lane %d, batch of %d", lane, limit)
        if limit == 1:
            return _set_aside(lane, why)
        return understand_lane(lane, limit // 2) + understand_lane(lane, limit - limit // 2)


def _together(held: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Lanes with how many wait in each, put together until a batch is full."""
    lanes: list[int] = []
    left = BATCH
    for lane, many in held:
        if lanes and many > left:
            yield lanes
            lanes, left = [], BATCH
        lanes.append(lane)
        left -= many
    if lanes:
        yield lanes


@transaction.atomic
def _try(lanes: Sequence[int], limit: int) -> int:
    ours = _claim(lanes)
    rows = sorted(_next(ours, limit) if ours else [], key=lambda row: (row.merchant_id, row.id))
    for merchant_id, group in groupby(rows, key=lambda row: row.merchant_id):
        _understand(merchant_id, list(group))
    return len(rows)


def _understand(merchant_id: int, rows: Sequence[Arrival]) -> None:
    """All of one merchant's: messages together, reports one by one, then every arrival is done with."""
    lines = {
        line.id: line for line in Line.objects.filter(merchant_id=merchant_id, id__in={row.line_id for row in rows})
    }
    items = []
    for row in rows:
        arrived, files = unpack(row.payload)
        line = lines[row.line_id]
        if isinstance(arrived, DeliveryReported):
            apply(merchant_id, line, arrived)
        else:
            items.append(_item(row, line, arrived, files))
    items = apart(merchant_id, items)
    if items:
        batch = Batch(merchant_id, items)
        look_up(batch)
        decide(batch)
        write(batch)
        give_turns(batch)
    Arrival.objects.filter(merchant_id=merchant_id, id__in=[row.id for row in rows]).update(done_at=timezone.now())


def _item(row: Arrival, line: Line, message: MessageArrived, files: list[KeptFile]) -> Item:
    return Item(
        row.id, row.received_id, row.arrived_at, row.received.backfill, line, adapter(line.kind).can, message, files
    )


def _claim(lanes: Sequence[int]) -> list[int]:
    """Those of the lanes that no other worker has, ours until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lane FROM unnest(%s::int[]) AS lane WHERE pg_try_advisory_xact_lock(%s, lane)",
            [list(lanes), _LOCKS],
        )
        return [row[0] for row in cursor.fetchall()]


def _next(lanes: Sequence[int], limit: int) -> list[Arrival]:
    waiting = Arrival.objects.filter(lane__in=lanes, done_at=None).select_related("received").defer("received__body")
    return list(waiting.order_by("id")[:limit])


@transaction.atomic
def _set_aside(lane: int, why: Exception) -> int:
    """The first of the lane cannot be understood: it is shown to people, and no longer stands in the way."""
    if not _claim([lane]):
        return 0
    row = next(iter(_next([lane], 1)), None)
    if row is None:
        return 0
    sender = row.payload.get("sender") or {}
    Quarantine.objects.create(
        merchant_id=row.merchant_id,
        received_id=row.received_id,
        arrival=row,
        line_id=row.line_id,
        sender=str(sender.get("address", ""))[:320],
        subject=str(row.payload.get("subject", ""))[:300],
        reason=str(why) if isinstance(why, Held) else f"It could not be understood ({type(why).__name__}).",
    )
    Arrival.objects.filter(merchant_id=row.merchant_id, id=row.id).update(done_at=timezone.now())
    if isinstance(why, Held):
        audit("arrival.held", f"arrival:{row.id}", by=SYSTEM, merchant=row.merchant, why=str(why))
    wake("timeline")
    return 1


def waiting(lanes: Iterable[int] | None = None) -> int:
    """How many arrivals wait to be understood."""
    rows = Arrival.objects.filter(done_at=None)
    return (rows if lanes is None else rows.filter(lane__in=list(lanes))).count()
