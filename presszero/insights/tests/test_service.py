"""A month of service: every figure worked out by hand, and a replacement is never a sale."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presszero.audit.models import Record
from presszero.commerce.models import Order
from presszero.core.money import Money, money
from presszero.insights import rates, serving
from presszero.insights.gathering import month_of
from presszero.insights.models import Served
from presszero.insights.service import Month, Sale, Serve
from presszero.insights.telling import Screen
from tests import cast

from .october import FIRST, NOW, October, at
from .world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def october() -> October:
    made = October(World(cast.juniper()))
    made.priced()
    made.worked()
    made.gave()
    made.settled()
    made.bought()
    return made


def month(october: October, now: datetime = NOW, first: date = FIRST) -> Month:
    return month_of(october.merchant, first, now)


def test_what_service_cost_by_hand(october: October) -> None:
    found = month(october)
    assert found.labour == 400 + 500 + 100 + 60
    assert found.reaching == 3 * 50  # the kiosk has no rate, and a machine's mail is no contact
    assert found.fixed == 31000
    assert found.cost == 32210 and found.unpriced == 0


def test_what_it_gave_back_by_hand(october: October) -> None:
    found = month(october)
    assert found.gave == 1840 + 500 + 7200 + 800
    assert found.ids("remedy:credit") == [october.boots.id]
    assert found.ids("remedy:refund") == [october.parcel.id]


def test_what_they_bought_afterwards_by_hand(october: October) -> None:
    found = month(october)
    three, fortnight, thirty = (found.after(days) for days in (3, 14, 30))
    assert (three.kept, fortnight.kept, thirty.kept) == (12400, 16400, 18400)
    assert thirty.customers == 2 and thirty.complete
    # Of £100.00, £80.00 is neither tax nor delivery; the goods cost £30.00.
    assert (three.margin, three.known, three.margin_known) == (5000, 10000, False)
    assert found.elsewhere == {"JPY": 7000}
    assert found.ids("bought:3") == sorted([october.parcel.id, october.boots.id], reverse=True)


def test_each_topic_by_hand(october: October) -> None:
    rows = Screen(month(october), {october.late.id: october.late.name}, NOW.date(), october.merchant.id).by_topic
    assert [(row.label, row.settled, row.spent.says, row.bought.says) for row in rows] == [
        ("Late parcel", 1, "£34.40", "£160.00"),  # 10.00 + 1.00 + 23.40
        ("No topic yet", 1, "£81.10", "£24.00"),  # 0.60 + 0.50 + 80.00
    ]


def test_a_part_of_a_month_carries_its_part_of_the_fixed_cost(october: October) -> None:
    assert month(october, at(10)).fixed == 10000
    assert month(october, at(31, 23), date(2026, 11, 1)).fixed == 0  # it has not come yet in London
    assert month(october, NOW, date(2026, 11, 1)).fixed == round(31000 * 20 / 30)


def test_a_days_rate_is_the_newest_that_began_by_then_and_the_past_is_priced_again(october: October) -> None:
    served = Served.objects.get(conversation=october.parcel)
    assert served.labour == 1000
    rates.set_rate(october.merchant, rates.HOUR, money("60.00", "GBP"), date(2026, 10, 20), by=october.rosa)
    served.refresh_from_db()
    assert served.labour == 400 + 1000 + 100  # Tomas has his own
    assert month(october).labour == 400 + 1000 + 100 + 60
    said = Record.objects.filter(verb="cost.set").order_by("-id").first()
    assert said and said.actor == october.rosa.code and said.after and said.after["minor"] == 6000


def test_work_before_any_rate_has_no_price_and_says_so(october: October) -> None:
    october.work(october.boots, october.world.shop.maya, 20, 120, month=9)
    found = month(october, first=date(2026, 9, 1))
    assert (found.labour, found.unpriced) == (0, 120)
    serving.serve(october.merchant.id, october.boots.id)
    assert Served.objects.get(conversation=october.boots).labour is None


@pytest.mark.parametrize("amount", [Money(-1, "GBP"), Money(100, "USD")])
def test_a_rate_that_cannot_be_is_refused(october: October, amount: Money) -> None:
    with pytest.raises(rates.BadRate):
        rates.set_rate(october.merchant, rates.HOUR, amount, FIRST, by=october.rosa)


def test_the_record_of_a_matter_says_what_it_took(october: October) -> None:
    found = Served.objects.get(conversation=october.boots)
    maya = f"member:{october.world.shop.maya.id}"
    assert found.seconds == {maya: {"email": 3690}}
    assert found.contacts == {"custom": 1, "email": 2}
    assert found.given == {"replace": 7200, "credit": 800, "refund": 4000}
    assert (found.remedies, found.remedies_other) == (12000, {"JPY": 5000})
    assert found.held_out is None and found.first_at == at(10)


def test_it_is_worked_out_again_the_same(october: October) -> None:
    names = [f.attname for f in Served._meta.concrete_fields if f.attname not in ("id",)]
    assert serving.rebuild(october.merchant, at(1)) == 2
    before = list(Served.objects.order_by("conversation_id").values(*names))
    Served.objects.all().delete()
    assert serving.rebuild(october.merchant, at(1)) == 2
    assert list(Served.objects.order_by("conversation_id").values(*names)) == before


def test_a_customer_counts_once_from_their_first_matter(october: October) -> None:
    again = october.world.matter()
    type(again).objects.filter(id=again.id).update(customer=october.ada)
    october.world.resolved(again, at(19), october.world.shop.maya)
    serving.serve(october.merchant.id, again.id)
    assert month(october).after(30).kept == 18400


def test_a_suggestion_before_the_end_begins_the_time(october: October) -> None:
    october.drawn(october.parcel, False, at(6, 9))
    assert month(october).after(3).kept == 12400 - 10000 + 90000 + 10000  # bought on the 6th, after the suggestion


def test_whoever_was_drawn_counts_in_the_trial_before_their_matter_is_resolved(october: October) -> None:
    row = october.world.matter()
    october.drawn(row, True, at(15))
    found = month(october)
    assert [(each.root, each.start, each.held_out) for each in found.trial] == [(row.id, at(15), True)]
    assert row.id not in found.ids("settled") and found.effects[30].held_out == 1


_kinds = st.sampled_from(["sale", "replacement", "exchange", "made by a remedy", "with a remedy's key"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(st.tuples(_kinds, st.integers(0, 40 * 24), st.integers(0, 9000)), max_size=8))
def test_no_order_but_a_sale_ever_counts(october: October, told: list[tuple[str, int, int]]) -> None:
    october.merchant.refresh_from_db()
    before = month(october).after(30).kept
    expected = before
    for kind, hours, amount in told:
        named = kind if kind in ("sale", "replacement", "exchange") else "sale"
        made = october.buys(october.ben, at(10) + timedelta(hours=hours), amount, kind=named)
        if kind == "made by a remedy":
            october.give(october.boots, "replace", 0, made_order=made, when=at(1, month=9))
        if kind == "with a remedy's key":
            Order.objects.filter(id=made.id).update(
                key=october.give(october.boots, "exchange", 0, when=at(1, month=9)).key
            )
        expected += amount if kind == "sale" and 0 < hours <= 30 * 24 else 0
    assert month(october).after(30).kept == expected


def test_the_trial_compares_customers_whose_days_are_over() -> None:
    october = October(World(cast.juniper()))
    october.priced()
    october.many(90, 3, spend=1000)  # 30 are held out, and of each group one half buys
    found = month(october)
    effect = found.effects[30]
    assert (effect.shown, effect.held_out) == (60, 30) and effect.tells
    shown = [1000 + n for n in range(90) if n % 3 and n % 2]
    held_out = [1000 + n for n in range(90) if not n % 3 and n % 2]
    assert effect.shown_mean == pytest.approx(sum(shown) / 60)
    assert effect.held_out_mean == pytest.approx(sum(held_out) / 30)
    assert len(found.ids("shown")) == 60 and len(found.ids("held-out:30")) == len(held_out)
    recovered = found.recovered
    assert recovered and recovered.share == pytest.approx(effect.difference * 60 / 31000)
    young = month(october, at(3) + timedelta(hours=89, days=29))
    assert young.effects[30].held_out < 30 and young.recovered is None


def _screen(shown: int, held_out: int, buyers: int, now: datetime = NOW) -> Screen:
    start = now - timedelta(days=45)
    serves = [Serve(n + 1, n + 1, None, start, n < held_out) for n in range(shown + held_out)]
    sales = [Sale(held_out + n + 1, start + timedelta(days=1), 1000) for n in range(buyers)]
    found = Month(FIRST, now, "GBP", 1000, served=serves, trial=serves, sales=sales)
    return Screen(found, {}, now.date(), 1)


def test_too_little_is_said_plainly() -> None:
    assert _screen(300, 23, 50).verdict.startswith("23 of 30 customers held out: too little to tell; about ")
    assert _screen(300, 40, 9).verdict == "9 of 10 buyers so far: too little to tell"
    assert _screen(300, 23, 50).recovered == "–" and _screen(300, 23, 50).progress == (23, 30)
    assert "Nobody has been drawn" in _screen(0, 0, 0).verdict


def test_enough_is_told_with_its_interval() -> None:
    clear = _screen(300, 60, 280)
    assert clear.verdict.startswith("Suggestions brought £") and clear.pairs[2].kind == "good"
    assert 0 < clear.zero < clear.pairs[2].low < clear.pairs[2].middle < clear.pairs[2].high <= 96
    unclear = _screen(300, 60, 12)
    assert unclear.verdict.startswith("It may be nothing") and unclear.pairs[2].kind == ""


def test_the_pace_is_that_of_the_last_weeks() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    starts = [now - timedelta(days=7 * n + 1) for n in range(8)]  # one a week
    serves = [Serve(n + 1, n + 1, None, start, True) for n, start in enumerate(starts)]
    found = Month(FIRST, now, "GBP", trial=serves)
    assert found.effects[30].held_out == 3  # the days of three are over; five wait for theirs
    assert found.weeks_to(30) == round((30 - 3 - 5) * (50 / 7) / 8 + 30 / 7)
    assert replace(found, now=now + timedelta(weeks=30)).weeks_to(30) is None


def test_a_month_is_the_merchants_own(october: October) -> None:
    found = month_of(cast.thistle().merchant, FIRST, NOW)
    assert found.is_empty and found.ids("settled") == []
