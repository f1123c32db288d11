"""What can be given at all, whoever asks. Pure: how the order stands is given.

Never more than was paid less what went back, never another currency, never more pieces than were bought. Nobody passes
these, with whatever reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presszero.core.money import MOST, Money
from presszero.core.refusal import Refused

from .policy import Decision
from .vocabulary import COSTS_NOTHING, GIVES_MONEY, Asked, Kind
from .wording import says

BACK = GIVES_MONEY | {Kind.CANCEL}  # what takes from captured less refunded
ON_AN_ORDER = BACK | {Kind.REPLACE, Kind.EXCHANGE, Kind.RETURN, Kind.ADDRESS, Kind.EXPEDITE}
GOODS = {Kind.REPLACE, Kind.EXCHANGE}
_LONGEST = 3650  # days that a credit or code may be good for


class Impossible(Refused):
    """It cannot be given by anybody. `decision` says which fact stands in the way."""

    def __init__(self, rule: str, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence, next_step)
        self.decision = Decision("never", rule, sentence, next_step)


@dataclass(frozen=True, slots=True)
class LineStand:
    """A line of the order, in pieces; what is just being given counts as given."""

    title: str
    bought: int
    total: int  # what was paid for all of it, minor units
    refunded: int = 0
    replaced: int = 0
    returning: int = 0
    variant: int | None = None


@dataclass(frozen=True, slots=True)
class OrderStand:
    """How an order stands, in its own currency's minor units, with what is just being given back counted in `back`."""

    currency: str
    total: int
    captured: int
    back: int
    shipping: int = 0
    shipping_back: int = 0
    lines: Mapping[int, LineStand] = field(default_factory=dict)
    sent: bool = False  # something of it is on its way, or there
    cancelled: bool = False

    @property
    def room(self) -> int:
        """What can still go back."""
        return max(0, self.captured - self.back)


@dataclass(frozen=True, slots=True)
class VariantStand:
    """Something that is to be sent: `left` pieces can be sold, None: nobody counts."""

    title: str
    price: Money
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What the customer gets: an amount (the worth of goods, or money), and the part of it that is shipping."""

    amount: Money
    shipping: int = 0


def measure(asked: Asked, order: OrderStand | None, variants: Mapping[int, VariantStand], home: str) -> Measured:
    """What it comes to. `home` is the currency where nothing else says one. Raises Impossible."""
    _check_words(asked)
    if asked.kind in ON_AN_ORDER and order is None:
        raise Impossible("order", _("This needs an order."), _("Pick the order, or give store credit instead."))
    if order is not None:
        _check_order(asked, order)
    if asked.kind in BACK and order is not None:
        return _money_back(asked, order)
    if asked.kind in GOODS and order is not None:
        return Measured(_goods(asked, order, variants))
    if asked.kind in (Kind.CREDIT, Kind.GIFT_CARD, Kind.CODE):
        return Measured(_own_money(asked, home))
    if asked.kind == Kind.RETURN and not asked.lines:
        raise Impossible("line", _("Say what comes back."), _("Pick the lines of the order."))
    if asked.kind == Kind.ADDRESS and not (asked.address and asked.address.line1 and asked.address.country):
        raise Impossible("address", _("Say where it goes instead: street, city and country."))
    nothing = Money(0, order.currency if order else home)
    return Measured(nothing if asked.kind in COSTS_NOTHING else asked.amount or nothing)


def pieces_of(asked: Asked) -> dict[int, int]:
    """Pieces by line; a line that is named twice is added up. Raises Impossible."""
    return _summed(asked.lines)


def wanted_variants(asked: Asked) -> dict[int, int]:
    """Pieces by variant, as `pieces_of`."""
    return _summed(asked.variants)


def _summed(pairs: tuple[tuple[int, int], ...]) -> dict[int, int]:
    found: dict[int, int] = {}
    for number, pieces in pairs:
        if not isinstance(pieces, int) or isinstance(pieces, bool) or pieces < 1 or pieces > 10**6:
            raise Impossible("pieces", _("Say how many pieces, one or more."))
        found[number] = found.get(number, 0) + pieces
    return found


def _check_words(asked: Asked) -> None:
    amount = asked.amount
    if amount is not None and (amount.minor < 0 or amount.minor > MOST):
        raise Impossible("amount", _("An amount to give is more than nothing."))
    if not 0 <= asked.shipping <= MOST or (amount is not None and asked.shipping > amount.minor):
        raise Impossible("shipping", _("The shipping cannot be more than the whole amount."))
    if asked.percent is not None and not 1 <= asked.percent <= 100:
        raise Impossible("percent", _("A share is between 1 and 100 percent."))
    if asked.days is not None and not 1 <= asked.days <= _LONGEST:
        raise Impossible("days", _("It can be good for one day to ten years."))


def _check_order(asked: Asked, order: OrderStand) -> None:
    """What holds for every remedy on an order."""
    if asked.amount is not None and asked.kind in ON_AN_ORDER and asked.amount.currency != order.currency:
        raise Impossible(
            "currency",
            _("This order was paid in %(currency)s, so it goes back in %(currency)s.") % {"currency": order.currency},
        )
    for number, pieces in pieces_of(asked).items():
        line = order.lines.get(number)
        if line is None:
            raise Impossible("line", _("That is not a line of this order."), _("Open the order again and pick."))
        left = line.bought - _gone(asked.kind, line)
        if pieces > left:
            raise Impossible("pieces", _none_left(line, left))
    if order.cancelled and asked.kind in (Kind.CANCEL, Kind.ADDRESS, Kind.EXPEDITE, Kind.REPLACE, Kind.EXCHANGE):
        raise Impossible("cancelled", _("This order is cancelled already."))
    if order.sent and asked.kind in (Kind.CANCEL, Kind.ADDRESS, Kind.EXPEDITE):
        raise Impossible("sent", _("This order is on its way already."), _("Offer a return or a replacement."))


def _gone(kind: str, line: LineStand) -> int:
    if kind in GOODS:
        return line.replaced
    if kind == Kind.RETURN:
        return line.returning
    return line.refunded if kind in BACK else 0


def _none_left(line: LineStand, left: int) -> str:
    said = ngettext(
        "Of “%(title)s” one piece is left for this.", "Of “%(title)s” %(left)s pieces are left for this.", left
    )
    nothing = _("For all pieces of “%(title)s” this was given already.")
    return (said if left > 0 else nothing) % {"title": line.title[:60], "left": left}


def _money_back(asked: Asked, order: OrderStand) -> Measured:
    """Everything that is left for a cancellation or a whole refund; else what was said, or what the lines come to."""
    room = order.room
    if room <= 0 and asked.kind != Kind.CANCEL:
        raise Impossible("captured", _nothing_left(order), _("Give store credit, or send a replacement."))
    whole = asked.kind == Kind.CANCEL or (asked.amount is None and not asked.lines and not asked.shipping)
    shipping_left = max(0, order.shipping - order.shipping_back)
    if whole:
        return Measured(Money(room, order.currency), min(shipping_left, room))
    if asked.shipping > shipping_left:
        raise Impossible("shipping", _("More than the shipping that was paid cannot go back as shipping."))
    if asked.amount is None:
        lines = sum(_of_line(order.lines[n], pieces) for n, pieces in pieces_of(asked).items())
        minor = min(lines + asked.shipping, room)
    else:
        minor = asked.amount.minor
    if minor <= 0:
        raise Impossible("amount", _("An amount to give is more than nothing."))
    if minor > room:
        left = Money(room, order.currency)
        raise Impossible("captured", _("At most %(left)s of this order can still go back.") % {"left": says(left)})
    return Measured(Money(minor, order.currency), min(asked.shipping, minor))


def _of_line(line: LineStand, pieces: int) -> int:
    """What these pieces were paid with. Piece by piece it adds up to the line's total, to the cent."""
    upto = line.total * (line.refunded + pieces) // line.bought
    return upto - line.total * line.refunded // line.bought


