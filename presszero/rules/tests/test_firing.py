"""A rule acts where it matches, explains itself, and can be undone."""

from __future__ import annotations

import pytest
from django.utils import timezone

from presszero.audit.models import Record
from presszero.conversations.actions import merge, resolve
from presszero.conversations.models import Conversation, Tag, Tagged, Topic
from presszero.core.actor import Actor
from presszero.rules import actions
from presszero.rules.models import Firing, Rule
from presszero.rules.policy import FAILURES
from presszero.timeline.models import Event
from tests import cast
from tests.cast import Shop

from .conftest import Ears, Make

pytestmark = pytest.mark.django_db
LATE = {"field": "text", "op": "contains", "value": "late"}


def test_a_message_that_matches_is_tagged_and_raised(shop: Shop, late: Tag, make: Make, ears: Ears) -> None:
    rule = make(filter=LATE, steps=[{"do": "tag", "tag": late.id}, {"do": "priority", "priority": 3}])
    row = cast.the(cast.ada().writes(shop, "My parcel 1042 is late, where is it?", "Boots")).conversation
    cast.ben().writes(shop, "Do you sell laces?", "Laces")
    ears.listen()
    row.refresh_from_db()
    assert row.priority == Conversation.Priority.HIGH
    assert Tagged.objects.get().conversation_id == row.id
    firing = Firing.objects.get()
    assert (firing.rule_id, firing.conversation_id, firing.outcome) == (rule.id, row.id, "done")
    assert firing.because == [["Newest message contains “late”", "my parcel 1042 is late, where is it?"]]
    assert [each["said"] for each in firing.did] == ["adds the tag late", "sets the priority to high"]
    assert Tagged.objects.get().by == Actor("rule", firing.id).code
    told = Event.objects.get(kind="rule.fired")
    assert (told.actor, told.data["firing_id"]) == (f"rule:{firing.id}", firing.id)


def test_what_it_did_is_undone_step_by_step(shop: Shop, late: Tag, make: Make, ears: Ears) -> None:
    make(filter=LATE, steps=[{"do": "tag", "tag": late.id}, {"do": "priority", "priority": 3}])
    row = cast.the(cast.ada().writes(shop, "It is late.")).conversation
    ears.listen()
    firing = Firing.objects.get()
    assert actions.undo(firing, by=shop.maya, at=timezone.now()) == []
    row.refresh_from_db()
    assert row.priority == Conversation.Priority.NORMAL
    assert not Tagged.objects.filter(removed_at=None).exists()
    firing.refresh_from_db()
    assert firing.undone_by == shop.maya.actor.code


def test_each_message_of_a_round_is_judged_by_its_own_words(shop: Shop, late: Tag, make: Make, ears: Ears) -> None:
    make(filter=LATE, steps=[{"do": "tag", "tag": late.id}])
    ada = cast.ada()
    first = cast.the(ada.writes(shop, "My parcel is late.", "Boots"))
    ada.answers(shop, first.entry, "Thank you, it came.")
    ears.listen()
    assert Firing.objects.get().because[0][1] == "my parcel is late."


def test_rules_go_in_order_and_one_may_be_the_last(shop: Shop, make: Make, ears: Ears) -> None:
    make("First", steps=[{"do": "priority", "priority": 4}], stop=True)
    make("Second", steps=[{"do": "priority", "priority": 1}])
    row = cast.the(cast.ada().writes(shop, "Hello")).conversation
    ears.listen()
    row.refresh_from_db()
    assert row.priority == 4
    assert [firing.rule.name for firing in Firing.objects.all()] == ["First"]


def test_the_next_rule_sees_what_the_one_before_did(shop: Shop, make: Make, ears: Ears) -> None:
    make("Raise", steps=[{"do": "priority", "priority": 4}])
    make("Urgent", filter={"field": "priority", "op": "is", "value": 4}, steps=[{"do": "note", "text": "Look!"}])
    cast.ada().writes(shop, "Hello")
    ears.listen()
    assert list(Firing.objects.order_by("id").values_list("rule__name", flat=True)) == ["Raise", "Urgent"]


