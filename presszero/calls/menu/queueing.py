"""Waiting for a person, keeping one's place to be called back, and what is said when nobody is there. Pure."""

from __future__ import annotations

from dataclasses import replace

from .entering import BETWEEN, PATIENCE, Stepped, close, park, spoken, voicemail
from .flow import Flow
from .sayings import saying
from .state import KEEPING, KEPT, NUMBER, WAITING, State
from .vocabulary import (
    Command,
    Digit,
    Event,
    KeepPlace,
    Known,
    Listen,
    Note,
    Play,
    Prompt,
    QueueSays,
    Silence,
    Unpark,
)

NUMBER_KEYS = (4, 18)  # of a telephone number


def waiting(flow: Flow, state: State, event: Event) -> Stepped:
    if isinstance(event, QueueSays):
        return _queue_says(state, event)
    if isinstance(event, Known) and state.nobody:  # 0 again, while their place was being written down
        return keeping(flow, state, event)
    if event == Digit("1") and state.offers:
        return replace(state, phase=KEEPING, nobody=""), (KeepPlace(),)
    if event == Digit("2"):
        here, commands = voicemail(state)
        return here, (Unpark("voicemail"), *commands)
    if isinstance(event, Digit):
        return state, (Play(told(state, reassures=True)),)
    return state, ()


def _queue_says(state: State, event: QueueSays) -> Stepped:
    if event.nobody:
        return replace(state, phase=KEEPING, nobody=event.plan or "callback", tries=0), (KeepPlace(),)
    here = replace(state, place=event.place, seconds=event.seconds, offers=event.callback)
    return here, (Play(told(here)),)


def told(state: State, reassures: bool = False) -> tuple[Prompt, ...]:
    """Place, honest estimate, and what they may do instead of waiting."""
    language, words = state.language, []
    if reassures or not state.place:
        words.append(saying("waiting", language))
    if state.place:
        words.append(saying("next", language) if state.place == 1 else saying("place", language, place=state.place))
    if state.seconds:
        minutes = max(1, round(state.seconds / 60))
        words.append(saying("minute" if minutes == 1 else "minutes", language, minutes=minutes))
    return (*words, saying("offer" if state.offers else "offer_message", language))


def keeping(flow: Flow, state: State, event: Event) -> Stepped:
    known = Known("") if isinstance(event, Silence) else event
    if not isinstance(known, Known) or known.answer in ("open", "closed", "found", "none"):  # asked before that
        return state, ()
    if known.answer == "kept":
        return _kept_place(flow, state, known.values.get("when", ""))
    if known.answer in ("number", "bad") and state.tries < 2:
        before = (saying("not_kept", state.language),) if known.answer == "bad" else ()
        return _ask_number(state, *before)
    return _not_kept(state)


def _kept_place(flow: Flow, state: State, when: str) -> Stepped:
    node = flow.nodes.get(state.node)
    own = spoken(flow, state, node.heard) if node and node.kind == "callback" and not state.parked else ()
    promised = (*own, saying("promised" if state.nobody else "kept", state.language, when=when))
    out = _unparked(state, "closed" if state.nobody else "callback")
    if state.nobody == "voicemail":
        here, commands = voicemail(state, *promised, saying("voicemail", state.language))
        return here, (*out, *commands, Note("callback", "", when))
    ask = [saying("other_number", state.language)]
    if state.nobody == "callback":
        ask.append(saying("leave_message", state.language))
    here = replace(state, phase=KEPT, parked=False, typed="", tries=0)
    return here, (*out, Play((*promised, *ask)), Listen(PATIENCE), Note("callback", "", when))


def _not_kept(state: State) -> Stepped:
    if state.nobody:
        here, commands = voicemail(state, saying("nobody", state.language), saying("voicemail", state.language))
        return here, (*_unparked(state, "voicemail"), *commands)
    if state.parked:
        here = replace(state, phase=WAITING, offers=False)
        return here, (Play(told(here, reassures=True)),)
    return park(state, 0, "node")


def _unparked(state: State, why: str) -> tuple[Command, ...]:
    return (Unpark(why),) if state.parked else ()


def _ask_number(state: State, *before: Prompt) -> Stepped:
    here = replace(state, phase=NUMBER, typed="", tries=state.tries + 1)
    return here, (Play((*before, saying("number", state.language))), Listen(8.0))


def number(flow: Flow, state: State, event: Event) -> Stepped:
    if isinstance(event, Digit) and event.key != "#" and len(state.typed) < NUMBER_KEYS[1]:
        return replace(state, typed=state.typed + event.key.replace("*", "0")), (Listen(BETWEEN),)
    if not isinstance(event, Digit | Silence):
        return state, ()
    here = replace(state, phase=KEEPING, typed="")
    if len(state.typed) < NUMBER_KEYS[0]:
        return _ask_number(state, saying("not_kept", state.language)) if state.tries < 2 else _not_kept(here)
    return here, (KeepPlace(state.typed),)


def kept(flow: Flow, state: State, event: Event) -> Stepped:
    if event == Digit("1"):
        return _ask_number(state)
    if event == Digit("2"):
        return voicemail(state)
    if isinstance(event, Digit | Silence):
        return close(state, "callback")
    return state, ()
