"""Giving money back the way it came, for an order that was paid on our own page."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from presszero.core.money import Money
from presszero.core.sealing import CannotOpen

from ..models import DraftOrder, Order, PayAccount, Payment
from ..vocabulary import Done
from .registry import UnknownPayment, adapter


def can_refund(order: Order) -> bool:
    """Whether a provider can be asked; else the money goes back by hand."""
    return _way(order) is not None


def refund(order: Order, amount: Money, key: str, writing: Callable[[], None]) -> Done:
    """Asks the provider to give it back, to whatever it was paid with. `key` is the same for every try.

    In the shape of a store's `do`: accepted · refused · later · unknown; `writing` just before the provider might act.
    """
    way = _way(order)
    if way is None:
        return Done("refused", reason=_("The money did not come through a pay account of yours. Pay it back by hand."))
    account, payments = way
    if amount.currency != order.currency or amount.minor <= 0:
        return Done("refused", reason=_("Only what was paid can go back."))
    try:
        return adapter(account.kind).refund(account.for_adapter(), _from(payments, amount), amount, key, writing)
    except CannotOpen as why:
        return Done("later", reason=str(why))


def look(order: Order, key: str) -> Done | None:
    """Evidence for a refund that is unknown. None: surely nothing went back; `unknown`: not sure."""
    way = _way(order)
    if way is None:
        return Done("unknown", reason=_("The pay account is not connected any more."))
    account, payments = way
    try:
        found = [adapter(account.kind).look(account.for_adapter(), each.external_id, key) for each in payments]
    except CannotOpen as why:
        return Done("unknown", reason=str(why))
    said = [each for each in found if each is not None]
    return next((each for each in said if each.state != "unknown"), said[0] if said else None)


def _way(order: Order) -> tuple[PayAccount, list[Payment]] | None:
    if order.store_id is not None or order.source != "page":
        return None
    drafts = DraftOrder.objects.filter(merchant_id=order.merchant_id, order=order)
    kind = drafts.values_list("pay_account_kind", flat=True).first()
    account = PayAccount.objects.filter(merchant_id=order.merchant_id, kind=kind or "", paused_at=None).first()
    try:
        if account is None or not adapter(account.kind).has_page:
            return None
    except UnknownPayment:
        return None
    rows = Payment.objects.filter(merchant_id=order.merchant_id, order=order, state="captured").exclude(external_id="")
    payments = list(rows.exclude(method="transfer").order_by("-id"))
    return (account, payments) if payments else None


def _from(payments: list[Payment], amount: Money) -> str:
    """The newest that is large enough: of an order that was paid twice, that is the second payment."""
    enough = [each for each in payments if each.amount >= amount.minor]
    return (enough or payments)[0].external_id
