"""Shopify as a store."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presszero.channels.adapter import Request, Unreadable
from presszero.core.refusal import Refused

from ...vocabulary import Ask, Done, News, Page, StoreOrder, StoreProduct
from ..adapter import AccessLost, Can, Checked, Field, StoreAway, StoreSettings
from . import client, doing, finding, reading, wanted, webhooks
from .money import nodes

# Without these nothing works. What else a remedy needs (drafts, codes, gift cards, returns) is said when it is tried.
RIGHTS = ("read_orders", "write_orders", "read_products", "read_customers")
_SHOP = re.compile(r"(?:https?://)?([a-z0-9][a-z0-9-]*)(?:\.myshopify\.com)?/?")
_ADMIN = re.compile(r"(?:https?://)?admin\.shopify\.com/store/([a-z0-9][a-z0-9-]*)(?:/.*)?")


class Shopify:
    """`settings`: client_id. `secrets`: secret (the app's, which signs webhooks too), token (of an older app)."""

    kind = "shopify"
    name = "Shopify"
    can = Can(
        asks=doing.KINDS,
        idempotent=frozenset({"refund", "cancel", "address", "gift_card", "code"}),
        carts=True,
        undoes=frozenset({"code", "draft", "gift_card"}),
    )
    max_body = 10_000_000  # bytes; an order with hundreds of lines
    where = Field("address", gettext_lazy("Shop address"), gettext_lazy("As in juniper.myshopify.com."))
    fields = (
        Field("client_id", gettext_lazy("Client ID"), gettext_lazy("Of your app, in its settings."), required=False),
        Field(
            "secret",
            gettext_lazy("Client secret"),
            gettext_lazy("Beside the client ID. An older app calls it “API secret key”."),
            secret=True,
        ),
        Field(
            "token",
            gettext_lazy("Access token"),
            gettext_lazy("Only for an app made in the shop's own admin before 2026: it begins with shpat_."),
            secret=True,
            required=False,
        ),
    )

    steps = (
        gettext_lazy("In Shopify, open Settings, then Apps, then “Build apps”, and make an app called Press Zero."),
        gettext_lazy(
            "Allow it read_orders, write_orders, read_products and read_customers. For more remedies also"
            " write_draft_orders, write_discounts, write_gift_cards and write_returns; for orders older than 60 days"
            " read_all_orders."
        ),
        gettext_lazy("Release it, and install it in your shop."),
        gettext_lazy("Copy its client ID and client secret from its settings into the fields here."),
    )

    def home(self, typed: str) -> str:
        said = typed.strip().lower()
        if settings.HTTP_MAY_REACH and re.fullmatch(r"http://127\.0\.0\.1:\d+", said):  # a shop on this machine
            return said
        found = _ADMIN.fullmatch(said) or _SHOP.fullmatch(said)
        if found is None:
            next_step = _("It looks like juniper.myshopify.com, and stands in Shopify under Settings, Domains.")
            raise Refused(_("This is no address of a Shopify shop."), next_step)
        return f"{found[1]}.myshopify.com"

    def verify(self, request: Request, store: StoreSettings) -> None:
        webhooks.verify(request, store.secrets.get("secret", ""))

    def event_id(self, request: Request) -> str:
        return webhooks.event_id(request)

    def lane_key(self, body: bytes) -> str:
        return webhooks.about(body)

    def parse(self, body: bytes, headers: Mapping[str, str], store: StoreSettings) -> list[News]:
        return webhooks.news(body, headers, store)

    def check(self, store: StoreSettings) -> Checked:
        said = client.ask(store, wanted.SHOP, {})
        scopes = (said.get("currentAppInstallation") or {}).get("accessScopes") or []
        held = {str(each.get("handle")) for each in scopes}
        missing = tuple(r for r in RIGHTS if r not in held and r.replace("read_", "write_") not in held)
        return Checked(str(said["shop"]["name"]), str(said["shop"]["currencyCode"]), missing)

    def subscribe(self, store: StoreSettings, url: str) -> None:
        if not url.startswith("https://") and not store.address.startswith("http://"):
            raise StoreAway(_("Shopify sends changes to https addresses alone, and this desk has none."))
        known = {each["topic"] for each in self._subscriptions(store) if each.get("uri") == url}
        for topic in webhooks.TOPICS:
            if topic not in known:
                said = client.ask(store, wanted.SUBSCRIBE, {"topic": topic, "uri": url})
                self._agreed(topic, said["webhookSubscriptionCreate"])

    def unsubscribe(self, store: StoreSettings, url: str) -> None:
        for each in self._subscriptions(store):
            if each.get("uri") == url:
                client.ask(store, wanted.UNSUBSCRIBE, {"id": each["id"]})

    def products(self, store: StoreSettings, cursor: str = "", since: datetime | None = None) -> Page:
        return self._page(store, "products", cursor, since)

    def orders(self, store: StoreSettings, cursor: str = "", since: datetime | None = None) -> Page:
        return self._page(store, "orders", cursor, since)

    def order(self, store: StoreSettings, external_id: str) -> StoreOrder | None:
        return finding.order(store, external_id)

    def product(self, store: StoreSettings, external_id: str) -> StoreProduct | None:
        return finding.product(store, external_id)

    def do(self, store: StoreSettings, ask: Ask, writing: Callable[[], None]) -> Done:
        return doing.do(store, ask, writing)

    def look(self, store: StoreSettings, ask: Ask) -> Done | None:
        return finding.evidence(store, ask)

    def undo(self, store: StoreSettings, ask: Ask, done: Done) -> Done:
        return doing.undo(store, ask, done)

    def _page(self, store: StoreSettings, what: str, cursor: str, since: datetime | None) -> Page:
        changed = since.astimezone(UTC).strftime("updated_at:>='%Y-%m-%dT%H:%M:%SZ'") if since else None
        asked = {"after": cursor or None, "query": changed, "counted": not cursor}
        said = finding.sized(store, wanted.ORDERS if what == "orders" else wanted.PRODUCTS, asked)
        found, rejected = [], []
        for node in nodes(said[what]):
            try:
                found.append(_one(store, what, node))
            except Unreadable as why:
                rejected.append(str(why))
        pages, count = said[what]["pageInfo"], said.get(f"{what}Count")
        following = str(pages["endCursor"]) if pages["hasNextPage"] else ""
        return Page(tuple(found), following, int(count["count"]) if count else None, tuple(rejected))

    def _subscriptions(self, store: StoreSettings) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after, more = None, True
        while more:
            said = client.ask(store, wanted.SUBSCRIPTIONS, {"after": after})["webhookSubscriptions"]
            found += nodes(said)
            after, more = said["pageInfo"]["endCursor"], said["pageInfo"]["hasNextPage"]
        return found

    def _agreed(self, topic: str, said: dict[str, Any]) -> None:
        wrong = doing.errors(said)
        if wrong and "taken" not in wrong:
            raise AccessLost(_("Shopify will not tell us of %(what)s: %(why)s") % {"what": topic, "why": wrong})


def _one(store: StoreSettings, what: str, node: dict[str, Any]) -> StoreOrder | StoreProduct:
    if what == "orders":
        return reading.order(finding.with_all_lines(store, node), store)
    return reading.product(finding.with_all_variants(store, node), store)


adapter = Shopify()
