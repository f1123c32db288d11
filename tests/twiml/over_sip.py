"""The provider's phones as real ones: SIP, RTP, keys and rooms, by the parts of our own gateway.

The loop of SIP and sound runs on a thread of its own and only posts what happens; phones are moved on by one other
thread, so that documents, the API and the provider's books are used by one thread at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import queue
import threading
import time
from collections.abc import Callable, Coroutine
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

import numpy as np

from presszero.calls.menu.vocabulary import Prompt
from presszero.intake.phone import sip
from presszero.intake.phone.companding import FRAME
from presszero.intake.phone.digits import Digits, Pressed, informed
from presszero.intake.phone.gate import Gate, Trunk
from presszero.intake.phone.media import CALLER, FOREVER, Media
from presszero.intake.phone.ng import MediaFailed, Ng
from presszero.intake.phone.room import TICK, Seat
from presszero.intake.phone.voices import Voices
from tests.ports import free_port
from tests.telephones import Telephone

from .phone import Phone
from .provider import Provider
from .tapes import Tape
from .wording import read

T = TypeVar("T")
_seats = itertools.count(1)


class Wire:
    """SIP, sound and keys, on a loop of its own. `called` is the number that may be called here."""

    def __init__(self, folder: Path, ng: int, keys: int, called: str) -> None:
        self.events: queue.Queue[Callable[[], None]] = queue.Queue()
        self.address = ("127.0.0.1", free_port())
        self.phones: dict[str, WirePhone] = {}  # by SIP leg
        self.rooms: dict[str, dict[str, Seat]] = {}  # name → who sits in it
        self.held: set[str] = set()  # who hears music there, and is not heard
        self.coached: dict[str, str] = {}  # who speaks to one alone, by who speaks
        self.tapes: dict[str, Tape] = {}  # what is recorded, by whom
        self.come: Callable[[sip.Invited], None] = lambda invited: None
        self._called, self._folder, self._ng, self._keys = called.lstrip("+"), folder, ng, keys
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.do(self._open())

    def do(self, doing: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result(15)

    def tell(self, verb: Callable[..., object], *given: Any) -> None:
        self.loop.call_soon_threadsafe(verb, *given)

    def later(self, seconds: float, event: Callable[[], None]) -> None:
        self.loop.call_soon_threadsafe(lambda: self.loop.call_later(seconds, self.events.put, event))

    def close(self) -> None:
        self.do(self._close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)

    async def sit(self, room: str, who: str, media: Media, sdp: str) -> str:
        """A seat in a room: they hear all others there. The name of their sound in their own session."""
        loop = asyncio.get_running_loop()
        _, seat = await loop.create_datagram_endpoint(Seat, local_addr=("127.0.0.1", 0))
        tag = f"seat-{next(_seats)}"
        seat.talk_to(await media.offer(tag, sdp, browser=False))
        await media.join(tag, seat.description())
        await hush(media)
        self.rooms.setdefault(room, {})[who] = seat
        return tag

    async def rise(self, room: str, who: str, media: Media, tag: str) -> None:
        seat = self.rooms.get(room, {}).pop(who, None)
        self.held.discard(who)
        if seat:
            seat.close()
            with contextlib.suppress(MediaFailed):  # they hung up
                await media.mute(tag, on=True)

    async def _mix(self) -> None:
        due = time.monotonic()
        while True:
            due = max(due + TICK, time.monotonic() - 1)
            for seats in list(self.rooms.values()):
                said = {who: frame for who, seat in seats.items() if (frame := seat.said()) is not None}
                for who, seat in list(seats.items()):
                    heard = [frame for speaker, frame in said.items() if self._hears(who, speaker)]
                    if who not in self.held:
                        seat.send(np.sum(heard, axis=0, dtype=np.int32) if heard else np.zeros(FRAME, np.int32))
                    if tape := self.tapes.get(who):
                        tape.hear([*heard, *([said[who]] if who in said else [])])
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def press(self, room: str, who: str, keys: str) -> None:
        """Who sits there hears these keys."""
        if seat := self.rooms.get(room, {}).get(who):
            await seat.press(keys)

    def _hears(self, listener: str, speaker: str) -> bool:
        apart = listener == speaker or self.held & {listener, speaker}
        return not apart and self.coached.get(speaker, listener) == listener

    async def _open(self) -> None:
        gate = Gate(b"key")
        gate.open_for([Trunk(1, self._called, (ip_network("127.0.0.0/8"),))])
        self.sip = sip.Sip(sip.Where(*self.address), gate, self._heard)
        self.ng = await Ng.open(("127.0.0.1", self._ng))
        self.voices = Voices(self._folder / "voices", lambda number: None)
        loop = asyncio.get_running_loop()
        self._udp, _ = await loop.create_datagram_endpoint(
            lambda: Digits(self._pressed), local_addr=("127.0.0.1", self._keys)
        )
        self._mixing = loop.create_task(self._mix())
        self.sip.open()

    async def _close(self) -> None:
        self._mixing.cancel()
        for seats in self.rooms.values():
            for seat in seats.values():
                seat.close()
        self.sip.close()
        self.ng.close()
        self.voices.close()
        self._udp.close()

    def _heard(self, event: sip.Heard) -> None:
        if isinstance(event, sip.Invited):
            self.events.put(lambda: self.come(event))
        elif isinstance(event, sip.Answered | sip.Informed | sip.Ended):
            self.events.put(lambda: self._of(event))

    def _of(self, event: sip.Answered | sip.Informed | sip.Ended) -> None:
        phone = self.phones.get(event.leg)
        if phone and isinstance(event, sip.Answered) and event.sdp:
            phone.taken(event.sdp)
        elif phone and isinstance(event, sip.Informed):
            phone.key(informed(event.body, event.kind))
        elif phone and isinstance(event, sip.Ended):
            phone.gone(event.code)

    def _pressed(self, pressed: Pressed) -> None:
        self.events.put(lambda: self._key(pressed))

    def _key(self, pressed: Pressed) -> None:
        phone = next((each for each in self.phones.values() if each.sid == pressed.call), None)
        if phone and pressed.tag == CALLER:
            phone.key(pressed.digit)


async def hush(media: Media) -> None:
    """Whatever is played to them ends; nothing need be."""
    with contextlib.suppress(MediaFailed):
        await media.quiet()


class WirePhone(Phone):
    """One whose caller, or whose member, holds a real telephone. Its sound is a session of its own."""

    wire: Wire
    leg = ""  # of SIP
    sdp = ""
    media: Media
    stamp = 0
    seat = ""  # its name in a room

    def key(self, digit: str) -> None:
        if self.where in ("Gather", "Record"):
            self.wire.do(hush(self.media))
        self.press(digit)

    def taken(self, sdp: str) -> None:
        """Whoever was rung answered."""
        if self.status == "ringing":
            self.sdp = sdp
            self.wire.do(self.media.invited(sdp))
            self.answer()

    def unanswered(self) -> None:
        if self.status == "ringing":
            self.end("no-answer")

    def gone(self, code: int) -> None:
        """Their telephone hung up, or said no."""
        if self.status == "ringing" and code:
            self.end("busy" if code in (486, 600, 603) else "failed")
        else:
            self.hang_up()

    def hang_up(self) -> None:
        """What was said into a Record is kept; of its end the provider tells in the order that suits us least."""
        verb = self.at if self.where == "Record" else None
        super().hang_up()
        if verb is not None and (found := self._message(verb, "hangup")):
            told = {**self.fields, **found}
            self.provider.later(verb.get("action", ""), told)

    def end(self, status: str) -> None:
        was, room = self.status, self.room
        super().end(status)
        self._stand_up(room)
        self.stamp += 1
        if self.recording_told[0]:
            self._recorded_to_the_end(*self.recording_told)
        if was in ("ringing", "in-progress"):
            self.wire.tell(self.wire.sip.hang_up, self.leg)
            self.wire.do(self.media.end())

    def sounds(self) -> None:
        """As the room has it now: on hold, muted, or in it with the others."""
        seat = self.wire.rooms.get(self.room, {}).get(self.sid)
        if seat is None:
            return
        seat.muted = self.muted
        self.wire.coached.pop(self.sid, None)
        if coached := self.room_says.get("coach"):
            self.wire.coached[self.sid] = coached
        if self.held and self.sid not in self.wire.held:
            self.wire.held.add(self.sid)
            self.wire.do(self.media.play(self.wire.voices.music(), times=FOREVER))
        elif not self.held and self.sid in self.wire.held:
            self.wire.held.discard(self.sid)
            self.wire.do(hush(self.media))

    def sits(self) -> None:
        """In the room it was sent into."""
        self.seat = self.wire.do(self.wire.sit(self.room, self.sid, self.media, self.sdp))
        self.sounds()

    def left_room(self, why: str = "completed") -> None:
        self._stand_up(self.room)
        super().left_room(why)

    def _leave_room(self) -> None:
        room = self.room
        super()._leave_room()
        self._stand_up(room)

    def _stand_up(self, room: str) -> None:
        if room and self.seat:
            seat, self.seat = self.seat, ""
            self.wire.do(self.wire.rise(room, self.sid, self.media, seat))

    def _begin(self, verb: Element) -> None:
        super()._begin(verb)
        self.stamp += 1
        if verb.tag == "Gather":
            self._time(self._sound(verb) + float(verb.get("timeout", "5")), self.wait)
        elif verb.tag == "Record":
            self._record(verb)

    def _record(self, verb: Element) -> None:
        """Alone in a room, after the tone."""
        self.seat = self.wire.do(self.wire.sit(f"message {self.sid}", self.sid, self.media, self.sdp))
        self.wire.held.add(self.sid)
        tone = self.wire.do(self.media.play(self.wire.voices.tone()))
        self.wire.tapes[self.sid] = Tape(skips=tone)
        self._time(tone + float(verb.get("maxLength", "3600")), lambda: self._recorded(verb, 0, ""))

    def _recorded(self, verb: Element, seconds: int, key: str) -> None:
        found = self._message(verb, key)
        self.go(verb.get("action", ""), **found) if found else self._go_on()

    def _message(self, verb: Element, key: str) -> dict[str, str]:
        """What a Record's action is told; nothing when there is not a second of it."""
        tape = self.wire.tapes.pop(self.sid)
        self._stand_up(f"message {self.sid}")
        if tape.seconds < 1:
            return {}
        sid = self.provider.recorded(self, int(tape.seconds), verb.get("recordingStatusCallback", ""))
        self.provider.recordings[sid] = tape.wav()
        found = {"RecordingSid": sid, "RecordingUrl": f"{self.provider.api}/evil/{sid}", "Digits": key}
        return {**found, "RecordingDuration": str(int(tape.seconds))}

    def _recorded_to_the_end(self, told: str, about: dict[str, str]) -> None:
        tape = self.wire.tapes.pop(self.sid)
        self.provider.recordings[about["RecordingSid"]] = tape.wav()
        self.provider.later(told, {**about, "RecordingDuration": str(int(tape.seconds))})

    def _sound(self, verb: Element) -> float:
        """Plays what a Gather says; how long that takes."""
        said = [child for child in verb if child.tag == "Say"]
        prompts = [Prompt(child.text or "", (child.get("language") or "en")[:2]) for child in said]
        path = self.wire.do(self.wire.voices.path(prompts)) if prompts else ""
        if len(said) < len(verb) and not path:
            path = self.wire.voices.music()
        return self.wire.do(self.media.play(path)) if path else 0.0

    def _time(self, seconds: float, over: Callable[[], None]) -> None:
        stamp = self.stamp
        self.wire.later(seconds, lambda: over() if stamp == self.stamp else None)


