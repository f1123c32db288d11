"""A shop with things for sale, and people who bought them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from presszero.commerce.models import Order, OrderLine, Product, Variant
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer
from presszero.merchants.models import Merchant
from tests import cast

MARCH = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_numbers = itertools.count(5000)


@dataclass
class World:
    shop: cast.Shop
    things: dict[str, Product] = field(default_factory=dict)

    @property
    def merchant(self) -> Merchant:
        return self.shop.merchant

    def thing(self, title: str, kind: str = "", stock: int | None = 5, **more: Any) -> Product:
        """Made when it is spoken of first."""
        known = Product.objects.filter(merchant=self.merchant, title=title).first()
        if known is not None:
            self.things.setdefault(title, known)
        if title not in self.things:
            made = Product.objects.create(merchant=self.merchant, title=title, kind=kind, **more)
            Variant.objects.create(merchant=self.merchant, product=made, currency="GBP", price=1900, stock=stock)
            self.things[title] = made
        return self.things[title]

    def variant(self, title: str) -> Variant:
        return Variant.objects.get(merchant=self.merchant, product=self.thing(title))

    def person(self, name: str = "Somebody", **more: Any) -> Customer:
        return Customer.objects.create(merchant=self.merchant, name=name, **more)

    def order(self, who: Customer | str | None, titles: Sequence[str], day: int = 0, **more: Any) -> Order:
        """Who bought: a customer, the address of a guest, or nobody known; `day` after the second of March."""
        number = str(next(_numbers))
        given: dict[str, Any] = {
            "number": number, "number_key": number, "source": "typed", "currency": "GBP", "total": 1900 * len(titles),
            "captured": 1900 * len(titles), "paid": "paid", "placed_at": MARCH + timedelta(days=day),
            "customer": who if isinstance(who, Customer) else None, "email": who if isinstance(who, str) else "",
        }  # fmt: skip
        made = Order.objects.create(merchant=self.merchant, **(given | more))
        for title in titles:
            OrderLine.objects.create(
                merchant=self.merchant, order=made, variant=self.variant(title), title=title, quantity=1, price=1900,
                total=1900,
            )  # fmt: skip
        return made

    def buyers(self, count: int, first: str, *then: str, days: int = 10) -> list[Customer]:
        """So many who bought one thing, and others some days later."""
        people = [self.person(f"Buyer {n}") for n in range(count)]
        for each in people:
            self.order(each, [first])
            if then:
                self.order(each, list(then), days)
        return people

    def matter(self, of: Customer, subject: str = "Boots") -> Conversation:
        return Conversation.objects.create(merchant=self.merchant, customer=of, line=self.shop.line, subject=subject)


def world(mark: str = "") -> World:
    return World(cast.juniper(mark))
