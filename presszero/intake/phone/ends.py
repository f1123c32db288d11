"""The people in a call: they are offered it, answer, mute, hold, leave.

What pages ask arrives as rows (calls.asking) and is done one after the other; a telephone's end tells by SIP.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from presszero.calls import actions, bringing
from presszero.calls.menu.state import TALKING as WITH_PERSON
from presszero.calls.menu.vocabulary import PersonLeft
from presszero.calls.models import Ask, Leg
from presszero.core.actor import Actor, from_code
from presszero.core.refusal import Refused

from . import records, telephones, transfers
from .dialog import Dialog
from .end import GONE, HELD, LISTENS, OFFERED, TALKING, End
from .lane import begin
from .media import CALLER, Media
from .ng import MediaFailed
from .room import Room
from .sdp import BadDescription, checked, plain

if TYPE_CHECKING:
    from .calls import LiveCall

log = logging.getLogger(__name__)

SPEAKS_WITHIN = 8.0  # seconds from the page's answer to its first sound
LOST_AFTER = 20.0  # seconds a page may be silent: a reload takes five

Verb = Callable[["Ends", End, Ask], Awaitable[None]]


class Ends:
    """Of one call. `look` reads what is to be done and does it; calls of it queue up."""

    def __init__(self, call: LiveCall) -> None:
        self.call = call
        self.all: dict[int, End] = {}
        self.talked = False  # somebody was joined with the customer
        self.heard = False  # … and something of theirs arrived
        self.room: Room | None = None
        self.dialled = False  # the customer's end exists, or is being made
        self.ringing: asyncio.Task[None] | None = None  # what a member hears till the customer answers
        self.lock = asyncio.Lock()  # one after the other do what was asked
        self._quiet_since: dict[int, tuple[int, float]] = {}

    @property
    def here(self) -> list[End]:
        """Who talks to the caller, listeners left out."""
        return [end for end in self.all.values() if end.here and end.role != LISTENS]

    async def look(self) -> None:
        """Offers the call to whoever it is to ring at, and does what was asked."""
        call = self.call
        if not call.id:
            return
        async with self.lock:
            work = await call.exchange.desk.ask(records.work_of, call.id)
            for gone in [end for end in self.all.values() if end.leg_id not in {leg.id for leg in work.legs}]:
                self.drop(gone)
            fresh = [leg for leg in work.legs if leg.id not in self.all]
            await asyncio.gather(*(self.bring(leg) for leg in fresh))
            for ask in work.asks:
                await self._do(ask)
        call.keep()

    async def bring(self, leg: Leg, *, seated: bool = False) -> None:
        """Somebody's telephone rings. `seated`: they come to a call of more than two."""
        end = self.all[leg.id] = End.of(leg)
        end.seat = f"leg{leg.id}" if seated else ""
        try:
            if end.is_browser:
                await (transfers.listen(self, end) if end.role == LISTENS else self.offer(end))
            else:
                await telephones.dial(self, end)
        except (MediaFailed, Refused) as why:
            log.warning("A member could not be rung: %s", why)
            await self.leave(end, "failed")

    async def offer(self, end: End) -> None:
        """The page gets something to answer."""
        sdp = await self.describe(end)
        await self.call.exchange.desk.ask(actions.leg_offered, end.leg_id, end.tag, sdp)

    async def describe(self, end: End) -> str:
        """A new description for an end, under a tag never used before."""
        if end.seat and self.room:
            return await self.room.offer(end)
        return await self.call.media.offer(end.new_tag(), self.call.sdp or plain(), browser=end.is_browser)

    async def connect(self, end: End, sdp: str, by: Actor) -> None:
        """They answered with `sdp`: the two hear each other."""
        call, first = self.call, not end.here
        end.answer = sdp
        if end.seat and self.room:
            await self.room.take(end, sdp)
            said = ""
        else:
            said = await call.media.join(end.tag, sdp)
        if first and not await self._taken(end, sdp, by):
            self.drop(end)
            raise Refused(_("Somebody else was quicker."))
        if call.over:
            self.talked = call.connected and self.dialled
            await self.last_heard(end)
            return
        end.state = TALKING
        if not self.dialled and end.role != LISTENS:
            self.dialled = True
            telephones.dial_customer(self, said)
            self.ringing = begin(telephones.let_hear_ringing(self, end), "let a member hear it ring")
        elif call.connected and end.role != LISTENS and not end.seat:
            self.with_customer(end)
        begin(self._until_heard(end), "hear a member")

    def with_customer(self, end: End) -> None:
        self.talked = True
        self.call.joined()

    async def customer_answered(self) -> None:
        """Of a call of ours: they are there, and so is the member who wanted it."""
        call = self.call
        waiting = next((end for end in self.all.values() if end.here), None)
        if waiting is None:
            await telephones.customer_alone(self)
            return
        await telephones.stop_ringing(self, waiting)
        if waiting.is_browser:  # a new tag, as always when somebody else comes to talk; their page answers by itself
            begin(self._silence(waiting.tag), "silence the end that waited")
            await self.offer(waiting)
            return
        await call.media.offer(waiting.tag, call.sdp, browser=False)
        await call.media.join(waiting.tag, waiting.answer)
        self.with_customer(waiting)
        begin(self._until_heard(waiting), "hear a member")

    async def leave(self, end: End, why: str) -> None:
        """One end is over; the call may go on."""
        was_here = end.here
        self.drop(end)
        if was_here:
            await self.last_heard(end)
        await self.call.exchange.desk.ask(actions.leg_ended, end.leg_id, why, records.now())
        if self.room and not self.call.over:
            await transfers.left(self, end, self.room)

    def drop(self, end: End) -> None:
        """Nothing of theirs is heard from now on."""
        if self.all.pop(end.leg_id, None) is None:
            return
        was, end.state = end.state, GONE
        if self.room and end.seat:
            self.room.leave(end)
        elif end.tag and was != OFFERED and not self.call.over:
            begin(self._silence(end.tag), "silence who left")
        telephones.hang_up(self, end)

    async def hears(self, end: End) -> bool:
        """Whether something of theirs arrived. Joined with the customer that is two-way speech, and written down."""
        if end.heard:
            return True
        arrived = (await self.media_of(end).heard(end.tag)).packets > 0
        if arrived and end.role != LISTENS and self.call.connected and self.talked:
            end.heard = self.heard = True
            await self.call.exchange.desk.ask(actions.leg_talking, end.leg_id, records.now())
        return arrived

    async def last_heard(self, end: End) -> None:
        """What was said in an end's last moment counts as well."""
        try:
            await self.hears(end)
        except Exception:
            log.warning("Whether a member was heard at last is not known.", exc_info=True)

    async def settled(self) -> None:
        """Waits for whoever is being joined: they may be heard before it is written down that they answered."""
        async with self.lock:
            return

    def close(self) -> list[End]:
        """The call is over. Who was in it."""
        present = [end for end in self.all.values() if end.here]
        for end in list(self.all.values()):
            self.drop(end)
        if self.room:
            self.room.close()
        return present

    def media_of(self, end: End) -> Media:
        """Where their sound is: beside the caller's, or on a seat of their own."""
        return (self.room and end.seat and self.room.session(end)) or self.call.media

    def with_caller(self) -> End | None:
        """Whom the caller's sound goes to now."""
        return next((end for end in self.all.values() if end.here and not end.seat and end.role != LISTENS), None)

    async def person_left(self, *, lost: bool) -> None:
        """Nobody is with the caller any more."""
        if self.call.state.phase == WITH_PERSON:
            self.call.feed(PersonLeft(lost))

    async def check(self, now: float) -> None:
        """A page that was closed says nothing: its sound stops. now: seconds, monotonic."""
        for end in self.here:
            packets = (await self.media_of(end).heard(end.tag)).packets
            before, since = self._quiet_since.get(end.leg_id, (-1, now))
            self._quiet_since[end.leg_id] = (packets, since if packets == before else now)
            if packets == before and now - since > LOST_AFTER:
                await self.leave(end, "lost")
                if not self.here:
                    await self.person_left(lost=True)

    def revive_telephone(self, end: End, dialog: Dialog) -> None:
        """A telephone that another process had dialled."""
        telephones.revive(self, end, dialog)

    async def record(self, *, on: bool) -> None:
        """Pauses the recording, or goes on; only ever of a call whose caller agreed."""
        if not self.call.consented:
            raise Refused(_("They were not asked whether the call may be recorded, or declined."))
        await (self.call.keeper.go_on() if on else self.call.keeper.pause())
        await self.call.exchange.desk.ask(records.paused, self.call.id, on)

    def as_json(self) -> list[dict[str, Any]]:
        for end in self.all.values():
            dialog = self.call.exchange.sip.dialog(end.sip) if end.sip else None
            end.dialogs = dialog.as_json() if dialog else {}
        return [end.as_json() for end in self.all.values()]

    async def _do(self, ask: Ask) -> None:
        """Whatever becomes of it is written down for whoever asked."""
        failed = ""
        end = self.all.get(ask.leg_id or 0)
        try:
            if self.call.over:
                raise Refused(_("The call is over."))
            if end is None and ask.what == "record":  # a page that takes a payment pauses it, whoever is in the call
                await self.record(on=bool(ask.given.get("on")))
            elif end is None and ask.what == "hangup" and self.call.answer is not None:
                self.call.page_left()
            elif end is None:
                raise Refused(_("You are not in this call any more."))
            else:
                await VERBS[ask.what](self, end, ask)
        except (Refused, BadDescription) as why:
            failed = str(why)
        except MediaFailed as why:
            log.error("%s failed: %s", ask.what, why)
            failed = _("The telephone did not do it. Please try again.")
        except Exception:
            log.exception("%s failed", ask.what)
            failed = _("That did not work. Please try again.")
        await self.call.exchange.desk.ask(records.done, ask.id, failed)

    async def _taken(self, end: End, sdp: str, by: Actor) -> bool:
        """Whether it is theirs. While the database is away it is: two people who talk are not parted for a row."""
        try:
            return await self.call.exchange.desk.ask(actions.leg_answered, end.leg_id, sdp, by) is not False
        except Refused:
            return False
        except Exception:
            log.exception("Who took a call was not written down.")
            return True

    async def _until_heard(self, end: End) -> None:
        """A page that stays silent is nobody."""
        call, begun, tag = self.call, time.monotonic(), end.tag
        while end.here and not call.over and end.tag == tag and end.role != LISTENS:
            if await self.hears(end):
                return
            if time.monotonic() - begun > SPEAKS_WITHIN:
                await self.leave(end, "lost")
                if not self.here:
                    await self.person_left(lost=True)
                return
            await asyncio.sleep(0.05)

    async def _silence(self, tag: str) -> None:
        await self.call.media.mute(tag, on=True)


