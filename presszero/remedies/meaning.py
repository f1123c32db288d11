"""From what was asked to what it means here: whose it is, how the order stands, what it comes to and what it weighs.

Ids from outside are looked up with the merchant, and an order only as the customer's own: whoever claims to be another
customer, or names their order, is told that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from presszero.commerce.models import Order, OrderLine, Store, Variant
from presszero.commerce.queries.people import worth as spent_by
from presszero.conversations.models import Conversation
from presszero.core.money import Money, digits
from presszero.customers.models import Customer
from presszero.customers.queries import family
from presszero.merchants.models import Merchant

from . import owning
from .models import ExchangeRate, OwnRemedy
from .physics import Impossible, Measured, OrderStand, VariantStand, measure, pieces_of, wanted_variants
from .standing import stand_of
from .vocabulary import COSTS_NOTHING, Asked, Kind

_MAKES_CODES = (Kind.CREDIT, Kind.GIFT_CARD, Kind.CODE)


@dataclass(frozen=True, slots=True)
class Whose:
    """The rows a remedy is about, found and checked. `ids`: what the customer is known by, after merges."""

    merchant: Merchant
    customer: Customer
    ids: tuple[int, ...]
    conversation: Conversation | None
    order: Order | None
    store: Store | None
    own: OwnRemedy | None = None


@dataclass(frozen=True, slots=True)
class Meant:
    """What it comes to. `cost` in minor units of the amount's currency; `weighs` in the merchant's."""

    asked: Asked  # with every field checked
    original: Asked
    whose: Whose
    stand: OrderStand | None
    measured: Measured
    weighs: Money
    sure: bool
    cost: int
    lines: dict[int, OrderLine] = field(default_factory=dict)
    variants: dict[int, Variant] = field(default_factory=dict)

    @property
    def amount(self) -> Money:
        return self.measured.amount


def whose(asked: Asked) -> Whose:
    """Raises Impossible for what is not here, or not theirs."""
    merchant = Merchant.objects.get(id=asked.merchant_id)
    customer = _customer(asked)
    ids = tuple(family(customer))
    conversation = _conversation(asked, ids)
    order = _order(asked, ids)
    own = owning.find(asked) if asked.kind.startswith(owning.PREFIX) else None
    if own is None and asked.kind not in list(Kind):
        raise Impossible("kind", _("There is no such remedy."), _("Pick one from the list."))
    return Whose(merchant, customer, ids, conversation, order, _store(asked, order), own)


def meaning(asked: Asked, found: Whose) -> Meant:
    """Reads how things stand now; inside a transaction with the order held, nothing moves. Raises Impossible."""
    original = asked
    if found.own:
        asked = owning.filled_in(asked, found.own, found.merchant.currency)
    order = found.order
    lines = {line.id: line for line in _lines(order)} if order else {}
    stand = stand_of(order, lines.values()) if order else None
    variants = _variants(asked, lines)
    stands = {number: _stand(row) for number, row in variants.items()}
    measured = measure(asked, stand, stands, found.merchant.currency)
    weighs, sure = _weight(asked, found, measured)
    cost = _cost(asked, measured, lines, variants)
    return Meant(asked, original, found, stand, measured, weighs, sure, cost, lines, variants)


def worth(found: Whose) -> int:
    """What they spent with us so far, minor units of the merchant's currency."""
    return spent_by(found.customer).spent.minor


def order_value(found: Whose) -> int | None:
    """What the order was worth, in the merchant's currency; None without one, or where nobody can say."""
    if found.order is None:
        return None
    value, sure = at_home(found.order.money(found.order.total), found.merchant)
    return value.minor if sure else None


def at_home(amount: Money, merchant: Merchant) -> tuple[Money, bool]:
    """In the merchant's currency, rounded up so that cents split off come to no less; and whether we know the rate."""
    if amount.currency == merchant.currency:
        return amount, True
    rate = ExchangeRate.objects.filter(merchant=merchant, currency=amount.currency).values_list("rate", flat=True)
    known = rate.first()
    exact = (amount.decimal * (known or Decimal(1))).scaleb(digits(merchant.currency))
    return Money(int(exact.to_integral_value(ROUND_CEILING)), merchant.currency), known is not None


