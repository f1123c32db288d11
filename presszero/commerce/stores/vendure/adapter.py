"""Vendure as a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presszero.channels.adapter import Request
from presszero.core.refusal import Refused

from ...vocabulary import Ask, Done, News, Page, StoreOrder, StoreProduct
from .. import web
from ..adapter import AccessLost, Can, Checked, Field, StoreSettings
from . import client, doing, finding, wanted, webhooks

# Any one of each; a role that lacks one is named by the first.
RIGHTS = (
    ("ReadOrder",),
    ("UpdateOrder",),
    ("CreateOrder",),
    ("ReadCatalog", "ReadProduct"),
    ("ReadPromotion",),
    ("CreatePromotion",),
    ("DeletePromotion",),
    ("UpdateGlobalSettings",),
)


class Vendure:
    """`settings`: username, channel, pay_page, product_page. `secrets`: password, secret (the plugin's)."""

    kind = "vendure"
    name = "Vendure"
    can = Can(
        asks=doing.KINDS,
        idempotent=frozenset({"address", "code", "draft"}),
        carts=True,
        undoes=frozenset({"code", "draft"}),
    )
    max_body = 1_000_000  # bytes; carts are the longest
    where = Field("address", gettext_lazy("Server address"), gettext_lazy("As in https://shop.example."))
    steps = (
        gettext_lazy("In the shop's own code, install the Press Zero plugin and give it a secret of your own making."),
        gettext_lazy("Run the shop's database migration: the plugin keeps our key on an order, and whom to tell."),
        gettext_lazy(
            "In the shop's admin, make a role: read, create and update orders; read the catalog; read, create and"
            " delete promotions; update global settings."
        ),
        gettext_lazy("Make an administrator with that role, and enter its name, its password and the secret here."),
    )
    fields = (
        Field("username", gettext_lazy("User name"), gettext_lazy("Of an administrator made for this desk.")),
        Field("password", gettext_lazy("Password"), secret=True),
        Field(
            "secret",
            gettext_lazy("Plugin secret"),
            gettext_lazy("The same that the shop's Press Zero plugin was given."),
            secret=True,
        ),
        Field(
            "channel",
            gettext_lazy("Channel token"),
            gettext_lazy("Only for a shop with several channels."),
            required=False,
        ),
        Field(
            "pay_page",
            gettext_lazy("Page to pay at"),
            gettext_lazy("Where customers pay an order that waits, with {code} for its number."),
            required=False,
        ),
        Field(
            "product_page",
            gettext_lazy("Product page"),
            gettext_lazy("With {slug} for the product's name in the address."),
            required=False,
        ),
    )

    def home(self, typed: str) -> str:
        return web.home(typed, "/admin-api", "/admin", "/dashboard")

    def verify(self, request: Request, store: StoreSettings) -> None:
        webhooks.verify(request, store.secrets.get("secret", ""))

    def event_id(self, request: Request) -> str:
        return webhooks.event_id(request.body)

    def lane_key(self, body: bytes) -> str:
        return webhooks.about(body)

    def parse(self, body: bytes, headers: Mapping[str, str], store: StoreSettings) -> list[News]:
        return webhooks.news(body, store)

    def check(self, store: StoreSettings) -> Checked:
        self._pages_are_of_the_web(store)
        client.sign_out(store)  # the password may be another than the one of the session
        said = client.ask(store, wanted.SHOP, {})
        here = said["activeChannel"]
        mine = [each for each in said["me"]["channels"] if each["token"] == here["token"]]
        held = {right for each in mine for right in each["permissions"]}
        missing = tuple(each[0] for each in RIGHTS if not held & set(each))
        try:
            client.ask(store, wanted.DOORS, {})
        except client.NoSuchField:
            missing += (_("the Press Zero plugin"),)
        host, channel = urlsplit(store.address).netloc, str(here["code"])
        name = host if channel.startswith("__default") else f"{host} ({channel})"
        return Checked(name, str(here["defaultCurrencyCode"]), missing)

    def subscribe(self, store: StoreSettings, url: str) -> None:
        doors = self._doors(store)
        if url not in doors:
            self._set_doors(store, [*doors, url])

    def unsubscribe(self, store: StoreSettings, url: str) -> None:
        doors = self._doors(store)
        if url in doors:
            self._set_doors(store, [each for each in doors if each != url])

    def products(self, store: StoreSettings, cursor: str = "", since: datetime | None = None) -> Page:
        return finding.products(store, cursor)

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

    def _doors(self, store: StoreSettings) -> list[str]:
        said = client.ask(store, wanted.DOORS, {})["globalSettings"]["customFields"]
        return [str(each) for each in said.get("pressZeroDoors") or ()]

    def _set_doors(self, store: StoreSettings, doors: list[str]) -> None:
        said = client.ask(store, wanted.SET_DOORS, {"doors": doors})["updateGlobalSettings"]
        if said["__typename"] != "GlobalSettings":
            raise AccessLost(str(said.get("message") or ""))

    def _pages_are_of_the_web(self, store: StoreSettings) -> None:
        for key in ("pay_page", "product_page"):
            page = str(store.settings.get(key, ""))
            if page and not page.startswith("https://"):
                raise Refused(_("“%(page)s” is no page of the web.") % {"page": page}, _("It begins with https://."))


adapter = Vendure()
