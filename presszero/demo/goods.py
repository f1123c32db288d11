"""What the demo shop sells: boots to walk in, coats for the rain, and what goes with them. Pieces are counted here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from presszero.commerce.actions.taking import take
from presszero.commerce.vocabulary import StoreProduct, StoreVariant
from presszero.merchants.models import Merchant


@dataclass(frozen=True)
class Thing:
    """`price` and `cost` in pence. `sorts` are colours or the like, `sizes` may be none."""

    key: str
    title: str
    kind: str
    price: int
    cost: int
    sorts: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    stock: int = 6


_SIZES = ("38", "39", "40", "41", "42", "43", "44")
_COATS = ("S", "M", "L", "XL")

CATALOGUE = (
    Thing("fell", "Fell boot", "Boots", 14800, 5900, ("black", "brown"), _SIZES, 5),
    Thing("moor", "Moor boot", "Boots", 16400, 6600, ("chestnut",), _SIZES, 4),
    Thing("tarn", "Tarn low boot", "Boots", 11900, 4700, ("slate", "sand"), _SIZES, 7),
    Thing("moss", "Moss boot", "Boots", 15600, 6200, ("green",), _SIZES, 2),
    Thing("gale", "Gale waxed coat", "Coats", 24500, 10900, ("olive", "navy"), _COATS, 3),
    Thing("drift", "Drift wool coat", "Coats", 28900, 13200, ("grey",), _COATS, 2),
    Thing("squall", "Squall rain cape", "Coats", 8900, 3300, ("yellow",), ("one size",), 9),
    Thing("socks", "Wool socks", "Socks", 1800, 520, ("oat", "heather"), ("S", "M", "L"), 30),
    Thing("laces", "Waxed laces", "Care", 650, 110, ("black", "brown", "red"), ("120 cm", "150 cm"), 60),
    Thing("wax", "Leather wax", "Care", 1200, 310, (), (), 45),
    Thing("brush", "Horsehair brush", "Care", 1450, 420, (), (), 20),
    Thing("gaiters", "Bracken gaiters", "Walking", 3900, 1500, ("green",), ("M", "L"), 8),
    Thing("flask", "Steel flask", "Walking", 2600, 980, (), (), 14),
    Thing("pack", "Cairn day pack", "Walking", 9800, 4100, ("olive", "rust"), (), 5),
)
# Gone but for back-orders, gone for good, and nearly gone: every state of a shelf once.
_LEFT = {"FELL-BLACK-41": 0, "FELL-BROWN-41": 2, "MOSS-GREEN-38": 0, "FELL-BLACK-44": 1, "GALE-NAVY-M": 0}
_BACK_ORDER = {"MOSS-GREEN-38"}


def stock(shop: Merchant) -> None:
    """Puts it all on the shelves, as a list that was brought in."""
    for thing in CATALOGUE:
        variants = tuple(_variants(thing))
        take(shop.id, None, StoreProduct(thing.key, thing.title, shop.currency, variants, thing.kind))


def variant_of(sku: str) -> tuple[Thing, StoreVariant]:
    """What a sku is. Raises KeyError."""
    return _BY_SKU[sku]


def _variants(thing: Thing) -> Iterator[StoreVariant]:
    for sort in thing.sorts or ("",):
        for size in thing.sizes or ("",):
            words = [each for each in (sort, size) if each]
            sku = "-".join([thing.key, *words]).upper().replace(" ", "")
            title = " / ".join(word.capitalize() if word == sort else word for word in words)
            left = _LEFT.get(sku, thing.stock)
            yield StoreVariant(sku, thing.price, title, sku, thing.cost, left, sku in _BACK_ORDER)


_BY_SKU = {variant.sku: (thing, variant) for thing in CATALOGUE for variant in _variants(thing)}
