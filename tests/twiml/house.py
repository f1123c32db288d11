"""A shop with a number at the provider of this folder, the app over real HTTP, and a worker that works when told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.utils import timezone

from presszero.calls.hosted import duty
from presszero.calls.models import Call, Leg, Menu, MenuVersion, Reception
from presszero.channels.models import Line
from presszero.routing.actions import be_here, be_ready
from presszero.routing.models import Queue
from presszero.team.models import Membership
from tests import cast

from .phone import Phone
from .provider import Provider

NUMBER = "+442079460042"
ADA = "+447400123456"  # of a country the line may call
TOKEN = "an auth token of the provider"

FLOW: dict[str, Any] = {
    "start": "hello",
    "languages": ["en", "es"],
    "nodes": {
        "hello": {
            "kind": "say",
            "name": "Greeting",
            "heard": {"texts": {"en": "Welcome to Juniper & Co."}},
            "to": "main",
        },
        "main": {
            "kind": "choose",
            "name": "Main",
            "heard": {"texts": {"en": "For orders press 1. To leave a message press 2.", "es": "Para pedidos, 1."}},
            "choices": {
                "1": {"name": "Orders", "to": "orders"},
                "2": {"name": "Message", "to": "message"},
                "3": {"name": "Call me", "to": "back"},
                "4": {"name": "Español", "to": "main", "language": "es"},
                "5": {"name": "A word", "to": "word"},
            },
            "tries": 2,
        },
        "orders": {
            "kind": "keys",
            "name": "Order number",
            "heard": {"texts": {"en": "Key in your order number."}},
            "as": "order",
            "most": 8,
            "to": "people",
        },
        "people": {"kind": "queue", "name": "People", "queue": 0},
        "message": {"kind": "voicemail", "name": "Message"},
        "back": {"kind": "callback", "name": "Call back"},
        "word": {"kind": "end", "name": "A word", "heard": {"texts": {"en": "We are open from nine to five."}}},
    },
}


@dataclass
class House:
    """`web` is where the app really answers; addresses in documents are the public ones."""

    shop: cast.Shop
    line: Line
    provider: Provider
    web: str

    def call(self, number: str = ADA) -> Phone:
        return self.provider.call(number, self.line.address)

    def on_duty(self, *members: Membership) -> None:
        for member in members or (self.shop.maya,):
            be_here(member)
            be_ready(member, True)

    def settle(self, rounds: int = 12) -> None:
        """The worker's duty and the provider, in turn, until neither has anything to do."""
        for _ in range(rounds):
            if not (duty.work() + duty.fetch() + self.provider.settle()):
                return

    def answers(self, member: Membership | None = None) -> Phone:
        """Whoever is rung takes it, and everything that follows happens."""
        self.settle()
        ringing = self.provider.ringing(f"client:pz_{self.shop.merchant.id}_{member.id}?" if member else "client:")
        assert ringing, "nobody's phone rings"
        ringing[0].answer()
        self.settle()
        return ringing[0]

    def row(self) -> Call:
        return Call.objects.filter(line=self.line).latest("id")

    def leg(self) -> Leg:
        return Leg.objects.filter(call__line=self.line).latest("id")


def talking(caller: Phone, *others: Phone) -> bool:
    """Whether they hear each other: in one room, and nobody on hold."""
    return bool(caller.room) and not caller.held and all(each.room == caller.room for each in others)


def open_house(
    web: str,
    *,
    mark: str = "",
    number: str = NUMBER,
    flow: dict[str, Any] | None = FLOW,
    provider: type[Provider] = Provider,
) -> House:
    shop = cast.juniper(mark)
    account = f"AC{shop.merchant.id:032x}"
    made = provider(account, TOKEN + mark, settings.ORIGIN, lambda path: web)
    line = Line(merchant=shop.merchant, kind="phone", address=number, name="Phone", brand=shop.brand)
    line.settings = {"driver": "hosted", "provider": "twilio", "account": account, "api": made.api}
    line.keep_secrets({"auth_token": TOKEN + mark})
    line.save()
    root = f"{settings.ORIGIN}/hosted/{line.token}"
    made.voice_url, made.status_url = f"{root}/voice#rc=2&rp=all", f"{root}/status#rc=5"
    made.fallback_url = f"{settings.ORIGIN}/safe/{line.token}"
    menu = _published(shop, flow) if flow else None
    Queue.objects.get_or_create(merchant=shop.merchant, name="Everybody")
    Reception.objects.create(merchant=shop.merchant, line=line, menu=menu)
    return House(shop, line, made, web)


@contextmanager
def served() -> Iterator[str]:
    """The app over real HTTP, one request at a time, in the test's own transaction: "host:port"."""
    ours = connections["default"]
    ours.inc_thread_sharing()
    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=QuietHandler)

    def serve() -> None:
        connections["default"] = ours
        server.serve_forever(poll_interval=0.02)

    thread = threading.Thread(target=serve, daemon=True)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # it would end the transaction
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
        server.shutdown()
        thread.join()
        server.server_close()
        ours.dec_thread_sharing()


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *words: object) -> None:
        return


def _published(shop: cast.Shop, flow: dict[str, Any]) -> Menu:
    menu = Menu.objects.create(merchant=shop.merchant, name="Menu", draft=flow)
    MenuVersion.objects.create(merchant=shop.merchant, menu=menu, number=1, flow=flow, by="system", at=timezone.now())
    return menu
