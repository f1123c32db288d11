"""The phone menu: 0 leads to a person, from everywhere and whatever else goes on; and the rest of what a menu does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presszero.calls.menu import checking, speech
from presszero.calls.menu.flow import KINDS, BadFlow, Flow, straight
from presszero.calls.menu.machine import begin, safe, step, waiting
from presszero.calls.menu.state import ENDED, TALKING, WAITING, State
from presszero.calls.menu.vocabulary import (
    Answer,
    Ask,
    Command,
    Consent,
    Digit,
    Event,
    HangUp,
    HungUp,
    Joined,
    KeepPlace,
    Known,
    Listen,
    Note,
    Park,
    PersonLeft,
    Play,
    Played,
    QueueSays,
    Record,
    Recorded,
    Said,
    SendText,
    Silence,
    Started,
    Unpark,
)


def heard(text: str) -> dict[str, Any]:
    return {"texts": {"en": text, "de": f"{text} (deutsch)"}}


SHOP: dict[str, Any] = {
    "start": "hello",
    "languages": ["en", "de"],
    "speech": True,
    "record": {"texts": {"en": "This call may be recorded.", "de": "Wir zeichnen auf."}},
    "nodes": {
        "hello": {"kind": "say", "name": "Greeting", "heard": heard("Welcome"), "to": "which"},
        "which": {
            "kind": "choose",
            "name": "Which",
            "heard": heard("1 orders, 2 Deutsch, 3 message"),
            "choices": {
                "1": {"name": "Orders", "to": "order", "words": ["my parcel"]},
                "2": {"name": "Deutsch", "to": "which", "language": "de"},
                "3": {"name": "Message", "to": "message"},
                "4": {"name": "Call me", "to": "callback"},
                "5": {"name": "Link", "to": "link"},
            },
        },
        "order": {"kind": "lookup", "name": "Order", "what": "order", "found": "told", "none": "order"},
        "told": {"kind": "say", "name": "Told", "heard": heard("{{ order.number }}: {{ order.state }}"), "to": "hours"},
        "hours": {"kind": "hours", "name": "Open?", "open": "people", "closed": "message"},
        "people": {"kind": "queue", "name": "People", "queue": 7},
        "message": {"kind": "voicemail", "name": "Message"},
        "callback": {"kind": "callback", "name": "Call me"},
        "link": {"kind": "text", "name": "Link", "what": "help", "heard": heard("We text you."), "to": "bye"},
        "bye": {"kind": "end", "name": "Bye"},
    },
}


class Caller:
    """Somebody on the phone with a menu; `commands` is what the last step said."""

    def __init__(self, json: object = SHOP) -> None:
        self.flow = Flow.read(json)
        self.state = begin(self.flow)
        self.commands: tuple[Command, ...] = ()

    def does(self, *events: Event | str) -> Caller:
        for event in events:
            for one in [Digit(key) for key in event] if isinstance(event, str) else [event]:
                self.state, self.commands = step(self.flow, self.state, one)
        return self

    def hears(self) -> str:
        return " ".join(p.text for command in self.commands if isinstance(command, Play) for p in command.prompts)

    def got(self, kind: type[Command]) -> Any:
        return next(command for command in self.commands if isinstance(command, kind))


# --- 0 ---

TARGETS = st.sampled_from(["a", "b", "c", "d", "e", "", "gone"])
WORDS = st.one_of(st.just({}), st.just({"texts": {"en": "words"}}), st.just({"recordings": {"en": 5}}))
EVENTS = st.one_of(
    st.sampled_from([*map(Digit, "123456789*#")]),
    st.sampled_from([Started(), Started("de"), Silence(), Played(), Joined(), PersonLeft(), PersonLeft(lost=True)]),
    st.sampled_from([Recorded(0), Recorded(4), QueueSays(2, 90), QueueSays(1), QueueSays(callback=False)]),
    st.builds(QueueSays, nobody=st.just(True), plan=st.sampled_from(["callback", "voicemail", "say", ""])),
    st.builds(Known, st.sampled_from(["", "open", "closed", "found", "none", "kept", "number", "bad", "person", "?"])),
    st.builds(Said, st.sampled_from(["orders", "", "<script>", "no", "five"])),
)


@st.composite
def nodes(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(KINDS)))
    node: dict[str, Any] = {"kind": kind, "name": kind, "heard": draw(WORDS)} | {e: draw(TARGETS) for e in KINDS[kind]}
    if kind == "choose":
        keys = draw(st.sets(st.sampled_from("123456789*"), max_size=4))
        node["choices"] = {key: {"name": f"to {key}", "to": draw(TARGETS)} for key in keys}
    extra = {
        "lookup": {"what": "order"},
        "text": {"what": "pay"},
        "keys": {"as": "order", "most": draw(st.integers(1, 9))},
    }
    return node | extra.get(kind, {})


FLOWS = st.builds(
    lambda start, made, speaks, record: {
        "start": start,
        "languages": ["en", "de"],
        "speech": speaks,
        "record": {"texts": {"en": "We record."}} if record else None,
        "nodes": made,
    },
    st.sampled_from("abcde"),
    st.fixed_dictionaries({key: nodes() for key in "abcde"}),
    st.booleans(),
    st.booleans(),
)
PEOPLE = ["agent", "I want to speak to a HUMAN!", "operator", "a representative please", "un standardiste",
          "ein Mensch, bitte", "Mitarbeiter", "quiero hablar con una persona", "un agent s'il vous plaît",
          "un opérateur", "vorrei un operatore", "mag ik een medewerker", "atendente", "0 zero zero"]  # fmt: skip


@settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(FLOWS, st.lists(EVENTS, max_size=25), st.sampled_from([None, *PEOPLE]))
def test_zero_parks_in_the_same_step_whatever_the_menu_and_whatever_happened(
    json: dict[str, Any], events: list[Event], words: str | None
) -> None:
    flow = Flow.read(json)
    state = begin(flow)
    for event in events:
        state, _ = step(flow, state, event)
        state = State.read(state.to_json())  # as between two requests of a hosted call
        if state.phase in (TALKING, ENDED):
            continue
        here, commands = step(flow, state, Said(words) if words else Digit("0"))
        assert (here.phase, here.parked) == (WAITING, True), state
        if state.parked:
            assert not any(isinstance(command, Unpark) for command in commands), "they keep their place"
            continue
        before = [command for command in commands if not isinstance(command, Answer)]
        assert isinstance(before[0], Park), f"nothing stands before it: {commands}"
        waits_for = (Ask, Record, Listen, HangUp, Unpark, KeepPlace, SendText, Consent)
        assert not any(isinstance(command, waits_for) for command in before[1:]), "and nothing undoes or delays it"


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(FLOWS)
def test_the_proof_walks_any_menu_and_comes_to_an_end(json: dict[str, Any]) -> None:
    flow = Flow.read(json)
    assert checking.proof(flow) == []
    checking.faults(flow)


def test_the_proof_finds_a_machine_that_breaks_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a lookup ever to swallow 0 again, doctor would say where."""

    def swallows(flow: Flow, state: State, event: Event) -> tuple[State, tuple[Command, ...]]:
        return (state, ()) if state.phase == "asking" and event == Digit("0") else step(flow, state, event)

    monkeypatch.setattr(checking, "step", swallows)
    assert {fault.node for fault in checking.proof(Flow.read(SHOP))} >= {"order", "hours"}


