"""One live call: the machine of `calls.menu`, and the hands that do what it says.

`feed` is synchronous from an event to everything it sets going, so key 0 has its effect before anything else is looked
at. Whatever takes time runs beside it (`begin`, `Lane`), and its failure is an event or a line in the log.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from presszero.calls import actions
from presszero.calls.menu.entering import Stepped
from presszero.calls.menu.flow import Flow, straight
from presszero.calls.menu.machine import asks_for_person, safe, step
from presszero.calls.menu.machine import begin as at_the_start
from presszero.calls.menu.state import RECORDING, TALKING, State
from presszero.calls.menu.vocabulary import (
    Answer,
    Ask,
    Command,
    Consent,
    Digit,
    Event,
    HangUp,
    HungUp,
    Joined,
    KeepPlace,
    Known,
    Listen,
    Note,
    Park,
    Play,
    Record,
    SendText,
    Started,
    Unpark,
)
from presszero.calls.plans import Plan

from . import leaving, records, sip
from .changing import changed
from .digits import Twins, informed
from .end import End
from .ends import Ends
from .exchange import Exchange
from .lane import Lane, begin, insist
from .media import CALLER, Media
from .ng import MediaFailed
from .recordings import Keeper
from .records import PhoneLine
from .sound import Sequel, Sound

log = logging.getLogger(__name__)

FOUND_WITHIN = 6.0  # seconds a look-up may take before the menu goes on without it
NO_MENU = Plan(straight(0, ("en",)))  # when it cannot be read in time: a person


class LiveCall:
    """A caller, or somebody we call. Lives from INVITE to BYE; what outlives it is in the database."""

    def __init__(self, exchange: Exchange, line: PhoneLine, plan: Plan | None, uid: UUID | None = None) -> None:
        self.exchange, self.line, self.plan = exchange, line, plan or NO_MENU
        self.uid = uid or uuid4()
        self.id = 0  # calls.Call, once stored
        self.leg, self.sdp = "", ""  # the customer's
        self.answer: str | None = None  # ours to a page that calls; None: a telephone does
        self.number = ""
        self.flow: Flow = self.plan.flow
        self.state: State = at_the_start(self.flow)
        self.media = Media(exchange.ng, str(self.uid))
        self.sound = Sound(self.media, exchange.voices, self.feed)
        self.keeper = Keeper(exchange, self.media)
        self.ends = Ends(self)
        self.over = False
        self.parked = False
        self.connected = False  # the customer's end
        self.consented = False
        self.queue_instead = 0  # a transfer leads here, whatever queue the machine says
        self.began = self.active = time.monotonic()
        self._twins = Twins()
        self._lane, self._notes = Lane("keep a call"), Lane("write down a call's way")
        self._stored = asyncio.Event()
        self._keeping = False

    # --- what happens to it ---

    def come_in(self, invited: sip.Invited) -> None:
        """Somebody calls."""
        self.leg, self.sdp, self.number = invited.leg, invited.sdp, invited.caller
        self.exchange.legs[self.leg] = self.heard
        self.exchange.keys[self.media.uid, CALLER] = partial(self.pressed, way="rtp")
        self.ends.dialled = True
        self.exchange.sip.ring(self.leg)
        self._lane.add(partial(self._store, invited))
        self.feed(Started(self.state.language))

    def talk_in(self, sdp: str) -> None:
        """Somebody calls from a page: there is no SIP leg, and our answer is written where the page looks for it."""
        self.sdp, self.answer = sdp, ""
        self.media.from_browser()
        self.exchange.keys[self.media.uid, CALLER] = partial(self.pressed, way="rtp")
        self.ends.dialled = True
        self.feed(Started(self.state.language))

    def page_left(self) -> None:
        """The page they called from hung up, or was closed."""
        self._caller_left()

    def heard(self, event: sip.Heard) -> None:
        """Something happened on the customer's SIP leg."""
        match event:
            case sip.Informed(_, body, kind):
                digit = informed(body, kind)
                if digit:
                    self.pressed(digit, way="info")
            case sip.Answered(_, sdp):
                self.connected = True
                if sdp:
                    self.sdp = sdp
                    begin(self.ends.customer_answered(), "join the customer")
                self.keep()
            case sip.Changed(_, sdp):
                begin(changed(self, sdp), "answer a change of the caller's")
            case sip.Ended():
                self._caller_left()

    def pressed(self, digit: str, way: str) -> None:
        """A key of the caller's. A, B, C and D are no keys of a telephone."""
        if self.over or digit not in "0123456789*#" or not self._twins.is_new(digit, way, time.monotonic()):
            return
        if self.state.phase == RECORDING and not asks_for_person(Digit(digit)):
            begin(leaving.done(self), "end a message")
            return
        if self.state.phase != TALKING:
            self.sound.interrupt()
        self.feed(Digit(digit))

    def feed(self, event: Event) -> None:
        if self.over:
            return
        try:
            state, commands = step(self.flow, self.state, event)
        except Exception:
            log.exception("The menu stumbled; the caller goes to a person.")
            state, commands = safe(self.state)
        self._carry(state, commands, pressed=isinstance(event, Digit))

    def joined(self) -> None:
        """A person is on the line, or comes back to it."""
        self.sound.music = ""
        self.sound.start(Sequel())
        self.sound.quiet()
        self.parked = False
        if self.state.phase != TALKING:
            self.feed(Joined())
        if self.consented and self.plan.records:
            begin(self.keeper.start("call"), "record a call")
        self.keep()

    def go_safe(self) -> None:
        """What had to be written down could not be."""
        if not self.over:
            self._carry(*safe(self.state), pressed=False)

    def go_to(self, stepped: Stepped) -> None:
        """On with what the machine says of a call that did not begin with its first step."""
        self._carry(*stepped, pressed=False)

    def wait_on(self) -> None:
        """They wait, and hear music."""
        self.sound.music = self.music()
        self.sound.start(Sequel())

    def music(self) -> str:
        """What is heard by who waits: the line's own, or ours."""
        return self.plan.music or self.exchange.voices.music()

    def hang_up(self, why: str) -> None:
        """We end it."""
        self._end(why)
        if self.leg:
            self.exchange.sip.hang_up(self.leg)

    # --- what the machine says ---

    def _carry(self, state: State, commands: tuple[Command, ...], *, pressed: bool) -> None:
        self.state, self.active = state, time.monotonic()
        sequel = Sequel()
        last: HangUp | None = None
        for command in commands:
            match command:
                case Play(prompts):
                    sequel = replace(sequel, prompts=(*sequel.prompts, *prompts))
                case Listen(seconds):
                    sequel = replace(sequel, seconds=seconds)
                case HangUp():
                    last = command
                case _:
                    self._do(command)
        if last is not None and not sequel.prompts:
            self.hang_up(last.why)
        elif sequel.prompts or sequel.seconds is not None:
            self.sound.start(replace(sequel, at_last=partial(self.hang_up, last.why) if last else None))
        elif self.parked and state.phase != TALKING:
            self.sound.start(Sequel())
        elif pressed:
            self.sound.wait_again()
        self.keep()

    def _do(self, command: Command) -> None:
        match command:
            case Answer():
                begin(self._answer(), "answer a call")
            case Park():
                self._park(command)
            case Unpark():
                self.parked, self.sound.music = False, ""
                self._lane.add(partial(self._carry_out, command))
            case Record(seconds):
                begin(leaving.record(self, seconds), "record a message")
            case Ask() | KeepPlace():
                begin(self._find(command), "find something out")
            case Consent(given):
                self.consented = given
                self._notes.add(partial(self._note, command))
            case Note() | SendText():
                self._notes.add(partial(self._note, command))

    def _park(self, command: Park) -> None:
        """Into a queue. Music is set going beside it; people are rung as soon as the row of the call is there."""
        if self.queue_instead:
            command, self.queue_instead = replace(command, queue=self.queue_instead), 0
        self.parked = True
        if self.keeper.running:
            begin(self.keeper.discard(), "drop a message that is not left")
        self.sound.music = self.music()
        self._lane.add(partial(self._parked, command))

    async def _parked(self, command: Park) -> None:
        await self._carry_out(command)
        await self.ends.look()

    async def _answer(self) -> None:
        try:
            sdp = await self.media.anchor(self.sdp)
        except MediaFailed as why:
            log.error("A call could not be answered: %s", why)
            if self.leg:
                self.exchange.sip.refuse(self.leg, 503, "Service Unavailable")
            self._end("failed")
            return
        if self.leg:
            self.exchange.sip.answer(self.leg, sdp)
        else:
            self.answer = sdp
        self.connected = True
        self.sound.ready.set()
        self.keep()

    async def _find(self, command: Ask | KeepPlace) -> None:
        """Comes back with Known, whatever happens."""
        known: Event | None = None
        try:
            async with asyncio.timeout(FOUND_WITHIN):
                await self._stored.wait()
                known = await self.exchange.desk.note(actions.carry_out, self.id, command, records.now())
        except Exception:
            log.exception("Something was not found out for a caller.")
        self.feed(known or Known(""))

    async def _note(self, command: Command) -> None:
        await self._stored.wait()
        await self.exchange.desk.note(actions.carry_out, self.id, command, records.now())

    async def _carry_out(self, command: Command) -> None:
        """What must not be lost: tried for as long as somebody would wait, then the safe way."""
        await self._stored.wait()
        try:
            event = await insist(lambda: self.exchange.desk.ask(actions.carry_out, self.id, command, records.now()))
        except Exception:
            log.exception("What a caller is promised could not be written down.")
            self.go_safe()
            return
        if event is not None:
            self.feed(event)

    # --- storing and ending ---

    async def _store(self, invited: sip.Invited) -> None:
        """The row of the call. Until it is there, nothing else can be written; the caller notices nothing of it."""
        moment = actions.Moment(
            line=self.line.id,
            driver="sip",
            provider_id=f"{self.uid}",
            uid=self.uid,
            number=invited.caller,
            gateway=self.exchange.name,
        )

        async def stored() -> None:
            row = await self.exchange.desk.ask(actions.ring_in, moment, self.plan, records.now())
            self.id = row.id

        try:
            await insist(stored)
        except Exception:
            log.exception("A call could not be stored.")
            self._stored.set()  # what waits for the row may end
            self.hang_up("failed")
            return
        self._stored.set()
        self.keep()

    def adopt(self, call_id: int) -> None:
        """The row is there already."""
        self.id = call_id
        self._stored.set()

    def keep(self) -> None:
        """Writes down, soon and once, what another process needs to go on."""
        if self._keeping or self.over:
            return
        self._keeping = True
        self._notes.add(self._kept)

    async def _kept(self) -> None:
        await self._stored.wait()
        self._keeping = False
        if self.over:
            return
        dialog = self.exchange.sip.dialog(self.leg) if self.leg else None
        kept: dict[str, Any] = {"leg": dialog.as_json() if dialog else None, "sdp": self.sdp, "parked": self.parked}
        kept |= {"ends": self.ends.as_json(), "line": self.line.id, "consented": self.consented}
        kept |= {"recording": self.keeper.as_json()}
        if self.answer is not None:
            kept |= {"answer": self.answer}
        await self.exchange.desk.note(records.keep, self.id, self.state.to_json(), kept)

    def _caller_left(self) -> None:
        if self.over:
            return
        if self.state.phase == RECORDING and self.keeper.running:
            begin(self._last_words(), "keep a message")
            return
        why = self.state.end or "abandoned"  # while they heard the last words: what they came for was done
        self.feed(HungUp())
        self._end(why)

    async def _last_words(self) -> None:
        """Whoever hangs up while leaving a message has left it."""
        await leaving.done(self)
        self.feed(HungUp())
        self._end("voicemail")

    def _end(self, why: str) -> None:
        if self.over:
            return
        self.over = True
        self.sound.close()
        self.exchange.legs.pop(self.leg, None)
        self.exchange.keys.pop((self.media.uid, CALLER), None)
        ending = begin(self._finish(why, self.ends.close()), "end a call")
        self.exchange.ending.add(ending)
        ending.add_done_callback(self.exchange.ending.discard)

    async def _finish(self, why: str, present: list[End]) -> None:
        """`present`: who of us was in it. What was said in its last moment counts as well."""
        await self.ends.settled()
        for end in present:
            await self.ends.last_heard(end)
        if why == "abandoned" and self.ends.heard:
            why = "served"
        await self.keeper.stop()
        await self.media.end()
        await self._lane.empty()
        await self._notes.empty()
        if self.id:
            await insist(lambda: self.exchange.desk.ask(actions.call_ended, self.id, why, records.now()))
        await self.keeper.store(self.id)