class SipProvider(Provider):
    """`telephone` says where a phone rings: a telephone by whom it is for, None where it rings and nobody hears."""

    wire: Wire
    telephone: Callable[[WirePhone], Telephone | None]

    def answer_calls(self, wire: Wire, telephone: Callable[[WirePhone], Telephone | None]) -> None:
        self.wire, self.telephone = wire, telephone
        wire.come = self._come

    def entered(self, phone: Phone) -> None:
        assert isinstance(phone, WirePhone)
        phone.sits()
        super().entered(phone)

    def api_participant(self, room: str, sid: str, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        told = super().api_participant(room, sid, given)
        phone = self.phone(sid)
        if isinstance(phone, WirePhone):
            self._later.append(phone.sounds)
            if "AnnounceUrl" in given:
                self._later.append(lambda: self._announce(phone, given["AnnounceUrl"]))
        return told

    def api_recording(self, sid: str, recording: str, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        told = super().api_recording(sid, recording, given)
        if recording:
            self.wire.tapes[sid].paused = given["Status"] == "paused"
        else:
            self.wire.tapes[sid] = Tape()
        return told

    def api_calls(self, given: dict[str, str], events: set[str]) -> tuple[int, dict[str, Any]]:
        self.calls_made.append(given)
        phone = self._phone(given["From"], given["To"])
        phone.url, phone.status_url, phone.status_events = given["Url"], given.get("StatusCallback", ""), events
        phone.tell("ringing", "ringing")
        self._later.append(lambda: self._ring(phone))
        self.wire.later(float(given.get("Timeout", "60")), phone.unanswered)
        return 201, {"sid": phone.sid, "status": "queued"}

    def _ring(self, phone: WirePhone) -> None:
        rings = self.telephone(phone) if phone.status == "ringing" else None
        if rings:
            called = "desk" if phone.called.startswith("client:") else phone.called
            out = sip.Outgoing(("127.0.0.1", rings._port), called, "shop", self.wire.do(phone.media.invite()))
            self.wire.tell(self.wire.sip.dial, phone.leg, out)

    def _announce(self, phone: WirePhone, url: str) -> None:
        """One in a room hears a document."""
        for verb in read(self._try(url, phone.fields)[1]):
            keys = verb.get("digits", "").replace("w", "")
            self.wire.tell(lambda keys=keys: self.wire.loop.create_task(self.wire.press(phone.room, phone.sid, keys)))

    def _come(self, invited: sip.Invited) -> None:
        phone = self._phone(invited.caller, invited.called, invited.leg)
        phone.sdp, phone.status, phone.status_url = invited.sdp, "in-progress", self.status_url
        self.wire.tell(self.wire.sip.answer, phone.leg, self.wire.do(phone.media.anchor(phone.sdp)))
        phone.go(self.voice_url)

    def _phone(self, caller: str, called: str, leg: str = "") -> WirePhone:
        made = WirePhone(self, caller, called, inbound=bool(leg))
        made.wire, made.media, made.leg = self.wire, Media(self.wire.ng, made.sid), leg or made.sid
        self.wire.phones[made.leg] = made
        self.phones.append(made)
        return made
