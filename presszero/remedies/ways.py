"""How a remedy is done: by the shop's program, here at once, by a program of the merchant's own, or by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.utils import timezone

from presszero.commerce.models import Order, OrderLine, Payment, Variant
from presszero.commerce.payments.refunding import can_refund
from presszero.commerce.stores.registry import UnknownStore, adapter
from presszero.commerce.vocabulary import Address, Ask
from presszero.customers.models import Handle

from .keeping import read
from .models import OwnRemedy, Remedy
from .owning import PREFIX
from .physics import BACK
from .vocabulary import GIVES_MONEY, Asked, Kind

HERE_WITHOUT_A_STORE = frozenset({Kind.CREDIT, Kind.GIFT_CARD, Kind.CODE, Kind.ADDRESS})


def way_of(row: Remedy) -> str:
    """store · pay (by the provider it was paid with) · here · told (a program of the merchant's) · task (by hand)."""
    if row.kind.startswith(PREFIX):
        number = int(row.kind.removeprefix(PREFIX))
        own = OwnRemedy.objects.filter(merchant_id=row.merchant_id, id=number).only("webhook").first()
        return "told" if own and own.webhook else "task"
    if row.store is None:
        if row.order and row.amount and row.kind in BACK and can_refund(row.order):
            return "pay"
        nothing_to_pay = row.kind == Kind.CANCEL and row.amount == 0
        return "here" if row.kind in HERE_WITHOUT_A_STORE or nothing_to_pay else "task"
    return "store" if _store_can(row) else "task"


def can_undo(row: Remedy) -> bool:
    """Whether it could be taken back once it is done."""
    way = way_of(row)
    if way == "store" and row.store:
        undoes = adapter(row.store.kind).can.undoes
        return all(ask.kind in undoes or ask.kind == "address" for ask in asks(row))
    return way in ("here", "task")


def asks(row: Remedy) -> tuple[Ask, ...]:
    """What the shop is asked, one after the other; the same for every try."""
    asked = read(row.merchant_id, row.asked)
    make = _MAKE.get(row.kind)
    return make(row, asked) if make else ()


def address_ask(row: Remedy, address: Address, key: str) -> Ask:
    """Also to put the old address back."""
    return Ask("address", key, order=_external(row.order), address=address)


def _store_can(row: Remedy) -> bool:
    if row.store is None:
        return False
    try:
        can = adapter(row.store.kind).can
    except UnknownStore:
        return False
    wanted = asks(row)
    if not wanted or any(ask.kind not in can.asks for ask in wanted):
        return False
    part = row.kind in GIVES_MONEY and row.order is not None and row.amount < row.order.captured
    if part and not can.part_refunds:
        return False
    on_order = row.order is None or bool(row.order.external_id)
    return on_order and all(_whole(ask) for ask in wanted)


def _whole(ask: Ask) -> bool:
    """What the shop does not know under a name of its own, it cannot send, nor take back."""
    return all(name for name, *_ in ask.variants) and all(name for name, _ in ask.lines)


def _money_back(row: Remedy, asked: Asked) -> tuple[Ask, ...]:
    return (
        Ask(
            "refund",
            row.key,
            order=_external(row.order),
            currency=row.currency,
            amount=row.amount,
            shipping=row.shipping,
            payment=_payment(row),
            lines=_named_lines(row, asked),
            restock=asked.restock,
            reason=row.reason,
        ),
    )


def _cancel(row: Remedy, asked: Asked) -> tuple[Ask, ...]:
    return (
        Ask(
            "cancel",
            row.key,
            order=_external(row.order),
            currency=row.currency,
            amount=row.amount,
            payment=_payment(row),
            restock=True,
            reason=row.reason,
        ),
    )


def _address(row: Remedy, asked: Asked) -> tuple[Ask, ...]:
    return (address_ask(row, asked.address or Address(), row.key),)


def _expedite(row: Remedy, asked: Asked) -> tuple[Ask, ...]:
    return (Ask("expedite", row.key, order=_external(row.order), reason=row.reason),)


def _return(row: Remedy, asked: Asked) -> tuple[Ask, ...]:
    return (_return_ask(row, asked, row.key),)


def _replace(row: Remedy, asked: Asked) -> tuple[Ask, ...]:
    return (_new_order(row, asked, "replacement"),)


def _exchange(row: Remedy, asked: Asked) -> tuple[Ask, ...]:
    """What comes back first: once the new parcel is on its way, nothing may be missing."""
    return (_return_ask(row, asked, f"{row.key}-r"), _new_order(row, asked, "exchange"))


def _credit(row: Remedy, asked: Asked) -> tuple[Ask, ...]:
    """A credit is a gift card in the shop, and a code where it has no such cards."""
    known = adapter(row.store.kind).can.asks if row.store else frozenset()
    kind = "code" if row.kind == Kind.CODE or "gift_card" not in known else "gift_card"
    email, name, account = _buyer(row)
    return (
        Ask(
            kind,
            row.key,
            order=_external(row.order),
            currency=row.currency,
            amount=row.amount,
            percent=asked.percent if kind == "code" and row.amount == 0 else None,
            email=email,
            name=name,
            account=account,
            reason=row.reason,
            expires_at=(row.given_at or timezone.now()) + timedelta(days=asked.days) if asked.days else None,
        ),
    )


def _return_ask(row: Remedy, asked: Asked, key: str) -> Ask:
    return Ask("return", key, order=_external(row.order), lines=_named_lines(row, asked), reason=row.reason)


def _new_order(row: Remedy, asked: Asked, kind: str) -> Ask:
    email, name, account = _buyer(row)
    return Ask(
        "order",
        row.key,
        order=_external(row.order),
        currency=row.currency,
        variants=tuple((variant.external_id if variant else "", n, 0) for variant, n in goods(row, asked)),
        address=Address(**row.order.ship_to) if row.order and row.order.ship_to else None,
        email=email,
        name=name,
        account=account,
        reason=row.reason,
        extra={"kind": kind},
    )


def goods(row: Remedy, asked: Asked) -> list[tuple[Variant | None, int]]:
    """What is sent: the variants that were picked, else the same as in the lines. None: nobody knows what it was."""
    if asked.variants:
        rows = Variant.objects.filter(merchant_id=row.merchant_id, id__in=[n for n, _ in asked.variants])
        known = {variant.id: variant for variant in rows.select_related("product")}
        return [(known.get(number), pieces) for number, pieces in asked.variants]
    return [(line.variant, pieces) for line, pieces in lines_of(row, asked)]


def lines_of(row: Remedy, asked: Asked) -> list[tuple[OrderLine, int]]:
    """The order's lines that were named, with their pieces."""
    pieces: dict[int, int] = {}
    for number, count in asked.lines:
        pieces[number] = pieces.get(number, 0) + count
    rows = OrderLine.objects.filter(merchant_id=row.merchant_id, order_id=row.order_id or 0, id__in=pieces)
    return [(line, pieces[line.id]) for line in rows.select_related("variant__product").order_by("position", "id")]


def payments_of(row: Remedy) -> Sequence[Payment]:
    """What was really taken for the order, the latest last."""
    rows = Payment.objects.filter(merchant_id=row.merchant_id, order_id=row.order_id or 0, state="captured")
    return list(rows.order_by("at", "id"))


def _payment(row: Remedy) -> str:
    """Where several were taken, the shop knows best which of them it goes back to."""
    taken = payments_of(row)
    return taken[0].external_id if len(taken) == 1 else ""


def _named_lines(row: Remedy, asked: Asked) -> tuple[tuple[str, int], ...]:
    return tuple((line.external_id, pieces) for line, pieces in lines_of(row, asked))


def _external(order: Order | None) -> str:
    return order.external_id if order else ""


def _buyer(row: Remedy) -> tuple[str, str, str]:
    """E-mail, name, and the shop's account of theirs: the order's, else a proven address of the customer."""
    if row.order is not None:
        return row.order.email, row.order.name, row.order.store_customer
    handles = Handle.objects.filter(merchant_id=row.merchant_id, customer_id=row.customer_id, kind="email")
    proven = handles.filter(proof="verified").order_by("id").first()
    return (proven.address if proven else ""), row.customer.name, ""


_MAKE: dict[str, Callable[[Remedy, Asked], tuple[Ask, ...]]] = {
    Kind.REFUND: _money_back,
    Kind.PRICE_MATCH: _money_back,
    Kind.GOODWILL: _money_back,
    Kind.CANCEL: _cancel,
    Kind.ADDRESS: _address,
    Kind.EXPEDITE: _expedite,
    Kind.RETURN: _return,
    Kind.REPLACE: _replace,
    Kind.EXCHANGE: _exchange,
    Kind.CREDIT: _credit,
    Kind.GIFT_CARD: _credit,
    Kind.CODE: _credit,
}