def _nothing_left(order: OrderStand) -> str:
    if order.captured == 0:
        return _("Nothing was paid for this order yet, so nothing can go back.")
    return _("Everything that was paid for this order has gone back, or is just going back.")


def _goods(asked: Asked, order: OrderStand, variants: Mapping[int, VariantStand]) -> Money:
    """The worth of what is sent: as it was paid, or at today's price where it is something else."""
    wanted = wanted_variants(asked)
    if asked.kind == Kind.EXCHANGE and not asked.lines:
        raise Impossible("line", _("Say what comes back."), _("Pick the lines of the order."))
    for number, pieces in wanted.items():
        _check_stock(variants.get(number), pieces)
    if wanted:
        prices = [variants[number].price for number in wanted]
        if any(price.currency != order.currency for price in prices):
            raise Impossible("currency", _("That is sold in another currency than this order was paid in."))
        return Money(sum(variants[n].price.minor * pieces for n, pieces in wanted.items()), order.currency)
    pieces_by_line = pieces_of(asked)
    if not pieces_by_line:
        raise Impossible("line", _("Say what is to be sent."), _("Pick the lines of the order."))
    for number, pieces in pieces_by_line.items():
        same = order.lines[number].variant
        if same is not None and same in variants:
            _check_stock(variants[same], pieces)
    worth = (order.lines[n].total * pieces // order.lines[n].bought for n, pieces in pieces_by_line.items())
    return Money(sum(worth), order.currency)


def _check_stock(variant: VariantStand | None, pieces: int) -> None:
    if variant is None:
        raise Impossible("line", _("That is not for sale here."), _("Pick something else."))
    if variant.left is not None and variant.left < pieces:
        said = {"title": variant.title[:60], "left": max(0, variant.left)}
        raise Impossible(
            "stock", _("Of “%(title)s” %(left)s are left.") % said, _("Refund it, or send something else.")
        )


def _own_money(asked: Asked, home: str) -> Money:
    if asked.kind == Kind.CODE and asked.percent is not None and asked.amount is None:
        return Money(0, home)
    if asked.amount is None or asked.amount.minor <= 0:
        raise Impossible("amount", _("Say how much."))
    return asked.amount
