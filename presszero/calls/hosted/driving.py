"""The caller's way through the menu: each request of the provider is an event, each answer the next document.

Only an answer to the newest document moves a call on. Whatever else comes (the same once more, one from a week ago)
gets the newest document again and changes nothing.
"""

from __future__ import annotations

import logging
import uuid
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from presszero.calls import actions, queries
from presszero.calls.menu import machine
from presszero.calls.menu.entering import park
from presszero.calls.menu.flow import Flow
from presszero.calls.menu.state import COLLECTING, ENDED, NUMBER, RECORDING, TALKING, WAITING, State
from presszero.calls.menu.vocabulary import (
    Answer,
    Ask,
    Command,
    Digit,
    Event,
    HangUp,
    HungUp,
    Joined,
    KeepPlace,
    Known,
    Listen,
    Park,
    PersonLeft,
    Play,
    Record,
    Recorded,
    Said,
    Silence,
    Started,
)
from presszero.calls.models import Call, Leg
from presszero.channels.models import Line

from . import rendering, ringing
from .beginning import begin
from .holding import Held, flow_of, held
from .recordings import note_message
from .rendering import Document

log = logging.getLogger(__name__)

OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
LAST_WORDS = 10  # seconds until nothing more is told of a message
SAYS_AGAIN = 30  # seconds between two words on place and time
_OURS = (Answer, Play, Listen, Record, HangUp)  # what a document carries out; all else is calls.actions'


def came_in(line: Line, fields: Mapping[str, str], again: bool, at: datetime) -> str:
    """A call reaches us, or comes back to us after we failed: then 0 was pressed, and it goes on from there."""
    sid = fields.get("CallSid", "")
    if not Call.objects.filter(merchant_id=line.merchant_id, line=line, provider_id=sid).exists():
        return _first(line, sid, fields, at)
    with held(line, at, provider_id=sid) as here:
        if here is None or here.call.ended_at:
            return rendering.gone().xml
        if again:
            return _resumed(here)
        return str(here.dialog.get("document") or _go(here, (Started(),)))


def went_on(line: Line, uid: uuid.UUID, query: Mapping[str, str], fields: Mapping[str, str], at: datetime) -> str:
    """The provider played a document, and this is what happened."""
    with held(line, at, uid=uid) as here:
        if here is None or here.call.provider_id != fields.get("CallSid"):
            return rendering.gone().xml
        if here.call.ended_at:
            return rendering.gone().xml
        if query.get("join"):
            return _joins(here) or str(here.dialog.get("document", ""))
        if query.get("n") != str(here.dialog.get("n")):
            return str(here.dialog.get("document") or rendering.gone().xml)
        here.dialog["heard"] = int(at.timestamp())
        if here.call.state.get("phase") == TALKING and fields.get("CallStatus") not in OVER:
            return _left_alone(here)
        return _joins(here) or _go(here, _events(here, fields))


def hung_up(line: Line, sid: str, at: datetime) -> None:
    """The caller's end is over, however that became known. What was said into a message is told beside it, before or
    after: until then, and for a moment at most, the call is not."""
    with held(line, at, provider_id=sid) as here:
        if here is None or here.call.ended_at:
            return
        gone = here.dialog.setdefault("gone", int(at.timestamp()))
        if State.read(here.call.state).phase != RECORDING or at.timestamp() - gone >= LAST_WORDS:
            over(here)


def called(here: Held) -> str:
    """Somebody we called is there: to whoever called them, or into the queue as they asked."""
    here.dialog["heard"] = int(here.at.timestamp())
    if joined := _joins(here):
        return joined
    flow = flow_of(here)
    state, heard = _followed(here, flow, *machine.waiting(flow, 0, here.call.language))
    return _joins(here) or _written(here, state, heard)


def over(here: Held) -> None:
    """They are gone. Whoever left a message, or was served, did not give up."""
    state = State.read(here.call.state)
    ended, commands = machine.step(flow_of(here), state, HungUp())
    for command in commands:
        _done(here, command)
    Call.objects.filter(merchant_id=here.call.merchant_id, id=here.call.id).update(state=ended.to_json())
    actions.call_ended(here.call.id, state.end or ("served" if state.phase == TALKING else "abandoned"), here.at)