async def _answer(ends: Ends, end: End, ask: Ask) -> None:
    if end.state != OFFERED:
        raise Refused(_("This call is yours already."))
    sdp = str(ask.given.get("sdp") or "")
    if not sdp:
        end.accepted = True
        return
    await ends.connect(end, checked(sdp), from_code(ask.by))


async def _again(ends: Ends, end: End, ask: Ask) -> None:
    before = end.tag
    await ends.offer(end)
    if before and end.here and not end.seat:
        await ends._silence(before)


async def _resdp(ends: Ends, end: End, ask: Ask) -> None:
    sdp = checked(str(ask.given.get("sdp") or ""))
    await ends.connect(end, sdp, from_code(ask.by))


async def _decline(ends: Ends, end: End, ask: Ask) -> None:
    await ends.leave(end, "declined")
    await ends.call.exchange.desk.ask(actions.ring_due, ends.call.line.merchant_id, records.now())
    if not ends.here:  # they were passed on to this one
        await ends.person_left(lost=True)


async def _hang_up(ends: Ends, end: End, ask: Ask) -> None:
    alone = end.role != LISTENS and not [other for other in ends.here if other is not end]
    was_here = end.here
    await ends.leave(end, "hung_up")
    if not alone or not was_here:
        return
    if ends.call.state.phase == WITH_PERSON:
        await ends.person_left(lost=False)
    else:
        ends.call.hang_up("served" if ends.talked else "cancelled")


