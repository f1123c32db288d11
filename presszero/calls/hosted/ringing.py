"""Our ends of a call rung at the provider: a telephone at once, a page once its program is there to be rung.

A provider rings the programs that are registered at that moment, and no other. So a page says that it is there
(`again`) before it is rung, and says it once more when it was loaded anew, in the middle of a talk too: what it had
then is let go, and it is rung anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from presszero.calls import actions, bringing
from presszero.calls.models import Call, Leg, Reception
from presszero.channels.models import Line
from presszero.core.actor import SYSTEM

from .holding import Held, held, next_room, root_of
from .rest import Api, NotDone, Ring
from .tokens import identity_of, registers

SHOWS_UP = timedelta(seconds=6)  # without a word from a page it is rung all the same; then the provider says how it is
BACK = timedelta(seconds=10)  # so long a page that vanished while it talked is expected back: a reload takes five
MAY_RING = 60  # seconds somebody outside may be rung


def is_there(leg: Leg, line: Line, now: datetime) -> bool:
    """Whether to ring this end by ourselves."""
    return not _in_page(leg, line) or now - leg.offered_at > SHOWS_UP


def ring(call: Call, leg: Leg, api: Api, now: datetime) -> None:
    """Rings it. Raises NotDone. Nobody who cannot be rung holds the caller up: the next one is."""
    try:
        sid = api.ring(_ring(call, leg))
    except NotDone as why:
        if why.refused:
            actions.leg_ended(leg.id, "failed", now)
        raise
    with held(call.line, now, id=call.id) as here:
        if here and not here.sid_of(leg.id):
            here.keep_sid(leg.id, sid)
        call.dialog = here.dialog if here else call.dialog
    if leg.answered_at is None:
        actions.leg_offered(leg.id, sid[:60], "")


def ring_page(call: Call, leg: Leg, api: Api, now: datetime, *, takes: bool) -> None:
    """Their page is there. What another one had of this call is let go, a talk only where it `takes` that. Raises
    NotDone.
    """
    with held(call.line, now, id=call.id) as here:
        leg.refresh_from_db()
        if here is None or here.call.ended_at or leg.ended_at or not _in_page(leg, call.line):
            return
        if leg.answered_at and not takes:
            return  # another window was quicker
        before = here.sid_of(leg.id)
        let_go(here, leg)
    if before:
        api.hang_up(before)
    ring(call, leg, api, now)


def comes_back(here: Held, leg: Leg) -> bool:
    """Whether a talk goes on without this end for a moment. Who hangs up says so, and then their end is over."""
    return leg.ended_at is None and leg.answered_at is not None and _in_page(leg, here.line)


def let_go(here: Held, leg: Leg) -> None:
    """Their end at the provider is no longer theirs. Who talked is awaited, with the caller in the next room."""
    gone = here.dialog.get("ends", {}).pop(str(leg.id), "")
    if not gone:
        return
    here.dialog["past"] = [*here.dialog.get("past", [])[-9:], gone]
    if leg.answered_at is None:
        return
    away = here.dialog.setdefault("away", {})
    away.setdefault(str(leg.id), int(here.at.timestamp()))
    if here.dialog.get("ender") == leg.id:
        go_on(here, [each for each in here.talking() if str(each.id) not in away] or [leg])
        here.may_send()  # the caller comes out of the old room by themselves


def go_on(here: Held, others: list[Leg]) -> None:
    """The room is over: those meet the caller in the next one, and the first of them ends it."""
    here.dialog |= next_room(here.dialog)
    for leg in others:
        if leg.state == Leg.State.HELD:  # in the next room they are not
            bringing.held(leg.id, False, SYSTEM)
    if others:
        here.dialog["ender"] = others[0].id


def give_up(call: Call, api: Api, now: datetime) -> int:
    """Those who did not come back. A caller who is alone is led to the next colleague."""
    since = now.timestamp() - BACK.total_seconds()
    late = [int(leg) for leg, at in call.dialog.get("away", {}).items() if at < since]
    for leg in late if call.ended_at is None else ():
        actions.leg_ended(leg, "lost", now)
    if not late or call.ended_at:
        return 0
    with held(call.line, now, id=call.id) as here:
        if here is None:
            return 0
        here.dialog["away"] = {leg: at for leg, at in here.dialog["away"].items() if int(leg) not in late}
        here.dialog["lost"] = alone = not here.talking()
        number = here.dialog.get("n")
    if alone:
        api.send_to(call.provider_id, f"{root_of(call.line)}/{call.uid}/step?n={number}")
    return len(late)


def _in_page(leg: Leg, line: Line) -> bool:
    return leg.via == "browser" and registers(line)


def _ring(call: Call, leg: Leg) -> Ring:
    root, outside = f"{root_of(call.line)}/legs/{leg.id}", leg.via in ("mobile", "number")
    to = leg.number if outside else f"client:{identity_of(call.merchant_id, leg.member_id or 0)}"
    caller = call.line.address if outside else call.number or call.line.address
    seconds = MAY_RING if leg.via == "number" else _patience(call)
    told = {"leg": str(leg.id), "call": str(call.id)}
    return Ring(to, caller, f"{root}?room={call.dialog.get('room', 1)}", f"{root}/status", seconds, told)


def _patience(call: Call) -> int:
    found = Reception.objects.filter(merchant_id=call.merchant_id, line_id=call.line_id)
    return max(5, found.values_list("ring_seconds", flat=True).first() or 20)
