"""The carrier's side of a story: parcels that are scanned, and a past in which many arrived.

parcels.scanned(shop, shipment, "out_for_delivery")      # as a signed webhook, through the door's own checks
parcels.history(shop, 200)                               # orders that arrived, so that there is something to learn
"""

from __future__ import annotations

import itertools
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from presszero.channels import signing
from presszero.channels.adapter import Request
from presszero.commerce.actions.taking import take
from presszero.commerce.models import Order, Shipment
from presszero.commerce.vocabulary import Address, StoreOrder, StoreShipment
from presszero.fulfilment.carriers import connecting
from presszero.fulfilment.carriers.door import line_id
from presszero.fulfilment.carriers.registry import adapter
from presszero.fulfilment.models import Carrier
from presszero.mailroom.incoming import Incoming, storable_headers
from presszero.mailroom.lanes import lane

from . import cast, goods

_numbers = itertools.count(1)


def carrier(shop: cast.Shop, name: str = "Parcel North") -> Carrier:
    """Whoever tells this shop of its parcels; connected the first time it is asked for."""
    found = Carrier.objects.filter(merchant=shop.merchant, kind="generic", name=name, paused_at=None).first()
    by = next(iter(shop.team.values())).actor
    return found or connecting.connect(shop.merchant, "generic", name, {}, by)


def scanned(shop: cast.Shop, shipment: Shipment, stage: str, at: datetime | None = None, **more: Any) -> Shipment:
    """The carrier scans it, and we hear of it. `more`: words, place; and of the parcel: expected, carrier, service."""
    scan = {"stage": stage, "at": (at or datetime.now(UTC)).isoformat()}
    scan |= {name: more.pop(name) for name in ("words", "place", "id") if name in more}
    tells(shop, {"tracking": shipment.tracking, "scans": [scan], **more})
    return Shipment.objects.select_related("order").get(merchant_id=shipment.merchant_id, id=shipment.id)


def tells(shop: cast.Shop, said: dict[str, Any]) -> None:
    """One webhook of the carrier's: signed, verified as the door does, stored, and taken in."""
    sender = carrier(shop)
    body = json.dumps(said).encode()
    headers = signing.signed_headers(f"msg_{next(_numbers)}", int(time.time()), body, sender.secrets["secret"])
    request = Request("POST", connecting.door_of(sender), headers, body)
    kind = adapter(sender.kind)
    kind.verify(request, connecting.for_adapter(sender))
    number = line_id(sender.id)
    key = lane(number, kind.lane_key(body))
    cast.taken_in(Incoming(sender.merchant_id, number, kind.event_id(request), key, storable_headers(headers), body))


def history(shop: cast.Shop, count: int = 60, days: int = 4, carrier: str = "Parcel North") -> list[Order]:
    """Orders of the last months that arrived: each was sent a day after it was placed, and took `days` from then.

    Every fifth took two more. They were all promised for five days after the order.
    """
    made = []
    noon = datetime.now(UTC).replace(hour=12, minute=0)  # the same day at the shop as in UTC
    for number in range(count):
        placed = noon - timedelta(days=25 + number % 60)
        sent = placed + timedelta(days=1)
        arrived = sent + timedelta(days=days + (2 if number % 5 == 0 else 0))
        name = f"past-{next(_numbers)}"
        parcel = StoreShipment(f"s-{name}", "delivered", carrier, "", f"PAST{name}", sent_at=sent, delivered_at=arrived)
        order = StoreOrder(
            name,
            f"#{name}",
            "GBP",
            1000,
            placed,
            lines=goods.order("1042").lines,
            shipments=(parcel,),
            ship_to=Address("Somebody", postcode="YO1 7HX", country="GB"),
            promised_by=(placed + timedelta(days=5)).date(),
            updated_at=arrived,
        )
        row = take(shop.merchant.id, shop.shop, order)
        assert isinstance(row, Order)
        made.append(row)
    return made
