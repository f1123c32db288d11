"""Members and shoppers behind firewalls that let no sound through: it goes both ways over a real TURN server."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from presszero.channels.models import Line
from presszero.core import turn
from presszero.intake.phone.relay import Turned, try_relay
from tests.cast import Shop
from tests.journeys.desk import Desk
from tests.journeys.house import House
from tests.ports import free_ports
from tests.telephones import Telephone
from tests.waiting import until

from .office import Gateway
from .test_desk import Loop, gateway, line, loop
from .test_people import ADA, MAYA, VOICE, Seat, ada_hears, calls_in
from .test_talk_now import _LOUD, SHOPPER

__all__ = ["gateway", "line", "loop"]  # fixtures
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("phone")]

SECRET = "seven junipers on a hill"
OURS = Path(settings.BASE_DIR) / "deploy" / "coturn" / "turnserver.conf"
# A firewall as a page sees it: no way but the relay's. Its own addresses come so late that no description has them.
FIREWALL = """(() => { const Real = RTCPeerConnection; window.ways = []; window.RTCPeerConnection = class extends Real {
    constructor(given) { super({ ...given, iceTransportPolicy: "relay" }); window.ways.push(this); }
    get localDescription() {
        const found = super.localDescription;
        if (!found || !LATE) return found;
        return { type: found.type, sdp: found.sdp.replace(/^a=(candidate|end-of-candidates).*\\r\\n/gm, "") };
    }
}; })()"""
# Of the connection there is now: what kind of an address of ours its sound goes by.
WAY = """async () => {
    const stats = await window.ways.at(-1).getStats();
    const works = (one) => one.type === "candidate-pair" && one.nominated && one.state === "succeeded";
    const pair = [...stats.values()].find(works);
    return pair ? stats.get(pair.localCandidateId).candidateType : "";
}"""


@dataclass
class Relay:
    """A running coturn with the configuration that we hand out."""

    port: int

    @property
    def address(self) -> str:
        return f"turn:127.0.0.1:{self.port}"

    def why_not(self, secret: str = SECRET, peer: str = "127.0.0.1", address: str = "") -> str:
        """What the check-up says of it; "" for nothing."""
        address = address or self.address
        (server,) = turn.lent(turn.servers(address), secret, "test", datetime.now(UTC) + turn.LENT_FOR)
        try:
            try_relay(address, server["username"], server["credential"], peer)
        except Turned as why:
            return str(why)
        return ""


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    program = shutil.which("turnserver")
    assert program, "This needs a TURN server: apt-get install coturn"
    (port,) = free_ports(1)
    own = re.sub(r"^(cert|pkey|tls-listening-port|syslog).*\n", "", OURS.read_text(), flags=re.M)
    own = own.replace("change-me", SECRET).replace("203.0.113.9", "127.0.0.1").replace("=3478\n", f"={port}\n")
    (tmp_path / "turn.conf").write_text(
        f"{own}\nlistening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nallow-loopback-peers\nno-tls\nno-dtls\n"
        f"log-file=stdout\npidfile={tmp_path}/turn.pid\nuserdb={tmp_path}/turn.db\n"
    )
    with (tmp_path / "turn.log").open("wb") as log:
        process = subprocess.Popen([program, "-c", str(tmp_path / "turn.conf")], stdout=log, stderr=log)
    made = Relay(port)
    try:
        until(lambda: not made.why_not(), 20, "the start of the TURN server")
        yield made
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def behind(house: House, relay: Relay, browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Windows behind a firewall, of a product that knows the relay: behind(late=True)."""
    knows = {"PRESSZERO_TURN": relay.address, "PRESSZERO_TURN_SECRET": SECRET}
    own = House(tmp_path / "house", house.environment["DATABASE_URL"], **knows)
    desks: list[Desk] = []

    def window(*, late: bool, **look: bool) -> Desk:
        desk = Desk(own, browser, **look)
        desk.context.add_init_script(FIREWALL.replace("LATE", "true" if late else "false"))
        desks.append(desk)
        return desk

    own.start()
    try:
        yield window
    finally:
        for desk in desks:
            desk.leave()
        own.stop()
    complaints = [each for desk in desks for each in desk.complaints]
    assert not complaints, "\n".join(complaints)


def goes_by_the_relay(page: Page) -> None:
    until(lambda: page.evaluate(WAY) == "relay", 10, "that the sound goes by the relay")


@pytest.mark.parametrize("late", [False, True])
def test_a_member_behind_a_firewall_hears_and_is_heard(
    late: bool, gateway: Gateway, line: Line, loop: Loop, shop: Shop, behind: Callable[..., Desk]
) -> None:
    maya = Seat(behind(late=late), shop.maya, MAYA)
    phone = calls_in(gateway, line, loop)
    maya.takes()
    both_hear(maya, phone)
    maya.page.reload()
    both_hear(maya, phone)
    loop.run(phone.bye())
    expect(maya.page.locator(".phone-bar")).to_have_attribute("data-mood", "wraps")


def both_hear(maya: Seat, phone: Telephone) -> None:
    maya.talks()
    maya.hears(ADA)
    ada_hears(phone, MAYA)
    goes_by_the_relay(maya.page)


def test_a_shopper_behind_a_firewall_talks_from_the_shops_page(
    gateway: Gateway, line: Line, shop: Shop, behind: Callable[..., Desk]
) -> None:
    maya = Seat(behind(late=False), shop.maya, MAYA)
    shopper = behind(late=False, phone=True)
    shopper.context.add_init_script(VOICE.replace("PITCH", str(SHOPPER)))
    page = shopper.page
    page.goto(f"/talk/{line.token}")
    page.locator("[data-begin]").click()
    expect(page.locator("[data-talk]")).to_have_attribute("data-state", "connected")
    page.locator("[data-key='0']").click()
    maya.takes()
    maya.talks()
    maya.hears(SHOPPER)
    until(lambda: page.evaluate(_LOUD, MAYA) > -45, 20, "the member's voice in the shopper's page")
    goes_by_the_relay(page)
    page.locator("[data-finish]").click()
    expect(maya.page.locator(".phone-bar")).to_have_attribute("data-mood", "wraps")


def test_a_relay_serves_our_calls_and_nothing_else(relay: Relay) -> None:
    """By UDP and by TCP. Without our secret nobody is let in; with it nobody reaches what is beside the gateway."""
    assert relay.why_not() == relay.why_not(address=f"{relay.address}?transport=tcp") == ""
    assert "passwords" in relay.why_not(secret="another")
    for inside in ("10.0.0.5", "169.254.169.254", "127.0.0.2", "203.0.113.77"):
        assert "passes nothing on" in relay.why_not(peer=inside)
    (unused,) = free_ports(1)
    assert "does not answer" in Relay(unused).why_not(address=f"turn:127.0.0.1:{unused}?transport=tcp")
