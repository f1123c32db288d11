"""Remedies that the merchant defined, and remedies that macros and rules carry."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from presszero.channels.signing import verify
from presszero.conversations import steps
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.remedies import actions, doing
from presszero.remedies.actions.limits import set_limit
from presszero.remedies.actions.own import Definition, define, new_secret_for, redefine, retire
from presszero.remedies.models import OwnRemedy, Remedy, State, Task
from presszero.remedies.physics import Impossible
from presszero.remedies.queries import message_of
from tests.receiver import Receiver

from .stage import Stage, stage

pytestmark = pytest.mark.django_db(transaction=True)

FIELDS = (
    {"label": "Which size", "kind": "choice", "choices": ["41", "42"], "required": True},
    {"label": "Worth", "kind": "money", "required": True},
    {"label": "By", "kind": "date"},
)


@pytest.fixture
def scene() -> Stage:
    return stage()


def test_without_a_program_it_is_a_task_within_the_limits(scene: Stage) -> None:
    words = "We send laces in size {{ fields.which_size }}, worth {{ remedy.amount }}."
    own, secret = define(scene.merchant, Definition("Free laces", fields=FIELDS, message=words), scene.rosa)
    assert (own.amount_field, secret) == ("worth", "")
    kind = f"own:{own.id}"
    filled = {"which_size": "42", "worth": "12,50"}
    given = actions.give(scene.ask(kind, values=filled), scene.maya, "k1")
    assert (given.state, given.amount, given.weighs) == (State.TASK, 1250, 1250)
    assert Task.objects.get().text == "Free laces: which_size: 42, worth: 12.50"
    assert message_of(given) == "We send laces in size 42, worth £12.50."
    assert actions.give(scene.ask(kind, values=filled), scene.maya, "k1").id == given.id
    for bad in ({}, {**filled, "which_size": "43"}, {**filled, "worth": "NaN"}, {**filled, "by": "soon"}):
        with pytest.raises(Impossible):
            actions.give(scene.ask(kind, values=bad), scene.maya, "k2")
    with pytest.raises(Impossible):
        actions.give(scene.ask(kind, values={**filled, "worth": "-5"}), scene.maya, "k2")
    with pytest.raises(actions.OverAuthority):
        actions.give(scene.ask(kind, values={**filled, "worth": "50.01"}), scene.maya, "k2")
    set_limit(scene.merchant, "agent", kind, {"allowed": False}, scene.rosa)
    with pytest.raises(actions.OverAuthority):
        actions.give(scene.ask(kind, values=filled), scene.maya, "k3")
    retire(own, scene.rosa)
    with pytest.raises(Impossible):
        actions.give(scene.ask(kind, values=filled), scene.rosa, "k3")


def test_a_program_is_told_once_signed_and_its_silence_is_unknown(scene: Stage, settings: Settings) -> None:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    answers = [(429, {"Retry-After": "60"}, b""), (200, {}, b'{"reference": "L-7"}'), (500, {}, b""), (404, {}, b"")]
    with Receiver(answers=lambda number: answers[number]).running() as program:
        own, secret = define(scene.merchant, Definition("Free laces", fields=FIELDS, webhook=program.url), scene.rosa)
        asked = scene.ask(f"own:{own.id}", values={"which_size": "42", "worth": "5"})
        given = [actions.give(asked, scene.maya, "k0")]
        doing.do_due()
        given[0].refresh_from_db()
        assert given[0].state == State.GIVEN and given[0].not_before > timezone.now() + timedelta(seconds=50)
        Remedy.objects.update(not_before=None)
        given += [actions.give(asked, scene.maya, key) for key in ("k1", "k2")]
        for _each in range(5):
            doing.do_due()
        states = list(Remedy.objects.order_by("id").values_list("state", "external_id"))
        assert states == [("done", "L-7"), ("unknown", ""), ("failed", "")]
        assert len(program.heard) == 4
        first, again = program.heard[:2]
        assert verify(first.headers, first.body, [secret], time.time()) == "remedy_k0"
        assert verify(again.headers, again.body, [secret], time.time()) == "remedy_k0"
        told = json.loads(again.body)["data"]
        assert told["fields"] == {"which_size": "42", "worth": "5.00"} and told["amount"]["value"] == "5.00"
        assert "Ada" not in again.body.decode()
    assert new_secret_for(own, scene.rosa) != secret
    actions.settle_unknown(given[1], False, scene.tomas, "They never heard of it.")
    assert Remedy.objects.get(key="k1").state == State.FAILED


def test_s1_a_program_inside_our_network_is_never_told(scene: Stage, settings: Settings) -> None:
    with pytest.raises(Refused):
        define(scene.merchant, Definition("Sly", webhook="https://127.0.0.1/x"), scene.rosa)
    with pytest.raises(Refused):
        define(scene.merchant, Definition("Sly", webhook="http://shop.example/x"), scene.rosa)
    with Receiver().running() as inside:
        own, _secret = define(scene.merchant, Definition("Sly", webhook="https://shop.example/x"), scene.rosa)
        OwnRemedy.objects.update(webhook=inside.url)  # as a name does that leads inside later
        actions.give(scene.ask(f"own:{own.id}"), scene.maya, "k1")
        doing.do_due()
        assert not inside.heard and Remedy.objects.get().state == State.GIVEN


def test_definitions_that_make_no_sense_are_refused(scene: Stage) -> None:
    own, _secret = define(scene.merchant, Definition("Free laces", fields=FIELDS), scene.rosa)
    bad = [
        Definition(""),
        Definition("FREE laces"),
        Definition("A", fields=({"label": ""},)),
        Definition("A", fields=({"label": "Size", "kind": "choice"},)),
        Definition("A", fields=({"label": "Size", "kind": "magic"},)),
        Definition("A", fields=({"label": "Size"},), amount_field="size"),
        Definition("A", fields=({"label": "One", "kind": "money"}, {"label": "Two", "kind": "money"})),
    ]
    for each in bad:
        with pytest.raises(Refused):
            define(scene.merchant, each, scene.rosa)
    changed, _secret = redefine(own, Definition("Laces", fields=FIELDS[:1]), scene.rosa)
    assert (changed.name, changed.amount_field) == ("Laces", "")


def test_a_macro_carries_a_remedy_and_takes_it_back(scene: Stage) -> None:
    (step,) = steps.read(scene.merchant, [{"do": "remedy", "kind": "credit", "amount": "10"}])
    assert steps.says(step) == "gives Store credit 10"
    before = steps.perform(scene.conversation, step, scene.maya)
    made = Remedy.objects.get(id=before["remedy"])
    assert (made.amount, made.conversation_id, made.state) == (1000, scene.conversation.id, State.DONE)
    steps.undo(scene.conversation, step, before, scene.maya)
    made.refresh_from_db()
    assert made.state == State.UNDONE
    (much,) = steps.read(scene.merchant, [{"do": "remedy", "key": "credit", "value": "60"}])
    with pytest.raises(Refused, match="up to £50.00"):
        steps.perform(scene.conversation, much, scene.maya)
    for bad in ({"kind": "credit"}, {"kind": "credit", "amount": "-1"}, {"kind": "address"}, {"kind": "own:999"}):
        with pytest.raises(steps.BadSteps):
            steps.read(scene.merchant, [{"do": "remedy", **bad}])


def test_a_step_finds_the_order_that_is_meant_or_says_that_it_cannot(scene: Stage) -> None:
    (step,) = steps.read(scene.merchant, [{"do": "remedy", "kind": "refund", "amount": "20%"}])
    with pytest.raises(Refused, match="no order"):
        steps.perform(scene.conversation, step, scene.maya)
    first, second = scene.order(9000), scene.order(20000)
    with pytest.raises(Refused, match="not clear which order"):
        steps.perform(scene.conversation, step, scene.maya)
    scene.conversation.subject = f"My boots, order #{second.number}!"
    scene.conversation.save()
    before = steps.perform(scene.conversation, step, scene.maya)
    made = Remedy.objects.get(id=before["remedy"])
    assert (made.order_id, made.amount) == (second.id, 4000)
    assert first.id != second.id


def test_a_rule_gives_what_the_table_lets_rules_give_and_once_a_firing(scene: Stage) -> None:
    (step,) = steps.read(scene.merchant, [{"do": "remedy", "kind": "credit", "amount": "10"}])
    rule = Actor("rule", 7, "Late parcels")
    with pytest.raises(actions.OverAuthority):
        steps.perform(scene.conversation, step, rule)
    set_limit(scene.merchant, "rule", "credit", {"allowed": True, "each": 1000, "day": 1500}, scene.rosa)
    steps.perform(scene.conversation, step, rule)
    steps.perform(scene.conversation, step, rule)
    assert Remedy.objects.count() == 1
    with pytest.raises(actions.OverAuthority, match="in a day"):  # all rules together are one giver
        steps.perform(scene.conversation, step, Actor("rule", 8, "Late parcels"))
