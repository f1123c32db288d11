"""Ends that are telephones: a customer we call, a member's mobile, a number somebody transfers to. Dialled through the
line's carrier."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from presszero.calls import actions
from presszero.calls.menu.machine import waiting
from presszero.calls.menu.sayings import saying
from presszero.core.actor import Actor
from presszero.core.refusal import Refused

from . import records, sip
from .dialog import Dialog
from .digits import informed
from .end import AGENT, TALKING, End
from .lane import begin
from .media import CALLER, Media
from .ng import MediaFailed

if TYPE_CHECKING:
    from .ends import Ends

log = logging.getLogger(__name__)

FAR = "far"
CONFIRMS_WITHIN = 20.0  # seconds a mobile has to press 1: a mailbox answers too, and presses nothing
TAKES = "1"
RINGS = 20  # times a member hears it ring


async def dial(ends: Ends, end: End) -> None:
    """Rings a number. A member's mobile must press 1; till then it talks to nobody."""
    call = ends.call
    if end.via == "mobile" and not end.seat:
        sdp = await _far(ends, end).invite(FAR)
    else:
        sdp = await ends.describe(end)
        await call.exchange.desk.ask(actions.leg_offered, end.leg_id, end.tag, "")
    end.sip = secrets.token_hex(8)
    call.exchange.legs[end.sip] = partial(_heard, ends, end)
    call.exchange.sip.dial(end.sip, _outgoing(ends, end.number, sdp))


def dial_customer(ends: Ends, sdp: str) -> None:
    """Calls the customer. `sdp` is what they are offered; whoever waits for it hears it ring."""
    call = ends.call
    call.leg = secrets.token_hex(8)
    call.exchange.legs[call.leg] = call.heard
    call.exchange.keys[call.media.uid, CALLER] = partial(call.pressed, way="rtp")
    try:
        call.exchange.sip.dial(call.leg, _outgoing(ends, call.number, sdp))
    except Refused as why:
        log.warning("A call was not made: %s", why)
        call.hang_up("failed")


async def let_hear_ringing(ends: Ends, end: End) -> None:
    """As any telephone does, till somebody answers."""
    try:
        await ends.call.media.play(ends.call.exchange.voices.ringing(), tag=end.tag, times=RINGS)
    except MediaFailed as why:
        log.info("A member hears no ringing: %s", why)


async def stop_ringing(ends: Ends, end: End) -> None:
    """After it began, and not before: what is played is a second voice to the member's browser."""
    if ends.ringing:
        await asyncio.wait([ends.ringing])
    with contextlib.suppress(MediaFailed):  # nothing rang
        await ends.call.media.quiet(tag=end.tag)


async def call_customer_first(ends: Ends) -> None:
    """Nobody here is on the line yet: the customer is called, and then waits in their kept place."""
    ends.dialled = True
    dial_customer(ends, await ends.call.media.invite())


async def customer_alone(ends: Ends) -> None:
    """They answered a call that no member has taken yet."""
    call = ends.call
    await call.media.invited(call.sdp)
    call.sound.ready.set()
    call.go_to(waiting(call.flow, 0, call.state.language))


def revive(ends: Ends, end: End, dialog: Dialog) -> None:
    """Goes on with a telephone's dialog."""
    end.sip = secrets.token_hex(8)
    ends.call.exchange.legs[end.sip] = partial(_heard, ends, end)
    ends.call.exchange.sip.revive(end.sip, dialog)


def hang_up(ends: Ends, end: End) -> None:
    exchange = ends.call.exchange
    if not end.sip:
        return
    exchange.legs.pop(end.sip, None)
    exchange.sip.hang_up(end.sip)
    far = f"{ends.call.media.uid}-{end.leg_id}"
    if exchange.keys.pop((far, FAR), None):
        begin(Media(exchange.ng, far).end(), "free a mobile's sound")


def _heard(ends: Ends, end: End, event: sip.Heard) -> None:
    match event:
        case sip.Answered(_leg, sdp) if sdp:
            begin(_answered(ends, end, sdp), "join a telephone")
        case sip.Informed(_leg, body, kind):
            begin(_pressed(ends, end, informed(body, kind)), "take a key of a mobile")
        case sip.Changed(_leg, sdp):
            begin(_changed(ends, end, sdp), "answer a change of a telephone's")
        case sip.Ended():
            begin(_over(ends, end), "end a telephone's part")


async def _answered(ends: Ends, end: End, sdp: str) -> None:
    """First the telephone is there; a mobile that pressed its key answers a second time, to where the caller is."""
    waits = (f"{ends.call.media.uid}-{end.leg_id}", FAR) in ends.call.exchange.keys
    if end.via == "mobile" and not end.tag and waits:
        await _ask_for_key(ends, end, sdp)
        return
    try:
        async with ends.lock:
            await ends.connect(end, sdp, Actor("member", end.member_id) if end.member_id else Actor("system"))
    except Refused:
        hang_up(ends, end)


async def _ask_for_key(ends: Ends, end: End, sdp: str) -> None:
    far = _far(ends, end)
    await far.invited(sdp, FAR)
    theirs = await ends.call.exchange.desk.ask(records.language_of, end.member_id or 0) or ends.call.plan.language
    path = await ends.call.exchange.voices.path((saying("take", theirs),))
    if path and not end.tag:  # who knows the words pressed the key before they were made
        await far.play(path, tag=FAR, times=4)
    await asyncio.sleep(CONFIRMS_WITHIN)
    if end.leg_id in ends.all and not end.tag:
        await ends.leave(end, "missed")


async def _pressed(ends: Ends, end: End, key: str) -> None:
    if key != TAKES or end.tag or end.leg_id not in ends.all:
        return
    sdp = await ends.describe(end)
    await ends.call.exchange.desk.ask(actions.leg_offered, end.leg_id, end.tag, "")
    far = (f"{ends.call.media.uid}-{end.leg_id}", FAR)
    ends.call.exchange.keys.pop(far, None)
    ends.call.exchange.sip.change(end.sip, sdp)
    await Media(ends.call.exchange.ng, far[0]).end()


async def _changed(ends: Ends, end: End, sdp: str) -> None:
    """A telephone's side holds or moves: it is told what it was told before."""
    end.answer = sdp
    ends.call.exchange.sip.accept(end.sip, await ends.call.media.offer(end.tag, ends.call.sdp, browser=False))
    await ends.call.media.join(end.tag, sdp)


async def _over(ends: Ends, end: End) -> None:
    """They hung up, or never answered."""
    if end.leg_id not in ends.all or ends.call.over:
        return
    was_here = end.state == TALKING
    await ends.leave(end, "hung_up" if was_here else "missed")
    if was_here and not ends.here:
        await ends.person_left(lost=False)
    elif not was_here and end.role == AGENT and not ends.here:
        await ends.person_left(lost=True)
        await ends.call.exchange.desk.ask(actions.ring_due, ends.call.line.merchant_id, records.now())


def _far(ends: Ends, end: End) -> Media:
    """A session of its own for a mobile that has not pressed its key."""
    media = Media(ends.call.exchange.ng, f"{ends.call.media.uid}-{end.leg_id}")

    def pressed(key: str) -> None:
        begin(_pressed(ends, end, key), "take a key of a mobile")

    ends.call.exchange.keys[media.uid, FAR] = pressed
    return media


def _outgoing(ends: Ends, number: str, sdp: str) -> sip.Outgoing:
    line = ends.call.line
    if line.hop is None:
        raise Refused(_("This line cannot dial out."))
    return sip.Outgoing(line.hop, number, line.caller_id, sdp, line.trunk.username, line.trunk.password)
