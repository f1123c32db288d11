"""Rules never go round: whatever they say, what they set off comes to an end, and says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presszero.conversations.models import Conversation
from presszero.rules.models import Firing, Rule
from presszero.rules.policy import DEPTH, PER_HOUR, Past, Verdict, may_fire
from tests import cast
from tests.cast import Shop

from .conftest import Ears, Make

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_rule_never_acts_on_its_own_doing(shop: Shop, make: Make, ears: Ears) -> None:
    make(on=["arrived", "noted"], steps=[{"do": "note", "text": "Look!"}])
    cast.ada().writes(shop, "Hello")
    ears.listen()
    assert list(Firing.objects.order_by("id").values_list("outcome", flat=True)) == ["done", "stopped"]
    assert "would go round" in Firing.objects.latest("id").sentence


def test_two_rules_that_call_each_other_stop_after_one_turn(shop: Shop, make: Make, ears: Ears) -> None:
    make("Raise", on=["arrived", "changed"], steps=[{"do": "priority", "priority": 4}])
    make("Lower", on="changed", steps=[{"do": "priority", "priority": 1}])
    cast.ada().writes(shop, "Hello")
    ears.listen()
    outcomes = sorted(Firing.objects.values_list("rule__name", "outcome"))
    assert outcomes == [("Lower", "done"), ("Lower", "stopped"), ("Raise", "done"), ("Raise", "stopped")]


def test_a_chain_is_no_longer_than_three(shop: Shop, make: Make, ears: Ears) -> None:
    """Each rule hears what the one after it in the list did."""
    make("4", on="changed", filter=_at(1), steps=[{"do": "priority", "priority": 2}])
    make("3", on="changed", filter=_at(3), steps=[{"do": "priority", "priority": 1}])
    make("2", on="changed", filter=_at(4), steps=[{"do": "priority", "priority": 3}])
    make("1", on="arrived", steps=[{"do": "priority", "priority": 4}])
    row = cast.the(cast.ada().writes(shop, "Hello")).conversation
    ears.listen()
    row.refresh_from_db()
    assert row.priority == Conversation.Priority.LOW
    last = Firing.objects.get(rule__name="4")
    assert last.outcome == "stopped" and str(DEPTH) in last.sentence
    assert len(Firing.objects.get(rule__name="3").chain) == DEPTH


def test_a_conversation_sees_only_so_many_firings_an_hour(shop: Shop, make: Make, ears: Ears) -> None:
    for number in range(PER_HOUR + 3):
        make(f"Rule {number}", steps=[{"do": "note", "text": str(number)}])
    cast.ada().writes(shop, "Hello")
    ears.listen()
    assert Firing.objects.filter(outcome="done").count() == PER_HOUR
    assert Firing.objects.filter(outcome="stopped").count() == 3


ONS = st.sampled_from(["arrived", "first", "changed", "noted", "resolved", "reopened", "tagged", "assigned"])
STEPS = st.one_of(
    st.integers(1, 4).map(lambda n: {"do": "priority", "priority": n}),
    st.just({"do": "resolve"}),
    st.just({"do": "reopen"}),
    st.just({"do": "note", "text": "again"}),
    st.just({"do": "reply", "text": "again"}),
    st.just({"do": "snooze", "for": "1d"}),
)
RULES = st.lists(
    st.tuples(st.lists(ONS, min_size=1, max_size=4, unique=True), st.lists(STEPS, min_size=1, max_size=3)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RULES)
def test_whatever_the_rules_are_it_comes_to_an_end(
    shop: Shop, make: Make, ears: Ears, drawn: list[tuple[list[str], list[dict[str, object]]]]
) -> None:
    """Ears.listen fails when the rounds do not end."""
    Rule.objects.update(enabled=False)
    begun = Rule.objects.count()
    for number, (on, steps) in enumerate(drawn):
        make(f"Rule {begun + number}", on=on, steps=steps)
    row = cast.the(cast.Shopper("Eve", f"eve{begun}@example.com").writes(shop, "Hello", f"S{begun}")).conversation
    ears.listen(rounds=3 * DEPTH + 3)
    assert Firing.objects.filter(conversation=row).exclude(outcome="stopped").count() <= PER_HOUR
    assert all(len(chain) <= DEPTH for chain in Firing.objects.values_list("chain", flat=True))


@given(
    rule=st.integers(1, 5),
    chain=st.lists(st.integers(1, 5), max_size=5),
    ago=st.none() | st.integers(0, 10_000),
    in_hour=st.integers(0, 40),
    once=st.booleans(),
    rest=st.none() | st.integers(1, 10_000),
)
def test_the_guard_lets_nothing_through_that_it_should_not(
    rule: int, chain: list[int], ago: int | None, in_hour: int, once: bool, rest: int | None
) -> None:
    past = Past(chain, None if ago is None else NOW - timedelta(minutes=ago), in_hour)
    length = None if rest is None else timedelta(minutes=rest)
    if may_fire(rule, past, NOW, once=once, rest=length) is Verdict.GO:
        assert rule not in chain and len(chain) < DEPTH and in_hour < PER_HOUR
        assert ago is None or not once and (rest is None or ago >= rest)


def _at(priority: int) -> dict[str, object]:
    return {"field": "priority", "op": "is", "value": priority}
