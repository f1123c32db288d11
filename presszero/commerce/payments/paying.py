"""Opening the provider's page for a draft, for somebody who is about to pay. One at a time, or it is paid twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from presszero.core.locks import alone
from presszero.core.refusal import Refused
from presszero.core.sealing import CannotOpen

from ..actions.drafting import for_sale
from ..actions.making import LOCKS
from ..models import DraftOrder, PayAccount
from ..reading import link
from . import trouble
from .adapter import Bill, Item, KeysRefused, NotDone, PayPage, ProviderAway
from .looking import look_at
from .registry import adapter

OPEN_FOR = timedelta(hours=23)  # Stripe's longest is a day
_SHORTEST = timedelta(minutes=31)  # and its shortest half an hour
_FIRST_LOOK = timedelta(seconds=10)
_PATIENCE = 8.0  # seconds that a second click waits for the first


class CannotBePaid(Refused):
    """It is paid, over, sold out, or the provider is away; the text says which."""


def begin(row: DraftOrder, seller: str, now: datetime | None = None) -> str:
    """The address of the page to pay on. A second click finds the page that the first one opened.

    Raises CannotBePaid. No transaction may be open.
    """
    at = now or timezone.now()
    with _my_turn(row):
        row = _fresh(row)
        account = _account(row)
        if row.provider_id and (row.pay_until is None or row.pay_until - at < timedelta(minutes=1)):
            look_at(row, account, at)  # it closes, or has closed: was it paid?
            row = _fresh(row)
        _check(row, at)
        if row.provider_id and row.pay_url:
            return row.pay_url
        _new_page(row, account, at)
        page = _asked(row, account, seller)
        kept = {"provider_id": page.id[:200], "pay_url": link(page.url), "not_before": at + _FIRST_LOOK}
        DraftOrder.objects.filter(merchant_id=row.merchant_id, id=row.id).update(**kept, writing_at=at)
        return str(kept["pay_url"])


def page_address(row: DraftOrder) -> str:
    """Our own page of a draft: what the customer is sent, whoever's page is paid in the end."""
    return f"{settings.ORIGIN}/pay/{row.token}"


@contextmanager
def _my_turn(row: DraftOrder) -> Iterator[None]:
    ends = time.monotonic() + _PATIENCE
    while True:
        with alone(LOCKS, row.id) as got_it:
            if got_it:
                yield
                return
        if time.monotonic() > ends:
            raise CannotBePaid(_("The page to pay on is being opened already."), _("Try again in a moment."))
        time.sleep(0.1)


def _fresh(row: DraftOrder) -> DraftOrder:
    return DraftOrder.objects.select_related("merchant", "customer").get(merchant_id=row.merchant_id, id=row.id)


def _account(row: DraftOrder) -> PayAccount:
    accounts = PayAccount.objects.filter(merchant_id=row.merchant_id, paused_at=None).order_by("id")
    for each in accounts:
        if adapter(each.kind).has_page:
            return each
    raise CannotBePaid(_("This cannot be paid by card just now."), _("Write to us: we find another way."))


def _check(row: DraftOrder, at: datetime) -> None:
    if row.state != "open" or row.store_id is not None or row.expires_at <= at:
        raise CannotBePaid(_("This order cannot be paid any more."), _("Write to us if you still want it."))
    if not for_sale(row):
        raise CannotBePaid(
            _("Something in this order has just been sold out."), _("Write to us: we find something for you.")
        )


def _new_page(row: DraftOrder, account: PayAccount, at: datetime) -> None:
    """What it is asked for is written down before: after a crash, the same words under the same key find that page."""
    if not row.provider_id and row.writing_at and row.pay_until and row.pay_until > at + timedelta(minutes=30):
        return
    row.tries += 1
    row.pay_until = min(at + OPEN_FOR, max(row.expires_at, at + _SHORTEST)).replace(microsecond=0)
    row.writing_at, row.pay_account_kind, row.pay_url = at, account.kind, ""
    row.save(update_fields=["tries", "pay_until", "writing_at", "pay_account_kind", "pay_url"])


def _asked(row: DraftOrder, account: PayAccount, seller: str) -> PayPage:
    try:
        found = adapter(account.kind).begin(account.for_adapter(), _bill(row, seller))
    except ProviderAway as why:
        raise CannotBePaid(_("The page to pay on does not answer just now."), _("Try again in a minute.")) from why
    except (KeysRefused, NotDone, CannotOpen) as why:
        trouble.ails(account, str(why))
        raise CannotBePaid(_("This cannot be paid by card just now."), _("Write to us: we find another way.")) from why
    trouble.well(account)
    return found


def _bill(row: DraftOrder, seller: str) -> Bill:
    assert row.pay_until is not None
    items = [Item(each["title"], each["quantity"], each["price"]) for each in row.lines]
    if row.shipping:
        items.append(Item(_("Shipping"), 1, row.shipping))
    address = page_address(row)
    return Bill(
        f"{row.key}-{row.tries}", row.key, row.currency, row.total, tuple(items), seller, row.pay_until,
        f"{address}?back", address, (translation.get_language() or "en")[:2],
    )  # fmt: skip
