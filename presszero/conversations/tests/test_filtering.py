"""Filters: read from anything without harm, and judged alike by the database and by Python."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presszero.conversations import actions, filtering
from presszero.conversations.filtering import BadFilter
from presszero.conversations.filtering.fields import FIELDS
from presszero.conversations.filtering.saying import WORDS
from presszero.conversations.models import Conversation, Tag, Tagged, Topic
from presszero.customers.models import Customer, OwnField
from presszero.team.models import Team
from tests import cast

pytestmark = pytest.mark.slow

NOW = timezone.now() + timedelta(hours=3)
HURT = [
    "'",
    '"',
    "%",
    "_",
    "\\",
    "{v}",
    "{x}",
    "%(f_now)s",
    "$1",
    ") OR true --",
    "İ",
    "ΣΑΣ",
    "ß",
    "\x00",
    "\ud800",
    "",
]
SIMPLE = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def many(shop: cast.Shop, boots: Conversation, invoice: Conversation) -> list[Conversation]:
    """Seven conversations that differ in everything a filter can ask about."""
    ben = cast.the(cast.ben().writes(shop, "ΣΑΣ 100% \\ _late_ 'boots' İ", "")).conversation
    chat = cast.the(cast.Browser("Cleo").chats(shop, "hello there")).conversation
    form = cast.the(cast.Browser().fills(shop, "A question", subject="Straße", email="dee@example.com")).conversation
    bot = cast.ada().writes(shop, "I am out.", "Out of office", Auto_Submitted="auto-replied")
    rows = [boots, invoice, ben, chat, form, cast.the(bot).conversation]
    topic, tag = Topic.objects.create(merchant=shop.merchant, name="Late"), _tag(shop, "VIP")
    team = Team.objects.create(merchant=shop.merchant, name="Returns")
    for kind, about in [("text", "conversation"), ("number", "conversation"), ("date", "conversation"),
                        ("yesno", "customer"), ("choice", "conversation"), ("number", "customer")]:  # fmt: skip
        OwnField.objects.create(
            merchant=shop.merchant, about=about, key=f"{kind}-it", label=kind, kind=kind, choices=["A", "b"]
        )
    Tagged.objects.create(merchant=shop.merchant, conversation=boots, tag=tag, by="system")
    kept = Conversation.objects
    kept.filter(id=boots.id).update(topic=topic, team=team, priority=4, fields={"number-it": "7.50", "text-it": "ÀB"})
    kept.filter(id=invoice.id).update(assignee=shop.maya, needed_by=NOW + timedelta(hours=1), matters=3,
                                      fields={"number-it": "x", "choice-it": "b", "date-it": "2026-03-31"})  # fmt: skip
    kept.filter(id=ben.id).update(state="spam", waiting_since=None, due_at=None, fields={"date-it": "", "n": None})
    Customer.objects.filter(id=boots.customer_id).update(language="de", fields={"yesno-it": "yes", "number-it": "-3"})
    cast.answer(chat, "Hi.", shop.tomas)
    actions.merge(invoice, boots, by=shop.maya.actor)
    return rows


def found(shop: cast.Shop, node: object) -> set[int]:
    """By the database; what Python says is checked on the way."""
    judged = filtering.read(shop.merchant, node)
    condition, values = filtering.where(judged, shop.maya, NOW)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.id FROM conversations_conversation c WHERE {condition}", values)
        ids = {number for (number,) in cursor.fetchall()}
    every = Conversation.objects.values_list("id", flat=True)
    seen = filtering.snapshots(shop.merchant.id, every, judged.kept)
    assert {n for n, s in seen.items() if filtering.matches(judged, s, NOW, shop.maya.id)} == ids, filtering.says(
        judged
    )
    return ids


@pytest.mark.django_db
def test_each_kind_of_question_finds_what_it_names(shop: cast.Shop, many: list[Conversation]) -> None:
    boots, invoice, ben, chat, form, bot = (row.id for row in many)
    tag, team = Tag.objects.get(), Team.objects.get()
    asked: list[tuple[object, set[int]]] = [
        ({}, {boots, invoice, ben, chat, form, bot}),
        ({"field": "tag", "op": "is", "value": tag.id}, {boots}),
        ({"field": "team", "op": "is_not", "value": team.id}, {invoice, ben, chat, form, bot}),
        ({"field": "assignee", "op": "is", "value": "me"}, {invoice}),
        ({"field": "assignee", "op": "none_of", "value": ["me", shop.tomas.id]}, {boots, ben, form, bot}),
        ({"field": "priority", "op": "more_than", "value": 2}, {boots}),
        ({"field": "text", "op": "contains", "value": "_LATE_"}, {ben}),
        ({"field": "text", "op": "contains", "value": "ΣΑΣ 100%"}, {ben}),
        ({"field": "subject", "op": "is", "value": "straße"}, {form}),
        ({"field": "channel", "op": "any_of", "value": ["chat", "form"]}, {chat, form}),
        ({"field": "automatic", "op": "is", "value": True}, {bot}),
        ({"field": "first_reply", "op": "is_set"}, {chat}),
        ({"field": "field.number-it", "op": "more_than", "value": 7}, {boots}),
        ({"field": "field.date-it", "op": "after", "value": "2026-03-01"}, {invoice}),
        ({"field": "field.choice-it", "op": "is", "value": "B"}, {invoice}),
        ({"field": "customer.number-it", "op": "less_than", "value": "0"}, {boots, invoice, bot}),
        ({"field": "needed_by", "op": "within", "value": "2h"}, {invoice}),
        ({"field": "customer_address", "op": "contains", "value": "@example.org"}, {ben}),
        ({"any": [{"field": "tag", "op": "is", "value": tag.id}, {"field": "state", "op": "is", "value": "spam"}]},
         {boots, ben}),
    ]  # fmt: skip
    for node, expected in asked:
        assert found(shop, node) == expected, node


def _values(shop: cast.Shop) -> st.SearchStrategy[object]:
    ids = [shop.maya.id, shop.line.id, shop.brand.id, Tag.objects.get().id, Topic.objects.get().id, 1, 2, 3, 10**12]
    words = ["me", "open", "spam", "chat", "email", "yes", "b", "late", "boots", "2026-03-31", "1h", "3d", "7.5", *HURT]
    single = st.one_of(st.sampled_from(ids), st.sampled_from(words), st.text(max_size=8), st.booleans(), st.floats())
    return st.one_of(single, st.lists(single, max_size=4), st.none(), st.dictionaries(st.text(max_size=3), single))


def _nodes(shop: cast.Shop) -> st.SearchStrategy[Any]:
    fields = [
        *FIELDS,
        *(f.key for f in filtering.catalogue(shop.merchant)),
        "id",
        "customer__name",
        "state__in",
        "field.",
    ]
    ops = [*WORDS, "_connector", "OR", "__gt"]
    one = st.fixed_dictionaries({"field": st.sampled_from(fields), "op": st.sampled_from(ops), "value": _values(shop)})
    return st.recursive(one, lambda part: st.dictionaries(st.sampled_from(["all", "any"]), st.lists(part, max_size=3),
                                                          min_size=1, max_size=1), max_leaves=5)  # fmt: skip


@pytest.mark.django_db
def test_q1_whatever_is_asked_is_read_or_refused_and_both_judges_agree(
    shop: cast.Shop, many: list[Conversation]
) -> None:
    """Q1, Q2: no name, operator or value reaches the statement but as a parameter."""
    counted = {"read": 0}
    names = filtering.known(shop.merchant)
    snapshots = filtering.snapshots(shop.merchant.id, [row.id for row in many])
    leaner: dict[frozenset[str], Any] = {}

    @SIMPLE
    @given(_nodes(shop))
    def asks(node: Any) -> None:
        try:
            judged = filtering.read(shop.merchant, node, names)
        except BadFilter as why:
            assert str(why)
            return
        counted["read"] += 1
        condition, values = filtering.where(judged, shop.maya, NOW)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT c.id FROM conversations_conversation c WHERE {condition}", values)
            ids = {number for (number,) in cursor.fetchall()}
        assert {n for n, s in snapshots.items() if filtering.matches(judged, s, NOW, shop.maya.id)} == ids
        if judged.kept not in leaner:
            leaner[judged.kept] = filtering.snapshots(shop.merchant.id, snapshots, judged.kept)
        lean = leaner[judged.kept]
        assert {n for n, s in lean.items() if filtering.matches(judged, s, NOW, shop.maya.id)} == ids
        assert filtering.says(judged)

    asks()
    assert counted["read"] > 10


@pytest.mark.django_db
def test_q1_every_field_can_be_asked_everything_it_offers(shop: cast.Shop, many: list[Conversation]) -> None:
    given_for = {"text": "a", "texts": ["a", "boots"], "number": 3, "moment": "2026-01-01", "duration": "3h",
                 "date": "2026-03-31", "yesno": True, "nothing": None}  # fmt: skip
    for field in filtering.catalogue(shop.merchant):
        for op in field.ops:
            picked = [choice.value for choice in field.choices]
            value = {"one": picked[:1], "many": [picked]}.get(op.takes) or [given_for.get(op.takes)]
            found(shop, {"field": field.key, "op": op.value, "value": value[0]})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda each: (
            st.lists(each, max_size=3)
            | st.dictionaries(st.sampled_from(["all", "any", "field", "op", "value", "id__in"]), each, max_size=3)
        ),
    )
)
@settings(max_examples=200, deadline=None)
def test_q1_json_of_any_shape_is_refused_with_a_sentence(node: Any) -> None:
    nothing = filtering.Known(1, {k: {} for k in ("topic", "tag", "team", "assignee", "line", "brand")}, {}, UTC)
    try:
        assert filtering.says(filtering.read(1, node, nothing))
    except BadFilter as why:
        assert str(why)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "node",
    [
        {"field": "author__password", "op": "starts_with", "value": "a"},
        {"field": "state", "op": "is); DROP TABLE x --", "value": "open"},
        {"all": [{"all": [{"all": [{"all": []}]}]}]},
        {"all": [{"field": "state", "op": "is", "value": "open"}] * 51},
        {"all": [], "any": []},
        {"field": "subject", "op": "contains", "value": " "},
        {"field": "waiting_for", "op": "more_than", "value": "99999d"},
        {"field": "state", "op": "any_of", "value": []},
        "state = 'open'",
    ],
)
def test_q1_what_is_no_filter_is_refused(shop: cast.Shop, node: object) -> None:
    with pytest.raises(BadFilter):
        filtering.read(shop.merchant, node)


@pytest.mark.django_db
def test_ids_of_another_merchant_are_unknown(shop: cast.Shop) -> None:
    thistle = cast.thistle()
    theirs = {"tag": _tag(thistle, "VIP").id, "line": thistle.line.id, "assignee": thistle.team["mallory"].id}
    for field, number in theirs.items():
        with pytest.raises(BadFilter):
            filtering.read(shop.merchant, {"field": field, "op": "is", "value": number})


@pytest.mark.django_db
def test_q2_words_are_looked_for_as_they_stand(shop: cast.Shop, many: list[Conversation]) -> None:
    """No sign of a pattern means anything: "%" is found where it was written, and nowhere else."""
    ben = many[2].id
    for words, expected in [("%", {ben}), ("_", {ben}), ("\\", {ben}), (".*", set()), ("(", set()), ("' OR", set())]:
        assert found(shop, {"field": "text", "op": "contains", "value": words}) == expected, words
    assert found(shop, {"field": "text", "op": "starts_with", "value": "%"}) == set()


@pytest.mark.django_db
def test_it_reads_out_as_a_sentence(shop: cast.Shop) -> None:
    tag = _tag(shop, "VIP")
    node = {"all": [{"field": "tag", "op": "is", "value": tag.id}, {"any": [
        {"field": "subject", "op": "contains", "value": "invoice"},
        {"field": "priority", "op": "more_than", "value": 2},
    ]}]}  # fmt: skip
    judged = filtering.read(shop.merchant, node)
    assert filtering.says(judged) == "Tag is VIP and (Subject contains “invoice” or Priority is more than normal)"
    assert judged.node == node


@pytest.mark.django_db
def test_a_day_begins_where_the_merchant_is(shop: cast.Shop) -> None:
    judged = filtering.read(shop.merchant, {"field": "created_at", "op": "after", "value": "2026-07-01"})
    assert next(judged.conditions()).value == datetime(2026, 6, 30, 23, tzinfo=UTC)  # London, in summer


@pytest.mark.django_db
def test_what_was_not_read_is_not_taken_for_nothing(shop: cast.Shop, boots: Conversation) -> None:
    asks_text = filtering.read(shop.merchant, {"field": "text", "op": "is_empty"})
    (snapshot,) = filtering.snapshots(shop.merchant.id, [boots.id], frozenset({"subject"})).values()
    with pytest.raises(AttributeError):
        filtering.matches(asks_text, snapshot, NOW)


@pytest.mark.django_db
def test_a_hundred_rules_are_judged_within_a_millisecond(
    shop: cast.Shop, boots: Conversation, django_assert_num_queries: Any
) -> None:
    names = filtering.known(shop.merchant)
    asked = [("state", "is", "open"), ("text", "contains", "late"), ("waiting_for", "more_than", "1h")]
    node = {"all": [{"field": field, "op": op, "value": value} for field, op, value in asked]}
    rules = [filtering.read(shop.merchant, node, names) for _ in range(100)]
    with django_assert_num_queries(1):
        (snapshot,) = filtering.snapshots(shop.merchant.id, [boots.id]).values()
    took = []
    for _ in range(20):
        begun = time.perf_counter()
        assert all(filtering.matches(rule, snapshot, NOW) for rule in rules)
        took.append(time.perf_counter() - begun)
    assert min(took) < 0.001


def _tag(shop: cast.Shop, name: str) -> Tag:
    return Tag.objects.create(merchant=shop.merchant, name=name)
