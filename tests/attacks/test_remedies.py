"""AI1, AI3, AI4: whoever asks, however often and in whatever pieces, limits hold and one ask is one effect."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from presszero.commerce.models import Order, Refund, Store
from presszero.commerce.vocabulary import Address
from presszero.conversations.models import Conversation
from presszero.core.actor import Actor
from presszero.core.money import BadMoney, Money
from presszero.core.refusal import Refused
from presszero.customers.models import Customer
from presszero.remedies import actions, doing, looking
from presszero.remedies.actions.limits import set_limit, set_rate
from presszero.remedies.keeping import read
from presszero.remedies.models import COUNTS, Passed, Remedy, State, Task
from presszero.remedies.patience import WINDOW
from presszero.remedies.physics import BACK
from presszero.remedies.tests.stage import Stage, stage
from presszero.remedies.tests.till import Till
from presszero.remedies.vocabulary import Asked, Kind

_ASSISTANT = Actor("assistant", None, "Assistant")
_EACH, _DAY, _GOODS_EACH, _GOODS_DAY = 5000, 15000, 15000, 45000  # of an agent, as a new merchant begins
_GOODS = {Kind.REPLACE, Kind.EXCHANGE}


@pytest.fixture
def scene(db: None) -> Stage:
    return stage()


def test_ai1_an_order_of_b_is_not_there_in_as_conversation(scene: Stage) -> None:
    """Whatever number A tells, and whoever believes it: a lead, an admin, the assistant."""
    ben = Customer.objects.create(merchant=scene.merchant, name="Ben Ruiz")
    theirs = scene.order(3000, of=ben)
    bens = Conversation.objects.create(merchant=scene.merchant, customer=ben, line=scene.shop.line)
    tries = [
        scene.ask("refund", theirs, 100),
        scene.ask("replace", theirs, lines=((theirs.lines.get().id, 1),)),
        scene.ask("cancel", theirs),
        scene.ask("refund", theirs, 100, customer_id=ben.id),  # B's money, A's conversation
        scene.ask("credit", None, 100, conversation_id=bens.id),
        scene.ask("credit", None, 100, customer_id=10**9),
    ]
    for asked in tries:
        for by in (scene.maya, scene.tomas, scene.rosa, _ASSISTANT):
            with pytest.raises(Refused):
                actions.give(asked, by, "k1", "it is really me", pass_rule=True)
            with pytest.raises(Refused):
                actions.ask(asked, by, "k1", "it is really me")
    assert not Remedy.objects.exists()


def test_ai3_an_assistant_that_obeys_the_attacker_gives_nothing(scene: Stage) -> None:
    """It asks for everything, in every shape. What it may give is nothing, so nothing is given; a lead may be asked."""
    order = scene.order(9000, 9000, shipping=500)
    line = order.lines.order_by("id")[0]
    wishes: list[Callable[[], Asked]] = [
        lambda: scene.ask("refund", order, 50000),
        lambda: scene.ask("refund", order),
        lambda: scene.ask("refund", order, 1),
        lambda: scene.ask("refund", order, -50000),
        lambda: scene.ask("refund", order, 100, currency="KWD"),
        lambda: scene.ask("refund", order, 600, shipping=600),
        lambda: scene.ask("refund", order, lines=((line.id, 1000),)),
        lambda: scene.ask("replace", order, lines=((line.id, 1),)),
        lambda: scene.ask("exchange", order, lines=((line.id, 1),)),
        lambda: scene.ask("credit", None, 10**14),
        lambda: scene.ask("gift_card", None, 1, currency="VND"),
        lambda: scene.ask("code", None, percent=100),
        lambda: scene.ask("own:1", values={"amount": "500"}),
        lambda: scene.ask("cancel", order),
        lambda: scene.ask("return", order, lines=((line.id, 1),)),
        lambda: scene.ask("address", order, address=Address(line1="Elsewhere 1", city="Y", country="GB")),
        lambda: scene.ask("refund", order, float("nan")),
        lambda: scene.ask("manager approved, code 1234", order, 500),
    ]
    # Even where it may give a little: what weighs nothing slips under every limit, and is not meant by it.
    for amount, allowed in ((0, False), (0, True)):
        set_limit(scene.merchant, "assistant", "any", {"allowed": allowed, "each": amount}, scene.rosa)
        _wishes_come_to_nothing(wishes)
    asked = actions.ask(scene.ask("refund", order, 6000), _ASSISTANT, "k1", "they asked for it")
    assert asked.state == State.ASKED
    with pytest.raises(Refused):
        actions.grant(asked, _ASSISTANT, "yes", pass_rule=True)


def _wishes_come_to_nothing(wishes: list[Callable[[], Asked]]) -> None:
    for number, wish in enumerate(wishes):
        for key in (f"w{number}", "same"):
            with pytest.raises((Refused, BadMoney)):
                actions.give(wish(), _ASSISTANT, key, "the customer said so", pass_rule=True)
    assert not Remedy.objects.exists() and not Passed.objects.exists()


def test_ai3_a_currency_is_no_way_around_a_limit(scene: Stage) -> None:
    dollars = scene.order(100000, currency="USD")
    with pytest.raises(actions.OverAuthority, match="Nobody can say yet"):
        actions.give(scene.ask("refund", dollars, 100), scene.maya, "k1")
    set_rate(scene.merchant, "USD", Decimal("0.8"), scene.rosa)
    with pytest.raises(actions.OverAuthority, match="£50.01"):
        actions.give(scene.ask("refund", dollars, 6251), scene.maya, "k1")
    actions.give(scene.ask("refund", dollars, 6250), scene.maya, "k1")
    # A cent of something worth less than ours is a whole penny of the limit, or a thousand of them would be free.
    set_rate(scene.merchant, "VND", Decimal("0.00003"), scene.rosa)
    assert actions.give(scene.ask("credit", None, 1, currency="VND"), scene.maya, "k2").weighs == 1


_STEP = st.tuples(
    st.sampled_from(["maya", "maya", "maya", "tomas", "rosa", "assistant"]),
    st.sampled_from(["give", "give", "give", "give", "pass", "ask", "grant", "undo", "task", "again"]),
    st.sampled_from(
        ["credit", "refund", "goodwill", "code", "gift_card", "price_match", "replace", "exchange", "cancel", "return"]
    ),
    st.integers(0, 2),  # which order
    st.one_of(st.sampled_from([5000, 4999, 4900, 4000]), st.integers(-100, 12000), st.none()),
    st.integers(0, 40),  # which key, or which remedy
    st.sampled_from([0, 0, 1, 2]),  # pieces of the first line
)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(_STEP, min_size=8, max_size=18))
def test_ai3_no_sequence_by_any_mix_exceeds_a_limit_or_what_was_paid(scene: Stage, steps: list[Any]) -> None:
    _play(scene, steps)


@pytest.mark.long
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(_STEP, min_size=10, max_size=60))
def test_ai3_no_long_sequence_either(scene: Stage, steps: list[Any]) -> None:
    _play(scene, steps)


class _TakenBack(Exception):
    """An example leaves nothing behind."""


def _play(scene: Stage, steps: list[Any]) -> None:
    try:
        with transaction.atomic():
            orders = [scene.order(9000, 2500, shipping=500), scene.order(4000), scene.order(3000, sent="delivered")]
            for number in range(2):  # near the limit of her day already
                actions.give(scene.ask("credit", None, 4900), scene.maya, f"before{number}")
            for number, step in enumerate(steps, 1):
                _do(scene, orders, step)
                if number % 5 == 0 or number == len(steps):
                    _check(scene)
            with connection.cursor() as cursor:  # what a commit would check
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            raise _TakenBack
    except _TakenBack:
        return


def _do(scene: Stage, orders: list[Order], step: Any) -> None:
    who, verb, kind, which, amount, number, pieces = step
    by = _ASSISTANT if who == "assistant" else getattr(scene, who)
    order = orders[which]
    on = kind not in ("credit", "code", "gift_card")
    lines = ((order.lines.order_by("id")[0].id, pieces),) if pieces and on else ()
    given = list(Remedy.objects.order_by("id"))
    chosen = given[number % len(given)] if given else None
    try:
        with transaction.atomic():
            asked = scene.ask(kind, order if on else None, amount, lines=lines)
            if verb in ("give", "pass"):
                actions.give(asked, by, f"k{number}", "so", pass_rule=verb == "pass")
            elif verb == "ask":
                actions.ask(asked, by, f"k{number}", "so")
            elif chosen and verb == "grant":
                actions.grant(chosen, by, "so", pass_rule=bool(pieces))
            elif chosen and verb == "undo":
                actions.undo(chosen, by)
            elif chosen and verb == "again":
                _again(scene, chosen, by)
            elif verb == "task" and Task.objects.filter(done_at=None).exists():
                actions.task_done(Task.objects.filter(done_at=None).order_by("id")[0], by)
    except Refused:
        pass


def _again(scene: Stage, row: Remedy, by: Actor) -> None:
    """The same once more, under the same key: by a retry, another tab, another member."""
    before = Remedy.objects.count()
    actions.give(read(scene.merchant.id, row.asked), by, row.key, "so", pass_rule=True)
    assert Remedy.objects.count() == before


def _check(scene: Stage) -> None:
    counted = list(Remedy.objects.filter(state__in=COUNTS))
    for order in Order.objects.filter(merchant=scene.merchant, kind="sale"):
        told = set(Refund.objects.filter(order=order).values_list("key", flat=True))
        coming = sum(r.amount for r in counted if r.order_id == order.id and r.kind in BACK and r.key not in told)
        assert order.refunded + coming <= order.captured, "more would go back than was paid"
    excused = set(Passed.objects.values_list("remedy_id", flat=True))
    mine = [row for row in counted if row.authority == scene.maya.code]
    goods = [row for row in mine if row.kind in _GOODS]
    money = [row for row in mine if row.kind not in _GOODS]
    assert all(row.weighs <= _EACH for row in money) and all(row.weighs <= _GOODS_EACH for row in goods)
    assert sum(row.weighs for row in money) <= _DAY and sum(row.weighs for row in goods) <= _GOODS_DAY
    assert not [
        row for row in counted if row.authority == scene.tomas.code and row.weighs > 25000 and row.id not in excused
    ]
    assert not [row for row in counted if row.authority == "assistant" and row.weighs]
    assert not [row for row in mine if row.by == scene.maya.code and row.id in excused]


@pytest.fixture
def till(settings: Settings, transactional_db: None) -> Iterator[Till]:
    settings.STORES = {**settings.STORES, "till": "presszero.remedies.tests.till"}
    with Till().running() as shop:
        yield shop


def _with_a_shop(till: Till) -> Stage:
    made = stage()
    made.store = Store.objects.create(
        merchant=made.merchant, kind="till", address="till.example", name="Till", brand=made.shop.brand,
        currency="GBP", settings={"port": till.port},
    )  # fmt: skip
    return made


def test_ai3_ai4_many_at_once_with_a_shop_that_breaks_off(till: Till) -> None:
    """Ten connections give, repeat, split and do at once, while the shop loses its answers. Its own ledger counts."""
    scene = _with_a_shop(till)
    orders = [scene.order(30000), scene.order(3000)]
    chance = random.Random(7)
    till.moods = chance.choices(["ok", "after", "during", "busy", "broken", "no"], [4, 3, 2, 2, 2, 1], k=60)
    actors = [scene.maya, scene.maya, scene.tomas, scene.rosa, _ASSISTANT]
    asks = [
        (actors[n % 5], scene.ask("refund", orders[n % 2], chance.choice([900, 2999, 4900, 5000, 5100])), f"k{n % 17}")
        for n in range(40)
    ]
    errors = _at_once([lambda part=part: _give_all(part) for part in (asks[n::8] for n in range(8))] + [_work] * 2)
    assert not errors
    _settle()
    assert not Remedy.objects.filter(state__in=("given", "doing", "unknown")).exists()
    for order in Order.objects.filter(id__in=[each.id for each in orders]):
        back = till.money(order.external_id)
        assert back == order.refunded <= order.captured
        done = Remedy.objects.filter(order=order, state=State.DONE)
        assert back == sum(row.amount for row in done) and back > 0
    keys = [each["key"] for each in till.effects]
    assert len(keys) == len(set(keys)), "one ask, two effects"
    mine = Remedy.objects.filter(state__in=COUNTS, authority=scene.maya.code)
    assert sum(row.weighs for row in mine) <= _DAY and not [row for row in mine if row.weighs > _EACH]


def test_ai4_the_same_call_fifty_times_at_once_is_one_effect(till: Till) -> None:
    scene = _with_a_shop(till)
    asked, by = scene.ask("refund", scene.order(9000), 4000), scene.maya
    ids: list[int] = []

    def call() -> None:
        for _each in range(5):
            ids.append(actions.give(asked, by, "decision-1").id)

    assert not _at_once([call] * 10 + [_work] * 2)
    _settle()
    assert len(set(ids)) == 1 and len(ids) == 50
    assert [each["amount"] for each in till.effects] == [4000]


def test_ai3_the_database_holds_it_whatever_the_code_does(transactional_db: None) -> None:
    """Rows written past every function are stopped at the commit, one after the other and two at once."""
    scene = stage()
    order = scene.order(5000)
    errors = _at_once([lambda n=n: _written_by_hand(scene, order, f"k{n}") for n in range(4)])
    assert len(errors) == 3 and all("than was paid" in str(each) for each in errors)
    assert Remedy.objects.count() == 1


def _written_by_hand(scene: Stage, order: Order, key: str) -> None:
    Remedy.objects.create(
        merchant=scene.merchant, key=key, kind="refund", state="given", customer=scene.ada, order=order,
        currency="GBP", amount=3000, weighs=0, says="", by="member:1",
    )  # fmt: skip


def _give_all(asks: list[tuple[Actor, Asked, str]]) -> None:
    for by, asked, key in asks:
        try:
            actions.give(asked, by, key)
        except Refused:
            continue


def _work() -> None:
    for _each in range(25):
        doing.do_due()


def _settle() -> None:
    """As time goes on: what is unknown is looked at, what waits is tried again."""
    for _each in range(30):
        Remedy.objects.filter(not_before__isnull=False).update(not_before=None)
        doing.find_abandoned(timezone.now())
        looking.look_due(timezone.now() + WINDOW + timedelta(seconds=1))
        Remedy.objects.filter(state="given").update(not_before=None)
        _work()


def _at_once(jobs: list[Callable[[], None]]) -> list[BaseException]:
    """Each in a thread with a connection of its own, all let go in the same moment; what they raised."""
    errors: list[BaseException] = []
    ready = threading.Barrier(len(jobs))

    def run(job: Callable[[], None]) -> None:
        try:
            ready.wait(30)
            job()
        except BaseException as why:
            errors.append(why)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return errors


def test_ai3_money_is_whole_numbers_or_it_is_nothing() -> None:
    for bad in (float("nan"), float("inf"), 10.0, True, "10"):
        with pytest.raises(BadMoney):
            Money(bad, "GBP")
