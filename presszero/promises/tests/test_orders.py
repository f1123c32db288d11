"""A shop's day is a promise without asking; parcels keep it, the clock breaks it, and nobody is told two days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from presszero.commerce.actions.taking import take
from presszero.commerce.models import Order
from presszero.commerce.vocabulary import StoreRefund, StoreShipment
from presszero.core.actor import SYSTEM
from presszero.fulfilment.duty import think_over
from presszero.fulfilment.forecasting import forecast
from presszero.fulfilment.models import Forecast
from presszero.fulfilment.queries import forecast_of
from presszero.promises.actions import (
    AnotherDay,
    Made,
    break_due,
    close_gap,
    keep_one,
    make,
    renegotiate,
    reopen_one,
    withdraw_one,
)
from presszero.promises.days import end_of_day
from presszero.promises.forgetting import forget, told
from presszero.promises.models import Expectation, Gap, Promise, Where
from presszero.promises.queries import day_told, of_customer, share_kept
from presszero.promises.syncing import sync, sync_all
from presszero.promises.watching import look_again, watch
from presszero.timeline.models import Event
from tests import cast, goods, parcels

Heard = Callable[[], None]
LONDON = ZoneInfo("Europe/London")


def in_days(count: int) -> date:
    return (timezone.now().astimezone(LONDON) + timedelta(days=count)).date()


def bought(shop: cast.Shop, number: str = "1050", **values: Any) -> Order:
    """Ada's order as the shop tells it now; told again it is the newer word."""
    now = timezone.now()
    given = {"placed_at": now, "updated_at": now, "shipments": (), "promised_by": in_days(4)} | values
    return cast.ada().order(shop, number, **given)


def parcel(number: str = "1050", state: str = "delivered", at: datetime | None = None) -> StoreShipment:
    at = at or timezone.now()
    sent = at - timedelta(days=1)
    return StoreShipment(
        f"s{number}", state, "Parcel North", "", f"PN{number}", sent_at=sent,
        delivered_at=at if state == "delivered" else None,
    )  # fmt: skip


def foretold(order: Order, p50: int, p80: int, p90: int, p95: int) -> Forecast:
    """The days from today."""
    Forecast.objects.filter(order=order, newest=True).update(newest=False)
    days = {"p50": in_days(p50), "p80": in_days(p80), "p90": in_days(p90), "p95": in_days(p95)}
    return Forecast.objects.create(merchant_id=order.merchant_id, order=order, stage="in_transit", parcels=300, **days)


@pytest.fixture
def ada(shop: cast.Shop) -> cast.Shopper:
    shopper = cast.ada()
    shopper.known(shop)
    return shopper


def the_promise(order: Order) -> Promise:
    return Promise.objects.get(order=order, renegotiated_at=None)