def test_once_is_once_and_a_rest_is_kept(shop: Shop, make: Make, ears: Ears) -> None:
    make("Once", steps=[{"do": "note", "text": "once"}], once=True)
    make("Rested", steps=[{"do": "note", "text": "rested"}], rest="4h")
    make("Always", steps=[{"do": "note", "text": "always"}])
    ada = cast.ada()
    first = cast.the(ada.writes(shop, "Hello"))
    ears.listen()
    ada.answers(shop, first.entry, "Hello?")
    ears.listen()
    names = list(Firing.objects.order_by("id").values_list("rule__name", flat=True))
    assert sorted(names) == ["Always", "Always", "Once", "Rested"]


def test_spam_history_and_merged_conversations_set_nothing_off(shop: Shop, make: Make, ears: Ears) -> None:
    make("Any", ["arrived", "first"], steps=[{"do": "note", "text": "x"}])
    cast.deliver(shop.line, cast.ada().mail(shop, "An old one", "Old").as_bytes(), backfill=True)
    cast.work()
    ben = cast.the(cast.ben().writes(shop, "Hello")).conversation
    Conversation.objects.filter(id=ben.id).update(state="spam")
    eve = cast.Shopper("Eve", "eve@example.com")
    one = cast.the(eve.writes(shop, "One", "One")).conversation
    two = cast.the(eve.writes(shop, "Two", "Two")).conversation
    merge(two, one, by=shop.maya.actor)
    ears.listen()
    assert set(Firing.objects.values_list("conversation_id", flat=True)) == {one.id}


def test_another_shops_rules_hear_nothing_of_it(shop: Shop, make: Make, ears: Ears) -> None:
    make("Theirs", of=cast.thistle(), steps=[{"do": "priority", "priority": 4}])
    cast.ada().writes(shop, "Hello")
    ears.listen()
    assert not Firing.objects.exists()


def test_a_refused_step_leaves_the_others_done(shop: Shop, make: Make, ears: Ears) -> None:
    make(on="resolved", steps=[{"do": "snooze", "for": "1d"}, {"do": "priority", "priority": 3}])
    row = cast.the(cast.ada().writes(shop, "Hello")).conversation
    resolve(row, by=shop.maya.actor)
    ears.listen()
    did = Firing.objects.get().did
    assert did[0]["refused"].startswith("This is resolved.") and did[1]["refused"] == ""
    row.refresh_from_db()
    assert row.priority == 3


def test_a_rule_that_breaks_again_and_again_is_switched_off_with_the_reason(
    shop: Shop, make: Make, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = Topic.objects.create(merchant=shop.merchant, name="Parcels")
    rule = make(steps=[{"do": "priority", "priority": 4}, {"do": "topic", "topic": topic.id}])

    def gone(*given: object, **named: object) -> None:
        raise Topic.DoesNotExist

    monkeypatch.setattr("presszero.conversations.steps.marking.set_topic", gone)
    for number in range(FAILURES + 1):
        broken = cast.the(cast.Shopper("Eve", f"eve{number}@example.com").writes(shop, "Hello")).conversation
        ears.listen()
        broken.refresh_from_db()
        assert broken.priority == Conversation.Priority.NORMAL, "what it did before it broke was taken back"
    rule.refresh_from_db()
    assert not rule.enabled and f"{FAILURES} times in a row" in rule.stopped_why
    assert Firing.objects.filter(outcome="failed", sentence__contains="DoesNotExist").count() == FAILURES
    assert Record.objects.filter(verb="rule.stop", subject=f"rule:{rule.id}").exists()


def test_a_rule_whose_tag_is_gone_stands_still_and_says_why(shop: Shop, late: Tag, make: Make, ears: Ears) -> None:
    rule = make(steps=[{"do": "tag", "tag": late.id}])
    late.retired_at = timezone.now()
    late.save()
    cast.ada().writes(shop, "Hello")
    ears.listen()
    rule = Rule.objects.get(id=rule.id)
    assert not rule.enabled and "not here any more" in rule.stopped_why
