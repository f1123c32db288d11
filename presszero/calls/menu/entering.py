"""What is done on coming to a node, on joining the queue, and before the last words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from .flow import Flow, Heard, Node
from .sayings import saying
from .state import (
    ASKING,
    CHOOSING,
    CLOSING,
    COLLECTING,
    GREETING,
    KEEPING,
    PLAYING,
    WAITING,
    State,
)
from .vocabulary import Ask, Command, KeepPlace, Listen, Note, Park, Play, Prompt, SendText

Stepped = tuple[State, tuple[Command, ...]]
MOST_HOPS = 60  # nodes in one call; whoever goes round in circles wants a person
PATIENCE = 5.0  # seconds to choose
BETWEEN = 4.0  # seconds between two keys of a number
ASKED = {"order": ("order", "postcode")}  # what must be keyed in before something is looked up
_SLOT = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


def enter(flow: Flow, state: State, to: str) -> Stepped:
    """Goes to a node. One that is not there, or one too many, is a person."""
    node = flow.nodes.get(to)
    if node is None or state.hops >= MOST_HOPS:
        here, commands = park(state, 0, "node")
        return here, (*commands, Note("failed", to))
    here = replace(state, node=to, hops=state.hops + 1, tries=0, typed="", asks="")
    here, commands = _ENTER[node.kind](flow, here, node)
    return here, (*commands, Note("entered", to, node.name))


def park(state: State, queue: int, why: str, says: str = "connecting") -> Stepped:
    """Into a queue. The command stands first: whatever fails after it, people are being rung."""
    here = replace(state, phase=WAITING, parked=True, queue=queue, place=0, seconds=0, nobody="", typed="")
    return here, (Park(queue, why, state.node), Play((saying(says, state.language),)))


def voicemail(state: State, *prompts: Prompt) -> Stepped:
    """Asks for a message; the tone comes when that was heard."""
    here = replace(state, phase=GREETING, parked=False, typed="")
    return here, (Play(prompts or (saying("voicemail", state.language),)),)


def close(state: State, end: str, *prompts: Prompt) -> Stepped:
    """Says the last words, and hangs up after them."""
    here = replace(state, phase=CLOSING, end=end)
    return here, (Play(prompts or (saying("goodbye", state.language),)),)


def choose(flow: Flow, state: State, node: Node, *before: Prompt) -> Stepped:
    """Says what may be chosen, and waits for it."""
    heard = (*before, *spoken(flow, state, node.heard))
    play: tuple[Command, ...] = (Play(heard),) if heard else ()
    return replace(state, phase=CHOOSING), (*play, Listen(PATIENCE, 1, flow.speech))


def collect(flow: Flow, state: State, node: Node, asks: str, *before: Prompt) -> Stepped:
    """Asks for a number by keys, one after the other."""
    own = spoken(flow, state, node.heard) if node.kind == "keys" or asks == "order" else ()
    ours = saying("nought" if own else asks if asks in ("order", "postcode") else "nought", state.language)
    here = replace(state, phase=COLLECTING, asks=asks, typed="")
    return here, (Play((*before, *own, ours)), Listen(PATIENCE, node.most))


def look_up(flow: Flow, state: State, node: Node) -> Stepped:
    """Asks for what is still missing, or for the answer."""
    for asks in ASKED[node.what]:
        if not state.values.get(asks):
            return collect(flow, state, node, asks)
    given = {"number": state.values["order"], "postcode": state.values["postcode"]}
    return replace(state, phase=ASKING, asks="", typed=""), (Ask(node.what, given),)


def spoken(flow: Flow, state: State, heard: Heard) -> tuple[Prompt, ...]:
    """These words in their language, with what is known put in."""
    prompt = heard.prompt(state.language, state.language.partition("-")[0], *flow.languages)
    if prompt is None:
        return ()
    return (replace(prompt, text=_SLOT.sub(lambda slot: state.values.get(slot[1], ""), prompt.text)),)


def _say(flow: Flow, state: State, node: Node) -> Stepped:
    heard = spoken(flow, state, node.heard)
    if not heard:
        return enter(flow, state, node.to)
    return replace(state, phase=PLAYING), (Play(heard),)


def _text(flow: Flow, state: State, node: Node) -> Stepped:
    here, commands = _say(flow, state, node)
    return here, (SendText(node.what), *commands)


def _hours(flow: Flow, state: State, node: Node) -> Stepped:
    return replace(state, phase=ASKING), (Ask("hours"),)


def _keys(flow: Flow, state: State, node: Node) -> Stepped:
    return collect(flow, state, node, node.collects or "number")


def _queue(flow: Flow, state: State, node: Node) -> Stepped:
    here, (command, *rest) = park(state, node.queue, "node")
    heard = spoken(flow, state, node.heard)
    return here, (command, Play(heard)) if heard else (command, *rest)


def _voicemail(flow: Flow, state: State, node: Node) -> Stepped:
    return voicemail(state, *spoken(flow, state, node.heard))


def _callback(flow: Flow, state: State, node: Node) -> Stepped:
    return replace(state, phase=KEEPING), (KeepPlace(),)


def _end(flow: Flow, state: State, node: Node) -> Stepped:
    return close(state, "served", *spoken(flow, state, node.heard))


_ENTER: Mapping[str, Callable[[Flow, State, Node], Stepped]] = {
    "say": _say,
    "article": _say,
    "choose": choose,
    "keys": _keys,
    "hours": _hours,
    "lookup": look_up,
    "queue": _queue,
    "voicemail": _voicemail,
    "callback": _callback,
    "text": _text,
    "end": _end,
}
