"""A shopper talks from the shop's page, without a telephone: the sound of two browsers through the real gateway."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from presszero.calls.models import Call
from presszero.channels.models import Line
from presszero.frontdoor.here.signs import written
from tests.cast import Shop
from tests.journeys.desk import Desk
from tests.waiting import until

from .office import Gateway
from .test_desk import Loop, gateway, line, loop
from .test_people import MAYA, VOICE, Seat

__all__ = ["gateway", "line", "loop"]  # fixtures
pytestmark = [pytest.mark.xdist_group("phone")]

SHOPPER = 1000  # Hz: their voice, the one that Seat knows as a customer's
# How loud a pitch is in what the page plays, in dB.
_LOUD = """async (hz) => {
    await window.voice?.resume();
    const audio = document.querySelector("[data-talk] audio");
    if (!audio?.srcObject) return -200;
    const sound = new AudioContext();
    const ear = new AnalyserNode(sound, { fftSize: 8192, smoothingTimeConstant: 0 });
    sound.createMediaStreamSource(audio.srcObject).connect(ear);
    await sound.resume();
    await new Promise((done) => setTimeout(done, 350));
    const found = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(found);
    await sound.close();
    return found[Math.round((hz * 8192) / sound.sampleRate)];
}"""


@pytest.mark.long
def test_a_shopper_talks_with_the_desk_from_a_sign_in_the_shop(
    gateway: Gateway, line: Line, loop: Loop, shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    maya = Seat(sit_down(), shop.maya, MAYA)
    shopper = sit_down(phone=True)
    shopper.context.add_init_script(VOICE.replace("PITCH", str(SHOPPER)))
    page = shopper.page
    page.goto(f"/here/{written(shop.merchant, 'Boots, ground floor', None)}")
    expect(page.get_by_role("heading", name="How can we help?")).to_be_visible()
    page.get_by_role("link", name="Talk now").click()
    page.locator("[data-begin]").click()
    expect(page.locator("[data-talk]")).to_have_attribute("data-state", "connected")
    page.locator("[data-key='0']").click()

    expect(maya.page.locator(".phone-card")).to_contain_text("Somebody on the shop’s page")
    maya.takes()
    maya.talks()
    maya.hears(SHOPPER)
    until(lambda: page.evaluate(_LOUD, MAYA) > -45, 20, "the member's voice in the shopper's page")
    expect(page.locator("[data-talk]")).to_have_attribute("data-state", "talking")
    page.locator("[data-finish]").click()
    expect(maya.page.locator(".phone-bar")).to_have_attribute("data-mood", "wraps")
    until(lambda: Call.objects.filter(line=line).exclude(ended_at=None).exists(), 10, "the end of the call")
    call = Call.objects.get(line=line)
    assert (call.kind, call.ended, call.number) == ("talk", "served", "")
