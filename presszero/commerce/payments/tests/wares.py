"""What the cast's shop sells without a shop's program, and who buys it."""

from __future__ import annotations

from typing import Any, Protocol

from presszero.commerce.actions import drafting
from presszero.commerce.models import DraftOrder, Product, Variant
from presszero.core.sealing import new_token
from presszero.customers.models import Customer, Handle
from presszero.merchants.models import Merchant
from tests import cast


class HasMerchant(Protocol):
    """Any test's shop."""

    merchant: Merchant


def customer(shop: HasMerchant, name: str = "Ada Kowalski", address: str = "ada@example.com") -> Customer:
    made = Customer.objects.create(merchant=shop.merchant, name=name)
    Handle.objects.create(merchant=shop.merchant, customer=made, kind="email", address=address, proof="verified")
    return made


def boots(shop: HasMerchant, **values: Any) -> Variant:
    """One pair in brown, three in stock."""
    product = Product.objects.create(merchant=shop.merchant, title="Juniper boots")
    given = {"title": "Brown / 41", "sku": "JB-41", "currency": "GBP", "price": 18900, "stock": 3}
    return Variant.objects.create(merchant=shop.merchant, product=product, **(given | values))


def drafted(shop: cast.Shop, who: Customer, variant: Variant, pieces: int = 1, **more: Any) -> DraftOrder:
    """What Maya makes for them."""
    lines = [drafting.DraftLine(variant.id, pieces)]
    return drafting.draft(who, None, lines, shop.maya.actor, new_token(96), **more)
