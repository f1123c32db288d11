"""Giving: at once within one's limits, never more than was paid, and the same key is the same remedy."""

from __future__ import annotations

import pytest
from django.utils import timezone

from presszero.audit.models import Record
from presszero.commerce.models import Credit, Order, Refund, Variant
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.customers.models import Customer
from presszero.remedies import actions
from presszero.remedies.models import Passed, Remedy, State, Task
from presszero.remedies.physics import Impossible
from presszero.timeline.models import Event

from .stage import Stage, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Stage:
    return stage()


def test_a_preview_says_what_goes_where_and_changes_nothing(scene: Stage) -> None:
    order = scene.order(1840, 4000)
    line = order.lines.first()
    seen = actions.preview(scene.ask("refund", order, lines=((line.id, 1),), restock=True), scene.maya)
    assert seen.decision.allowed
    assert seen.says[0] == "£18.40 goes back to the customer’s Visa •••• 4242"
    assert "Boots 1, Brown, 42: stock 3 → 4" in seen.says
    assert seen.amount == order.money(1840)
    assert seen.way == "task"  # no shop is connected, so somebody pays it back
    assert not Remedy.objects.exists()


def test_without_a_shop_a_refund_is_a_task_and_stands_in_the_books_once_it_is_done(scene: Stage) -> None:
    order = scene.order(1840, 4000)
    given = actions.give(scene.ask("refund", order, 1840), scene.maya, "k1", "they were late")
    assert given.state == State.TASK
    (task,) = Task.objects.all()
    assert "18.40" in task.text and order.number in task.text and "4242" in task.text
    actions.task_done(task, scene.tomas, "bank 77")
    actions.task_done(task, scene.tomas, "bank 77")
    order.refresh_from_db()
    assert (order.refunded, order.paid) == (1840, "part_refunded")
    assert Refund.objects.get().key == "k1"
    assert Remedy.objects.get().state == State.DONE
    kinds = list(Event.objects.filter(kind__startswith="remedy.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["remedy.given", "remedy.done"]
    assert Record.objects.get(verb="remedy.give").why == "they were late"


def test_beyond_a_limit_says_which_and_what_to_do_and_gives_nothing(scene: Stage) -> None:
    order = scene.order(9000)
    with pytest.raises(actions.OverAuthority) as no:
        actions.give(scene.ask("refund", order, 6200), scene.maya, "k1")
    assert str(no.value) == "You may give up to £50.00 at once; this is £62.00."
    assert no.value.next_step == "Ask Tomas."
    assert no.value.decision.limit == order.money(5000)
    assert not Remedy.objects.exists()


def test_the_same_key_is_the_same_remedy_and_never_another(scene: Stage) -> None:
    order = scene.order(9000)
    first = actions.give(scene.ask("refund", order, 1000), scene.maya, "k1")
    assert actions.give(scene.ask("refund", order, 1000), scene.maya, "k1").id == first.id
    with pytest.raises(Refused):
        actions.give(scene.ask("refund", order, 1001), scene.maya, "k1")
    assert Remedy.objects.count() == 1


def test_never_more_than_was_paid_less_what_goes_back_whoever_gives(scene: Stage) -> None:
    order = scene.order(3000)
    actions.give(scene.ask("refund", order, 2000), scene.rosa, "k1")
    for kind in ("refund", "goodwill", "price_match"):
        with pytest.raises(Impossible) as no:
            actions.give(scene.ask(kind, order, 1001), scene.rosa, "k2", "why not", pass_rule=True)
        assert "£10.00" in str(no.value)
    rest = actions.give(scene.ask("refund", order), scene.rosa, "k3")
    assert rest.amount == 1000


def test_nothing_bent_gets_through(scene: Stage) -> None:
    order, other = scene.order(3000), scene.order(500)
    line, foreign = order.lines.get(), other.lines.get()
    bent = [
        scene.ask("refund", order, -500),
        scene.ask("refund", order, 0),
        scene.ask("refund", order, 100, currency="JPY"),
        scene.ask("refund", order, 100, shipping=100),  # no shipping was paid
        scene.ask("refund", order, lines=((line.id, 2),)),
        scene.ask("refund", order, lines=((line.id, 1), (line.id, 1))),
        scene.ask("refund", order, lines=((line.id, -1),)),
        scene.ask("refund", order, lines=((foreign.id, 1),)),
        scene.ask("code", percent=101),
        scene.ask("credit", None, None),
        scene.ask("refund", None, 100),
        scene.ask("gold", order, 100),
    ]
    for asked in bent:
        assert actions.preview(asked, scene.rosa).decision.outcome == "never", asked
        with pytest.raises(Impossible):
            actions.give(asked, scene.rosa, "k1")
    assert not Remedy.objects.exists()


def test_an_order_of_somebody_else_is_not_there(scene: Stage) -> None:
    ben = Customer.objects.create(merchant=scene.merchant, name="Ben Ruiz")
    theirs, guest = scene.order(3000, of=ben), scene.order(3000)
    Order.objects.filter(id=guest.id).update(customer=None)
    for order in (theirs, guest):
        with pytest.raises(Impossible, match="no such order"):
            actions.give(scene.ask("refund", order, 100), scene.rosa, "k1")
    Customer.objects.filter(id=ben.id).update(root=scene.ada)
    assert actions.give(scene.ask("refund", theirs, 100), scene.rosa, "k1").customer_id == scene.ada.id


def test_an_exception_needs_the_right_and_a_reason_and_is_counted(scene: Stage) -> None:
    order = scene.order(90000)
    asked = scene.ask("refund", order, 30000)
    with pytest.raises(actions.OverAuthority):
        actions.give(asked, scene.maya, "k1", "please", pass_rule=True)
    with pytest.raises(Refused, match="needs a reason"):
        actions.give(asked, scene.tomas, "k1", " ", pass_rule=True)
    actions.give(asked, scene.tomas, "k1", "their wedding day", pass_rule=True)
    passed = Passed.objects.get()
    assert (passed.rule, passed.needed, passed.reason) == ("each:any:lead", 30000, "their wedding day")
    assert Event.objects.filter(kind="rule.passed").count() == 1


def test_a_day_is_a_day_whatever_it_is_split_into(scene: Stage) -> None:
    for number in range(3):
        actions.give(scene.ask("refund", scene.order(9000), 4900), scene.maya, f"k{number}")
    with pytest.raises(actions.OverAuthority, match="in a day"):
        actions.give(scene.ask("credit", None, 400), scene.maya, "k9")
    actions.give(scene.ask("credit", None, 300), scene.maya, "k10")
    assert sum(Remedy.objects.values_list("weighs", flat=True)) == 15000


def test_a_credit_of_our_own_is_there_at_once_and_is_taken_back_until_it_is_used(scene: Stage) -> None:
    given = actions.give(scene.ask("gift_card", None, 2000, days=30), scene.maya, "k1")
    card = Credit.objects.get()
    assert given.state == State.DONE and given.code == card.code and card.left == 2000
    assert card.expires_at and card.expires_at > timezone.now()
    actions.undo(given, scene.maya)
    card.refresh_from_db()
    given.refresh_from_db()
    assert card.withdrawn_at and card.left == 0 and given.state == State.UNDONE
    used = actions.give(scene.ask("gift_card", None, 2000), scene.maya, "k2")
    Credit.objects.filter(key="k2").update(left=500)
    with pytest.raises(actions.CannotUndo):
        actions.undo(used, scene.maya)


def test_a_replacement_is_an_order_to_pack_and_its_pieces_leave_the_stock(scene: Stage) -> None:
    order = scene.order(8900)
    line = order.lines.get()
    asked = scene.ask("replace", order, lines=((line.id, 1),))
    seen = actions.preview(asked, scene.maya)
    assert seen.says == ["Boots 1 is sent again", "Boots 1, Brown, 42: stock 3 → 2", seen.says[2]]
    given = actions.give(asked, scene.maya, "k1")
    made = given.made_order
    assert (made.kind, made.total, made.origin_id, made.number) == ("replacement", 0, order.id, f"{order.number}-R")
    assert (given.amount, given.cost, given.state) == (8900, 2966, State.TASK)
    assert Variant.objects.get(id=line.variant_id).stock == 2
    with pytest.raises(Impossible, match="given already"):
        actions.give(asked, scene.maya, "k2")
    actions.undo(given, scene.maya)
    assert Variant.objects.get(id=line.variant_id).stock == 3


def test_nobody_is_nobody(scene: Stage) -> None:
    order = scene.order(9000)
    actors = [Actor("customer", scene.ada.id), Actor("system"), Actor("rule", 7), Actor("api", 3), Actor("assistant")]
    for by in actors:
        with pytest.raises(actions.OverAuthority):
            actions.give(scene.ask("refund", order, 1), by, "k1", "so", pass_rule=True)