def _customer(asked: Asked) -> Customer:
    found = Customer.objects.filter(merchant_id=asked.merchant_id, id=asked.customer_id).select_related("root").first()
    if found is None:
        raise Impossible("customer", _("There is no such customer."))
    return found.root or found


def _conversation(asked: Asked, ids: Sequence[int]) -> Conversation | None:
    if asked.conversation_id is None:
        return None
    rows = Conversation.objects.filter(merchant_id=asked.merchant_id, id=asked.conversation_id, customer_id__in=ids)
    found = rows.select_related("root", "line__hours", "line__brand").first()
    if found is None:
        raise Impossible("conversation", _("That conversation is not with this customer."))
    return found


def _order(asked: Asked, ids: Sequence[int]) -> Order | None:
    """Theirs by a proven address, or because a member said so; whatever number was told."""
    if asked.order_id is None:
        return None
    rows = Order.objects.filter(merchant_id=asked.merchant_id, id=asked.order_id, customer_id__in=ids)
    found = rows.select_related("store").first()
    if found is None:
        raise Impossible(
            "order", _("This customer has no such order."), _("An order is theirs once its address is proven.")
        )
    return found


def _store(asked: Asked, order: Order | None) -> Store | None:
    """The order's shop. A credit without an order goes to the merchant's shop, where there is exactly one."""
    if order is not None:
        store: Store | None = order.store
        return store
    if asked.kind not in _MAKES_CODES:
        return None
    stores = list(Store.objects.filter(merchant_id=asked.merchant_id, paused_at=None)[:2])
    return stores[0] if len(stores) == 1 else None


def _lines(order: Order) -> list[OrderLine]:
    rows = OrderLine.objects.filter(merchant_id=order.merchant_id, order_id=order.id)
    return list(rows.select_related("variant").order_by("position", "id"))


def _variants(asked: Asked, lines: dict[int, OrderLine]) -> dict[int, Variant]:
    """Those named, and those of the lines that are sent again."""
    rows = Variant.objects.filter(merchant_id=asked.merchant_id, id__in=wanted_variants(asked), gone_at=None)
    found = {row.id: row for row in rows.select_related("product")}
    same = {line.variant_id: line.variant for number, line in lines.items() if number in pieces_of(asked)}
    return found | {number: row for number, row in same.items() if number and row and not row.gone_at}


def _stand(row: Variant) -> VariantStand:
    left = None if row.sells_without_stock else row.stock
    return VariantStand(str(row), Money(row.price, row.currency), left)


def _weight(asked: Asked, found: Whose, measured: Measured) -> tuple[Money, bool]:
    """What it counts against limits. A code of so many percent counts as that share of their largest order."""
    home = found.merchant.currency
    if asked.kind in COSTS_NOTHING:
        return Money(0, home), True
    if asked.kind == Kind.CODE and asked.percent is not None and asked.amount is None:
        largest = _orders(found).aggregate(most=Max("total"))["most"]
        return Money(-(-(largest or 0) * asked.percent // 100), home), bool(largest)
    return at_home(measured.amount, found.merchant)


def _cost(asked: Asked, measured: Measured, lines: dict[int, OrderLine], variants: dict[int, Variant]) -> int:
    """Goods at what the merchant pays for them, where that is known; money as it is."""
    if asked.kind in COSTS_NOTHING:
        return 0
    if asked.kind not in (Kind.REPLACE, Kind.EXCHANGE):
        return measured.amount.minor
    wanted = wanted_variants(asked)
    if wanted:
        return sum((_first(variants[n].cost, variants[n].price)) * pieces for n, pieces in wanted.items())
    return sum(_line_cost(lines[n]) * pieces for n, pieces in pieces_of(asked).items())


def _line_cost(line: OrderLine) -> int:
    today = line.variant.cost if line.variant else None
    return _first(line.cost, today, line.total // line.quantity)


def _first(*amounts: int | None) -> int:
    return next((each for each in amounts if each is not None), 0)


def _orders(found: Whose) -> QuerySet[Order]:
    return Order.objects.filter(
        merchant=found.merchant, customer_id__in=found.ids, kind="sale", currency=found.merchant.currency
    )
