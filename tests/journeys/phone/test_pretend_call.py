"""In the demo the shop calls a customer: her telephone on the Pretend page rings, she answers, and the two talk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from presszero.demo import cast
from tests.journeys.desk import Desk
from tests.journeys.house import House, database_with_tables
from tests.ports import free_ports
from tests.waiting import until

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("phone")]

# How loud the other is, of 1, in what this page got.
_LOUD = """async () => {
    const audio = [...document.querySelectorAll("audio")].find((one) => one.srcObject);
    if (!audio) return 0;
    const sound = new AudioContext();
    const ear = new AnalyserNode(sound, { fftSize: 4096 });
    sound.createMediaStreamSource(audio.srcObject).connect(ear);
    await sound.resume();
    let most = 0;
    for (let look = 0; look < 12; look++) {
        await new Promise((done) => setTimeout(done, 100));
        const found = new Float32Array(ear.fftSize);
        ear.getFloatTimeDomainData(found);
        most = Math.max(most, ...found.map(Math.abs));
    }
    await sound.close();
    return most;
}"""

# The same of the customer's telephone, by its own account.
_LOUDEST = """async () => {
    const peer = document.querySelector("[data-talk]").telephone.peer;
    const streams = [...((await peer?.getStats())?.values() ?? [])].filter((one) => one.type === "inbound-rtp");
    return Math.max(0, ...streams.map((one) => one.audioLevel ?? 0));
}"""
GATEWAY_READS = 6_000  # milliseconds after which the gateway knows where its lines dial out


@pytest.fixture
def demo(worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`presszero demo` with a telephone."""
    house = House(tmp_path_factory.mktemp("demo"), database_with_tables(f"pretend_call_{worker}"), "demo")
    mailbox, sip, ng, keys = (str(port) for port in free_ports(4))
    ports = {"PRESSZERO_SIP_PORT": sip, "PRESSZERO_NG_PORT": ng, "PRESSZERO_KEYS_PORT": keys}
    house.environment |= {"PRESSZERO_PRETEND_PORT": mailbox, "PRESSZERO_PHONE": "1", **ports}
    house.start(120)
    yield house
    house.stop()


def test_the_shop_calls_and_she_answers_or_does_not(demo: House, browser: Browser) -> None:
    ada = Desk(demo, browser).page
    ada.goto("/pretend/call?as=ada@example.com")
    rings = ada.locator("[data-rings]")
    maya = _at_the_desk(demo, browser)
    maya.wait_for_timeout(GATEWAY_READS)

    _dials(maya)
    expect(rings).to_be_visible(timeout=20_000)
    expect(rings).to_contain_text("calls you")
    rings.get_by_role("button", name="Answer").click()
    expect(ada.locator(".telephone-says")).to_have_text("You talk with a person.", timeout=20_000)
    until(lambda: maya.evaluate(_LOUD) > 0.02, 20, "that Maya hears Ada")
    until(lambda: ada.evaluate(_LOUDEST) > 0.02, 20, "that Ada hears Maya")
    ada.get_by_role("button", name="Hang up").click()
    expect(maya.locator(".phone-bar")).to_have_attribute("data-mood", "wraps")
    maya.locator(".phone-bar [data-act=nothing]").click()
    expect(maya.locator(".phone-bar")).to_be_hidden()

    _dials(maya)
    expect(rings).to_be_visible(timeout=20_000)
    rings.get_by_role("button", name="Not now").click()
    expect(maya.locator(".phone-bar")).to_be_hidden(timeout=20_000)
    expect(rings).to_be_hidden()


def _at_the_desk(demo: House, browser: Browser) -> Page:
    desk = Desk(demo, browser)
    desk.page.goto("/")
    desk.page.get_by_label("E-mail").fill(cast.MAYA.address)
    desk.page.get_by_label("Password").fill(cast.PASSWORD)
    desk.page.get_by_role("button", name="Sign in").click()
    return desk.is_live().page


def _dials(maya: Page) -> None:
    maya.locator("#rail .phone-opens").click()
    maya.get_by_role("textbox", name="Number").fill("+44 7700 900123")
    maya.keyboard.press("Enter")
