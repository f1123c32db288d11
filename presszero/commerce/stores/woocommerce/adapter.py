"""WooCommerce as a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presszero.channels.adapter import Request

from ...vocabulary import Ask, Done, News, Page, StoreOrder, StoreProduct
from .. import web
from ..adapter import AccessLost, Can, Checked, Field, StoreSettings
from . import client, doing, finding, webhooks


class WooCommerce:
    """`settings`: key (the consumer key). `secrets`: secret (its secret, which signs the webhooks we make too)."""

    kind = "woocommerce"
    name = "WooCommerce"
    can = Can(
        asks=doing.KINDS,
        idempotent=frozenset({"address", "code"}),
        undoes=frozenset({"code", "draft"}),
    )
    max_body = 10_000_000  # bytes; an order with hundreds of lines
    where = Field("address", gettext_lazy("Shop address"), gettext_lazy("As in https://shop.example."))
    steps = (
        gettext_lazy("In the shop, open WooCommerce → Settings → Advanced → REST API and add a key."),
        gettext_lazy("Choose an administrator as its user, and Read/Write as its permissions."),
        gettext_lazy("Copy the consumer key and the consumer secret: the shop shows the secret only once."),
    )
    fields = (
        Field("key", gettext_lazy("Consumer key"), gettext_lazy("It begins with ck_.")),
        Field(
            "secret",
            gettext_lazy("Consumer secret"),
            gettext_lazy("It begins with cs_, and the shop shows it only once."),
            secret=True,
        ),
    )

    def home(self, typed: str) -> str:
        return web.home(typed, "/wp-json/wc/v3", "/wp-json", "/wp-admin")

    def verify(self, request: Request, store: StoreSettings) -> None:
        webhooks.verify(request, store.secrets.get("secret", ""))

    def event_id(self, request: Request) -> str:
        return webhooks.event_id(request)

    def lane_key(self, body: bytes) -> str:
        return webhooks.about(body)

    def parse(self, body: bytes, headers: Mapping[str, str], store: StoreSettings) -> list[News]:
        return webhooks.news(body, headers, store)

    def check(self, store: StoreSettings) -> Checked:
        currency = client.get(store, "/data/currencies/current").said
        client.get(store, "/orders", per_page=1)
        name = client.name_of(store) or urlsplit(store.address).netloc
        return Checked(name, str(currency["code"]), () if self._may_write(store) else (_("Read/Write"),))

    def subscribe(self, store: StoreSettings, url: str) -> None:
        known = {each["topic"]: each for each in self._webhooks(store) if each.get("delivery_url") == url}
        for topic in webhooks.TOPICS:
            given = {"name": f"Press Zero {topic}", "topic": topic, "delivery_url": url, "status": "active"}
            given["secret"] = store.secrets.get("secret", "")
            if topic not in known:
                client.post(store, "/webhooks", given, lambda: None)
            elif known[topic].get("status") != "active":  # the shop gives up on one that failed five times
                client.put(store, f"/webhooks/{int(known[topic]['id'])}", given, lambda: None)

    def unsubscribe(self, store: StoreSettings, url: str) -> None:
        for each in [each for each in self._webhooks(store) if each.get("delivery_url") == url]:
            client.delete(store, f"/webhooks/{int(each['id'])}", lambda: None)

    def products(self, store: StoreSettings, cursor: str = "", since: datetime | None = None) -> Page:
        return finding.products(store, cursor, since)

    def orders(self, store: StoreSettings, cursor: str = "", since: datetime | None = None) -> Page:
        return finding.orders(store, cursor, since)

    def order(self, store: StoreSettings, external_id: str) -> StoreOrder | None:
        return finding.order(store, external_id)

    def product(self, store: StoreSettings, external_id: str) -> StoreProduct | None:
        return finding.product(store, external_id)

    def do(self, store: StoreSettings, ask: Ask, writing: Callable[[], None]) -> Done:
        return doing.do(store, ask, writing)

    def look(self, store: StoreSettings, ask: Ask) -> Done | None:
        return web.evidence(lambda: finding.evidence(store, ask))

    def undo(self, store: StoreSettings, ask: Ask, done: Done) -> Done:
        return doing.undo(store, ask, done)

    def _may_write(self, store: StoreSettings) -> bool:
        """Asks for a change of an order that there is not: who may not write is told so first."""
        try:
            client.put(store, "/orders/0", {}, lambda: None)
        except AccessLost:
            return False
        except web.Declined:
            return True
        return True

    def _webhooks(self, store: StoreSettings) -> Iterator[dict[str, Any]]:
        page, more = 1, True
        while more:
            said = client.get(store, "/webhooks", per_page=finding.MOST_A_PAGE, page=page).said
            yield from said
            page, more = page + 1, len(said) == finding.MOST_A_PAGE


adapter = WooCommerce()