@pytest.mark.parametrize("text", PEOPLE)
def test_people_are_asked_for_in_many_words(text: str) -> None:
    assert speech.wants_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "where is my order",
        "standard shipping",
        "mens boots",
        "two",
        "personalised soles",
        "ja",
        "das Paket",
        "Menschlichkeit",
        "",
    ],
)
def test_other_words_are_not_taken_for_it(text: str) -> None:
    assert not speech.wants_person(text)


def test_in_a_conversation_keys_belong_to_the_two_people() -> None:
    caller = Caller().does(Started(), "0", Joined(), "0")
    assert (caller.state.phase, caller.commands) == (TALKING, ())


def test_a_lost_line_is_put_through_again_at_once() -> None:
    caller = Caller().does(Started(), "0", Joined(), PersonLeft(lost=True))
    assert isinstance(caller.commands[0], Park) and caller.commands[0].why == "lost"
    assert Caller().does(Started(), "0", Joined(), PersonLeft()).commands == (HangUp("served"),)


def test_what_fails_under_a_call_rings_people_then_takes_a_message_then_ends() -> None:
    state, first = safe(begin(Flow.read(SHOP)))
    state, second = safe(state)
    state, third = safe(state)
    assert isinstance(first[0], Park) and isinstance(second[0], Play) and third == (HangUp("failed"),)


