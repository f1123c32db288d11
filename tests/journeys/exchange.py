"""A telephone exchange of two pages: what the phone gateway does with rows and its relay, done by hand, step by step.

The far end is a second browser page with a tone for a voice; everything between it and the desk is real: rows,
requests, the live stream, and the sound from browser to browser.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page

from presszero.calls.facts import CallChanged, CallEnded, CallRings, CallTalking
from presszero.calls.models import Ask, Call, Leg, Recording
from presszero.channels.models import Line
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.routing.models import Queue, Turn, Waiting
from presszero.team.models import Membership
from presszero.timeline.actions import record
from tests.cast import Shop
from tests.waiting import until

PITCH = 1000  # hertz: the caller's voice
# The loudest pitch in a sound; 0 for silence.
_PEAK = """async (audio) => {
    const sound = audio instanceof MediaStream ? audio : audio.srcObject;
    if (!sound || audio.muted) return 0;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 8192 });
    context.createMediaStreamSource(sound).connect(analyser);
    const found = new Float32Array(analyser.frequencyBinCount);
    await context.resume();
    let peak = 0;
    for (let looks = 0; looks < 30 && !peak; looks++) {  // a fake microphone beeps now and then
        await new Promise((done) => setTimeout(done, 60));
        analyser.getFloatFrequencyData(found);
        const at = found.indexOf(Math.max(...found));
        if (looks > 2 && found[at] > -70) peak = at * context.sampleRate / 8192;
    }
    await context.close();
    return peak;
}"""
_OFFER = """async (pitch) => {
    const context = new AudioContext();
    const voice = new OscillatorNode(context, { frequency: pitch });
    const out = context.createMediaStreamDestination();
    voice.connect(out);
    voice.start();
    const pc = new RTCPeerConnection();
    pc.addTrack(out.stream.getAudioTracks()[0], out.stream);
    // A telephone that takes no keys beside the sound: the page asks the gateway to press them.
    const all = RTCRtpSender.getCapabilities("audio").codecs;
    const codecs = all.filter((one) => !one.mimeType.endsWith("telephone-event"));
    pc.getTransceivers()[0].setCodecPreferences(codecs);
    pc.addEventListener("track", (event) => {
        const audio = new Audio();
        audio.srcObject = window.heard = new MediaStream([event.track]);
        audio.play();
    });
    await pc.setLocalDescription(await pc.createOffer());
    await new Promise((done) => {
        if (pc.iceGatheringState === "complete") done();
        pc.addEventListener("icegatheringstatechange", () => pc.iceGatheringState === "complete" && done());
    });
    window.pcs = (window.pcs ?? []).concat(pc);
    return pc.localDescription.sdp;
}"""
_MEET = "(sdp) => window.pcs.at(-1).setRemoteDescription({ type: 'answer', sdp })"


class Exchange:
    """One line of a shop, and whoever calls it."""

    def __init__(self, shop: Shop, browser: Browser, origin: str) -> None:
        self.shop = shop
        self.line: Line = shop._line("phone", "+442079460018", "Main line")
        self.queue, _new = Queue.objects.get_or_create(merchant=shop.merchant, name="Everybody")
        self.page: Page = browser.new_page()
        self.page.goto(f"{origin}/sign-in")

    def leave(self) -> None:
        self.page.close()

    def rings(self, member: Membership, talk: Conversation | None, why: str = "sticky", **of: Any) -> Leg:
        """Somebody calls, asked for a person, and it rings at this member."""
        now = timezone.now()
        beside = {"customer": talk.customer if talk else None, "conversation": talk}
        given = {"number": "+442079460123", "stage": Call.Stage.WAITING, "driver": "sip", "inbound": True, **of}
        call = Call.objects.create(
            merchant=self.shop.merchant,
            line=self.line,
            uid=uuid.uuid4(),
            provider_id=uuid.uuid4().hex,
            **beside,
            **given,
        )
        at = {"began_at": now - timedelta(seconds=31), "zero_at": now - timedelta(seconds=25)}
        waiting = Waiting.objects.create(
            merchant=self.shop.merchant, queue=self.queue, kind="call", subject_id=call.id, **beside
        )
        Call.objects.filter(id=call.id).update(**at, waiting_at=now - timedelta(seconds=23), waiting=waiting)
        turn = Turn.objects.create(
            merchant=self.shop.merchant, waiting=waiting, member=member, kind="call", why={"codes": [why]}
        )
        with transaction.atomic():
            leg = Leg.objects.create(merchant=self.shop.merchant, call=call, turn=turn, member=member)
            self._tell(CallRings, leg, leg_id=leg.id, member_id=member.id)  # before the relay has an offer for it
        return leg

    def offers(self, leg: Leg) -> Leg:
        """The relay's offer, with a tag of its own each time."""
        sdp = self.page.evaluate(_OFFER, PITCH)
        with transaction.atomic():
            Leg.objects.filter(id=leg.id).update(offer=sdp, tag=uuid.uuid4().hex, answer="")
            self._tell(CallRings, leg, leg_id=leg.id, member_id=leg.member_id)
        leg.refresh_from_db()
        return leg

    def asked(self, leg: Leg, what: str) -> dict[str, Any]:
        """Waits until the desk asked for this, and says with what."""
        rows = Ask.objects.filter(leg=leg, what=what, done_at=None).order_by("id")
        row = until(rows.first, 10, f"that somebody asks to {what}")
        assert row
        Ask.objects.filter(id=row.id).update(done_at=timezone.now())
        return dict(row.given)

    def joins(self, leg: Leg, what: str = "answer") -> None:
        """The desk's answer is in: sound goes both ways."""
        # Whoever is quicker than the relay answers twice: that they take it, and then how.
        self.page.evaluate(_MEET, self.asked(leg, what)["sdp"] or self.asked(leg, "resdp")["sdp"])
        now = timezone.now()
        self.stands(leg, state=Leg.State.TALKING, answered_at=now, talked_at=leg.talked_at or now)

    def stands(self, leg: Leg, **so: Any) -> None:
        """The row of a leg, and the word that it changed."""
        with transaction.atomic():
            Leg.objects.filter(id=leg.id).update(**so)
            if so.get("talked_at"):
                Call.objects.filter(id=leg.call_id).update(stage=Call.Stage.TALKING, talked_at=so["talked_at"])
                self._tell(CallTalking, leg, member_id=leg.member_id)
            self._tell(CallChanged, leg, member_id=0)
        leg.refresh_from_db()

    def ends(self, leg: Leg) -> None:
        """They hung up."""
        now, done = timezone.now(), Call.Stage.ENDED
        with transaction.atomic():
            Leg.objects.filter(call=leg.call_id, ended_at=None).update(ended_at=now, state=Leg.State.ENDED)
            served = "served" if leg.talked_at else "abandoned"
            Call.objects.filter(id=leg.call_id).update(ended_at=now, stage=done, ended=served)
            Turn.objects.filter(id=leg.turn_id or 0).update(outcome="taken", ended_at=now)
            self._tell(CallEnded, leg, ended=served, seconds=60, waited=23, talked=30)

    def records(self, leg: Leg, state: str) -> None:
        """A recording that runs, or rests."""
        found = Recording.objects.get_or_create(merchant=self.shop.merchant, call_id=leg.call_id, kind="call")[0]
        Recording.objects.filter(id=found.id).update(state=state, consent_at=timezone.now())
        self.stands(leg)

    def hears(self) -> float:
        """The pitch that the caller hears."""
        return float(self.page.evaluate(f"() => ({_PEAK})(window.heard)"))

    @staticmethod
    def pitch_at(desk: Page) -> float:
        """The pitch that the agent hears."""
        return float(desk.locator("audio[data-call]").last.evaluate(_PEAK))

    def _tell(self, fact: Any, leg: Leg, **more: Any) -> None:
        about = {"customer_id": leg.call.customer_id, "conversation_id": leg.call.conversation_id}
        record(fact(merchant_id=leg.merchant_id, by=SYSTEM, call_id=leg.call_id, **about, **more))
