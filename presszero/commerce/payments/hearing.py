"""What a provider says by webhook, taken into the books: about drafts of this account's merchant, and nobody else's."""

from __future__ import annotations

from django.utils import timezone

from presszero.timeline.actions import wake

from ..models import DraftOrder, PayAccount, Payment
from .adapter import LookAt, PayNews, Settled
from .door import WAKES
from .looking import take


def hear(account: PayAccount, news: PayNews) -> None:
    """Keeps it; again is harmless. What is about nothing of ours is left."""
    now = timezone.now()
    if isinstance(news, Settled):
        ours = DraftOrder.objects.filter(merchant_id=account.merchant_id, key=news.draft, store=None)
        row = ours.select_related("merchant", "customer").first()
        if row is not None:
            take(row, news.standing, account.kind, now, news.page)
            _look_soon(account, row.id)
        return
    if isinstance(news, LookAt):
        _look_soon(account, *_meant(account, news))


def _meant(account: PayAccount, news: LookAt) -> list[int]:
    drafts = DraftOrder.objects.filter(merchant_id=account.merchant_id, pay_account_kind=account.kind)
    if news.page:
        return list(drafts.filter(provider_id=news.page).values_list("id", flat=True))
    paid = Payment.objects.filter(merchant_id=account.merchant_id, external_id=news.payment)
    return list(drafts.filter(order_id__in=paid.values("order_id")).values_list("id", flat=True))


def _look_soon(account: PayAccount, *ids: int) -> None:
    if ids:
        DraftOrder.objects.filter(merchant_id=account.merchant_id, id__in=ids).update(not_before=timezone.now())
        wake(WAKES)
