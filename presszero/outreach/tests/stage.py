"""What the tests of writing first play with: the cast's shop, Ada, and an order of hers that runs late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from presszero.commerce.actions.attaching import attach_proven
from presszero.commerce.models import Order
from presszero.core.actor import SYSTEM
from presszero.customers.models import Customer
from presszero.outreach.models import Manners, Outreach
from presszero.outreach.planning import Offered, plan
from presszero.promises.actions import Made, make
from presszero.promises.models import Gap, Promise
from presszero.remedies.actions.limits import set_default_limits
from tests import cast


@dataclass
class Stage:
    """Juniper & Co., awake at any hour; Ada's order 1042 was promised for the day after tomorrow."""

    shop: cast.Shop
    shopper: cast.Shopper
    ada: Customer
    order: Order
    promise: Promise
    gap: Gap

    def plan(self, notice: str = "late", *choices: Offered, **more: Any) -> Outreach:
        """A message about the gap, as the reaction plans it."""
        given: dict[str, Any] = {"order": self.order, "promise": self.promise, "gap": self.gap, "told": self.told}
        key = more.pop("key", f"{notice}:gap:{self.gap.id}")
        return plan(key, notice, self.ada, choices=choices, by=SYSTEM, **{**given, **more})

    @property
    def told(self) -> dict[str, str]:
        return {"day": str(self.gap.planned), "was": str(self.gap.promised)}

    def manners(self, **values: Any) -> Manners:
        """How they write first; nothing is quiet here, so that no test depends on the hour it runs at."""
        given = {"quiet_from": "03:00", "quiet_to": "03:00", "a_day": 50, "a_week": 50, **values}
        return Manners.objects.update_or_create(merchant=self.shop.merchant, defaults=given)[0]


def stage(**order: Any) -> Stage:
    """Ada has proven her address; her order goes to York, and its day is at risk."""
    shop, shopper = cast.juniper(), cast.ada()
    set_default_limits(shop.merchant)
    person = shopper.known(shop)
    row = shopper.order(shop, **{"promised_by": None, **order})
    attach_proven(shop.merchant.id, person.id)
    row.refresh_from_db()
    today = timezone.now()
    promise = make(
        Made(
            merchant_id=shop.merchant.id,
            customer_id=person.id,
            kind="delivery",
            due_at=today + timedelta(days=2),
            whole_day=True,
            where="checkout",
            order_id=row.id,
        ),
        SYSTEM,
    )
    gap = Gap.objects.create(
        merchant=shop.merchant,
        customer=person,
        order=row,
        promise=promise,
        kind="late",
        promised=(today + timedelta(days=2)).date(),
        planned=(today + timedelta(days=5)).date(),
        chance=0.1,
    )
    made = Stage(shop, shopper, person, row, promise, gap)
    made.manners()
    return made
