"""The till as a pay provider: what was paid on our own page goes back through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from presszero.commerce.payments.adapter import PaySettings
from presszero.commerce.stores.adapter import StoreSettings
from presszero.commerce.vocabulary import Ask, Done
from presszero.core.money import Money

from .till import adapter as till


class Purse:
    """Refunds as the till makes them; of the rest of the protocol nothing is asked here."""

    kind = "purse"
    name = "Purse"
    has_page = True
    fields = ()

    def refund(self, account: PaySettings, payment: str, amount: Money, key: str, writing: Callable[[], None]) -> Done:
        ask = Ask("refund", key, order=payment, currency=amount.currency, amount=amount.minor)
        return till.do(_shop(account), ask, writing)

    def look(self, account: PaySettings, payment: str, key: str) -> Done | None:
        return till.look(_shop(account), Ask("refund", key, order=payment))


def _shop(account: Any) -> StoreSettings:
    return StoreSettings(account.id, "till", "", "GBP", account.settings, {})


adapter = Purse()