def test_what_the_checkout_showed_is_promised_and_expected(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    order = bought(shop)
    heard()
    made = the_promise(order)
    assert (made.state, made.where, made.whole_day, made.customer_id) == ("open", "checkout", True, order.customer_id)
    assert made.due_at == end_of_day(in_days(4), LONDON)
    assert Expectation.objects.get(order=order).source == "checkout"
    bought(shop)
    heard()
    assert Promise.objects.count() == 1


@pytest.mark.parametrize("late", [False, True])
def test_the_last_parcel_keeps_it_whichever_news_comes_first(
    shop: cast.Shop, ada: cast.Shopper, heard: Heard, late: bool
) -> None:
    day = in_days(-1) if late else in_days(1)
    order = bought(shop, shipments=(parcel(),), promised_by=day)  # delivered and placed are one piece of news
    heard()
    made = the_promise(order)
    assert (made.state, made.kept_by) == ("broken" if late else "kept", "system")
    assert Gap.objects.count() == 0


def test_part_of_it_keeps_nothing(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    first = replace(parcel(), lines=(("1050-1", 1),))
    order = bought(shop, shipments=(first,))
    heard()
    assert (order.sent, the_promise(order).state) == ("part", "open")
    bought(shop, shipments=(first, replace(parcel("1051"), lines=(("1050-2", 2),))))
    heard()
    assert the_promise(order).state == "kept"


def test_the_clock_breaks_it_and_a_word_that_it_came_in_time_puts_that_right(
    shop: cast.Shop, ada: cast.Shopper, heard: Heard
) -> None:
    order = bought(shop, promised_by=in_days(1))
    heard()
    due = the_promise(order).due_at
    assert (break_due(due - timedelta(seconds=1)), break_due(due)) == (0, 1)
    heard()
    assert (the_promise(order).state, Gap.objects.get().kind) == ("broken", "overdue")
    bought(shop, promised_by=in_days(1), shipments=(parcel(),))
    heard()
    assert (the_promise(order).state, Gap.objects.get().closed_because) == ("kept", "over")


def test_silence_is_no_broken_promise_where_nobody_tells_of_arrivals(
    shop: cast.Shop, ada: cast.Shopper, heard: Heard
) -> None:
    order = bought(shop, promised_by=in_days(1), shipments=(parcel(state="sent"),))
    heard()
    due = the_promise(order).due_at
    assert break_due(due) == 0
    made = the_promise(order)
    assert (made.state, made.risk_because) == ("at_risk", "unheard")
    assert (look_again(due), look_again(due + timedelta(days=15))) == (0, 1)
    assert the_promise(order).state == "withdrawn"


def test_a_shop_that_names_an_earlier_day_has_told_them(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    order = bought(shop)
    heard()
    bought(shop, promised_by=in_days(2))
    heard()
    first = Promise.objects.get(renegotiated_at__isnull=False)
    assert (first.state, first.instead) == ("renegotiated", the_promise(order))
    assert day_told(order.merchant_id, order.id) == in_days(2)


def test_a_shop_that_names_a_later_day_has_yet_to_tell_them(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    order = bought(shop)
    heard()
    bought(shop, promised_by=in_days(9))
    heard()
    made, gap = the_promise(order), Gap.objects.get()
    assert (made.state, made.risk_because, day_told(order.merchant_id, order.id)) == ("at_risk", "clock", in_days(4))
    assert (gap.kind, gap.promised, gap.planned, gap.customer_id) == ("late", in_days(4), in_days(9), order.customer_id)
    new = renegotiate(made, end_of_day(in_days(9), LONDON), where=Where.MESSAGE, by=SYSTEM)
    heard()
    gap.refresh_from_db()
    assert (new.state, gap.closed_because, day_told(order.merchant_id, order.id)) == ("open", "agreed", in_days(9))
    assert Gap.objects.filter(closed_at=None).count() == 0


def test_a_forecast_that_misses_the_day_is_a_gap_until_it_does_not(
    shop: cast.Shop, ada: cast.Shopper, heard: Heard
) -> None:
    order = bought(shop, shipments=(parcel(state="in_transit"),))
    heard()
    foretold(order, 5, 6, 7, 8)
    assert sync(order.merchant_id, [order.id]) == 1
    gap = Gap.objects.get()
    assert (gap.kind, gap.planned, the_promise(order).state) == ("late", in_days(8), "at_risk")
    foretold(order, 5, 7, 8, 9)  # a day more is no news
    sync_all(order.merchant_id)
    foretold(order, 6, 8, 9, 10)
    sync_all(order.merchant_id)
    assert list(Event.objects.filter(kind__startswith="gap.").order_by("id").values_list("kind", flat=True)) == [
        "gap.opened",
        "gap.changed",
    ]
    foretold(order, 2, 3, 3, 4)
    assert sync_all(order.merchant_id) == 0
    gap.refresh_from_db()
    assert (gap.closed_because, the_promise(order).state) == ("agrees", "open")


def test_what_somebody_settled_opens_again_only_when_it_gets_worse(
    shop: cast.Shop, ada: cast.Shopper, heard: Heard
) -> None:
    order = bought(shop, shipments=(parcel(state="in_transit"),))
    heard()
    foretold(order, 5, 6, 7, 8)
    sync(order.merchant_id, [order.id])
    close_gap(Gap.objects.get(), shop.maya.actor)
    sync(order.merchant_id, [order.id])
    assert Gap.objects.filter(closed_at=None).count() == 0
    foretold(order, 8, 9, 10, 11)
    sync(order.merchant_id, [order.id])
    assert Gap.objects.filter(closed_at=None).count() == 1


def test_what_they_need_sooner_than_we_said_is_a_gap(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    order = bought(shop, shipments=(parcel(state="in_transit"),))
    heard()
    foretold(order, 3, 4, 4, 4)
    day = in_days(2)
    cast.the(ada.writes(shop, f"I need order 1050 by {day.day} {day:%B}, it's for a wedding.", "My boots"))
    heard()
    said, gap = Expectation.objects.get(source="said"), Gap.objects.get()
    assert (said.by_day, said.firm, said.order_id) == (day, True, order.id)
    assert (gap.kind, gap.expected, gap.expectation) == ("wanted_sooner", day, said)
    assert gap.conversation_id == said.conversation_id


@pytest.mark.parametrize("shown", [True, False])
def test_what_they_write_beside_the_order_counts_whatever_the_checkout_showed(
    shop: cast.Shop, ada: cast.Shopper, heard: Heard, shown: bool
) -> None:
    day = in_days(2)
    order = bought(shop, note=f"I need it by {day.day} {day:%B}.", promised_by=in_days(4) if shown else None)
    heard()
    said = Expectation.objects.get(source="said")
    assert (said.by_day, said.order_id, Expectation.objects.count()) == (day, order.id, 1 + shown)
    assert [gap.kind for gap in Gap.objects.all()] == (["wanted_sooner"] if shown else [])


def test_a_second_day_is_refused_and_names_the_first(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    order = bought(shop)
    heard()
    said = Made(
        merchant_id=order.merchant_id, customer_id=None, kind="delivery", whole_day=True, where=Where.AGENT,
        order_id=order.id, due_at=end_of_day(in_days(6), LONDON),
    )  # fmt: skip
    with pytest.raises(AnotherDay) as refused:
        make(said, shop.maya.actor)
    assert refused.value.stands == the_promise(order)
    same = make(replace(said, due_at=end_of_day(in_days(4), LONDON)), shop.maya.actor)
    assert (same, Promise.objects.count()) == (the_promise(order), 1)


def test_a_cancelled_order_waits_for_nothing(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    order = bought(shop)
    heard()
    foretold(order, 6, 7, 8, 9)
    sync(order.merchant_id, [order.id])
    bought(shop, cancelled_at=timezone.now())
    heard()
    assert (the_promise(order).state, Gap.objects.get().closed_because) == ("withdrawn", "over")


def test_a_replacement_takes_the_place_of_what_never_came(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    order = bought(shop)
    heard()
    news = goods.order("1051", email=ada.address, shipments=(), promised_by=in_days(6), placed_at=timezone.now())
    anew = take(shop.merchant.id, None, news)
    assert isinstance(anew, Order)
    Order.objects.filter(id=anew.id).update(kind="replacement", origin=order)
    heard()
    first = Promise.objects.get(order=order)
    assert (first.state, first.instead) == ("renegotiated", the_promise(anew))
    assert day_told(order.merchant_id, order.id) is None


def test_a_buyer_who_is_known_later_has_been_promised_it(shop: cast.Shop, heard: Heard) -> None:
    order = bought(shop)
    heard()
    assert the_promise(order).customer_id is None
    customer = cast.ada().known(shop)
    order.customer_id = customer.id
    order.save(update_fields=["customer_id"])
    bought(shop, note="The bell is broken.")
    heard()
    assert [each.order_id for each in of_customer(customer)] == [order.id]


def test_a_refund_keeps_what_was_promised_of_it(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    order = bought(shop, promised_by=None)
    made = make(
        Made(
            merchant_id=order.merchant_id, customer_id=order.customer_id, kind="refund", whole_day=True,
            where=Where.AGENT, order_id=order.id, due_at=end_of_day(in_days(5), LONDON), quote="in 5 days",
        ),
        shop.maya.actor,
    )  # fmt: skip
    assert watch(made.due_at - timedelta(hours=2)) == 1
    assert Gap.objects.get().kind == "no_answer"
    bought(shop, promised_by=None, refunds=(StoreRefund(500, timezone.now(), external_id="r1"),))
    heard()
    made.refresh_from_db()
    assert (made.state, Gap.objects.get().closed_because) == ("kept", "over")


def test_what_a_person_marked_can_be_taken_back(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    order = bought(shop)
    heard()
    keep_one(the_promise(order), timezone.now(), shop.maya.actor)
    bought(shop, note="Ring twice.")
    heard()
    assert the_promise(order).state == "kept"  # no news from the shop undoes what a person said
    reopen_one(the_promise(order), shop.maya.actor)
    withdraw_one(the_promise(order), shop.maya.actor)
    assert the_promise(order).state == "withdrawn"


def test_the_share_that_is_kept(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    bought(shop, "1050", shipments=(parcel("1050"),), promised_by=in_days(1))
    bought(shop, "1051", shipments=(parcel("1051"),), promised_by=in_days(-1))
    heard()
    (row,) = share_kept(shop.merchant, timezone.now() - timedelta(days=9), by="where")
    assert (row.name, row.kept, row.broken, row.share) == ("checkout", 1, 1, 0.5)


def test_another_merchants_orders_are_never_compared(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    order = bought(shop, promised_by=in_days(1))
    heard()
    foretold(order, 5, 6, 7, 8)
    other = cast.thistle()
    assert sync(other.merchant.id, [order.id]) == sync_all(other.merchant.id) == 0
    assert Gap.objects.count() == 0


def test_an_erasure_takes_the_words_and_leaves_the_number(shop: cast.Shop, ada: cast.Shopper, heard: Heard) -> None:
    order = bought(shop)
    heard()
    Promise.objects.update(quote="by Friday, Ada")
    Expectation.objects.update(quote="for Ada's wedding")
    assert forget(order.merchant_id, [order.customer_id or 0], [], []) == 2
    assert (the_promise(order).quote, Expectation.objects.get().quote, the_promise(order).state) == ("", "", "open")
    assert told(order.merchant_id, [order.customer_id or 0])["promises"][0]["order__number"] == "#1050"


def test_a_forecast_is_measured_against_the_day_that_was_said_last(
    shop: cast.Shop, ada: cast.Shopper, heard: Heard
) -> None:
    parcels.history(shop, 50)  # five days from placing, every fifth seven
    think_over(shop.merchant, timezone.now())
    order = bought(shop, promised_by=in_days(3))
    heard()
    said = forecast(order, timezone.now())
    assert said and said.promised == in_days(3) and (said.on_time or 0) < 0.5
    renegotiate(the_promise(order), end_of_day(in_days(9), LONDON), where=Where.MESSAGE, by=SYSTEM)
    heard()
    said = forecast_of(shop.merchant.id, order.id)
    assert said and said.promised == in_days(9) and (said.on_time or 0) > 0.9
