"""Going on with a call that another process held when it was killed. Its sound never stopped: rtpengine lives on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from presszero.calls import actions
from presszero.calls.menu.flow import BadFlow, Flow
from presszero.calls.menu.state import CHOOSING, COLLECTING, RECORDING, TALKING, WAITING, State
from presszero.calls.menu.vocabulary import Prompt, Silence
from presszero.calls.models import Call
from presszero.calls.plans import Plan
from presszero.channels.models import Line

from . import leaving
from .calls import LiveCall
from .dialog import Dialog
from .end import End
from .lane import begin
from .media import CALLER


def plan_of(line_id: int, now: datetime) -> Plan:
    """The line's menu and what belongs to it."""
    return actions.plan_of(Line.objects.get(id=line_id), now)


def prompts_of(plan: Plan) -> Iterator[Prompt]:
    """What a caller may hear, to be spoken beforehand."""
    for node in plan.flow.nodes.values():
        for language in plan.flow.languages:
            prompt = node.heard.prompt(language)
            if prompt:
                yield prompt


def can_go_on(row: Call) -> bool:
    return bool(row.dialog.get("leg") or row.dialog.get("answer")) and bool(row.state)


def go_on(call: LiveCall, row: Call) -> None:
    """Takes the dialog up again, and the menu where it was."""
    kept = row.dialog
    if row.version is not None:
        call.flow = _flow(row.version.flow) or call.flow
    call.state, call.sdp, call.number = State.read(row.state), str(kept.get("sdp") or ""), row.number
    call.connected = True
    call.parked = bool(kept.get("parked"))
    call.consented = bool(kept.get("consented"))
    call.keeper.resume(kept.get("recording") or {})
    call.exchange.keys[call.media.uid, CALLER] = partial(call.pressed, way="rtp")
    if kept.get("leg"):
        call.leg = f"{row.uid}"
        call.exchange.legs[call.leg] = call.heard
        call.exchange.sip.revive(call.leg, Dialog.from_json(kept["leg"]))
    else:
        call.answer = str(kept["answer"])
        call.media.from_browser()
    call.sound.ready.set()
    call.ends.dialled = True
    call.adopt(row.id)
    for end in kept.get("ends") or ():
        _end(call, end)
    begin(_on(call), "go on with a call")


async def _on(call: LiveCall) -> None:
    await call.ends.look()
    if call.state.phase == TALKING:
        call.ends.talked = True
        await _out_of_room(call)
    elif call.state.phase == WAITING:
        call.wait_on()
    elif call.state.phase == RECORDING:
        begin(leaving.record_on(call), "record a message")
    elif call.state.phase in (CHOOSING, COLLECTING):
        call.feed(Silence())  # says once more what may be pressed
    else:
        call.go_safe()


async def _out_of_room(call: LiveCall) -> None:
    """The room went with its process: whoever sat in it first talks to the caller again, alone."""
    seated = [end for end in call.ends.all.values() if end.seat]
    for number, end in enumerate(sorted(seated, key=lambda end: end.leg_id)):
        end.seat, end.tag = "", ""
        await (call.ends.offer(end) if number == 0 else call.ends.leave(end, "lost"))


def _end(call: LiveCall, kept: dict[str, Any]) -> None:
    end = End(
        int(kept["leg"]),
        kept.get("member"),
        str(kept.get("via") or "browser"),
        str(kept.get("role") or "agent"),
        state=str(kept["state"]),
        tag=str(kept["tag"]),
        answer=str(kept["answer"]),
        offers=int(kept["offers"]),
        seat=str(kept.get("seat") or ""),
    )
    call.ends.all[end.leg_id] = end
    if kept.get("sip"):
        call.ends.revive_telephone(end, Dialog.from_json(kept["sip"]))


def _flow(json: Any) -> Flow | None:
    try:
        return Flow.read(json)
    except BadFlow:
        return None
