"""What a hostile form could put into a rule is read from lists of our own, or refused; and rules answer no machine."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presszero.conversations.models import Message, Tag
from presszero.rules.models import DryRun, Firing, Rule
from presszero.rules.reading import BadRule, read
from tests import cast
from tests.cast import Shop
from tests.walls.everything import browser

from .conftest import Ears, Make

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

BAD = [
    {"on": "arrived", "filter": '{"field": "merchant__person__password", "op": "starts_with", "value": "a"}'},
    {"on": "arrived", "filter": '{"field": "subject", "op": "contains) OR 1=1 --", "value": "a"}'},
    {"on": "arrived", "filter": '{"field": "text", "op": "is", "value": "a", "_connector": "OR 1=1"}'},
    {"on": "arrived", "filter": "[" * 50_000},
    {"on": "arrived", "filter": "{" + '"all":[{' * 20_000},
    {"on": "arrived'; DROP TABLE rules_rule; --"},
    {"on": "waiting", "for": "1) OR (1=1", "unit": "h"},
    {"on": "waiting", "for": "99999999999", "unit": "d"},
    {"on": "daily", "at": "25:00", "filter": '{"field": "state", "op": "is", "value": "open"}'},
    {"on": "arrived", "rest": "1 second"},
    {"on": "arrived", "also": "nonsense"},
    {"on": "arrived", "steps": '[{"do": "__class__"}]'},
    {"on": "arrived", "steps": '{"do": "resolve"}'},
    {"on": "arrived", "steps": '[{"do": "assign", "to": "me"}]'},
    {"on": "arrived", "filter": '{"field": "assignee", "op": "is", "value": "me"}'},
]


@pytest.mark.parametrize("form", BAD, ids=range(len(BAD)))
def test_q1_a_form_of_another_shape_is_refused_with_a_sentence(shop: Shop, form: dict[str, str]) -> None:
    words = {"name": "X", "steps": '[{"do": "resolve"}]', **form}
    asking = browser(shop.tomas)
    for path in ("/settings/rules/new", "/settings/rules/dry-runs", "/settings/rules/sentence"):
        answered = asking.post(path, words)
        assert answered.status_code == (422 if path.endswith("new") else 200)
        assert b"Traceback" not in answered.content
    assert not Rule.objects.exists() and not DryRun.objects.exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8)
    | st.sampled_from(["arrived", "waiting", "all", "any", "field", "op", "value", "text", "contains", "4h", "do"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["all", "any", "field", "op", "value", "on", "for", "at", "do", "tag"]), inner),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(when=JSON, asked=JSON, steps=JSON, rest=JSON)
def test_q1_whatever_json_is_sent_is_read_or_refused(shop: Shop, when: Any, asked: Any, steps: Any, rest: Any) -> None:
    try:
        read(shop.merchant.id, {"when": when, "filter": asked, "steps": steps, "rest": rest})
    except BadRule as bad:
        assert str(bad) and bad.part in ("when", "filter", "steps", "rest")


@pytest.mark.parametrize("word", ["%", "_", "(a+)+$", "\\", "'; --", ".*", "a & !b:*"])
def test_q2_words_in_a_rule_are_no_pattern(shop: Shop, make: Make, ears: Ears, word: str) -> None:
    make(filter={"field": "text", "op": "contains", "value": word}, steps=[{"do": "priority", "priority": 4}])
    cast.ada().writes(shop, "Plain words a b aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "One")
    hit = cast.the(cast.ben().writes(shop, f"With {word} in it", "Two")).conversation
    ears.listen()
    assert set(Firing.objects.values_list("conversation_id", flat=True)) == {hit.id}


def test_a2_another_shops_rows_cannot_be_named(shop: Shop) -> None:
    thistle = cast.thistle()
    theirs = Tag.objects.create(merchant=thistle.merchant, name="theirs")
    mallory = thistle.team["mallory"]
    form = {"name": "X", "on": "arrived"}
    for steps in ([{"do": "tag", "tag": theirs.id}], [{"do": "assign", "to": mallory.id}]):
        assert browser(shop.tomas).post("/settings/rules/new", {**form, "steps": json.dumps(steps)}).status_code == 422
    asked = json.dumps({"field": "tag", "op": "is", "value": theirs.id})
    more = {**form, "filter": asked, "steps": '[{"do": "resolve"}]'}
    assert browser(shop.tomas).post("/settings/rules/new", more).status_code == 422
    assert not Rule.objects.exists()


def test_a3_a_firing_is_explained_to_those_alone_who_see_the_conversation(shop: Shop, make: Make, ears: Ears) -> None:
    make(filter={"field": "text", "op": "contains", "value": "secret"}, steps=[{"do": "priority", "priority": 4}])
    cast.ada().writes(shop, "A secret matter")
    ears.listen()
    path = f"/firings/{Firing.objects.get().id}"
    assert b"a secret matter" in browser(shop.maya).get(path).content
    shop.maya.sees_all = False
    shop.maya.save()
    for method in ("get", "delete"):
        assert getattr(browser(shop.maya), method)(path).status_code == 404
    assert browser(cast.thistle().team["mallory"]).get(path).status_code == 404


def test_m10_a_rule_answers_no_machine_and_nobody_twice_a_day(shop: Shop, make: Make, ears: Ears) -> None:
    make(steps=[{"do": "reply", "text": "We have it."}])
    ada = cast.ada()
    first = cast.the(ada.writes(shop, "Hello"))
    ears.listen()
    ada.answers(shop, first.entry, "Hello again")
    cast.ben().writes(shop, "I am away", "Out of office", Auto_Submitted="auto-replied")
    ears.listen()
    assert Message.objects.filter(inbound=False).count() == 1
    refused = [firing.did[0]["refused"] for firing in Firing.objects.order_by("id")]
    assert refused[0] == "" and "within a day" in refused[1] and "machine wrote last" in refused[2]


def test_nothing_of_a_statement_is_made_of_words(shop: Shop, make: Make, ears: Ears) -> None:
    """The rule's words travel as values: what the database is asked has none of them."""
    mark = "zebrafinch"
    make(filter={"field": "text", "op": "contains", "value": mark}, steps=[{"do": "note", "text": mark}])
    cast.ada().writes(shop, f"A {mark}")
    said: list[str] = []

    def listen(execute: Any, statement: str, *rest: Any) -> Any:
        said.append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(listen):
        ears.listen()
    assert Firing.objects.get().outcome == "done"
    assert not [each for each in said if mark in each]
