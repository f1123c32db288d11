"""Passing a call on, asking a colleague first, talking with three, listening in: asked by somebody in the call."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from presszero.calls import bringing
from presszero.calls.models import Ask, Leg
from presszero.core.actor import from_code
from presszero.core.refusal import Refused

from .end import AGENT, COLLEAGUE, LISTENS, TALKING, End
from .lane import begin
from .media import FOREVER
from .ng import MediaFailed
from .room import Room

if TYPE_CHECKING:
    from .ends import Ends

log = logging.getLogger(__name__)

RINGS = 25.0  # seconds somebody has to answer a call passed on to them, before the caller waits for anybody again


async def transfer(ends: Ends, end: End, ask: Ask) -> None:
    """{"to": "member:7" | "queue:3" | "+44…", "warm": bool}"""
    to = str(ask.given.get("to") or "")
    if ask.given.get("warm"):
        await _ask_colleague(ends, end, ask, to)
        return
    if to.startswith("queue:"):
        ends.call.queue_instead = int(to.partition(":")[2])
        await ends.leave(end, "transferred")
        await ends.person_left(lost=True)
        return
    leg = await ends.call.exchange.desk.ask(bringing.bring_in, ends.call.id, to, AGENT, from_code(ask.by))
    await ends.leave(end, "transferred")
    begin(play_music(ends), "let a caller hear music while they are passed on")
    begin(_unless_answered(ends, leg.id), "take back a call passed on in vain")
    await ends.bring(leg)


async def add(ends: Ends, end: End, ask: Ask) -> None:
    """{"to": …}: everybody hears everybody."""
    leg = await _brought(ends, ask, str(ask.given.get("to") or ""))
    await _into_room(ends, consulting=False)
    await ends.bring(leg, seated=True)


async def complete(ends: Ends, end: End, ask: Ask) -> None:
    """Of a warm transfer: who asked for it leaves, the other two talk."""
    room, others = ends.room, [other for other in ends.here if other is not end]
    if room is None or not others:
        raise Refused(_("Nobody has answered yet."))
    await _together(ends, room)
    await ends.leave(end, "transferred")
    await ends.call.exchange.desk.ask(bringing.changed, ends.call.id, from_code(ask.by))


async def cancel(ends: Ends, end: End, ask: Ask) -> None:
    """Of a warm transfer: back to the caller, without the colleague."""
    room = ends.room
    asked = ends.all.get(room.asked) if room else None
    if asked:
        await ends.leave(asked, "cancelled")
    if room:
        await _together(ends, room)
    await ends.call.exchange.desk.ask(bringing.changed, ends.call.id, from_code(ask.by))


async def listen(ends: Ends, end: End, ask: Ask | None = None) -> None:
    """A lead hears both, and is not heard. One offer alone: the answer to an earlier one would be taken for its own."""
    if end.seat:
        return
    await _into_room(ends, consulting=False)
    end.role = LISTENS
    end.seat = f"leg{end.leg_id}"
    await ends.offer(end)


async def whisper(ends: Ends, end: End, ask: Ask) -> None:
    """{"on": bool}: the agent hears them, the caller does not."""
    end.whispers = bool(ask.given.get("on"))


async def left(ends: Ends, end: End, room: Room) -> None:
    """Somebody went out of a call of more than two: nobody stays behind where they hear no one."""
    if not ends.here:
        ends.room = None
        for other in [other for other in ends.all.values() if other.seat]:
            await ends.leave(other, "withdrawn")
        room.close()
    elif room.consulting and end.leg_id == room.asker:
        await _together(ends, room)


async def _together(ends: Ends, room: Room) -> None:
    """The caller hears those who are there, and they the caller."""
    room.consulting = False
    ends.call.sound.quiet()
    await room.caller_joins()


async def play_music(ends: Ends) -> None:
    """For a caller who is with nobody for a moment."""
    call = ends.call
    try:
        await call.media.play(call.music(), times=FOREVER)
    except MediaFailed as why:
        log.warning("No music: %s", why)


async def _ask_colleague(ends: Ends, end: End, ask: Ask, to: str) -> None:
    leg = await _brought(ends, ask, to)
    room = await _into_room(ends, consulting=True)
    room.asker, room.asked = end.leg_id, leg.id
    begin(play_music(ends), "let a caller hear music while a colleague is asked")
    await ends.bring(leg, seated=True)


async def _brought(ends: Ends, ask: Ask, to: str) -> Leg:
    return await ends.call.exchange.desk.ask(bringing.bring_in, ends.call.id, to, COLLEAGUE, from_code(ask.by))


async def _into_room(ends: Ends, *, consulting: bool) -> Room:
    """Everybody in the call moves to seats. Pages are offered anew, and answer by themselves."""
    call = ends.call
    room = ends.room = ends.room or Room(call)
    room.consulting = consulting
    for end in [end for end in ends.here if not end.seat]:
        before = end.tag
        end.seat = f"leg{end.leg_id}"
        if end.is_browser:
            await ends.offer(end)
        else:
            call.exchange.sip.change(end.sip, await room.offer(end))
        begin(_then_silent(ends, end, before), "silence where an end was before")
    if not consulting:
        await room.caller_joins()
    return room


async def _then_silent(ends: Ends, end: End, tag: str) -> None:
    """Till the page has answered, the two go on where they are."""
    if not ends.room or not ends.room.consulting:
        await asyncio.sleep(0.5)
    await ends.call.media.mute(tag, on=True)


async def _unless_answered(ends: Ends, leg_id: int) -> None:
    await asyncio.sleep(RINGS)
    end = ends.all.get(leg_id)
    if end is None or end.state == TALKING or ends.call.over:
        return
    await ends.leave(end, "missed")
    if not ends.here:
        await ends.person_left(lost=True)
