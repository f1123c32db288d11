"""What is wrong with a flow, in sentences for whoever draws it, and the proof that 0 leads to a person everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

from .flow import Flow, Node
from .machine import begin, step
from .state import ENDED, IN_MENU, TALKING, WAITING, State
from .vocabulary import (
    Digit,
    Event,
    Joined,
    Known,
    Park,
    PersonLeft,
    Played,
    QueueSays,
    Recorded,
    Said,
    Silence,
    Started,
)

DEEPEST = 3  # choices in a row
MOST_STATES = 20_000  # a menu with more has gone wrong itself


@dataclass(frozen=True, slots=True)
class Fault:
    """`node` is its id, "" of the whole flow. `sentence` is to be translated, then formatted with `given`."""

    node: str
    sentence: str
    given: Mapping[str, str] = field(default_factory=dict)


def faults(flow: Flow) -> list[Fault]:
    """Everything that must be put right before it is published; empty: publish it."""
    if flow.start not in flow.nodes:
        return [Fault("", _("Say with which step the call begins."))]
    found = [*_places(flow), *_words(flow), *_keys(flow)]
    reached = _reached(flow)
    found += [Fault(key, _("No way leads to this step.")) for key in flow.nodes if key not in reached]
    found += [
        Fault(key, _("This comes back to itself without anybody pressing a key.")) for key in _rounds(flow, reached)
    ]
    found += [
        Fault(key, _("Callers would have to choose more than three times in a row.")) for key in _deep(flow, reached)
    ]
    return found


def proof(flow: Flow) -> list[Fault]:
    """Walks every state a caller can be in, and presses 0 in each; empty: it led to a person every time.

    States that differ only in what was typed, or in how often, count as one.
    """
    seen: set[tuple[object, ...]] = set()
    ahead = [begin(flow)]
    broken: dict[str, Fault] = {}
    while ahead:
        state = ahead.pop()
        if _alike(state) in seen or state.phase == ENDED:
            continue
        seen.add(_alike(state))
        if len(seen) > MOST_STATES:
            return [Fault("", _("This menu has too many ways to be walked."))]
        for event in (Digit("0"), *((Said("agent"),) if flow.speech else ())):
            if not leads_to_person(flow, state, event):
                broken[state.node] = Fault(state.node, _("0 does not lead to a person here."))
        ahead += [step(flow, state, event)[0] for event in _events(flow, state)]
    return list(broken.values())


def leads_to_person(flow: Flow, state: State, event: Event) -> bool:
    """Whether they are in a queue after it, put there first of all; or are with a person, or gone, already."""
    if state.phase in (TALKING, ENDED):
        return True
    here, commands = step(flow, state, event)
    parks = any(isinstance(command, Park) for command in commands[:2])  # an Answer may stand before it
    return here.phase == WAITING and here.parked and (parks or state.parked)


def _alike(state: State) -> tuple[object, ...]:
    after = (state.phase, state.node, state.parked, state.nobody, state.tries, bool(state.typed), state.offers)
    if state.phase not in IN_MENU:  # what was known in the menu leads nowhere any more
        return after
    known = tuple(sorted(key for key, value in state.values.items() if value))
    return (*after, state.language, state.asks, state.misses, known)


def _events(flow: Flow, state: State) -> Iterator[Event]:
    """Whatever could happen to somebody in this state, but for 0."""
    node = flow.nodes.get(state.node)
    keys = {*"12#", *(node.choices if node else ())}
    yield from (Digit(key) for key in sorted(keys))
    yield from (Started(language) for language in flow.languages)
    yield from (Played(), Silence(), Joined(), PersonLeft(), PersonLeft(lost=True), Recorded(0), Recorded(9))
    yield from (Known(answer) for answer in ("", "open", "closed", "found", "none", "kept", "number", "bad", "person"))
    yield from (QueueSays(2, 60), QueueSays(callback=False))
    yield from (QueueSays(nobody=True, plan=plan) for plan in ("callback", "voicemail", "say"))


# --- what is wrong ---


def _places(flow: Flow) -> Iterator[Fault]:
    for key, node in flow.nodes.items():
        for exit_ in node.exits:
            if not exit_:
                yield Fault(key, _("Say what comes next."))
            elif exit_ not in flow.nodes:
                yield Fault(key, _("This leads to a step that is not there."))


def _words(flow: Flow) -> Iterator[Fault]:
    """What is said must be there in every language of the flow."""
    for key, node in flow.nodes.items():
        if node.kind in ("say", "choose", "keys", "article"):
            for language in flow.languages:
                if not node.heard.speaks(language):
                    yield Fault(key, _("Nothing is heard here in this language: {language}."), {"language": language})
    for language in flow.languages:
        if flow.record and not flow.record.speaks(language):
            yield Fault("", _("Say in this language that the call is recorded: {language}."), {"language": language})


def _keys(flow: Flow) -> Iterator[Fault]:
    for key, node in flow.nodes.items():
        if node.kind == "choose" and not node.choices:
            yield Fault(key, _("There is nothing to choose here."))
        if node.kind == "keys" and not node.collects:
            yield Fault(key, _("Say what is keyed in here."))
        for choice in node.choices.values():
            if choice.language and choice.language not in flow.languages:
                yield Fault(
                    key, _("This menu does not speak this language: {language}."), {"language": choice.language}
                )


def _reached(flow: Flow) -> set[str]:
    reached: set[str] = set()
    ahead = [flow.start]
    while ahead:
        key = ahead.pop()
        if key in flow.nodes and key not in reached:
            reached.add(key)
            ahead += flow.nodes[key].exits
    return reached


def _waits(node: Node) -> bool:
    """Whether it goes on only when the caller does something."""
    return node.kind in ("choose", "keys", "lookup")


def _rounds(flow: Flow, reached: Iterable[str]) -> list[str]:
    """Nodes from which one comes back to them without pressing anything."""
    return [key for key in reached if not _waits(flow.nodes[key]) and key in _by_itself(flow, key)]


def _by_itself(flow: Flow, start: str) -> set[str]:
    seen: set[str] = set()
    ahead = list(flow.nodes[start].exits)
    while ahead:
        key = ahead.pop()
        if key in flow.nodes and key not in seen and not _waits(flow.nodes[key]):
            seen.add(key)
            ahead += flow.nodes[key].exits
    return seen


def _deep(flow: Flow, reached: Iterable[str]) -> list[str]:
    """Choices that come after three others on some way that goes round nowhere."""
    found: set[str] = set()
    seen: set[tuple[str, int]] = set()
    ahead: list[tuple[str, int, frozenset[str]]] = [(flow.start, 0, frozenset())]
    while ahead:
        key, depth, before = ahead.pop()
        if key not in flow.nodes or key in before or (key, depth) in seen:
            continue
        seen.add((key, depth))
        node = flow.nodes[key]
        deeper = depth + (node.kind == "choose")
        if deeper > DEEPEST:
            found.add(key)
            continue
        ahead += [(exit_, deeper, before | {key}) for exit_ in node.exits]
    return sorted(found & set(reached))