# --- the menu ---


def test_a_menu_is_heard_and_chosen_from_in_the_callers_language() -> None:
    caller = Caller().does(Started("de"), Silence(), Played())
    assert caller.hears() == "1 orders, 2 Deutsch, 3 message (deutsch)"
    caller = Caller().does(Started(), Silence(), Played(), "2")
    assert caller.hears().endswith("(deutsch)") and Note("language", "which", "de") in caller.commands


def test_who_knows_the_way_need_not_listen() -> None:
    caller = Caller().does(Started(), Silence(), "1")  # during the greeting
    assert "order number" in caller.hears()


def test_words_choose_too_and_silence_twice_is_a_person() -> None:
    assert "order number" in Caller().does(Started(), Silence(), Played(), Said("It's about my parcel.")).hears()
    caller = Caller().does(Started(), Silence(), Played(), Silence())
    assert "press 0" in caller.hears()
    assert isinstance(caller.does(Silence()).commands[0], Park)


def test_an_order_is_told_after_number_and_postcode_with_the_star_for_a_nought() -> None:
    caller = Caller().does(Started(), Silence(), Played(), "1", "1*42#", "8**1#")
    assert caller.got(Ask) == Ask("order", {"number": "1042", "postcode": "8001"})
    caller.does(Known("found", {"order.number": "1042", "order.state": "on its way"}))
    assert caller.hears() == "1042: on its way"
    assert caller.does(Played()).got(Ask) == Ask("hours")
    assert caller.does(Known("open")).got(Park) == Park(7, "node", "people")


def test_h5_three_orders_that_are_not_there_are_a_person() -> None:
    caller = Caller().does(Started(), Silence(), Played(), "1")
    for wrong in range(3):
        assert "order number" in caller.hears(), wrong
        caller.does("1#", "2#", Known("none"))
    assert isinstance(caller.commands[0], Park)


def test_h5_keyed_in_digits_are_never_noted() -> None:
    """Whatever they key in, wherever, may be a card's number."""
    caller, notes = Caller(), []
    for event in [Started(), Silence(), Played(), *map(Digit, "4111111111111111"), *map(Digit, "111#")]:
        caller.does(event)
        notes += [command for command in caller.commands if isinstance(command, Note)]
    said = "".join(note.says for note in notes)
    assert not any(run in said for run in ("41", "111"))


def test_a_call_is_recorded_only_after_its_question_was_heard_to_the_end() -> None:
    assert Caller().does(Started(), Silence()).got(Consent) == Consent(True)
    declined = Caller().does(Started(), "9")
    assert declined.got(Consent) == Consent(False) and "Welcome" in declined.hears(), "and served all the same"
    asked = Caller().does(Started(), "0")
    assert not any(command == Consent(True) for command in asked.commands), "who did not hear it agreed to nothing"


# --- waiting ---


def test_place_and_estimate_are_told_and_kept_while_they_are_called_back() -> None:
    caller = Caller().does(Started(), "0", QueueSays(3, 250))
    assert "number 3" in caller.hears() and "4 minutes" in caller.hears()
    assert caller.does("1").commands == (KeepPlace(),)
    caller.does(Known("kept", {"when": "by 10:40"}))
    assert caller.commands[0] == Unpark("callback") and "by 10:40" in caller.hears()
    assert caller.does(Silence(), Played()).commands == (HangUp("callback"),)


def test_a_number_is_keyed_in_where_none_was_sent_and_they_stay_in_the_queue_meanwhile() -> None:
    caller = Caller().does(Started(), "0", "1", Known("number"), "*41791234567#")
    assert caller.got(KeepPlace) == KeepPlace("041791234567") and caller.state.parked
    assert caller.does(Joined()).state.phase == TALKING


