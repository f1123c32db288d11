"""What a store, a sheet or a person says, made fit to keep: lengths, signs, sums. No database.

A shop's words are outsiders' words: titles and notes are stored as text, addresses of pages only when a browser may
open them, and of a card's number never more than four digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import fields, replace
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from babel.numbers import is_currency
from django.utils.translation import gettext as _

from presszero.core.money import MOST
from presszero.core.refusal import Refused
from presszero.core.text import clean, one_line

from .models.orders import Paid, Sent
from .vocabulary import Address, StoreCart, StoreLine, StoreOrder, StoreProduct, StoreVariant

MOST_PIECES = 1_000_000  # of one line
MOST_LINES = 2_000
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){4,}")
_PHONE = re.compile(r"\+?[\d\s()./-]{5,40}")
_ID = 120
_ADDRESS = tuple(field.name for field in fields(Address))

_PAYMENT = frozenset({"pending", "authorised", "captured", "failed", "voided"})
_REFUND = frozenset({"pending", "done", "failed"})
_SHIPMENT = frozenset(
    {"waiting", "sent", "in_transit", "out_for_delivery", "delivered", "exception", "returned", "cancelled"}
)
_RETURN = frozenset({"open", "sent", "received", "closed", "refused", "cancelled"})
_KIND = frozenset({"sale", "replacement", "exchange"})
_PAID = frozenset(("", *map(str, Paid)))
_SENT = frozenset(("", *map(str, Sent)))

T = TypeVar("T")


class BadNews(Refused):
    """What was said makes no sense, so nothing of it was kept."""


def normal_email(address: str) -> str:
    """As handles keep it; "" for what is none."""
    found = one_line(address, 320).lower()
    return found if "@" in found[1:-1] and " " not in found else ""


def normal_phone(number: str) -> str:
    """E.164 where the country is said ("+49 30 1234", "0049…"); otherwise as it is written, which proves nobody."""
    said = one_line(number, 40)
    if not _PHONE.fullmatch(said):
        return said
    digits = re.sub(r"\D", "", said.replace("(0)", ""))
    if said.startswith("+"):
        return "+" + digits
    return "+" + digits[2:] if digits.startswith("00") else said


def link(address: str) -> str:
    """A page's address that a browser may open; "" for any other scheme."""
    found = one_line(address, 1000)
    return found if found.lower().startswith(("https://", "http://")) and " " not in found else ""


def label(text: str) -> str:
    """How a payment is called on a receipt: "Visa •••• 4242"."""
    return _LONG_NUMBER.sub(lambda m: "•••• " + re.sub(r"\D", "", m[0])[-4:], one_line(text, 120))


def kept(address: Address | None) -> dict[str, str]:
    """An address as the rows keep it; {} for none."""
    if address is None:
        return {}
    found = {name: one_line(str(getattr(address, name)), 200) for name in _ADDRESS}
    return found if any(found.values()) else {}


def product(news: StoreProduct) -> StoreProduct:
    """Raises BadNews."""
    _known(news.currency)
    return replace(
        news,
        external_id=_id(news.external_id),
        title=one_line(news.title, 300) or _id(news.external_id),
        kind=one_line(news.kind, 120),
        url=link(news.url),
        picture_url=link(news.picture_url),
        variants=_once((_variant(each) for each in news.variants), lambda each: each.external_id),
    )


def cart(news: StoreCart) -> StoreCart:
    """Raises BadNews."""
    _known(news.currency)
    _not_negative(total=news.total)
    lines = tuple(_line(each) for each in news.lines[:MOST_LINES])
    return replace(
        news, external_id=_id(news.external_id), lines=lines, email=normal_email(news.email), url=link(news.url)
    )


def order(news: StoreOrder) -> StoreOrder:
    """Raises BadNews with a sentence for the merchant, which names the order's number."""
    try:
        return _order(news)
    except BadNews as why:
        number = one_line(news.number, 60) or one_line(news.external_id, 60)
        raise BadNews(f"{number}: {why}" if number else str(why), why.next_step) from why


