"""Stripe as a way of being paid. The customer pays on Stripe's own page; we hear of it, and look when we do not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presszero.channels.adapter import Request, Unreadable
from presszero.commerce.stores.adapter import Field
from presszero.commerce.vocabulary import Done
from presszero.core.money import BadMoney, Money
from presszero.core.text import one_line

from ..adapter import Bill, KeysRefused, LookAt, NotDone, PayNews, PayPage, PaySettings, ProviderAway, Settled, Standing
from . import client, reading, signing
from .amounts import to_stripe

EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "charge.refunded",
    "charge.refund.updated",
)
_MARK = "presszero_draft"  # metadata of every page of ours: an account may sell elsewhere too
_LANGUAGES = ("en", "de", "es")  # of ours, those that Stripe's page speaks


class Stripe:
    """`settings`: countries ("GB IE DE": to which it is sent, asked at Stripe's page). `secrets`: secret, webhook."""

    kind = "stripe"
    name = "Stripe"
    has_page = True
    fields = (
        Field(
            "secret",
            gettext_lazy("Secret key"),
            gettext_lazy("In Stripe under Developers, API keys. It begins with sk_ or rk_."),
            secret=True,
        ),
        Field(
            "webhook",
            gettext_lazy("Signing secret"),
            gettext_lazy("Of the webhook in Stripe. Leave it empty, and we make the webhook ourselves."),
            secret=True,
            required=False,
        ),
        Field(
            "countries",
            gettext_lazy("Countries you send to"),
            gettext_lazy("As in GB IE DE: Stripe asks for an address there. Empty: it asks for none."),
            required=False,
        ),
    )

    def verify(self, request: Request, account: PaySettings) -> None:
        header = request.headers.get("stripe-signature", "")
        signing.verify(header, request.body, account.secrets.get("webhook", ""), time.time())

    def event_id(self, request: Request) -> str:
        return one_line(str(_event(request.body).get("id") or ""), 200)

    def lane_key(self, body: bytes) -> str:
        about = _object(_event(body))
        return reading.id_of(about.get("payment_intent")) or reading.id_of(about)

    def parse(self, body: bytes, headers: Mapping[str, str], account: PaySettings) -> list[PayNews]:
        event = _event(body)
        kind, about = str(event.get("type") or ""), _object(event)
        if kind.startswith("checkout.session."):
            return _of_page(about)
        if kind.startswith(("charge.refund", "refund.")):
            payment = reading.id_of(about.get("payment_intent"))
            return [LookAt(payment=payment)] if payment else []
        return []

    def check(self, account: PaySettings) -> str:
        said = client.get(account, "/v1/account", {})
        if said.get("charges_enabled") is False:
            raise NotDone(_("Stripe does not let this account take payments yet. Finish setting it up there."))
        profile = said.get("business_profile") or {}
        shown = (said.get("settings") or {}).get("dashboard") or {}
        return one_line(str(shown.get("display_name") or profile.get("name") or said.get("id") or ""), 120)

    def subscribe(self, account: PaySettings, url: str) -> str:
        if not url.startswith("https://") and not client.is_near():
            raise NotDone(_("Stripe tells of payments at https addresses alone, and this desk has none."))
        made = client.post(account, "/v1/webhook_endpoints", {"url": url, "enabled_events": list(EVENTS)})
        return str(made.get("secret") or "")

    def begin(self, account: PaySettings, bill: Bill) -> PayPage:
        made = client.post(account, "/v1/checkout/sessions", _page(account, bill), bill.key)
        url = str(made.get("url") or "")
        if not url.startswith(("https://", "http://127.0.0.1:")):
            raise NotDone(_("Stripe gave us no page to pay on."))
        return PayPage(reading.id_of(made), url)

    def find(self, account: PaySettings, page: str) -> Standing:
        return _read(client.get(account, f"/v1/checkout/sessions/{page}", {"expand": reading.EXPANDED}))

    def end(self, account: PaySettings, page: str) -> None:
        client.post(account, f"/v1/checkout/sessions/{page}/expire", {})

    def refund(self, account: PaySettings, payment: str, amount: Money, key: str, writing: Callable[[], None]) -> Done:
        asked = {"payment_intent": payment, "amount": to_stripe(amount), "metadata": {"key": key}}
        try:
            return _done(client.post(account, "/v1/refunds", asked, key, writing))
        except NotDone as why:
            return Done("refused", reason=str(why))
        except KeysRefused as why:
            return Done("later", reason=str(why), retry_after=300)
        except ProviderAway as why:
            return Done("unknown" if why.unsure else "later", reason=str(why), retry_after=why.retry_after)

    def look(self, account: PaySettings, payment: str, key: str) -> Done | None:
        after = ""
        try:
            for _page_of_them in range(20):
                asked = {"payment_intent": payment, "limit": 100, "starting_after": after or None}
                said = client.get(account, "/v1/refunds", asked)
                found = [each for each in said.get("data") or () if isinstance(each, dict)]
                ours = next((each for each in found if (each.get("metadata") or {}).get("key") == key), None)
                if ours:
                    return _done(ours)
                if not said.get("has_more") or not found:
                    return None
                after = reading.id_of(found[-1])
        except (ProviderAway, KeysRefused, NotDone) as why:
            return Done("unknown", reason=str(why))
        return Done("unknown", reason=_("Stripe lists too many refunds of this payment."))


def _page(account: PaySettings, bill: Bill) -> dict[str, Any]:
    """What Stripe is asked for, the same for every try of one key."""
    mark = {_MARK: bill.draft}
    countries = str(account.settings.get("countries") or "").upper().split()
    return {
        "mode": "payment",
        "client_reference_id": bill.draft,
        "line_items": _lines(bill),
        "success_url": bill.back,
        "cancel_url": bill.cancelled,
        "expires_at": int(bill.closes_at.timestamp()),
        "locale": bill.language if bill.language in _LANGUAGES else "auto",
        "metadata": mark,
        "payment_intent_data": {"metadata": mark},
        "shipping_address_collection": {"allowed_countries": countries} if countries else None,
    }


def _lines(bill: Bill) -> list[dict[str, Any]]:
    """Thing by thing where that comes to the sum; else the sum in one line, so that never another one is paid."""
    if bill.items and sum(each.price * each.quantity for each in bill.items) == bill.total:
        return [_line(bill, each.title, each.price, each.quantity) for each in bill.items]
    return [_line(bill, bill.seller, bill.total, 1)]


def _line(bill: Bill, title: str, price: int, quantity: int) -> dict[str, Any]:
    amount = to_stripe(Money(price, bill.currency))
    priced = {"currency": bill.currency.lower(), "unit_amount": amount, "product_data": {"name": title[:250]}}
    return {"price_data": priced, "quantity": quantity}


def _of_page(session: dict[str, Any]) -> list[PayNews]:
    draft = str((session.get("metadata") or {}).get(_MARK) or "")
    if not draft:
        return []  # a page that somebody else made in this account
    found = _read(session)
    page = reading.id_of(session)
    return [Settled(draft, page, found)] if found.state == "paid" and found.payment else [LookAt(page=page)]


def _done(said: dict[str, Any]) -> Done:
    if str(said.get("status") or "") in ("failed", "canceled"):
        return Done("refused", reading.id_of(said), reason=_("The bank did not take the money back."))
    return Done("accepted", reading.id_of(said))


def _read(session: dict[str, Any]) -> Standing:
    try:
        return reading.standing(session)
    except (BadMoney, KeyError, TypeError, ValueError) as why:
        raise Unreadable(_("Stripe says something of a payment that we cannot read.")) from why


def _event(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as why:
        raise Unreadable(_("This is no event of Stripe's.")) from why
    if not isinstance(said, dict):
        raise Unreadable(_("This is no event of Stripe's."))
    return said


def _object(event: dict[str, Any]) -> dict[str, Any]:
    found = (event.get("data") or {}).get("object") if isinstance(event.get("data"), dict) else None
    return found if isinstance(found, dict) else {}


adapter = Stripe()
