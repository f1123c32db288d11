"""Something happened to an order or its parcels: what waited for it is heard, and it is thought over again."""

from __future__ import annotations

from collections import defaultdict

from django.utils import timezone

from presszero.merchants.models import Merchant
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears_together

from .forecasting import forecast_many
from .hearing import match_strays

_PARCELS = ("order.placed", "order.changed", "shipment.sent")
_NEWS = (*_PARCELS, "order.cancelled", "shipment.scanned", "shipment.delivered")


@hears_together("fulfilment.strays", *_PARCELS)
def parcel_appeared(events: list[Event]) -> None:
    """A carrier may have spoken of it before the shop did."""
    for merchant_id, order_ids in _orders(events).items():
        match_strays(merchant_id, order_ids)


@hears_together("fulfilment.forecast", *_NEWS)
def order_moved(events: list[Event]) -> None:
    """All orders of a round are thought over together."""
    found = _orders(events)
    merchants = Merchant.objects.in_bulk(found)
    for merchant_id, order_ids in found.items():
        forecast_many(merchants[merchant_id], sorted(order_ids), timezone.now())


def _orders(events: list[Event]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for event in events:
        if event.order_id is not None:
            found[event.merchant_id].add(event.order_id)
    return found
