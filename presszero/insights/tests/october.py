"""An October of the cast's shop, written down row by row, with every sum worked out by hand in the tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from secrets import token_hex
from typing import Any

from presszero.commerce.models import Order, OrderLine
from presszero.conversations.models import Conversation, Topic
from presszero.core.money import money
from presszero.customers.models import Customer
from presszero.insights import rates, serving
from presszero.insights.models import Worked
from presszero.offers.models import Chance
from presszero.remedies.models import ExchangeRate, Remedy
from presszero.team.models import Membership

from .world import World

FIRST = date(2026, 10, 1)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # every day that is counted is over


def at(day: int, hour: int = 10, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


class October:
    """Ada's parcel was late, and Ben's boots were damaged."""

    def __init__(self, world: World) -> None:
        self.world, self.merchant = world, world.shop.merchant
        self.rosa = world.shop.team["rosa"].actor
        self.late = Topic.objects.get_or_create(merchant=self.merchant, name="Late parcel")[0]
        self.parcel, self.boots = world.matter(topic=self.late), world.matter(subject="Damaged")

    @property
    def ada(self) -> Customer:
        return Customer.objects.get(merchant=self.merchant, id=self.parcel.customer_id)

    @property
    def ben(self) -> Customer:
        return Customer.objects.get(merchant=self.merchant, id=self.boots.customer_id)

    def priced(self) -> None:
        for what, amount, since in (
            (rates.HOUR, "24.00", FIRST),
            (rates.HOUR, "30.00", date(2026, 10, 16)),
            (rates.of_member(self.world.shop.tomas.id), "36.00", FIRST),
            (rates.contact("email"), "0.50", FIRST),
            (rates.MONTH, "310.00", FIRST),
        ):
            rates.set_rate(self.merchant, what, money(amount, "GBP"), since, by=self.rosa)
        ExchangeRate.objects.create(merchant=self.merchant, currency="USD", rate="0.8", by="system")

    def worked(self) -> None:
        shop = self.world.shop
        self.work(self.parcel, shop.maya, 5, 600)  # £4.00 at £24
        self.work(self.parcel, shop.maya, 20, 600)  # £5.00 at £30
        self.work(self.parcel, shop.tomas, 20, 100, "chat")  # £1.00 at his own £36
        self.work(self.boots, shop.maya, 6, 90)  # £0.60
        self.work(self.boots, shop.maya, 1, 3600, month=11)  # not in October
        kiosk = self.world.lines[1]
        self.world.wrote(self.parcel, at(5))
        self.world.wrote(self.parcel, at(6))
        self.world.wrote(self.parcel, at(6), automatic="auto-replied")
        self.world.wrote(self.boots, at(6))
        self.world.wrote(self.boots, at(6), kiosk)  # no rate
        self.world.wrote(self.boots, at(2, month=11))

    def work(
        self, row: Conversation, who: Membership, day: int, seconds: int, by: str = "email", month: int = 10
    ) -> None:
        when = date(2026, month, day)
        more = {"member": who, "channel": by, "day": when, "seconds": seconds, "last_at": at(day, month=month)}
        Worked.objects.create(merchant=self.merchant, conversation=row, **more)

    def gave(self) -> None:
        self.give(self.parcel, "refund", 1840)
        self.give(self.parcel, "goodwill", 500, state="given")
        self.give(self.parcel, "refund", 9999, state="failed")
        self.give(self.boots, "replace", 7200, state="task")
        self.give(self.boots, "credit", 1000, "USD")  # £8.00
        self.give(self.boots, "credit", 5000, "JPY")  # nobody knows
        self.give(self.boots, "refund", 4000, when=at(3, month=11))

    def give(
        self, row: Conversation, kind: str, cost: int, currency: str = "GBP", state: str = "done", **more: Any
    ) -> Remedy:
        when = more.pop("when", at(7))
        given = {"kind": kind, "state": state, "currency": currency, "amount": cost, "cost": cost, "by": "member:1"}
        return Remedy.objects.create(
            merchant=self.merchant,
            key=token_hex(8),
            customer=row.customer,
            conversation=row,
            given_at=when,
            **given,
            **more,
        )

    def settled(self) -> None:
        for row, when in ((self.parcel, at(7)), (self.boots, at(10))):
            self.world.resolved(row, when, self.world.shop.maya)
            serving.serve(self.merchant.id, row.id)

    def bought(self) -> None:
        first = self.buys(self.ada, at(8), 10000, total=10000, tax=1667, shipping=333)
        for title, quantity, cost in (("Boots", 1, 2500), ("Laces", 2, 250)):
            line = {"title": title, "quantity": quantity, "price": 4000, "total": 4000, "cost": cost}
            OrderLine.objects.create(merchant=self.merchant, order=first, **line)
        self.buys(self.ada, at(20), 5000, refunded=1000)
        self.buys(self.ada, at(5, month=11), 2000)
        self.buys(self.ada, at(7, month=11), 80000)  # the thirty days are over
        self.buys(self.ada, at(6), 90000)  # before anybody helped
        self.buys(self.ada, at(9), 0, total=2500)  # never paid
        self.buys(self.ada, at(9), 19490, kind="replacement")
        self.buys(self.ada, at(9), 19490, kind="exchange")
        made = self.buys(self.ben, at(11), 18900)  # the shop calls it an order, and a remedy made it
        self.give(self.boots, "replace", 0, made_order=made, when=at(1, month=9))
        key = self.give(self.boots, "exchange", 0, when=at(1, month=9)).key
        self.buys(self.ben, at(11), 18900, key=key)
        once = Customer.objects.create(merchant=self.merchant, name="Ben at work", root=self.ben)
        self.buys(once, at(12), 3000, currency="USD")  # £24.00
        self.buys(self.ben, at(12), 7000, currency="JPY")
        stranger = Customer.objects.create(merchant=self.merchant, name="Somebody never served")
        self.buys(stranger, at(12), 50000)

    def buys(self, who: Customer, when: datetime, captured: int, currency: str = "GBP", **more: Any) -> Order:
        number = token_hex(4)
        given = {"number": number, "number_key": number, "total": captured, "source": "typed", "paid": "paid", **more}
        return Order.objects.create(
            merchant=self.merchant, customer=who, currency=currency, captured=captured, placed_at=when, **given
        )

    def drawn(self, row: Conversation, held_out: bool, when: datetime) -> Chance:
        more = {"draw": 0.05 if held_out else 0.5, "held_out": held_out, "share": 0.1, "mood": "said"}
        return Chance.objects.create(merchant=self.merchant, conversation=row, customer=row.customer, at=when, **more)

    def many(self, count: int, every: int, *, spend: int) -> None:
        """Customers who were served and drawn, one in `every` held out; each second one buys."""
        when = at(3)
        for number in range(count):
            row = self.world.matter()
            self.world.resolved(row, when + timedelta(hours=number), self.world.shop.maya)
            self.drawn(row, number % every == 0, when + timedelta(hours=number))
            serving.serve(self.merchant.id, row.id)
            if number % 2:
                self.buys(row.customer, when + timedelta(hours=number, days=2), spend + number)
