"""What a remedy will do, and did, in sentences. In the language that is active."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presszero.commerce.vocabulary import Address
from presszero.core.money import Money

from .keeping import read
from .meaning import Meant
from .models import OwnRemedy, Remedy
from .owning import PREFIX
from .vocabulary import GIVES_MONEY, Asked, Kind
from .ways import goods, lines_of, payments_of
from .wording import says

# What each is called, for lists and settings.
NAMES: dict[str, Callable[[], str]] = {
    Kind.REFUND: lambda: _("Refund"),
    Kind.REPLACE: lambda: _("Replacement"),
    Kind.CREDIT: lambda: _("Store credit"),
    Kind.GIFT_CARD: lambda: _("Gift card"),
    Kind.CODE: lambda: _("Discount code"),
    Kind.CANCEL: lambda: _("Cancel the order"),
    Kind.ADDRESS: lambda: _("Change the address"),
    Kind.EXPEDITE: lambda: _("Faster delivery"),
    Kind.RETURN: lambda: _("Return label"),
    Kind.EXCHANGE: lambda: _("Exchange"),
    Kind.PRICE_MATCH: lambda: _("Price match"),
    Kind.GOODWILL: lambda: _("Goodwill"),
}


def name_of(kind: str, merchant_id: int | None = None) -> str:
    """What a kind is called: ours translated, the merchant's own as they named it."""
    if kind.startswith(PREFIX) and merchant_id is not None:
        number = kind.removeprefix(PREFIX)
        rows = OwnRemedy.objects.filter(merchant_id=merchant_id, id=int(number) if number.isdecimal() else 0)
        return rows.values_list("name", flat=True).first() or _("A remedy of your own")
    return NAMES[kind]() if kind in NAMES else kind


def sentence(row: Remedy) -> str:
    """One line: "€18.40 goes back to the customer’s Visa •••• 4242"."""
    asked = read(row.merchant_id, row.asked)
    amount = says(Money(row.amount, row.currency))
    if row.kind in GIVES_MONEY:
        return _back(row, amount)
    if row.kind in (Kind.REPLACE, Kind.EXCHANGE):
        what = _list([_piece(name, pieces) for name, pieces in _goods(row, asked)])
        said = _("%(what)s is sent again") if row.kind == Kind.REPLACE else _("%(what)s is sent in exchange")
        return (said % {"what": what})[:300]
    return _PLAIN[row.kind](row, asked, amount)[:300] if row.kind in _PLAIN else _own(row, amount)


def preview_of(row: Remedy, meant: Meant, way: str) -> list[str]:
    """Everything it does, a sentence each."""
    said = [sentence(row)]
    if row.kind == Kind.CANCEL and row.amount:
        said.append(_back(row, says(Money(row.amount, row.currency))))
    if row.kind == Kind.EXCHANGE:
        said.append(_PLAIN[Kind.RETURN](row, meant.asked, ""))
    said += _stock(row, meant)
    if meant.asked.days and row.kind in (Kind.CREDIT, Kind.GIFT_CARD, Kind.CODE):
        said.append(
            ngettext("It is good for one day", "It is good for %(n)s days", meant.asked.days) % {"n": meant.asked.days}
        )
    if way == "task":
        said.append(_("It is written down for somebody to do by hand"))
    return said


def _back(row: Remedy, amount: str) -> str:
    labels = {payment.label for payment in payments_of(row)}
    values = {"amount": amount, "label": labels.pop() if len(labels) == 1 else ""}
    if values["label"]:
        return _("%(amount)s goes back to the customer’s %(label)s") % values
    return _("%(amount)s goes back to the customer") % values


def _stock(row: Remedy, meant: Meant) -> list[str]:
    """What the shop can sell before and after it, where pieces are counted."""
    moves: dict[int, tuple[str, int, int]] = {}
    if row.kind in (Kind.REPLACE, Kind.EXCHANGE):
        for variant, pieces in goods(row, meant.asked):
            if variant and variant.stock is not None:
                moves[variant.id] = (_title(variant), variant.stock, -pieces)
    if row.kind in GIVES_MONEY and meant.asked.restock:
        for line, pieces in lines_of(row, meant.asked):
            if line.variant and line.variant.stock is not None:
                moves[line.variant.id] = (_title(line.variant), line.variant.stock, pieces)
    return [
        _("%(title)s: stock %(before)s → %(after)s") % {"title": title, "before": stock, "after": stock + move}
        for title, stock, move in moves.values()
    ]


def _goods(row: Remedy, asked: Asked) -> list[tuple[str, int]]:
    if asked.variants:
        return [(_title(variant) if variant else "?", pieces) for variant, pieces in goods(row, asked)]
    return [(line.title, pieces) for line, pieces in lines_of(row, asked)]


def _title(variant: object) -> str:
    product, own = getattr(variant, "product", None), str(variant)
    return f"{product.title}, {own}" if product and own and own != product.title else str(product or own)


def _piece(name: str, pieces: int) -> str:
    return f"{pieces} × {name}" if pieces > 1 else name


def _list(parts: list[str]) -> str:
    return ", ".join(parts) or _("Nothing")


def _credit(row: Remedy, asked: Asked, amount: str) -> str:
    if row.kind == Kind.CREDIT:
        return _("%(amount)s of store credit") % {"amount": amount}
    if row.kind == Kind.GIFT_CARD:
        return _("A gift card of %(amount)s") % {"amount": amount}
    if asked.percent and not row.amount:
        return _("A code for %(percent)s %% off the next order") % {"percent": asked.percent}
    return _("A code for %(amount)s off the next order") % {"amount": amount}


def _cancel(row: Remedy, asked: Asked, amount: str) -> str:
    return _("Order %(number)s is cancelled") % {"number": row.order.number if row.order else ""}


def _address(row: Remedy, asked: Asked, amount: str) -> str:
    return _("The order goes to %(address)s") % {"address": place(asked.address or Address())}


def place(address: Address) -> str:
    """On one line."""
    parts = (address.name, address.line1, address.line2, f"{address.postcode} {address.city}".strip(), address.country)
    return ", ".join(part for part in parts if part)


def _expedite(row: Remedy, asked: Asked, amount: str) -> str:
    number = row.order.number if row.order else ""
    if row.amount:
        return _("Order %(number)s is sent faster, for %(amount)s") % {"number": number, "amount": amount}
    return _("Order %(number)s is sent faster") % {"number": number}


def _return(row: Remedy, asked: Asked, amount: str) -> str:
    pieces = [_piece(line.title, count) for line, count in lines_of(row, asked)]
    if not pieces:
        return _("A return label for order %(number)s") % {"number": row.order.number if row.order else ""}
    return _("A return label for %(what)s") % {"what": _list(pieces)}


def _own(row: Remedy, amount: str) -> str:
    name = name_of(row.kind, row.merchant_id)
    return (f"{name}: {amount}" if row.amount else name)[:300]


_PLAIN: dict[str, Callable[[Remedy, Asked, str], str]] = {
    Kind.CREDIT: _credit,
    Kind.GIFT_CARD: _credit,
    Kind.CODE: _credit,
    Kind.CANCEL: _cancel,
    Kind.ADDRESS: _address,
    Kind.EXPEDITE: _expedite,
    Kind.RETURN: _return,
}
