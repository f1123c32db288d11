"""What stands before whoever answers: the prompt of a matter, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from presszero.commerce.models import Product, Variant
from presszero.conversations.models import Conversation

from . import chances
from .models import Suggestion


@dataclass(frozen=True, slots=True)
class Offered:
    """One thing of a prompt, as it is for sale now."""

    product: Product
    variant: Variant
    after: str  # the thing that others bought it with; "" for a best seller of the same kind
    bought: int
    of: int


@dataclass(frozen=True, slots=True)
class Prompt:
    suggestion: Suggestion
    things: list[Offered]


def prompt(row: Conversation, now: datetime) -> Prompt | None:
    """What may be shown in this matter now. Most have no chance, which is one statement."""
    chance = chances.chance_of(row)
    if chance is None or chances.open_to(row) is None:
        return None
    made = Suggestion.objects.filter(merchant_id=row.merchant_id, chance=chance).order_by("-id").first()
    if made is None or made.used_at or made.dismissed_at or not chances.verdict(row, now).yes:
        return None
    things = offered(made)
    return Prompt(made, things) if things else None


def offered(made: Suggestion) -> list[Offered]:
    """What of a suggestion can be sold now, in its order."""
    own = {"merchant_id": made.merchant_id}
    numbers = {one[place] for one in made.products for place in ("product", "after") if one.get(place)}
    products: Mapping[int, Product] = Product.objects.filter(**own, id__in=numbers).in_bulk()
    variants = Variant.objects.filter(**own, id__in=[one["variant"] for one in made.products]).in_bulk()
    found = (_one(one, products, variants) for one in made.products)
    return [each for each in found if each]


def _one(one: Mapping[str, Any], products: Mapping[int, Product], variants: Mapping[int, Variant]) -> Offered | None:
    product, variant = products.get(one["product"]), variants.get(one["variant"])
    if product is None or variant is None or product.gone_at or not product.active or not variant.can_be_sold:
        return None
    after = products.get(one.get("after") or 0)
    return Offered(product, variant, after.title if after else "", one["bought"], one["of"])