def _order(news: StoreOrder) -> StoreOrder:
    _known(news.currency)
    _aware(news.placed_at)
    _spoken(news)
    named = (replace(each, external_id=each.external_id or each.key) for each in news.refunds)
    refunds = _once(named, lambda each: each.external_id or id(each))
    _not_negative(
        total=news.total, shipping=news.shipping, tax=news.tax, discount=news.discount, captured=news.captured or 0
    )
    _not_negative(**{f"payment {n}": each.amount for n, each in enumerate(news.payments, 1)})
    _not_negative(**{f"refund {n}": each.amount for n, each in enumerate(refunds, 1)})
    _not_negative(**{f"shipping of refund {n}": each.shipping for n, each in enumerate(refunds, 1)})
    if len(news.lines) > MOST_LINES:
        raise BadNews(_("There are more than %(most)s lines in it.") % {"most": MOST_LINES})
    return replace(
        news,
        external_id=_id(news.external_id),
        number=one_line(news.number, 60) or one_line(news.external_id, 60),
        email=normal_email(news.email),
        phone=normal_phone(news.phone),
        name=one_line(news.name, 200),
        account=one_line(news.account, _ID),
        note=clean(news.note, 5000).strip(),
        url=link(news.url),
        key=one_line(news.key, 64),
        subtotal=_sum(news.subtotal),
        lines=tuple(_line(each) for each in news.lines),
        payments=_once(news.payments, lambda each: each.external_id or id(each)),
        refunds=refunds,
        shipments=_once(news.shipments, lambda each: each.external_id or id(each)),
        returns=_once(news.returns, lambda each: each.external_id or id(each)),
    )


def _spoken(news: StoreOrder) -> None:
    """Its states are words of ours: an adapter that let a platform's word through is told so here."""
    said = {
        "payment": ({each.state for each in news.payments}, _PAYMENT),
        "refund": ({each.state for each in news.refunds}, _REFUND),
        "shipment": ({each.state for each in news.shipments}, _SHIPMENT),
        "return": ({each.state for each in news.returns}, _RETURN),
        "order": ({news.kind}, _KIND),
        "paid": ({news.paid}, _PAID),
        "sent": ({news.sent}, _SENT),
    }
    for what, (states, known) in said.items():
        if states - known:
            word = one_line(str(next(iter(states - known))), 40)
            raise BadNews(_("Its %(what)s is “%(word)s”, which we do not know.") % {"what": what, "word": word})


def _line(line: StoreLine) -> StoreLine:
    if not 0 <= line.quantity <= MOST_PIECES or not 0 <= line.refunded <= MOST_PIECES:
        raise BadNews(_("A line has %(pieces)s pieces, which cannot be.") % {"pieces": line.quantity})
    for amount in (line.price, line.total, line.discount, line.tax, line.cost or 0):
        _sum(amount)
    title = one_line(line.title, 600) or one_line(line.sku, 120) or "–"
    sku, external_id, variant = one_line(line.sku, 120), one_line(line.external_id, _ID), one_line(line.variant, _ID)
    if (title, sku, external_id, variant) == (line.title, line.sku, line.external_id, line.variant):
        return line
    return replace(line, title=title, sku=sku, external_id=external_id, variant=variant)


def _variant(variant: StoreVariant) -> StoreVariant:
    _not_negative(price=variant.price, cost=variant.cost or 0)
    stock = variant.stock if variant.stock is None else max(-MOST_PIECES, min(variant.stock, 100 * MOST_PIECES))
    return replace(
        variant,
        external_id=_id(variant.external_id),
        title=one_line(variant.title, 300),
        sku=one_line(variant.sku, 120),
        stock=stock,
    )


def _once(rows: Iterable[T], key: Callable[[T], Hashable]) -> tuple[T, ...]:
    """What a store names twice counts once, as it is named last."""
    return tuple({key(row): row for row in rows}.values())


def _id(external_id: str) -> str:
    found = one_line(external_id, 1000)
    if not found or len(found) > _ID:
        raise BadNews(_("It has no id that we can keep."))
    return found


_is_currency = lru_cache(500)(is_currency)


def _known(currency: str) -> None:
    if not _is_currency(currency[:10]):
        raise BadNews(_("There is no currency called “%(code)s”.") % {"code": one_line(currency, 10)})


def _aware(at: datetime) -> None:
    if at.tzinfo is None or not 1970 <= at.year <= 2200:
        raise BadNews(_("It has no date that can be right."))


def _not_negative(**amounts: int) -> None:
    for name, amount in amounts.items():
        if _sum(amount) < 0:
            raise BadNews(_("An amount in it is below nothing (%(name)s).") % {"name": name})


def _sum(amount: object) -> int:
    if isinstance(amount, bool) or not isinstance(amount, int) or abs(amount) > MOST:
        raise BadNews(_("An amount in it is no whole number of minor units, or far too large."))
    return amount
