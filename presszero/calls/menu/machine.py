"""The phone menu, whole: `step(flow, state, event) -> (state, commands)`. Pure, and never raises for what callers do.

The zero rule stands above everything: whatever the caller is in the middle of, 0 (or words for a person, in any
language) gives a Park in that same step, and it stands before everything else that could fail. Only in a conversation
with a person do keys belong to the two of them.

    state = begin(flow)
    state, commands = step(flow, state, Started())

A driver feeds events one by one and carries out what comes back, in order. Where it fails itself: `safe(state)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from . import queueing
from .entering import BETWEEN, Stepped, choose, close, collect, enter, look_up, park, spoken, voicemail
from .flow import Flow, Node
from .sayings import saying
from .speech import declines, says, wants_person
from .state import (
    ASKING,
    CHOOSING,
    CLOSING,
    COLLECTING,
    CONSENT,
    ENDED,
    GREETING,
    KEEPING,
    KEPT,
    NEW,
    NUMBER,
    PLAYING,
    RECORDING,
    TALKING,
    WAITING,
    State,
)
from .vocabulary import (
    Answer,
    Command,
    Consent,
    Digit,
    Event,
    HangUp,
    HungUp,
    Joined,
    Known,
    Listen,
    Note,
    PersonLeft,
    Play,
    Played,
    Record,
    Recorded,
    Said,
    Silence,
    Started,
    Unpark,
)

DECLINE = "9"  # the key of who would rather not be recorded
MOST_MISSES = 3  # look-ups that found nothing; after these a person looks
SHORTEST = 1.0  # seconds; less is no message


def begin(flow: Flow) -> State:
    return State(phase=NEW, node=flow.start, language=flow.languages[0])


def waiting(flow: Flow, queue: int, language: str) -> Stepped:
    """Of a call we made because they asked for it: straight to a person, with a word on why we call."""
    return park(replace(begin(flow), language=language or flow.languages[0]), queue, "callback", "called_back")


def step(flow: Flow, state: State, event: Event) -> Stepped:
    """What is now, and what is to be done for it."""
    if state.phase == ENDED:
        return state, ()
    if isinstance(event, HungUp):
        return replace(state, phase=ENDED, parked=False), (Unpark("abandoned"),) if state.parked else ()
    if isinstance(event, Joined):
        return replace(state, phase=TALKING, parked=False, nobody=""), ()
    if state.phase != TALKING and asks_for_person(event):
        return _zero(flow, state)
    if state.phase in _AT_NODE and state.node not in flow.nodes:
        return park(state, 0, "failed")
    return _PHASES[state.phase](flow, state, event)


def safe(state: State) -> Stepped:
    """When something of ours failed under the call: people are rung again; failing that a message; then the end."""
    failed = replace(state, failures=state.failures + 1)
    if failed.failures == 1:
        return park(failed, 0, "failed", "trouble")
    if failed.failures == 2:
        return voicemail(failed, saying("nobody", state.language), saying("voicemail", state.language))
    return replace(failed, phase=ENDED, parked=False), (HangUp("failed"),)


def asks_for_person(event: Event) -> bool:
    """Key 0, or words for it."""
    return event == Digit("0") or (isinstance(event, Said) and wants_person(event.text))


def _zero(flow: Flow, state: State) -> Stepped:
    if state.parked:  # they are being rung already, and nobody loses their place by asking again
        here = replace(state, phase=WAITING, typed="")
        return here, (Play(queueing.told(here, reassures=True)), Note("zero", "", "queue"))
    node = flow.nodes.get(state.node)
    before: tuple[Command, ...] = (Answer(),) if state.phase == NEW else ()
    here, commands = park(state, 0, "zero")
    return here, (*before, *commands, Note("zero", state.node, node.name if node else ""))


# --- before the menu ---


def _new(flow: Flow, state: State, event: Event) -> Stepped:
    if isinstance(event, Started):
        language = event.language if event.language in flow.languages else state.language
        state = replace(state, language=language)
        here, commands = _ask_consent(flow, state)
        return here, (Answer(), *commands)
    return state, ()


def _ask_consent(flow: Flow, state: State) -> Stepped:
    heard = spoken(flow, state, flow.record) if flow.record else ()
    if not heard:
        return enter(flow, state, flow.start)
    return replace(state, phase=CONSENT), (Play(heard), Listen(2.0, 1, flow.speech))


def _consent(flow: Flow, state: State, event: Event) -> Stepped:
    """Whoever hears it to its end agrees. Any key, 9 above all, leaves the call unrecorded: served all the same."""
    if isinstance(event, Silence):
        return _consented(flow, state, True)
    if isinstance(event, Said) and not declines(event.text):
        return state, (Listen(2.0, 1, flow.speech),)
    if isinstance(event, Digit | Said):
        return _consented(flow, state, False, ahead="" if event == Digit(DECLINE) else getattr(event, "key", ""))
    return state, ()


def _consented(flow: Flow, state: State, given: bool, ahead: str = "") -> Stepped:
    here, commands = _ahead(flow, state, flow.start, ahead)
    return here, (Consent(given), *commands)


# --- in the menu ---


def _playing(flow: Flow, state: State, event: Event) -> Stepped:
    node = flow.nodes[state.node]
    if event == Digit("#"):
        return state, (Play(spoken(flow, state, node.heard)),)
    if isinstance(event, Played | Silence):
        return enter(flow, state, node.to)
    if isinstance(event, Digit):  # they know the way
        return _ahead(flow, state, node.to, event.key)
    return state, ()


def _ahead(flow: Flow, state: State, to: str, key: str) -> Stepped:
    """Goes to a node, and takes a key pressed ahead of it for its choice."""
    node = flow.nodes.get(to)
    if node and key in node.choices:
        here, _ = enter(flow, state, to)
        return _chosen(flow, here, node, key) if here.phase == CHOOSING else park(here, 0, "node")
    return enter(flow, state, to)


def _choosing(flow: Flow, state: State, event: Event) -> Stepped:
    node = flow.nodes[state.node]
    if event == Digit("#"):
        return choose(flow, state, node)
    key = _key_of(node, event)
    if key in node.choices:
        return _chosen(flow, state, node, key)
    if isinstance(event, Digit | Said | Silence):
        return _again(flow, state, node, wrong=not isinstance(event, Silence))
    return state, ()


def _key_of(node: Node, event: Event) -> str:
    if isinstance(event, Digit):
        return event.key
    if isinstance(event, Said):
        said = event.text
        return next((key for key, choice in node.choices.items() if says(said, (choice.name, *choice.words, key))), "")
    return ""


def _chosen(flow: Flow, state: State, node: Node, key: str) -> Stepped:
    choice = node.choices[key]
    here, commands = enter(flow, replace(state, language=choice.language or state.language), choice.to)
    spoken_to = (Note("language", state.node, choice.language),) if choice.language else ()
    return here, (*commands, Note("digit", state.node, f"{key} {choice.name}".strip()), *spoken_to)


def _again(flow: Flow, state: State, node: Node, wrong: bool) -> Stepped:
    """Once more, and after the last try a person. Which wrong key it was is written nowhere: it may be of a card."""
    here = replace(state, tries=state.tries + 1)
    if here.tries >= node.tries:
        there, commands = park(here, 0, "node")
        return there, (*commands, Note("failed", state.node, node.name))
    sorry = (saying("sorry", state.language),) if wrong else ()
    return choose(flow, here, node, *sorry, saying("zero", state.language))


def _collecting(flow: Flow, state: State, event: Event) -> Stepped:
    node = flow.nodes[state.node]
    if isinstance(event, Digit) and event.key != "#":
        typed = state.typed + event.key.replace("*", "0")
        here = replace(state, typed=typed)
        return _collected(flow, here, node) if len(typed) >= node.most else (here, (Listen(BETWEEN, 1),))
    if event == Digit("#") or isinstance(event, Silence):
        return _collected(flow, state, node) if state.typed else _nothing(flow, state, node)
    return state, ()


def _collected(flow: Flow, state: State, node: Node) -> Stepped:
    here = replace(state, values={**state.values, state.asks: state.typed}, typed="", tries=0)
    note = Note("digit", state.node, "•" * len(state.typed))
    there, commands = look_up(flow, here, node) if node.kind == "lookup" else enter(flow, here, node.to)
    return there, (*commands, note)


def _nothing(flow: Flow, state: State, node: Node) -> Stepped:
    here = replace(state, tries=state.tries + 1)
    if here.tries >= node.tries:
        there, commands = park(here, 0, "node")
        return there, (*commands, Note("failed", state.node, node.name))
    return collect(flow, here, node, state.asks, saying("sorry", state.language), saying("zero", state.language))


def _asking(flow: Flow, state: State, event: Event) -> Stepped:
    node = flow.nodes[state.node]
    if not isinstance(event, Known | Silence):
        return state, ()
    known = event if isinstance(event, Known) else Known("")
    if node.kind == "hours":  # what cannot be found out counts as open: a person rather than a machine
        return enter(flow, state, node.closed if known.answer == "closed" else node.open)
    return _looked_up(flow, state, node, known)


def _looked_up(flow: Flow, state: State, node: Node, known: Known) -> Stepped:
    if known.answer == "found":
        here, commands = enter(flow, replace(state, values={**state.values, **known.values}, misses=0), node.found)
        return here, (*commands, Note("looked", state.node, known.values.get("order.number", "")))
    kept = {key: value for key, value in state.values.items() if key not in ("order", "postcode")}
    here = replace(state, values=kept, misses=state.misses + 1)
    if here.misses >= MOST_MISSES or known.answer == "person":
        there, commands = park(here, 0, "node")
    else:
        there, commands = enter(flow, here, node.none)
    return there, (*commands, Note("looked", state.node, ""))


# --- a message ---


def _greeting(flow: Flow, state: State, event: Event) -> Stepped:
    if isinstance(event, Played | Silence | Digit):
        return replace(state, phase=RECORDING), (Record(),)
    return state, ()


def _recording(flow: Flow, state: State, event: Event) -> Stepped:
    if not isinstance(event, Recorded):
        return state, ()
    if event.seconds >= SHORTEST:
        return close(state, "voicemail", saying("thanks", state.language))
    if state.tries == 0:
        here = replace(state, tries=1)
        return voicemail(here, saying("empty", state.language), saying("voicemail", state.language))
    return close(state, "abandoned")


# --- with a person, and the end ---


def _talking(flow: Flow, state: State, event: Event) -> Stepped:
    if not isinstance(event, PersonLeft):
        return state, ()
    if event.lost:
        return park(state, state.queue, "lost", "lost")
    return replace(state, phase=ENDED), (HangUp("served"),)


def _closing(flow: Flow, state: State, event: Event) -> Stepped:
    if isinstance(event, Played | Silence | Digit):
        return replace(state, phase=ENDED), (HangUp(state.end or "served"),)
    return state, ()


_AT_NODE = frozenset({PLAYING, CHOOSING, COLLECTING, ASKING})
_PHASES: Mapping[str, Callable[[Flow, State, Event], Stepped]] = {
    NEW: _new,
    CONSENT: _consent,
    PLAYING: _playing,
    CHOOSING: _choosing,
    COLLECTING: _collecting,
    ASKING: _asking,
    WAITING: queueing.waiting,
    KEEPING: queueing.keeping,
    NUMBER: queueing.number,
    KEPT: queueing.kept,
    GREETING: _greeting,
    RECORDING: _recording,
    TALKING: _talking,
    CLOSING: _closing,
}
