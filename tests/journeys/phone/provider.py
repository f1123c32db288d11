"""A line at a provider, the real product, and members whose pages run the provider's own program."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from presszero.channels.models import Line
from tests import chromium
from tests.cast import Shop
from tests.journeys.house import House
from tests.ports import free_ports
from tests.telephones import rtpengine
from tests.twiml.house import TOKEN
from tests.twiml.over_sip import Wire
from tests.twiml.pages import PageProvider
from tests.twiml.place import Rounds
from tests.twiml.signalling import Signalling

from .office import telephone_line

KEY, SECRET = "SK0123456789abcdef0123456789abcdef", "the API key's own secret, which only we and they know"


class AtTheProvider:
    """The shop's line there. Callers reach it at `address`."""

    def __init__(self, line: Line, provider: PageProvider, wire: Wire, door: Signalling) -> None:
        self.line, self.provider, self.door, self.address = line, provider, door, wire.address
        self.wire = wire


@contextlib.contextmanager
def at_the_provider(house: House, shop: Shop, folder: Path) -> Iterator[AtTheProvider]:
    """For as long as the block runs; the product's own worker does what is due."""
    line = telephone_line(shop, f"+4930{shop.merchant.id:07d}")
    ng, keys = free_ports(2)
    with contextlib.ExitStack() as stack:
        stack.enter_context(rtpengine(folder, ng, keys))
        door = f"127.0.0.1:{house.edge}"
        provider = PageProvider(f"AC{line.merchant_id:032x}", TOKEN, house.origin, lambda path: door)
        stack.callback(provider.close)
        _moves_there(line, provider)
        wire = Wire(folder, ng, keys, line.address)
        stack.callback(wire.close)
        provider.answer_calls(wire, lambda phone: None)
        signalling = provider.open_door(wire, folder, KEY, SECRET)
        stack.callback(lambda: wire.do(signalling.close()))
        rounds = Rounds(provider, lambda: None)
        rounds.start()
        stack.callback(rounds.stop)
        yield AtTheProvider(line, provider, wire, signalling)
        assert not rounds.trouble, rounds.trouble


@contextlib.contextmanager
def browser_to(playwright: Playwright, door: Signalling) -> Iterator[Browser]:
    """One for which the provider's names lead to its door here."""
    leads = f"--host-resolver-rules=MAP *.twilio.com 127.0.0.1:{door.port}"
    flags = [*chromium.FLAGS, leads, "--ignore-certificate-errors", "--autoplay-policy=no-user-gesture-required"]
    running = playwright.chromium.launch(executable_path=chromium.program(), args=flags)
    try:
        yield running
    finally:
        running.close()


def _moves_there(line: Line, provider: PageProvider) -> None:
    line.settings = {"driver": "hosted", "provider": "twilio", "account": provider.account, "api": provider.api}
    line.keep_secrets({"auth_token": provider.token, "api_key": KEY, "api_secret": SECRET})
    line.save()
    root = f"{provider.origin}/hosted/{line.token}"
    provider.voice_url, provider.status_url = f"{root}/voice", f"{root}/status"
    provider.fallback_url = f"{provider.origin}/safe/{line.token}"