# --- what happened ---


def _events(here: Held, fields: Mapping[str, str]) -> tuple[Event, ...]:
    state = State.read(here.call.state)
    recorded = _recorded(here, state, fields)
    if fields.get("CallStatus", "") in OVER:
        return (*recorded, HungUp())
    digits = "".join(key for key in fields.get("Digits", "") if key in "0123456789*#")[:40]
    if recorded:
        return (Digit("0"),) if digits == "0" else recorded
    if digits:
        return tuple(Digit(key) for key in digits + ("#" if _collects(state) else ""))
    if fields.get("SpeechResult"):
        return (Said(fields["SpeechResult"][:500]),)
    return _nothing(here, state)


def _recorded(here: Held, state: State, fields: Mapping[str, str]) -> tuple[Event, ...]:
    """A message, or the end of a Record in which nobody spoke."""
    if state.phase != RECORDING:
        return ()
    seconds = seconds_of(fields)
    if fields.get("RecordingSid"):
        note_message(here.call, fields["RecordingSid"], seconds, here.at)
    elif fields.get("Digits"):
        return ()  # pressed while the words before the tone were heard
    return (Recorded(seconds),)


def _nothing(here: Held, state: State) -> tuple[Event, ...]:
    if state.phase == WAITING and not state.parked:
        return () if _expected(here) else (Digit("0"),)  # passed on in vain: anybody, then
    if state.phase == WAITING:
        told = int(here.dialog.get("told", 0))
        due = here.at.timestamp() - told >= SAYS_AGAIN
        here.dialog["told"] = int(here.at.timestamp()) if due else told
        says = queries.queue_says(here.call.id, here.at) if due else None
        return (says,) if says else ()
    if _collects(state) and not here.dialog.get("quiet"):
        here.dialog["quiet"] = True  # once more, before it counts as silence
        return ()
    return (Silence(),)


def ender_left(here: Held) -> bool:
    """The room is over: whoever ended it has left. Others who talk go on in a new room. Whether they were cut off."""
    people = here.talking()
    left = [leg for leg in people if leg.id == here.dialog.get("ender")]
    if left and ringing.comes_back(here, left[0]):
        ringing.let_go(here, left[0])
        return False
    here.dialog.pop("ender", None)
    lost = any(leg.via == "browser" for leg in left)  # a page that hangs up says so first
    for leg in left:
        actions.leg_ended(leg.id, "lost" if lost else "hung_up", here.at)
    ringing.go_on(here, [leg for leg in people if leg not in left])
    return lost


def _left_alone(here: Held) -> str:
    """The caller comes out of the room: to others in the next one, to whom they are passed on, or into the menu."""
    lost = ender_left(here) if here.dialog.get("in") == here.room else False
    lost = bool(here.dialog.pop("lost", False)) or lost
    if joined := _joins(here):
        return joined
    state = State.read(here.call.state)
    if queue := here.dialog.pop("to_queue", 0):
        return _parked(here, state, int(queue))
    if _expected(here):
        return _written(here, replace(state, phase=WAITING, parked=False), [])
    return _go(here, (PersonLeft(lost=lost),))


def _expected(here: Held) -> bool:
    """Whether somebody is rung to whom the call was passed on."""
    rows = Leg.objects.filter(merchant_id=here.call.merchant_id, call=here.call, ended_at=None)
    return rows.filter(id=here.dialog.get("expects", 0)).exists()


# --- what follows ---


def _first(line: Line, sid: str, fields: Mapping[str, str], at: datetime) -> str:
    call = begin(line, sid, fields.get("From", ""), at)
    with held(line, at, id=call.id) as here:
        if here is None or here.dialog.get("document"):  # the same request at the same moment was quicker
            return str(here.dialog["document"]) if here else rendering.gone().xml
        return _go(here, (Started(flow_of(here).languages[0]),))


