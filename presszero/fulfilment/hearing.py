"""What a carrier says of a parcel, kept: in any order, as often as it likes. What nobody knows yet waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from presszero.commerce.actions.carrying import Carried, carry
from presszero.commerce.models import Order, Shipment
from presszero.core.actor import SYSTEM
from presszero.core.cards import masked
from presszero.core.text import one_line
from presszero.timeline.actions import record

from . import facts
from .models import Carrier, Scan, StrayScan
from .policy import OVER, plain_number, state_of, where
from .vocabulary import KNOWN, Scanned, Stage, Tracked

MOST_SCANS = 300  # of one parcel that are kept
KEPT_FOR = timedelta(days=60)  # how long a scan waits for its parcel
_EARLIEST = timedelta(days=400)  # numbers are given out anew after a year or so

_STRAYS_OF = """
SELECT t.id, array_agg(s.id ORDER BY s.id) FROM commerce_shipment s
JOIN fulfilment_strayscan t ON t.merchant_id = s.merchant_id
  AND t.tracking = upper(regexp_replace(s.tracking, '[^[:alnum:]]', '', 'g'))
WHERE s.merchant_id = %s AND s.order_id = ANY(%s) AND s.tracking <> ''
GROUP BY t.id ORDER BY t.id
"""


@transaction.atomic
def heard(merchant_id: int, carrier: Carrier | None, told: Tracked) -> int:
    """Keeps what is new of it, and moves the parcel and its order on; how many scans were new."""
    if carrier is not None and carrier.merchant_id != merchant_id:
        raise ValueError("The carrier is another merchant's.")
    parcels = list(_parcels(merchant_id, told.tracking))
    if not parcels and carrier is not None:
        _set_aside(carrier, told)
    return sum(_take(parcel, carrier, told) for parcel in parcels)


def match_strays(merchant_id: int, order_ids: Iterable[int]) -> int:
    """Hears again what was told of these orders' parcels before we knew them; how many parcels."""
    with connection.cursor() as cursor:
        cursor.execute(_STRAYS_OF, [merchant_id, list(order_ids)])
        found = cursor.fetchall()
    return sum(_match(merchant_id, stray_id, shipment_ids) for stray_id, shipment_ids in found)


def forget(at: datetime) -> None:
    """Scans of parcels that never came to be ours."""
    StrayScan.objects.filter(at__lt=at - KEPT_FOR).delete()


def _parcels(merchant_id: int, tracking: str) -> QuerySet[Shipment]:
    """Every parcel of ours under a number: those still on their way, or else the newest that are there."""
    said = one_line(tracking, 120)
    rows = Shipment.objects.filter(merchant_id=merchant_id, tracking__in={said, plain_number(said)} - {""})
    recent = rows.filter(order__placed_at__gte=timezone.now() - _EARLIEST).order_by("id")
    under_way = recent.exclude(state__in=OVER)
    return under_way if under_way.exists() else recent


def _take(parcel: Shipment, carrier: Carrier | None, told: Tracked) -> int:
    order = Order.objects.select_for_update().get(merchant_id=parcel.merchant_id, id=parcel.order_id)
    known = list(Scan.objects.filter(merchant_id=parcel.merchant_id, shipment=parcel))
    new = _new(parcel, carrier, told, known, blank=order.forgotten_at is not None)
    Scan.objects.bulk_create(new)
    stands = where([*known, *new])
    newest = not known or not told.scans or max(x.at for x in told.scans) >= max(x.at for x in known)
    carry(parcel, _carried(told, stands, newest), SYSTEM)
    if new and stands:
        ours: dict[str, Any] = {"order_id": order.id, "customer_id": order.customer_id, "shipment_id": parcel.id}
        record(facts.ShipmentScanned(merchant_id=parcel.merchant_id, by=SYSTEM, stage=stands[0].value, **ours))
    return len(new)


def _new(parcel: Shipment, carrier: Carrier | None, told: Tracked, known: list[Scan], *, blank: bool) -> list[Scan]:
    """The scans that we do not have. Of somebody who was erased neither words nor places are kept."""
    ids = {each.external_id for each in known}
    latest = timezone.now() + timedelta(days=1)  # a clock that is wrong, or a zone that is
    fresh = {
        one_line(each.id, 120): each for each in told.scans if each.stage in KNOWN and each.id and each.at <= latest
    }
    return [
        Scan(
            merchant_id=parcel.merchant_id,
            shipment=parcel,
            carrier=carrier,
            external_id=id,
            stage=str(each.stage),
            at=each.at,
            words="" if blank else masked(one_line(each.words, 500))[0][:500],
            place="" if blank else one_line(each.place, 200),
        )
        for id, each in list(fresh.items())[-MOST_SCANS:]
        if id not in ids
    ][: max(0, MOST_SCANS - len(ids))]


def _carried(told: Tracked, stands: tuple[Stage, Any] | None, newest: bool) -> Carried:
    state = state_of(stands[0]) if stands else ""
    return Carried(
        state,
        delivered_at=stands[1].at if stands and state == "delivered" else None,
        expected_at=told.expected_at if newest else None,
        carrier=told.carrier,
        service=told.service,
    )


def _set_aside(carrier: Carrier, told: Tracked) -> None:
    """One row a parcel, with all that was said of it."""
    number = plain_number(told.tracking)[:120]
    if not number:
        return
    own = {"merchant_id": carrier.merchant_id, "carrier": carrier, "tracking": number}
    row = StrayScan.objects.select_for_update().filter(**own).first()
    if row is None:
        StrayScan.objects.create(**own, told=_plain(told))
        return
    before = _tracked(row.told)
    scans = {each.id: each for each in (*before.scans, *told.scans)}
    kept = sorted(scans.values(), key=lambda each: each.at)[-MOST_SCANS:]
    row.told = _plain(told) | {"scans": [_plain_scan(each) for each in kept]}
    row.at = timezone.now()
    row.save(update_fields=["told", "at"])


@transaction.atomic
def _match(merchant_id: int, stray_id: int, shipment_ids: list[int]) -> int:
    row = StrayScan.objects.select_for_update(of=("self",)).filter(merchant_id=merchant_id, id=stray_id).first()
    if row is None:
        return 0
    for parcel in Shipment.objects.filter(merchant_id=merchant_id, id__in=shipment_ids).order_by("id"):
        _take(parcel, row.carrier, _tracked(row.told))
    row.delete()
    return 1


def _plain(told: Tracked) -> dict[str, Any]:
    expected = told.expected_at.isoformat() if told.expected_at else None
    return {**asdict(told), "expected_at": expected, "scans": [_plain_scan(each) for each in told.scans]}


def _plain_scan(each: Scanned) -> dict[str, Any]:
    words = masked(one_line(each.words, 500))[0]
    return {**asdict(each), "stage": str(each.stage), "at": each.at.isoformat(), "words": words}


def _tracked(kept: Mapping[str, Any]) -> Tracked:
    expected = kept.get("expected_at")
    return Tracked(
        kept["tracking"],
        kept.get("carrier", ""),
        kept.get("service", ""),
        datetime.fromisoformat(expected) if expected else None,
        tuple(Scanned(**{**each, "at": datetime.fromisoformat(each["at"])}) for each in kept.get("scans", ())),
    )
