"""The same done to many: a few at a time, counted, stopped, undone, and whole again after a crash."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from presszero.conversations import actions, filtering, steps
from presszero.conversations.actions import bulk, doing_bulks
from presszero.conversations.actions.bulk import Which
from presszero.conversations.models import Bulk, BulkItem, Conversation, Tag, Tagged
from presszero.conversations.queries.bulks import bulk_of, left_alone
from presszero.core.refusal import Refused
from presszero.customers.models import Customer
from presszero.team.models import Membership, Team, TeamMember
from presszero.timeline.models import Event
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def rows(shop: cast.Shop) -> list[Conversation]:
    """Ninety conversations, which is more than two rounds."""
    who = Customer.objects.create(merchant=shop.merchant, name="Ada")
    return Conversation.objects.bulk_create(
        Conversation(merchant=shop.merchant, customer=who, line=shop.line, subject=f"Matter {n}", priority=1 + n % 3)
        for n in range(90)
    )


def _ids(rows: list[Conversation]) -> Which:
    return Which([row.id for row in rows])


def _work() -> int:
    rounds = 0
    while doing_bulks.go_on():
        rounds += 1
    return rounds


@pytest.mark.slow
def test_all_of_it_is_done_in_rounds_and_undone_again(shop: cast.Shop, rows: list[Conversation]) -> None:
    tag = Tag.objects.create(merchant=shop.merchant, name="Sale")
    what: list[dict[str, Any]] = [{"do": "tag", "tag": tag.id}, {"do": "priority", "priority": 3}, {"do": "resolve"}]
    before = list(Conversation.objects.order_by("id").values_list("state", "priority"))
    made = bulk.begin(shop.maya, what, _ids(rows))
    assert (made.total, _work()) == (90, 3)
    made.refresh_from_db()
    assert (made.done, made.refused) == (90, 0) and made.finished_at
    assert Tagged.objects.filter(removed_at=None).count() == 90
    assert not Conversation.objects.exclude(state="resolved", priority=3).exists()
    told = Event.objects.filter(kind="bulk.progressed").order_by("id").values_list("data", flat=True)
    assert [one["done"] for one in told] == [40, 80, 90]

    bulk.undo(made, by=shop.maya)
    _work()
    made.refresh_from_db()
    assert made.undone == 90 and made.undone_at
    assert list(Conversation.objects.order_by("id").values_list("state", "priority")) == before
    assert not Tagged.objects.filter(removed_at=None).exists()


def test_what_moved_on_since_is_kept_with_a_sentence(shop: cast.Shop, rows: list[Conversation]) -> None:
    made = bulk.begin(shop.maya, [{"do": "assign", "to": shop.maya.id}], _ids(rows[:3]))
    _work()
    actions.assign(rows[1], shop.tomas, by=shop.tomas.actor)
    bulk.undo(made, by=shop.tomas)
    _work()
    assert [row.assignee_id for row in Conversation.objects.filter(id__in=[r.id for r in rows[:3]]).order_by("id")] == [
        None, shop.tomas.id, None]  # fmt: skip
    (kept,) = left_alone(shop.maya, made)
    assert kept.conversation_id == rows[1].id and kept.outcome == "kept" and kept.sentence


def test_one_that_is_refused_is_noted_and_the_rest_is_done(shop: cast.Shop, rows: list[Conversation]) -> None:
    actions.resolve(rows[0], by=shop.maya.actor)
    made = bulk.begin(shop.maya, [{"do": "priority", "priority": 4}, {"do": "snooze", "for": "1d"}], _ids(rows[:2]))
    _work()
    made.refresh_from_db()
    assert (made.done, made.refused) == (2, 1)
    (left,) = left_alone(shop.maya, made)
    assert "resolved" in left.sentence
    assert Conversation.objects.get(id=rows[0].id).priority == 1  # none of its steps, not half of them
    assert Conversation.objects.get(id=rows[1].id).state == "snoozed"


def test_f_a_worker_that_dies_in_the_middle_does_nothing_twice(
    shop: cast.Shop, rows: list[Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bulk.begin(shop.maya, [{"do": "note", "text": "Seen"}], _ids(rows[:10]))
    real, calls = steps.perform, iter(range(100))

    def dies(*what: Any) -> Any:
        given = real(*what)
        if next(calls) == 4:
            raise OperationalError("the server closed the connection")
        return given

    monkeypatch.setattr(steps, "perform", dies)
    with pytest.raises(OperationalError):
        doing_bulks.go_on()
    assert BulkItem.objects.filter(outcome="done").count() == 4
    monkeypatch.setattr(steps, "perform", real)
    _work()
    made.refresh_from_db()
    assert made.done == 10 and made.finished_at
    assert not Conversation.objects.filter(notes__isnull=False).exclude(notes__text="Seen").exists()
    assert sum(row.notes.count() for row in rows[:10]) == 10


def test_stopping_leaves_the_rest_alone_and_undoing_stops(shop: cast.Shop, rows: list[Conversation]) -> None:
    made = bulk.begin(shop.maya, [{"do": "priority", "priority": 4}], _ids(rows))
    doing_bulks.go_on()
    bulk.stop(made, by=shop.maya)
    assert _work() == 0
    assert Conversation.objects.filter(priority=4).count() == doing_bulks.A_ROUND
    bulk.undo(made, by=shop.maya)
    _work()
    made.refresh_from_db()
    assert (made.undone, made.finished_at) == (40, None) and made.undone_at
    assert not Conversation.objects.filter(priority=4).exists()


def test_whoever_began_it_reaches_only_what_they_see(shop: cast.Shop, rows: list[Conversation]) -> None:
    team = Team.objects.create(merchant=shop.merchant, name="Returns")
    Conversation.objects.filter(id__in=[r.id for r in rows[:2]]).update(team=team)
    Membership.objects.filter(id=shop.maya.id).update(sees_all=False)
    shop.maya.refresh_from_db()
    TeamMember.objects.create(merchant=shop.merchant, team=team, member=shop.maya)
    theirs = cast.thistle()
    mallorys = Conversation.objects.create(
        merchant=theirs.merchant, customer=Customer.objects.create(merchant=theirs.merchant), line=theirs.line
    )
    which = Which([row.id for row in rows] + [mallorys.id])
    assert bulk.count(shop.maya, which) == 2
    made = bulk.begin(shop.maya, [{"do": "priority", "priority": 4}], which)
    Conversation.objects.filter(id=rows[1].id).update(team=None)  # out of sight before the worker came to it
    _work()
    assert list(Conversation.objects.filter(priority=4).values_list("id", flat=True)) == [rows[0].id]
    made.refresh_from_db()
    assert (made.done, made.refused) == (2, 1)
    assert bulk_of(theirs.team["mallory"], made.id) is None


def test_a_filter_says_which(shop: cast.Shop, rows: list[Conversation]) -> None:
    found = filtering.read(shop.merchant, {"field": "subject", "op": "contains", "value": "matter 1"})
    assert bulk.count(shop.maya, Which(filter=found)) == 11
    made = bulk.begin(shop.maya, [{"do": "assign", "to": "me"}], Which(filter=found))
    _work()
    assert made.total == 11 == Conversation.objects.filter(assignee=shop.maya).count()


def test_none_and_too_many_and_nothing_to_do_are_refused(
    shop: cast.Shop, rows: list[Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = shop.member("Rhea Read", "read_only", "rhea@juniper.example")
    cases: list[tuple[Membership, list[dict[str, Any]], Which]] = [
        (shop.maya, [{"do": "resolve"}], Which([])),
        (shop.maya, [], _ids(rows)),
        (reader, [{"do": "resolve"}], _ids(rows)),
    ]
    for by, what, which in cases:
        with pytest.raises(Refused):
            bulk.begin(by, what, which)
    monkeypatch.setattr(bulk, "MOST", 5)
    with pytest.raises(Refused, match="At most 5"):
        bulk.begin(shop.maya, [{"do": "resolve"}], _ids(rows))
    assert not Bulk.objects.exists()


def test_only_who_began_it_or_a_lead_may_stop_or_undo_it(shop: cast.Shop, rows: list[Conversation]) -> None:
    other = shop.member("Noor Agent", "agent", "noor@juniper.example")
    made = bulk.begin(shop.maya, [{"do": "resolve"}], _ids(rows[:2]))
    for verb in (bulk.stop, bulk.undo):
        with pytest.raises(Refused):
            verb(made, by=other)
    said = bulk.begin(shop.maya, [{"do": "reply", "text": "Hi"}], _ids(rows[:1]))
    with pytest.raises(Refused):
        bulk.undo(said, by=shop.maya)
    assert bulk.stop(made, by=shop.tomas).stopped_at


def test_a_tag_retired_meanwhile_refuses_and_still_undoes(shop: cast.Shop, rows: list[Conversation]) -> None:
    tag = Tag.objects.create(merchant=shop.merchant, name="Sale")
    made = bulk.begin(shop.maya, [{"do": "tag", "tag": tag.id}], _ids(rows[:50]))
    doing_bulks.go_on()
    Tag.objects.update(retired_at=timezone.now())
    _work()
    made.refresh_from_db()
    assert (made.done, made.refused) == (50, 10)
    bulk.undo(made, by=shop.maya)
    _work()
    assert not Tagged.objects.filter(removed_at=None).exists()


def test_beginning_costs_the_same_however_many(shop: cast.Shop, rows: list[Conversation]) -> None:
    def statements(many: int) -> int:
        with CaptureQueriesContext(connection) as ran:
            bulk.begin(shop.maya, [{"do": "resolve"}], _ids(rows[:many]))
        return len(ran)

    assert statements(2) == statements(90)