def _resumed(here: Held) -> str:
    return _joins(here) or _go(here, (Digit("0"),))


def _joins(here: Held) -> str:
    """Into the room, when somebody took the call; "" while nobody did, or when they are in it already."""
    people = here.talking()
    if not people or here.dialog.get("in") == here.room:
        return ""
    state, _ = machine.step(flow_of(here), State.read(here.call.state), Joined())
    here.dialog |= {"in": here.room, "ender": here.dialog.get("ender") or people[0].id}
    number = _number(here)
    document = rendering.room(here.room_name(), here.addresses(number), ends=True)
    return _kept(here, state, document, number)


def _go(here: Held, events: Iterable[Event]) -> str:
    """Steps the menu with each event, does what it wants done, and writes the next document."""
    flow, state = flow_of(here), State.read(here.call.state)
    if not here.dialog.get("n"):
        state = machine.begin(flow)
    heard: list[Command] = []
    todo = deque(events)
    while todo:
        state, commands = _followed(here, flow, *machine.step(flow, state, todo.popleft()))
        heard = [*(each for each in heard if isinstance(each, Play)), *commands]
        if _moved_on(commands) and not any(each == Digit("0") for each in todo):
            todo = deque(each for each in todo if not isinstance(each, Digit))  # pressed for what was before
    if state.phase == ENDED:
        _end(here, heard)
    return _joins(here) or _written(here, state, heard)


def _parked(here: Held, state: State, queue: int) -> str:
    """Passed on to a queue by whoever talked with them."""
    flow = flow_of(here)
    state, heard = _followed(here, flow, *park(state, queue, "node"))
    return _joins(here) or _written(here, state, heard)


def _written(here: Held, state: State, heard: list[Command]) -> str:
    number = _number(here)
    if any(isinstance(each, Play) for each in heard):
        here.dialog.pop("quiet", None)
    document = rendering.render(
        heard, here.addresses(number), here.speaker(), queued=state.phase == WAITING, collects=_collects(state)
    )
    return _kept(here, state, document, number)


def _followed(here: Held, flow: Flow, state: State, commands: Iterable[Command]) -> tuple[State, list[Command]]:
    """Carries out commands, and what follows from the answers. What the provider is to do remains."""
    todo, heard = deque(commands), list[Command]()
    while todo:
        command = todo.popleft()
        if isinstance(command, _OURS):
            heard.append(command)
        elif answer := _done(here, command):
            state, more = machine.step(flow, state, answer)
            todo.extend(more)
    return state, heard


def _done(here: Held, command: Command) -> Event | None:
    """Carries out what is not for the provider. A look-up that fails knows nothing; only a Park must succeed."""
    try:
        return actions.carry_out(here.call.id, command, here.at)
    except Exception:
        if isinstance(command, Park):
            raise  # the safe document: it comes back with a 0
        log.exception("call %d: %s", here.call.id, type(command).__name__)
        return Known("") if isinstance(command, Ask | KeepPlace) else None


def _kept(here: Held, state: State, document: Document, number: int) -> str:
    here.dialog |= {"n": number, "document": document.xml}
    Call.objects.filter(merchant_id=here.call.merchant_id, id=here.call.id).update(state=state.to_json())
    return document.xml


def _end(here: Held, heard: Iterable[Command]) -> None:
    why = next((each.why for each in heard if isinstance(each, HangUp)), "abandoned")
    actions.call_ended(here.call.id, why, here.at)


def _moved_on(commands: Iterable[Command]) -> bool:
    return any(isinstance(each, Play | Record | HangUp) for each in commands)


def _collects(state: State) -> bool:
    return state.phase in (COLLECTING, NUMBER)


def _number(here: Held) -> int:
    return int(here.dialog.get("n", 0)) + 1


def seconds_of(fields: Mapping[str, str]) -> float:
    """Of a recording."""
    given = fields.get("RecordingDuration", "")
    return float(given) if given.isascii() and given.isdecimal() and len(given) < 6 else 0.0
