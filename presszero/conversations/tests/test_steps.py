"""Steps: read from JSON, done by the actions there are, undone where somebody has not gone on since."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from presszero.channels.models import Delivery
from presszero.conversations import actions, filtering, steps
from presszero.conversations.models import Conversation, Note, Spam, Tag, Tagged, Topic
from presszero.conversations.steps import BadSteps, MovedOn
from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.customers.models import Block, OwnField
from presszero.team.models import Team
from presszero.timeline.models import Event
from tests import cast

pytestmark = pytest.mark.slow


@pytest.fixture
def known(shop: cast.Shop) -> dict[str, int]:
    """A tag, topic, team, field and colleague to name."""
    mine = {"merchant": shop.merchant}
    OwnField.objects.create(**mine, about="conversation", key="size", label="Size", kind="number")
    return {
        "tag": Tag.objects.create(**mine, name="VIP").id,
        "topic": Topic.objects.create(**mine, name="Late").id,
        "team": Team.objects.create(**mine, name="Returns").id,
        "tomas": shop.tomas.id,
    }


def _columns(row: Conversation) -> dict[str, Any]:
    """All that an undo must put back."""
    now = Conversation.objects.get(id=row.id)
    kept = ("state", "priority", "topic_id", "team_id", "assignee_id", "waiting_since", "due_at", "work_at",
            "snoozed_until")  # fmt: skip
    found: dict[str, Any] = {name: getattr(now, name) for name in kept}
    found["fields"] = {key: value for key, value in now.fields.items() if value}
    found["tags"] = list(Tagged.objects.filter(conversation=now, removed_at=None).values_list("tag_id", flat=True))
    found["followers"] = list(now.followers.values_list("member_id", flat=True))
    found["notes"] = Note.objects.filter(conversation=now, removed_at=None).count()
    return found


def _every(known: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"do": "assign", "to": "me"}, {"do": "assign", "to": known["tomas"]}, {"do": "assign", "to": None},
        {"do": "team", "team": known["team"]}, {"do": "tag", "tag": known["tag"]}, {"do": "untag", "tag": known["tag"]},
        {"do": "priority", "priority": 4}, {"do": "topic", "topic": known["topic"]}, {"do": "resolve"},
        {"do": "reopen"}, {"do": "snooze", "for": "1d"}, {"do": "snooze", "for": None}, {"do": "spam"},
        {"do": "spam", "block": True}, {"do": "not_spam"}, {"do": "field", "key": "size", "value": "7.5"},
        {"do": "note", "text": "Ask {{ customer.first_name }}"}, {"do": "follow", "member": known["tomas"]},
    ]  # fmt: skip


def _begin(row: Conversation, how: str, shop: cast.Shop) -> None:
    begun = {"resolved": lambda: actions.resolve(row, by=shop.maya.actor), "open": lambda: None,
             "snoozed": lambda: actions.snooze(row, None, by=shop.maya.actor),
             "spam": lambda: actions.mark_spam(row, by=shop.maya.actor)}  # fmt: skip
    begun[how]()


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["open", "resolved", "snoozed", "spam"])
def test_whatever_is_done_can_be_undone(shop: cast.Shop, boots: Conversation, known: dict[str, int], how: str) -> None:
    _begin(boots, how, shop)
    for node in _every(known):
        with transaction.atomic():
            _is_undone(shop, boots, how, node)
            transaction.set_rollback(True)


def _is_undone(shop: cast.Shop, row: Conversation, how: str, node: dict[str, Any]) -> None:
    before, by = _columns(row), shop.maya.actor
    (step,) = steps.read(shop.merchant, [node])
    if node["do"] == "snooze" and how in ("resolved", "spam"):
        with pytest.raises(Refused):
            steps.perform(row, step, by)
        return
    given_back = steps.perform(row, step, by)
    changed = _columns(row) != before or Block.objects.exists()
    assert changed == bool(given_back), (how, node)
    steps.undo(row, step, given_back, by)
    assert _columns(row) == before, (how, node)
    assert steps.says(step)
    assert not Block.objects.filter(lifted_at=None).exists()
    assert Spam.objects.filter(ended_at=None).count() == (how == "spam")


@pytest.mark.django_db
def test_what_somebody_changed_since_is_left_alone(shop: cast.Shop, boots: Conversation, known: dict[str, int]) -> None:
    maya, rosa = shop.maya.actor, shop.team["rosa"]
    done = steps.read(
        shop.merchant,
        [{"do": "assign", "to": known["tomas"]}, {"do": "priority", "priority": 4}, {"do": "tag", "tag": known["tag"]},
         {"do": "resolve"}, {"do": "field", "key": "size", "value": "3"}, {"do": "team", "team": known["team"]}],
    )  # fmt: skip
    before = [steps.perform(boots, step, maya) for step in done]
    actions.assign(boots, rosa, by=rosa.actor)
    actions.set_priority(boots, 1, by=rosa.actor)
    actions.untag(boots, Tag.objects.get(), by=rosa.actor)
    actions.reopen(boots, by=rosa.actor)
    actions.set_field(boots, "size", "4", by=rosa.actor)
    actions.set_team(boots, None, by=rosa.actor)
    stands = _columns(boots)
    for step, was in zip(done, before, strict=True):
        with pytest.raises(MovedOn):
            steps.undo(boots, step, was, maya)
    assert _columns(boots) == stands


@pytest.mark.django_db
def test_words_are_filled_in_and_a_machines_are_marked(shop: cast.Shop, boots: Conversation) -> None:
    nodes = [
        {"do": "note", "text": "About {{ customer.name }}"},
        {"do": "reply", "text": "Dear {{ customer.first_name }}"},
    ]
    noted, said = steps.read(shop.merchant, nodes)
    steps.perform(boots, noted, SYSTEM)
    assert steps.perform(boots, said, Actor("rule", 5)) == {}
    made = Delivery.objects.select_related("entry").latest("id").entry
    assert Note.objects.get().text == "About Ada Kowalski" and Note.objects.get().by_id is None
    assert (made.text, made.automatic, made.actor) == ("Dear Ada", "rule", "rule:5")
    boots.refresh_from_db()
    assert boots.waiting_since and not boots.assignee_id
    steps.perform(boots, said, shop.maya.actor)
    boots.refresh_from_db()
    assert boots.waiting_since is None and boots.assignee_id == shop.maya.id
    with pytest.raises(Refused):
        steps.undo(boots, said, {}, shop.maya.actor)


@pytest.mark.django_db
def test_nothing_replies_by_itself_to_a_machine_or_to_spam(shop: cast.Shop, boots: Conversation) -> None:
    (said,) = steps.read(shop.merchant, [{"do": "reply", "text": "Hello"}])
    bot = cast.the(cast.ada().writes(shop, "I am out.", "Out", Auto_Submitted="auto-replied")).conversation
    actions.mark_spam(boots, by=shop.maya.actor)
    for row in (bot, boots):
        with pytest.raises(Refused):
            steps.perform(row, said, SYSTEM)
    assert not Delivery.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["{{ settings.SECRET_KEY }}", "{% include 'x' %}", "{{ customer.__class__ }}", "{0.__init__}"]
)
def test_s7_a_steps_words_are_no_template(shop: cast.Shop, boots: Conversation, text: str) -> None:
    (noted,) = steps.read(shop.merchant, [{"do": "note", "text": text}])
    steps.perform(boots, noted, shop.maya.actor)
    assert Note.objects.get().text == text


@pytest.mark.django_db
def test_only_what_is_a_step_of_ours_is_read(shop: cast.Shop, known: dict[str, int]) -> None:
    theirs = Tag.objects.create(merchant=cast.thistle().merchant, name="VIP")
    bad: list[Any] = [
        {"do": "tag", "tag": theirs.id}, {"do": "tag", "tag": True}, {"do": "tag"}, {"do": "__class__"}, "resolve",
        {"do": "assign", "to": 10**9}, {"do": "priority", "priority": 9}, {"do": "snooze", "for": "1y"},
        {"do": "field", "key": "size", "value": "tall"}, {"do": "field", "key": "n", "value": ""},
        {"do": "note", "text": " "}, {"do": ["tag"]},
    ]  # fmt: skip
    for node in bad:
        with pytest.raises(BadSteps):
            steps.read(shop.merchant, [node])
    with pytest.raises(BadSteps):
        steps.read(shop.merchant, [{"do": "resolve"}] * 21)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=5)
        | st.sampled_from(["assign", "tag", "snooze", "field", "note", "spam", "me"]),
        lambda each: (
            st.lists(each, max_size=3)
            | st.dictionaries(
                st.sampled_from(["do", "to", "tag", "for", "key", "value", "text", "block"]), each, max_size=3
            )
        ),
    )
)
@settings(max_examples=200, deadline=None)
def test_q1_steps_of_any_shape_are_read_or_refused(node: Any) -> None:
    nothing = filtering.Known(1, {k: {} for k in ("topic", "tag", "team", "assignee", "line", "brand")}, {}, None)
    try:
        assert all(steps.says(step) for step in steps.read(1, [node], nothing))
    except BadSteps as why:
        assert str(why)


@pytest.mark.django_db
def test_the_catalogue_offers_what_can_be_read(shop: cast.Shop, known: dict[str, int]) -> None:
    offered = {each.do: each for each in steps.catalogue(shop.merchant)}
    assert {do for do, each in offered.items() if each.undoable} == steps.UNDOABLE == set(offered) - {"reply"}
    assert [choice.label for choice in offered["tag"].choices] == ["VIP"]
    for do in ("assign", "tag", "team", "topic", "priority"):
        for choice in offered[do].choices:
            steps.read(shop.merchant, [{"do": do, offered[do].key: choice.value}])


@pytest.mark.django_db
def test_the_timeline_hears_of_each(shop: cast.Shop, boots: Conversation, known: dict[str, int]) -> None:
    begun = timezone.now()
    for step in steps.read(shop.merchant, _every(known)):
        if step.do not in ("snooze", "reopen", "resolve"):
            steps.perform(boots, step, shop.maya.actor)
    kinds = set(Event.objects.filter(at__gte=begun).values_list("kind", flat=True))
    assert kinds >= {"conversation.tagged", "conversation.untagged", "conversation.moved", "conversation.field_set",
                     "conversation.spam", "conversation.not_spam", "note.added"}  # fmt: skip