async def _hold(ends: Ends, end: End, ask: Ask) -> None:
    on = ask.what == "hold"
    if on and end.state != TALKING or not on and end.state != HELD:
        return
    end.state = HELD if on else TALKING
    if await _alone_on_hold(ends, end, on=on):
        begin(transfers.play_music(ends), "let a caller on hold hear music")
    else:
        ends.call.sound.quiet()
    await ends.call.exchange.desk.ask(bringing.held, end.leg_id, on, from_code(ask.by))


async def _alone_on_hold(ends: Ends, end: End, *, on: bool) -> bool:
    """Parts the two, or lets them hear each other again; whether the caller hears nobody now."""
    media = ends.call.media
    if end.seat and ends.room:
        ends.room.hold(end, on=on)
        return ends.room.caller_alone
    await asyncio.gather(media.mute(end.tag, on=on), media.mute(CALLER, on=on))
    return on


async def _mute(ends: Ends, end: End, ask: Ask) -> None:
    on = bool(ask.given.get("on"))
    if end.seat and ends.room:
        ends.room.mute(end, on=on)
    else:
        await ends.call.media.mute(end.tag, on=on)
    await ends.call.exchange.desk.ask(bringing.muted, end.leg_id, on, from_code(ask.by))


async def _keys(ends: Ends, end: End, ask: Ask) -> None:
    keys = [key for key in str(ask.given.get("digits") or "") if key in "0123456789*#"][:32]
    if end.seat and ends.room:
        ends.room.press(keys, by=end.seat)
    else:
        ends.call.exchange.sip.press(ends.call.leg, keys)  # their telephone takes no events beside the sound


async def _record(ends: Ends, end: End, ask: Ask) -> None:
    await ends.record(on=bool(ask.given.get("on")))
    await ends.call.exchange.desk.ask(bringing.changed, ends.call.id, from_code(ask.by))


async def _dial(ends: Ends, end: End, ask: Ask) -> None:
    """The customer is rung as soon as the member's own end is there; this only says so."""


VERBS: dict[str, Verb] = {
    "answer": _answer,
    "again": _again,
    "resdp": _resdp,
    "decline": _decline,
    "hangup": _hang_up,
    "hold": _hold,
    "resume": _hold,
    "mute": _mute,
    "keys": _keys,
    "record": _record,
    "dial": _dial,
    "transfer": transfers.transfer,
    "complete": transfers.complete,
    "cancel": transfers.cancel,
    "add": transfers.add,
    "listen": transfers.listen,
    "whisper": transfers.whisper,
}
