"""Doing it through a shop on a real socket that refuses, hangs and breaks off: one effect, or a visible unknown."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from presszero.channels.models import SendingHeld
from presszero.commerce.actions.taking import take
from presszero.commerce.models import Credit, DraftOrder, Order, PayAccount, Refund, Stale, Store
from presszero.commerce.vocabulary import Address, StoreOrder, StorePayment, StoreRefund
from presszero.core.refusal import Refused
from presszero.remedies import actions, doing, looking, reactions
from presszero.remedies.models import Attempt, Remedy, State, Task
from presszero.remedies.patience import WINDOW
from presszero.timeline.models import Event
from presszero.timeline.reactions import consume_all

from .stage import Stage, stage
from .till import Till, TillAdapter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def till(settings: Settings) -> Iterator[Till]:
    settings.STORES = {**settings.STORES, "till": "presszero.remedies.tests.till"}
    with Till().running() as shop:
        yield shop


@pytest.fixture
def scene(till: Till) -> Stage:
    made = stage()
    made.store = Store.objects.create(
        merchant=made.merchant, kind="till", address="till.example", name="Till", brand=made.shop.brand,
        currency="GBP", settings={"port": till.port},
    )  # fmt: skip
    return made


def _work(at: timedelta = timedelta()) -> None:
    """What the worker does: everything that is due, as if so much time had passed."""
    now = timezone.now() + at
    Remedy.objects.filter(not_before__isnull=False).update(not_before=None)
    looking.look_due(now)
    looking.take_back_due(now)
    Remedy.objects.filter(state="given").update(not_before=None)
    while doing.do_due():
        pass


def _given(scene: Stage, amount: int = 1840) -> Remedy:
    order = scene.order(1840, 4000)
    given = actions.give(scene.ask("refund", order, amount), scene.maya, "k1")
    assert given.state == State.GIVEN
    return given


def test_the_shop_does_it_and_the_order_knows(scene: Stage, till: Till) -> None:
    given = _given(scene)
    _work()
    given.refresh_from_db()
    assert (given.state, given.external_id, len(till.effects)) == (State.DONE, "refund-1", 1)
    assert given.order.refunded == 1840
    assert Refund.objects.get().external_id == "refund-1"
    assert Stale.objects.get().external_id == given.order.external_id  # the shop is asked how it stands now
    assert till.effects[0]["payment"] == given.order.payments.get().external_id


@pytest.mark.parametrize("mood", ["during", "after", "broken", "slow"])
def test_f3_wherever_it_breaks_there_is_one_effect_or_a_visible_unknown(scene: Stage, till: Till, mood: str) -> None:
    till.moods = [mood]
    given = _given(scene)
    _work()
    given.refresh_from_db()
    assert given.state == State.UNKNOWN
    assert Event.objects.filter(kind="remedy.unknown").count() == 1
    with pytest.raises(Refused):  # what may have gone back cannot go back again
        actions.give(scene.ask("refund", given.order, 4001), scene.rosa, "k2", "sure", pass_rule=True)
    _work()  # evidence at once, where there is any; that there is none is not believed yet
    given.refresh_from_db()
    assert given.state == (State.UNKNOWN if mood == "during" else State.DONE)
    _work(at=WINDOW)
    given.refresh_from_db()
    assert (given.state, till.money(given.order.external_id)) == (State.DONE, 1840)
    assert Refund.objects.count() == 1


def test_nobody_there_and_busy_are_tried_again_and_no_is_no(scene: Stage, till: Till) -> None:
    assert scene.store
    given = _given(scene)
    Store.objects.update(settings={"port": 1})
    _work()
    given.refresh_from_db()
    assert given.state == State.GIVEN and given.not_before and not Attempt.objects.exclude(writing_at=None).exists()
    Store.objects.update(settings={"port": till.port})
    till.moods = ["busy", "no"]
    _work()
    given.refresh_from_db()
    assert given.state == State.GIVEN and given.not_before and given.not_before > timezone.now() + timedelta(seconds=5)
    _work()
    given.refresh_from_db()
    assert (given.state, given.outcome) == (State.FAILED, "This card takes no refunds.")
    assert not till.effects
    again = actions.give(scene.ask("refund", given.order, 5840), scene.rosa, "k2")  # it counts no more
    assert again.state == State.GIVEN


def test_what_was_paid_on_our_own_page_goes_back_the_way_it_came(till: Till, settings: Settings) -> None:
    settings.PAYMENTS = {**settings.PAYMENTS, "purse": "presszero.remedies.tests.purse"}
    scene = stage()
    PayAccount.objects.create(merchant=scene.merchant, kind="purse", name="Card", settings={"port": till.port})
    order = scene.order(1840, 4000)
    Order.objects.filter(id=order.id).update(source="page")
    DraftOrder.objects.create(
        merchant=scene.merchant, key="d1", customer=scene.ada, currency="GBP", total=5840, pay_account_kind="purse",
        state="paid", order=order, by="member:1", expires_at=timezone.now(),
    )  # fmt: skip
    payment = order.payments.get().external_id
    assert actions.preview(scene.ask("refund", order, 1840), scene.maya).way == "pay"
    till.moods = ["after"]
    given = actions.give(scene.ask("refund", order, 1840), scene.maya, "k1")
    _work()
    _work()
    given.refresh_from_db()
    assert (given.state, till.money(payment), given.order.refunded) == (State.DONE, 1840, 1840)
    rest = actions.give(scene.ask("cancel", order), scene.maya, "k2")
    _work()
    rest.refresh_from_db()
    order.refresh_from_db()
    assert (rest.state, till.money(payment), order.refunded) == (State.DONE, 5840, 5840)
    assert order.cancelled_at


def test_after_a_day_without_the_shop_a_person_does_it(scene: Stage, till: Till) -> None:
    given = _given(scene)
    Remedy.objects.update(given_at=timezone.now() - timedelta(hours=25))
    Store.objects.update(settings={"port": 1})
    _work()
    given.refresh_from_db()
    assert given.state == State.TASK and "18.40" in Task.objects.get().text


def test_a_shop_that_cannot_be_looked_at_stays_unknown_until_a_person_says(scene: Stage, till: Till) -> None:
    till.moods, till.blind = ["after"], True
    given = _given(scene)
    for hours in (0, 1, 5):
        _work(at=timedelta(hours=hours))
    given.refresh_from_db()
    assert (given.state, len(till.effects), given.looks) == (State.UNKNOWN, 1, 2)
    with pytest.raises(Refused, match="what you saw"):
        actions.settle_unknown(given, True, scene.tomas)
    actions.settle_unknown(given, True, scene.tomas, "It is in the shop, refund 1.")
    given.refresh_from_db()
    assert given.state == State.DONE and given.order.refunded == 1840


def test_the_shops_own_word_settles_it(scene: Stage, till: Till) -> None:
    assert reactions.store_said
    consume_all(["remedies.evidence"])  # a listener hears from when it first listened
    till.moods, till.blind = ["after"], True
    given = _given(scene)
    _work()
    take(
        scene.merchant.id,
        scene.store,
        _as_the_shop_has_it(given.order, StoreRefund(1840, timezone.now(), "r1", key="k1")),
    )
    consume_all(["remedies.evidence"])
    given = Remedy.objects.get()
    assert given.state == State.DONE and given.order.refunded == 1840 and Refund.objects.count() == 1
    # The bank sent it back after all: it was not given, and counts no more.
    back = StoreRefund(1840, timezone.now(), "r1", key="k1", state="failed")
    take(scene.merchant.id, scene.store, _as_the_shop_has_it(given.order, back))
    consume_all(["remedies.evidence"])
    given = Remedy.objects.get()
    assert given.state == State.FAILED and given.order.refunded == 0


def _as_the_shop_has_it(order: Order, *refunds: StoreRefund) -> StoreOrder:
    now = timezone.now()
    return StoreOrder(
        external_id=order.external_id,
        number=order.number,
        currency=order.currency,
        total=order.total,
        placed_at=order.placed_at,
        payments=(StorePayment(order.captured, "captured", order.placed_at, "p"),),
        refunds=refunds,
        email=order.email,
        updated_at=now,
    )


def test_an_exchange_is_two_steps_and_each_is_done_once(scene: Stage, till: Till) -> None:
    order = scene.order(8900)
    line = order.lines.get()
    till.moods = ["ok", "after"]
    given = actions.give(scene.ask("exchange", order, lines=((line.id, 1),)), scene.maya, "k1")
    _work()
    _work()
    given.refresh_from_db()
    assert given.state == State.DONE
    assert [each["kind"] for each in till.effects] == ["return", "order"]
    assert till.effects[1]["variants"] == [[line.variant.external_id, 1, 0]]


def test_half_done_is_finished_by_a_person(scene: Stage, till: Till) -> None:
    order = scene.order(8900)
    till.moods = ["ok", "no"]
    given = actions.give(scene.ask("exchange", order, lines=((order.lines.get().id, 1),)), scene.maya, "k1")
    _work()
    given.refresh_from_db()
    assert given.state == State.TASK and order.number in Task.objects.get().text
    with pytest.raises(actions.CannotUndo):
        actions.undo(given, scene.maya)


def test_taken_back_before_it_went_and_where_the_shop_lets_us(scene: Stage, till: Till) -> None:
    given = _given(scene)
    actions.undo(given, scene.maya)
    _work()
    assert Remedy.objects.get().state == State.UNDONE and not till.effects
    code = actions.give(scene.ask("code", None, 1000), scene.maya, "k2")
    _work()
    code.refresh_from_db()
    assert code.state == State.DONE and code.code == "C1" == Credit.objects.get().code
    till.moods = ["busy"]
    actions.undo(code, scene.maya)
    _work()
    code.refresh_from_db()
    assert code.state == State.DONE and code.undone_by  # being taken back
    _work()
    code.refresh_from_db()
    assert (code.state, till.undone) == (State.UNDONE, ["k2"])
    assert Credit.objects.get().withdrawn_at
    # A code that was out in the world may have been used: giving and taking back does not make room for more.
    with pytest.raises(actions.OverAuthority, match="in a day"):
        for number in range(15):
            actions.give(scene.ask("credit", None, 1000), scene.maya, f"more{number}")
    order = scene.order(1000)
    there = Address(name="Ada", line1="Birch Road 2", city="York", country="GB")
    moved = actions.give(scene.ask("address", order, address=there), scene.maya, "k4")
    _work()
    actions.undo(moved, scene.maya)
    _work()
    assert [each["address"]["city"] for each in till.effects if each["kind"] == "address"] == ["York", "Leeds"]
    moved.refresh_from_db()
    assert moved.state == State.UNDONE
    refund = actions.give(scene.ask("refund", order), scene.rosa, "k3")
    _work()
    with pytest.raises(actions.CannotUndo):
        actions.undo(refund, scene.rosa)


def test_a_restored_copy_gives_nothing(scene: Stage, till: Till) -> None:
    _given(scene)
    SendingHeld.objects.create(why="restored")
    _work()
    assert Remedy.objects.get().state == State.GIVEN and not till.effects


def test_two_workers_do_it_once(scene: Stage, till: Till) -> None:
    _given(scene)

    def work() -> None:
        try:
            doing.do_due()
        finally:
            connection.close()

    till.at_write = lambda asked: time.sleep(0.1)
    both = [threading.Thread(target=work) for _ in range(4)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(till.effects) == 1 and Remedy.objects.get().state == State.DONE


@pytest.mark.parametrize("died", ["begun", "connected", "written"])
def test_f3_a_worker_that_is_killed_leaves_one_effect(scene: Stage, till: Till, died: str) -> None:
    given = _given(scene)
    _worker_that_dies(died)
    given.refresh_from_db()
    assert given.state == State.DOING
    doing.find_abandoned(timezone.now())
    given.refresh_from_db()
    assert given.state == (State.UNKNOWN if died == "written" else State.GIVEN)
    _work()
    _work(at=WINDOW)
    given.refresh_from_db()
    assert (given.state, till.money(given.order.external_id)) == (State.DONE, 1840)


def _worker_that_dies(when: str) -> None:
    """A process of its own, gone at that point without a word: its connection dies, and with it the lock."""
    number = os.fork()
    if number:
        os.waitpid(number, 0)
        return
    try:
        connection.connection = None  # the parent's, not ours to close
        if when == "begun":
            doing.do = lambda *_: os._exit(9)
        real = TillAdapter._ask

        def dying(*asked: Any) -> Any:
            if when == "written":
                real(*asked)
            os._exit(9)

        TillAdapter._ask = dying
        doing.do_due()
    finally:
        os._exit(1)


def test_the_adapter_used_here_keeps_to_the_protocol() -> None:
    assert TillAdapter().can.undoes <= TillAdapter().can.asks
