"""Resolve, reopen, snooze, wake and assign; and an answer that did not arrive."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from presszero.channels import outbox
from presszero.channels.models import Delivery
from presszero.conversations import actions, reactions
from presszero.conversations.actions.held import ChangedMeanwhile
from presszero.conversations.models import Assignment, Conversation, Resolution, Snooze, Topic
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.timeline.models import Event
from presszero.timeline.reactions import consume, listeners
from tests import cast


def again(row: Conversation) -> Conversation:
    return Conversation.objects.get(id=row.id)


def facts(*kinds: str) -> int:
    return Event.objects.filter(kind__in=kinds).count()


def test_resolving_twice_is_once_and_nobody_waits(shop: cast.Shop, boots: Conversation) -> None:
    topic = Topic.objects.create(merchant=shop.merchant, name="Late parcel")
    for _ in range(2):
        actions.resolve(boots, by=shop.maya.actor, topic=topic)
    row = again(boots)
    assert (row.state, row.waiting_since, row.due_at, row.topic) == ("resolved", None, None, topic)
    assert Resolution.objects.count() == facts("conversation.resolved") == 1


def test_opened_again_it_can_be_resolved_again_and_both_are_on_record(shop: cast.Shop, boots: Conversation) -> None:
    actions.resolve(boots, by=shop.maya.actor)
    actions.reopen(boots, by=shop.tomas.actor)
    assert again(boots).state == "open"
    actions.reopen(boots, by=shop.tomas.actor)
    actions.resolve(boots, by=shop.maya.actor)
    first, second = Resolution.objects.order_by("id")
    assert (first.reopened_by, second.reopened_at) == (shop.tomas.actor.code, None)
    assert facts("conversation.reopened") == 1


def test_a_snooze_ends_at_its_time_and_not_before(shop: cast.Shop, boots: Conversation) -> None:
    until = timezone.now() + timedelta(hours=1)
    actions.snooze(boots, until, by=shop.maya.actor)
    assert (again(boots).state, again(boots).snoozed_until) == ("snoozed", until)
    assert actions.wake_due(until - timedelta(seconds=1)) == 0
    assert actions.wake_due(until) == 1
    assert actions.wake_due(until) == 0
    assert (again(boots).state, again(boots).snoozed_until) == ("open", None)
    assert Snooze.objects.get().ended_by == SYSTEM.code


def test_a_snooze_until_they_write_ends_when_they_do(shop: cast.Shop, ada: cast.Shopper, boots: Conversation) -> None:
    actions.snooze(boots, None, by=shop.maya.actor)
    assert actions.wake_due(timezone.now() + timedelta(days=400)) == 0
    ada.writes(shop, "Hello?", "Re: Boots")
    assert again(boots).state == "open"
    assert Snooze.objects.get().ended_at is not None


def test_a_later_snooze_takes_the_place_of_an_earlier_one(shop: cast.Shop, boots: Conversation) -> None:
    for hours in (1, 2):
        actions.snooze(boots, timezone.now() + timedelta(hours=hours), by=shop.maya.actor)
    assert Snooze.objects.filter(ended_at=None).count() == 1
    actions.resolve(boots, by=shop.maya.actor)
    assert not Snooze.objects.filter(ended_at=None).exists()
    assert again(boots).snoozed_until is None


def test_what_has_passed_or_is_resolved_is_not_snoozed(shop: cast.Shop, boots: Conversation) -> None:
    with pytest.raises(Refused, match="passed"):
        actions.snooze(boots, timezone.now() - timedelta(minutes=1), by=shop.maya.actor)
    actions.resolve(boots, by=shop.maya.actor)
    with pytest.raises(Refused, match="resolved"):
        actions.snooze(boots, None, by=shop.maya.actor)
    assert not Snooze.objects.exists()


def test_whoever_decides_on_an_old_page_is_told(shop: cast.Shop, boots: Conversation) -> None:
    seen = again(boots).version
    actions.assign(boots, shop.maya, by=shop.maya.actor, version=seen)
    with pytest.raises(ChangedMeanwhile):
        actions.assign(boots, shop.tomas, by=shop.tomas.actor, version=seen)
    assert again(boots).assignee == shop.maya
    assert Assignment.objects.count() == 1


def test_only_people_of_the_team_are_given_anything(shop: cast.Shop, boots: Conversation) -> None:
    mallory = cast.thistle().team["mallory"]
    shop.tomas.left_at = timezone.now()
    shop.tomas.save()
    for stranger in (mallory, shop.tomas):
        with pytest.raises(Refused, match="not on this team"):
            actions.assign(boots, stranger, by=shop.maya.actor)
    assert again(boots).assignee_id is None
    with pytest.raises(Refused, match="no such priority"):
        actions.set_priority(boots, 9, by=shop.maya.actor)


def _hear() -> None:
    consume(listeners["conversations.failed-delivery"])


def test_an_answer_that_did_not_arrive_brings_the_matter_back(shop: cast.Shop, boots: Conversation) -> None:
    assert reactions.answer_did_not_arrive
    _hear()
    asked = again(boots).waiting_since
    said = cast.answer(boots, "Sorry!", shop.maya)
    actions.resolve(boots, by=shop.maya.actor)
    outbox.report(Delivery.objects.get(), "failed", "no such user")
    _hear()
    row = again(boots)
    assert (row.state, row.waiting_since, row.assignee) == ("open", asked, shop.maya)
    assert row.due_at is not None
    assert Event.objects.get(kind="answer.not_arrived").data["message_id"] == said.id
    assert Resolution.objects.get().reopened_by == SYSTEM.code


def test_a_doubtful_answer_that_came_after_all_lets_it_rest(shop: cast.Shop, boots: Conversation) -> None:
    _hear()
    cast.answer(boots, "Sorry!", shop.maya)
    Delivery.objects.update(state="sending")
    outbox.report(Delivery.objects.get(), "unknown", "cut off")
    _hear()
    assert again(boots).waiting_since is not None
    outbox.believe_accepted(Delivery.objects.get(), "She says so.", by=shop.maya.actor)
    _hear()
    assert again(boots).waiting_since is None
