"""Looking at the provider: how the page of a draft stands. Webhooks hurry it; without them it finds out too."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.adapter import Unreadable
from presszero.core.actor import SYSTEM
from presszero.core.locks import alone
from presszero.core.money import Money
from presszero.core.sealing import CannotOpen

from ..actions import drafting, money
from ..actions.making import LOCKS
from ..models import DraftOrder, Order, PayAccount
from . import trouble
from .adapter import KeysRefused, NotDone, PayAdapter, ProviderAway, Standing
from .registry import UnknownPayment, adapter

log = logging.getLogger(__name__)

_SOONEST = timedelta(seconds=5)
_LATEST = timedelta(hours=1)
_AWAY = timedelta(minutes=1)
_GIVES_UP = timedelta(days=2)  # of asking what a card was called
_DUE = """
SELECT id, merchant_id FROM commerce_draftorder
WHERE not_before <= %s AND store_id IS NULL
ORDER BY not_before LIMIT 8
"""


def look_due(now: datetime | None = None) -> int:
    """One round; how many pages were looked at."""
    at = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [at])
        due = list(cursor.fetchall())
    return sum(_one(merchant_id, number, at) for number, merchant_id in due)


def look_at(row: DraftOrder, account: PayAccount, at: datetime) -> None:
    """Asks the provider once, and takes what it says. The caller holds the draft's lock; no transaction is open."""
    way = adapter(account.kind)
    try:
        found = way.find(account.for_adapter(), row.provider_id)
        if found.state == "open" and row.state in ("cancelled", "expired"):
            way.end(account.for_adapter(), row.provider_id)
            found = way.find(account.for_adapter(), row.provider_id)  # it may have been paid at that moment
    except ProviderAway as why:
        _again(row, at + timedelta(seconds=why.retry_after or _AWAY.total_seconds()))
        return
    except (KeysRefused, CannotOpen) as why:
        trouble.ails(account, str(why))
        _again(row, at + _LATEST)
        return
    except (NotDone, Unreadable):
        log.exception("draft %d", row.id)
        _again(row, at + _LATEST)
        return
    trouble.well(account)
    take(row, found, account.kind, at)


@transaction.atomic
def take(seen: DraftOrder, found: Standing, kind: str, at: datetime, page: str = "") -> None:
    """What the provider says of a page. The same again changes nothing."""
    row = drafting.held(seen)
    if found.state == "paid":
        _paid(row, found, kind, at)
    elif page in ("", row.provider_id):
        _TAKES[found.state](row, at)


def _paid(row: DraftOrder, found: Standing, kind: str, at: datetime) -> None:
    sum_ = Money(found.amount, found.currency)
    came = money.Came(found.payment, sum_, found.at or at, found.method, found.label, found.instrument)
    order = drafting.paid(row, drafting.Paid(came, kind, found.name, found.ship_to))
    if found.refunds:
        money.went_back(Order.objects.select_for_update().get(merchant_id=row.merchant_id, id=order.id),
                        list(found.refunds), SYSTEM)  # fmt: skip
    _again(row, None if found.label or at - came.at > _GIVES_UP else at + _SOONEST)


def _still_open(row: DraftOrder, at: datetime) -> None:
    begun = row.writing_at or at
    pause = min(max((at - begun) / 2, _SOONEST), _LATEST)
    _again(row, at + pause)


def _pending(row: DraftOrder, at: datetime) -> None:
    if row.state == "open":
        row.state = "pending"
        row.save(update_fields=["state"])
        drafting.changed(row, SYSTEM)
    _again(row, at + _LATEST)


def _ended(row: DraftOrder, at: datetime) -> None:
    """Nobody paid on that page; the next click opens another."""
    row.provider_id, row.pay_url, row.pay_until, row.not_before, row.writing_at = "", "", None, None, None
    row.save(update_fields=["provider_id", "pay_url", "pay_until", "not_before", "writing_at"])


def _failed(row: DraftOrder, at: datetime) -> None:
    _ended(row, at)
    if row.state == "pending":
        row.state, row.trouble = "open", _("The bank did not pay. They can try again by the same link.")
        row.save(update_fields=["state", "trouble"])
        drafting.changed(row, SYSTEM)


_TAKES = {"open": _still_open, "pending": _pending, "ended": _ended, "failed": _failed}


def _one(merchant_id: int, number: int, at: datetime) -> int:
    with alone(LOCKS, number) as got_it:
        if not got_it:
            return 0
        row = DraftOrder.objects.select_related("merchant", "customer").get(merchant_id=merchant_id, id=number)
        account = PayAccount.objects.filter(merchant_id=merchant_id, kind=row.pay_account_kind).first()
        if row.not_before is None or not row.provider_id or account is None or not _has_page(account):
            _again(row, None)
            return 0
        look_at(row, account, at)
        return 1


def _has_page(account: PayAccount) -> bool:
    try:
        way: PayAdapter = adapter(account.kind)
    except UnknownPayment:
        return False
    return way.has_page and account.paused_at is None


def _again(row: DraftOrder, at: datetime | None) -> None:
    DraftOrder.objects.filter(merchant_id=row.merchant_id, id=row.id).update(not_before=at)
