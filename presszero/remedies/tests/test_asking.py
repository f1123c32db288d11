"""Beyond one's authority: a lead is asked, answers once, and the customer is told by when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from presszero.audit.models import Record
from presszero.conversations.models import Conversation
from presszero.core.refusal import Refused
from presszero.merchants.models import Hours
from presszero.remedies import actions
from presszero.remedies.actions.asking import answer_by
from presszero.remedies.actions.limits import set_limit
from presszero.remedies.authority import NotYours
from presszero.remedies.models import LeadAnswer, Limit, Passed, Remedy, State
from presszero.remedies.physics import Impossible
from presszero.remedies.queries import given_in, open_questions, proposals, told_customer
from presszero.team.models import Role
from presszero.team.sight import MayNot
from presszero.timeline.models import Event
from tests import cast

from .stage import Stage, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Stage:
    return stage()


def test_a_lead_says_yes_and_it_is_given_on_their_authority(scene: Stage) -> None:
    order = scene.order(9000)
    asked = actions.ask(scene.ask("refund", order, 6200), scene.maya, "k1", "the second time this month")
    assert asked.state == State.ASKED and asked.given_at is None
    assert actions.ask(scene.ask("refund", order, 6200), scene.maya, "k1", "again").id == asked.id
    (question,) = open_questions(scene.shop.tomas)
    assert question.beyond == "You may give up to £50.00 at once; this is £62.00."
    assert "at the latest" in told_customer(question)
    assert not open_questions(scene.shop.maya)
    with pytest.raises(NotYours):
        actions.grant(asked, scene.maya)
    granted = actions.grant(asked, scene.tomas, "of course")
    assert (granted.state, granted.authority, granted.by) == (State.TASK, scene.tomas.code, scene.maya.code)
    assert actions.grant(asked, scene.rosa).id == granted.id  # once
    assert LeadAnswer.objects.get().answered_by == scene.tomas.code
    assert Passed.objects.get().rule == "each:any:agent"
    kinds = list(Event.objects.filter(kind__startswith="remedy.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["remedy.asked", "remedy.granted", "remedy.given"]
    assert {"remedy.ask", "remedy.grant", "remedy.give"} <= set(Record.objects.values_list("verb", flat=True))
    assert given_in(scene.conversation) == [granted]
    # It weighs on the lead's day, not on hers.
    for number in range(3):
        actions.give(scene.ask("credit", None, 5000), scene.maya, f"c{number}")


def test_no_is_no_with_its_reason_and_gives_nothing(scene: Stage) -> None:
    asked = actions.ask(scene.ask("refund", scene.order(9000), 6200), scene.maya, "k1")
    refused = actions.refuse(asked, scene.tomas, "They had one last week.")
    assert (refused.state, refused.outcome) == (State.REFUSED, "They had one last week.")
    assert actions.refuse(asked, scene.tomas).outcome == "They had one last week."
    with pytest.raises(Refused, match="answered already"):
        actions.grant(asked, scene.tomas)
    other = actions.ask(scene.ask("credit", None, 6200), scene.maya, "k2")
    assert actions.withdraw(other, scene.maya).state == State.WITHDRAWN
    with pytest.raises(Refused, match="answered already"):
        actions.grant(other, scene.tomas)
    assert not Remedy.objects.exclude(given_at=None).exists()
    assert not open_questions(scene.shop.tomas)


def test_a_lead_grants_within_their_own_limits_and_never_what_cannot_be(scene: Stage) -> None:
    order = scene.order(60000)
    asked = actions.ask(scene.ask("refund", order, 40000), scene.maya, "k1")
    with pytest.raises(actions.OverAuthority, match="up to £250.00"):
        actions.grant(asked, scene.tomas)
    assert actions.ask(scene.ask("refund", order, 30000), scene.tomas, "k2").state == State.ASKED
    actions.give(scene.ask("refund", order, 30000), scene.rosa, "k3")
    with pytest.raises(Impossible, match="£300.00"):
        actions.grant(asked, scene.rosa)
    assert Remedy.objects.get(key="k1").state == State.ASKED
    mine = Remedy.objects.get(key="k2")
    with pytest.raises(NotYours, match="yourself"):
        actions.grant(mine, scene.tomas, "I say so", pass_rule=True)


def test_what_one_may_give_oneself_is_not_asked(scene: Stage) -> None:
    assert actions.ask(scene.ask("credit", None, 1000), scene.maya, "k1").state == State.DONE


def test_a_member_gives_where_they_see_the_conversation(scene: Stage) -> None:
    returns = scene.shop.queue("Returns", scene.shop.maya)
    rana = scene.shop.limited("Rana Aziz", returns)
    with pytest.raises(MayNot):
        actions.give(scene.ask("credit", None, 100), rana.actor, "k1")
    Conversation.objects.update(team=returns)
    actions.give(scene.ask("credit", None, 100), rana.actor, "k1")
    reader = scene.shop.member("Ravi", Role.READ_ONLY, "ravi@juniper.example")
    with pytest.raises(MayNot):
        actions.give(scene.ask("credit", None, 100), reader.actor, "k2")
    with pytest.raises(MayNot):
        actions.give(scene.ask("credit", None, 100), cast.thistle().team["mallory"].actor, "k3")


def test_the_answer_is_due_when_somebody_is_there(scene: Stage) -> None:
    weekly = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    Hours.objects.filter(id=scene.shop.hours.id).update(weekly=weekly, timezone="UTC")
    row = Conversation.objects.select_related("line__hours").get(id=scene.conversation.id)
    friday = datetime(2026, 3, 6, 16, 32, tzinfo=UTC)
    assert answer_by(row, friday) == datetime(2026, 3, 9, 9, 35, tzinfo=UTC)
    assert answer_by(row, friday.replace(hour=10)) == datetime(2026, 3, 6, 11, 35, tzinfo=UTC)


def test_the_most_particular_row_counts(scene: Stage) -> None:
    set_limit(scene.merchant, "agent", "goodwill", {"each": 1000}, scene.rosa)
    set_limit(scene.merchant, "agent", "any", {"each": 20000, "day": None, "worth_from": 50000}, scene.rosa)
    order = scene.order(40000)
    with pytest.raises(actions.OverAuthority, match="up to £10.00"):
        actions.give(scene.ask("goodwill", order, 1500), scene.maya, "k1")
    with pytest.raises(actions.OverAuthority, match="up to £50.00"):
        actions.give(scene.ask("refund", order, 6000), scene.maya, "k1")
    scene.order(10000)  # they are worth 500 now
    actions.give(scene.ask("refund", order, 6000), scene.maya, "k1")
    set_limit(scene.merchant, scene.shop.maya, "any", {"each": 500}, scene.rosa)
    with pytest.raises(actions.OverAuthority, match="up to £5.00"):
        actions.give(scene.ask("goodwill", order, 600), scene.maya, "k2")


def test_a_share_of_the_order_and_a_month_of_a_customer(scene: Stage) -> None:
    values = {"each": None, "day": None, "share": 10, "customer_month": 3000}
    set_limit(scene.merchant, "agent", "any", values, scene.rosa)
    order = scene.order(20000)
    actions.give(scene.ask("goodwill", order, 1500), scene.maya, "k1")
    with pytest.raises(actions.OverAuthority, match="10 % of it, here £20.00. £15.00 is given already"):
        actions.give(scene.ask("refund", order, 501), scene.maya, "k2")
    actions.give(scene.ask("credit", None, 1500), scene.maya, "k3")
    with pytest.raises(actions.OverAuthority, match="One customer"):
        actions.give(scene.ask("credit", None, 1), scene.maya, "k4")
    Remedy.objects.update(given_at=timezone.now() - timedelta(days=31))
    actions.give(scene.ask("credit", None, 1), scene.maya, "k4")


def test_a_rule_that_is_passed_often_is_proposed_for_change(scene: Stage) -> None:
    for number, amount in enumerate((6000, 6200, 6400, 7900, 12000)):
        row = actions.ask(scene.ask("credit", None, amount), scene.maya, f"k{number}", "late again")
        if number == 4:
            assert not proposals(scene.merchant)
        actions.grant(row, scene.tomas, "yes")
    (found,) = [each for each in proposals(scene.merchant) if each.counted.rule == "each"]
    assert (found.column, found.now, found.then) == ("each", 5000, 8000)
    assert (found.counted.whose, found.counted.times) == ("agent", 5)
    assert found.limit == Limit.objects.get(role="agent", kind="any")
    set_limit(scene.merchant, "agent", "any", {"each": found.then}, scene.rosa)
    assert not [each for each in proposals(scene.merchant) if each.counted.rule == "each"]
