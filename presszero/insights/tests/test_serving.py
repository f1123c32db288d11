"""A matter is written down when it is resolved, and again when anything of it changes; merged parts are part of it."""

from __future__ import annotations

import pytest

from presszero.conversations import actions
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.customers import actions as customers
from presszero.insights import reactions, serving
from presszero.insights.models import Served
from presszero.insights.working import beat
from presszero.timeline.reactions import consume, listeners
from tests import cast

from .october import October, at
from .world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def october() -> October:
    made = October(World(cast.juniper()))
    hear()
    return made


def hear() -> None:
    assert reactions.served
    while consume(listeners["insights.served"]):
        pass


def served(row: Conversation) -> Served | None:
    return Served.objects.filter(conversation=row).first()


def resolve(october: October, row: Conversation) -> Served:
    actions.resolve(row, by=october.world.shop.maya.actor)
    hear()
    found = served(row)
    assert found
    return found


def test_a_resolve_writes_it_and_the_next_one_adds_to_it(october: October) -> None:
    october.work(october.parcel, october.world.shop.maya, 5, 60)
    first = resolve(october, october.parcel)
    actions.reopen(october.parcel, by=october.world.shop.maya.actor)
    october.work(october.parcel, october.world.shop.tomas, 6, 30)
    again = resolve(october, october.parcel)
    assert Served.objects.count() == 1 and again.first_at == first.first_at and again.at > first.at
    assert sum(sum(by.values()) for by in again.seconds.values()) == 90


def test_a_resolve_that_was_undone_leaves_nothing(october: October) -> None:
    resolve(october, october.parcel)
    actions.unresolve(october.parcel, by=SYSTEM)
    hear()
    assert served(october.parcel) is None


def test_spam_is_no_service_and_is_again_when_it_was_none(october: October) -> None:
    resolve(october, october.parcel)
    maya = october.world.shop.maya.actor
    actions.reopen(october.parcel, by=maya)
    actions.mark_spam(october.parcel, by=maya)
    hear()
    assert served(october.parcel) is None
    actions.not_spam(october.parcel, by=maya)
    hear()
    assert served(october.parcel)


def test_merged_it_is_one_matter_and_taken_apart_two_again(october: October) -> None:
    type(october.boots).objects.filter(id=october.boots.id).update(customer=october.ada)
    october.boots.refresh_from_db()
    october.work(october.parcel, october.world.shop.maya, 5, 60)
    october.work(october.boots, october.world.shop.maya, 6, 40)
    resolve(october, october.parcel)
    resolve(october, october.boots)
    merge = actions.merge(october.boots, october.parcel, by=october.world.shop.maya.actor)
    hear()
    whole = served(october.parcel)
    assert whole and sum(sum(by.values()) for by in whole.seconds.values()) == 100
    assert served(october.boots) is None
    actions.unmerge(merge, by=october.world.shop.maya.actor)
    hear()
    both = [served(row) for row in (october.parcel, october.boots)]
    assert [sum(sum(by.values()) for by in each.seconds.values()) for each in both if each] == [60, 40]


def test_a_customer_merged_later_is_counted_as_who_they_are_now(october: October) -> None:
    resolve(october, october.boots)
    customers.merge(october.ben, october.ada, by=october.world.shop.maya.actor)
    found = resolve(october, october.parcel)
    assert found.customer_id == october.ada.id


def test_what_it_cost_and_what_was_drawn_afterwards_is_written_too(october: October) -> None:
    found = resolve(october, october.parcel)
    assert (found.remedies, found.held_out) == (0, None)
    october.give(october.parcel, "refund", 1840)
    october.drawn(october.parcel, True, at(8))
    actions.set_topic(october.parcel, october.late, by=october.world.shop.maya.actor)
    hear()
    found.refresh_from_db()
    assert (found.remedies, found.held_out, found.topic_id) == (1840, True, october.late.id)


def test_hearing_it_twice_changes_nothing(october: October) -> None:
    beat(october.world.shop.maya, [(october.parcel.id, 15)], at(5))
    resolve(october, october.parcel)
    before = Served.objects.values().get()
    serving.serve(october.merchant.id, october.parcel.id)
    assert Served.objects.values().get() == before