def test_nobody_there_is_a_promise_with_its_time_and_a_message_if_they_like() -> None:
    caller = Caller().does(Started(), "0", QueueSays(nobody=True), Known("kept", {"when": "on Monday at 9"}))
    assert caller.commands[0] == Unpark("closed") and "on Monday at 9" in caller.hears()
    assert isinstance(caller.does("2", Played()).commands[0], Record)
    caller.does(Recorded(12.0), Played())
    assert caller.commands == (HangUp("voicemail"),)


def test_who_presses_zero_once_more_while_nobody_is_there_hears_the_promise_all_the_same() -> None:
    caller = Caller().does(Started(), "0", QueueSays(nobody=True), "0", Known("kept", {"when": "on Monday at 9"}))
    assert caller.commands[0] == Unpark("closed") and "on Monday at 9" in caller.hears()


def test_nobody_there_does_what_the_line_says_beside_the_promise() -> None:
    kept = Known("kept", {"when": "on Monday at 9"})
    caller = Caller().does(Started(), "0", QueueSays(nobody=True, plan="voicemail"), kept)
    assert "on Monday at 9" in caller.hears() and "after the tone" in caller.hears()
    assert isinstance(caller.does(Played()).commands[0], Record)
    caller = Caller().does(Started(), "0", QueueSays(nobody=True, plan="say"), kept)
    assert "on Monday at 9" in caller.hears() and "message" not in caller.hears()


def test_nobody_there_and_no_number_is_a_message() -> None:
    caller = Caller().does(Started(), "0", QueueSays(nobody=True), Known(""))
    assert caller.commands[0] == Unpark("voicemail") and "after the tone" in caller.hears()


def test_whoever_hangs_up_while_waiting_is_out_of_the_queue() -> None:
    assert Caller().does(Started(), "0", HungUp()).commands == (Unpark("abandoned"),)
    assert Caller().does(Started(), HungUp(), "0").commands == ()


def test_who_is_called_back_goes_straight_to_a_person() -> None:
    state, commands = waiting(straight(), 7, "de")
    assert commands[0] == Park(7, "callback", "people") and state.language == "de"


# --- drawing one ---


def test_a_flow_that_is_right_has_no_faults() -> None:
    assert checking.faults(Flow.read(SHOP)) == [] and checking.proof(Flow.read(SHOP)) == []
    assert checking.faults(straight()) == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"choices": {"0": {"name": "No", "to": "bye"}}}, "nodes.which.choices.0"),
        ({"choices": {"#": {"name": "No", "to": "bye"}}}, "nodes.which.choices.#"),
        ({"kind": "hold"}, "nodes.which.kind"),
        ({"heard": {"texts": {"en": 5}}}, "nodes.which.heard.texts.en"),
        ({"tries": 99}, "nodes.which.tries"),
    ],
)
def test_what_could_not_be_carried_out_does_not_read(change: dict[str, Any], path: str) -> None:
    with pytest.raises(BadFlow) as refused:
        Flow.read({**SHOP, "nodes": {**SHOP["nodes"], "which": {**SHOP["nodes"]["which"], **change}}})
    assert refused.value.path == path


def test_faults_say_where_and_what() -> None:
    deep = {
        f"c{i}": {"kind": "choose", "name": "", "heard": heard("?"), "choices": {"1": {"to": f"c{i + 1}"}}}
        for i in range(4)
    }
    flow = Flow.read(
        {
            "start": "a",
            "nodes": {
                "a": {"kind": "hours", "name": "", "open": "b", "closed": "c0"},
                "b": {"kind": "say", "name": "", "heard": heard("x"), "to": "a"},
                "lost": {"kind": "end", "name": ""},
                "mute": {"kind": "say", "name": "", "to": ""},
                **deep,
            },
        }
    )
    found = {(fault.node, fault.sentence.split()[0]) for fault in checking.faults(flow)}
    assert {
        ("a", "This"),
        ("b", "This"),
        ("lost", "No"),
        ("mute", "Say"),
        ("mute", "Nothing"),
        ("c3", "Callers"),
    } <= found
    assert ("c2", "Callers") not in found
