"""What the tests of remedies play with: the cast's shop, Ada who has proven her address, and what she bought."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from presszero.commerce.models import Order, OrderLine, Payment, Product, Store, Variant
from presszero.commerce.policy import number_key
from presszero.conversations.models import Conversation
from presszero.core.actor import Actor
from presszero.core.money import Money
from presszero.customers.models import Customer, Handle
from presszero.merchants.models import Merchant
from presszero.remedies.actions.limits import set_default_limits
from presszero.remedies.vocabulary import Asked
from presszero.team.models import Membership
from tests import cast

_numbers = itertools.count(1042)


@dataclass
class Stage:
    """Juniper & Co. with the limits a new merchant begins with, and Ada's conversation."""

    shop: cast.Shop
    ada: Customer
    conversation: Conversation
    store: Store | None = None

    @property
    def merchant(self) -> Merchant:
        return self.shop.merchant

    @property
    def maya(self) -> Actor:
        return _fresh(self.shop.maya).actor

    @property
    def tomas(self) -> Actor:
        return _fresh(self.shop.tomas).actor

    @property
    def rosa(self) -> Actor:
        return _fresh(self.shop.team["rosa"]).actor

    def order(self, *prices: int, of: Customer | None = None, **more: Any) -> Order:
        """Paid, one piece a line, at these prices in minor units; `more`: shipping, currency, sent, kind."""
        currency, shipping = more.pop("currency", self.merchant.currency), more.pop("shipping", 0)
        total, number = sum(prices) + shipping, str(next(_numbers))
        paid = more.pop("captured", total)
        made = Order.objects.create(
            merchant=self.merchant,
            store=self.store,
            external_id=f"o{number}" if self.store else "",
            number=number,
            number_key=number_key(number),
            source="store" if self.store else "typed",
            customer=of or self.ada,
            email="ada@example.com",
            name="Ada Kowalski",
            ship_to={"name": "Ada Kowalski", "line1": "Larch Street 1", "city": "Leeds", "country": "GB"},
            currency=currency,
            shipping=shipping,
            total=total,
            captured=paid,
            paid="paid" if paid else "pending",
            placed_at=timezone.now(),
            **more,
        )
        for position, price in enumerate(prices):
            self._line(made, position, price)
        if paid:
            Payment.objects.create(
                merchant=self.merchant, order=made, external_id=f"p{number}", method="card", label="Visa •••• 4242",
                currency=currency, amount=paid, state="captured", at=timezone.now(),
            )  # fmt: skip
        return made

    def ask(self, kind: str, order: Order | None = None, amount: int | None = None, **more: Any) -> Asked:
        """As a page of the desk asks it in Ada's conversation."""
        currency = more.pop("currency", order.currency if order else self.merchant.currency)
        asked: dict[str, Any] = {
            "kind": kind,
            "merchant_id": self.merchant.id,
            "customer_id": self.ada.id,
            "conversation_id": self.conversation.id,
            "order_id": order.id if order else None,
            "amount": None if amount is None else Money(amount, currency),
        }
        return Asked(**asked | more)

    def _line(self, order: Order, position: int, price: int) -> OrderLine:
        name = f"Boots {position + 1}"
        product = Product.objects.create(
            merchant=self.merchant, store=self.store, external_id=f"{order.number}-{position}", title=name
        )
        variant = Variant.objects.create(
            merchant=self.merchant, store=self.store, product=product, external_id=f"v{order.number}-{position}",
            title="Brown, 42", currency=order.currency, price=price, cost=price // 3, stock=3,
        )  # fmt: skip
        return OrderLine.objects.create(
            merchant=self.merchant, order=order, variant=variant, external_id=f"l{order.number}-{position}",
            position=position, title=name, quantity=1, price=price, total=price,
        )  # fmt: skip


def stage(mark: str = "") -> Stage:
    """Everything in its place."""
    shop = cast.juniper(mark)
    set_default_limits(shop.merchant)
    ada = Customer.objects.create(merchant=shop.merchant, name="Ada Kowalski")
    Handle.objects.create(
        merchant=shop.merchant, customer=ada, kind="email", address="ada@example.com", proof="verified"
    )
    conversation = Conversation.objects.create(merchant=shop.merchant, customer=ada, line=shop.line, subject="Boots")
    return Stage(shop, ada, conversation)


def _fresh(member: Membership) -> Membership:
    return Membership.objects.select_related("person").get(merchant_id=member.merchant_id, id=member.id)
