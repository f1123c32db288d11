"""Members at the real desk with a real gateway: they ask a colleague, talk with three, and leave one another a call."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from presszero.calls.models import Call, Leg
from presszero.channels.models import Line
from presszero.team.models import Membership
from tests.cast import Shop
from tests.journeys.desk import Desk
from tests.telephones import Telephone
from tests.waiting import until

from .office import Gateway, on_duty
from .test_desk import Loop, gateway, line, loop

__all__ = ["gateway", "line", "loop"]  # fixtures
pytestmark = [pytest.mark.xdist_group("phone")]

MAYA, TOMAS, ADA = 440, 660, 1000  # Hz: everybody's voice
NUMBER = "+442079460123"
# A steady tone instead of the fake microphone, which beeps alike for everybody.
VOICE = """(() => { navigator.mediaDevices.getUserMedia = async () => {
    const sound = (window.voice ??= new AudioContext());
    const tone = new OscillatorNode(sound, { frequency: PITCH });
    const out = sound.createMediaStreamDestination();
    tone.connect(out);
    tone.start();
    void sound.resume();
    return out.stream;
}; })()"""
# How loud some pitches are in what a page plays, in dB; nothing for silence.
_LOUD = """async (pitches) => {
    await window.voice?.resume();
    const audio = [...document.querySelectorAll("audio[data-call]")].find((one) => one.srcObject && !one.muted);
    if (!audio) return pitches.map(() => -200);
    const sound = new AudioContext();
    const ear = new AnalyserNode(sound, { fftSize: 8192, smoothingTimeConstant: 0 });
    sound.createMediaStreamSource(audio.srcObject).connect(ear);
    await sound.resume();
    await new Promise((done) => setTimeout(done, 350));
    const found = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(found);
    await sound.close();
    const at = (hz) => Math.round((hz * 8192) / sound.sampleRate);
    return pitches.map((hz) => Math.max(-200, ...found.slice(at(hz - 10), at(hz + 10))));
}"""
_HEARD = -45.0  # dB and louder is a voice


class Seat:
    """A member with a voice of their own."""

    def __init__(self, desk: Desk, member: Membership, pitch: int) -> None:
        desk.context.add_init_script(VOICE.replace("PITCH", str(pitch)))
        self.desk, self.page = desk, desk.enters(member).page
        on_duty(member)

    def hears(self, *pitches: int) -> None:
        """These voices, and none of the others."""
        everybody = (MAYA, TOMAS, ADA)

        def so() -> bool:
            loud = self.page.evaluate(_LOUD, list(everybody))
            return {pitch for pitch, level in zip(everybody, loud, strict=True) if level > _HEARD} == set(pitches)

        until(so, 20, f"that {pitches} are heard")

    def act(self, name: str) -> None:
        self.page.locator(f".phone-bar [data-act={name}]").click()

    def holds(self) -> None:
        """Until the bar says so: a press before that would ask for the same again."""
        self.act("hold")
        expect(self.page.locator(".phone-bar")).to_have_attribute("data-mood", "held")

    def takes_back(self) -> None:
        self.act("hold")
        self.talks()

    def picks(self, whom: str, does: str) -> None:
        row = self.page.locator(".phone-sheet").get_by_role("listitem").filter(has_text=whom)
        row.get_by_role("button", name=does).click()

    def takes(self) -> None:
        self.page.locator(".phone-card .answer").click()

    def talks(self) -> None:
        expect(self.page.locator(".phone-bar")).to_have_attribute("data-mood", "talks")


def ada_hears(phone: Telephone, *pitches: int) -> None:
    """These voices at her telephone, and none of the others."""

    def so() -> bool:
        return {pitch for pitch in (MAYA, TOMAS) if phone.ear.share(pitch) > 0.1} == set(pitches)

    until(so, 20, f"that Ada hears {pitches}")


def calls_in(gateway: Gateway, line: Line, loop: Loop, number: str = NUMBER) -> Telephone:
    phone = loop.run(Telephone(gateway.address, number=number, tone=float(ADA)).open())
    assert loop.run(phone.call(line.address)) == 200
    loop.soon(lambda: phone.press("0"))
    return phone


@pytest.mark.long
def test_a_colleague_is_asked_and_then_three_talk(
    gateway: Gateway, line: Line, loop: Loop, shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    maya = Seat(sit_down(), shop.maya, MAYA)
    phone = calls_in(gateway, line, loop)
    maya.takes()
    maya.talks()
    maya.hears(ADA)
    ada_hears(phone, MAYA)

    tomas = Seat(sit_down(), shop.tomas, TOMAS)
    maya.act("pass")
    maya.picks("Tomas", "Ask first")
    expect(maya.page.locator("[data-act=complete]")).to_be_disabled()
    expect(tomas.page.locator(".phone-card")).to_contain_text("asks you to join")
    tomas.takes()
    maya.hears(TOMAS)
    tomas.hears(MAYA)
    ada_hears(phone)
    assert not phone.ear.silent(), "she hears music"
    maya.act("cancel")
    maya.hears(ADA)
    ada_hears(phone, MAYA)
    expect(tomas.page.locator(".phone-bar")).to_be_hidden()

    maya.act("add")
    maya.picks("Tomas", "Bring in")
    tomas.takes()
    tomas.talks()
    maya.hears(ADA, TOMAS)
    tomas.hears(ADA, MAYA)
    ada_hears(phone, MAYA, TOMAS)
    maya.page.reload()
    maya.talks()
    maya.hears(ADA, TOMAS)
    ada_hears(phone, MAYA, TOMAS)
    three_become_two_and_one(maya, tomas, phone, loop)
    expect(tomas.page.get_by_role("textbox", name="What was said")).to_be_visible()
    call = Call.objects.get(line=line)
    talked = {leg.member_id for leg in Leg.objects.filter(call=call).exclude(talked_at=None)}
    assert talked == {shop.maya.id, shop.tomas.id} and call.ended == "served"


def three_become_two_and_one(maya: Seat, tomas: Seat, phone: Telephone, loop: Loop) -> None:
    """One is held, a key is pressed, and they leave one after the other."""
    tomas.holds()  # one of three: the others go on
    ada_hears(phone, MAYA)
    tomas.takes_back()
    ada_hears(phone, MAYA, TOMAS)
    maya.act("keys")
    maya.page.locator("[data-act=k4]").click()
    until(lambda: phone.ear.pressed == "4", 10, "a key at her telephone")
    maya.act("end")
    tomas.hears(ADA)
    ada_hears(phone, TOMAS)
    tomas.holds()
    ada_hears(phone)
    assert not phone.ear.silent()
    tomas.takes_back()
    ada_hears(phone, TOMAS)
    loop.run(phone.bye())


@pytest.mark.long
def test_who_is_asked_goes_on_when_the_asker_leaves(
    gateway: Gateway, line: Line, loop: Loop, shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    maya, tomas = Seat(sit_down(), shop.maya, MAYA), sit_down()
    phone = calls_in(gateway, line, loop)
    maya.takes()
    maya.talks()
    other = Seat(tomas, shop.tomas, TOMAS)
    for leaves in ("decline", "complete"):
        maya.act("pass")
        maya.picks("Tomas", "Ask first")
        if leaves == "decline":
            other.page.locator(".phone-card [data-act=decline]").click()
            expect(maya.page.locator(".phone-bar")).to_contain_text("Tomas cannot come")
            maya.act("cancel")
            maya.hears(ADA)
            ada_hears(phone, MAYA)
            continue
        other.takes()
        maya.hears(TOMAS)
        maya.page.keyboard.press("Alt+e")  # leaves without a word: whoever is there talks to the caller
    other.hears(ADA)
    ada_hears(phone, TOMAS)
    other.act("end")
    until(phone.hung_up.is_set, 10, "the end of her call")
