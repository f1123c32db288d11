"""A forecast is learned from the merchant's own parcels, told anew when something happens, and scored in the end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from presszero.commerce.models import Order
from presszero.fulfilment.duty import learn_due, think_over
from presszero.fulfilment.forecasting import day_for, forecast, forecast_many
from presszero.fulfilment.models import Forecast, Lesson
from presszero.fulfilment.queries import deliverers, forecast_of, scores
from presszero.fulfilment.shown import tracks
from presszero.timeline.models import Event
from tests import cast, goods, parcels

NOW = datetime.now(UTC)
TODAY = NOW.date()


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


def order(shop: cast.Shop, sent: timedelta | None = timedelta(days=1), **values: Any) -> Order:
    """Of Ada's: sent so long ago, or not yet."""
    cast.ada().known(shop)
    ship = goods.order("1042").shipments[0]
    given: dict[str, Any] = {"placed_at": NOW - (sent or timedelta()) - timedelta(days=1), "promised_by": None}
    moved = {"state": "sent", "sent_at": NOW - sent if sent else None, "expected_at": None}
    given["shipments"] = (type(ship)(**{**_fields(ship), **moved}),) if sent else ()
    return cast.ada().order(shop, store=shop.shop, **{**given, **values})


def _fields(made: Any) -> dict[str, Any]:
    return {name: getattr(made, name) for name in made.__dataclass_fields__}


def told(row: Order) -> list[int | None]:
    found = Event.objects.filter(merchant_id=row.merchant_id, order_id=row.id, kind="forecast.changed")
    return [each.data["on_time"] for each in found.order_by("id")]


def test_before_anything_was_learned_nobody_guesses(shop: cast.Shop) -> None:
    silent = order(shop)
    assert forecast(silent, NOW) is None and day_for(silent, 0.9, NOW) is None
    expected = TODAY + timedelta(days=2)
    parcels.scanned(shop, silent.shipments.get(), "in_transit", NOW - timedelta(hours=2), expected=str(expected))
    row = forecast(silent, NOW)
    assert row and (row.p50, row.p95, row.on_time, row.parcels, row.group) == (expected, expected, None, 0, "carrier")
    assert forecast(silent, NOW + timedelta(days=4)) is None  # its day has passed, and nobody knows
    assert forecast_of(shop.merchant.id, silent.id) is None


def test_it_is_learned_told_and_scored(shop: cast.Shop) -> None:
    parcels.history(shop, 50)  # four days each, every fifth six
    think_over(shop.merchant, NOW)
    arrives = TODAY + timedelta(days=3)
    row = order(shop, promised_by=arrives)
    said = forecast(row, NOW)
    assert said and said.parcels >= 40 and said.group == "Parcel North · GB"
    assert said.p50 == arrives and said.p90 > arrives and 0.6 < (said.on_time or 0) < 0.95
    assert day_for(row, 0.99, NOW) and day_for(row, 0.5, NOW) == arrives
    assert told(row) == [round((said.on_time or 0) * 100)]
    forecast_many(shop.merchant, [row.id], NOW)
    assert Forecast.objects.filter(order=row).count() == 1  # nothing new, nothing written
    later = forecast(row, NOW + timedelta(days=4))
    assert later and later.id != said.id and later.on_time == 0 and later.p50 > arrives  # its day has gone by
    parcels.scanned(shop, row.shipments.get(), "delivered", NOW)
    forecast_many(shop.merchant, [row.id], NOW + timedelta(days=5))
    assert {each.arrived for each in Forecast.objects.filter(order=row)} == {TODAY}
    assert forecast_of(shop.merchant.id, row.id) is None


def test_an_order_is_there_when_the_last_of_it_is(shop: cast.Shop) -> None:
    parcels.history(shop, 50)
    think_over(shop.merchant, NOW)
    ship = goods.order("1042").shipments[0]
    lines = goods.order("1042").lines
    only_boots = type(ship)(
        **{**_fields(ship), "state": "sent", "sent_at": NOW - timedelta(days=3), "lines": ((lines[0].external_id, 1),)}
    )
    whole, part = (
        order(shop, timedelta(days=3)),
        order(shop, None, number="#7", external_id="7", shipments=(only_boots,)),
    )
    first, last = forecast(whole, NOW), forecast(part, NOW)
    assert first and last and last.p50 > first.p50 and last.stage == ""  # the laces have not left the house


def test_days_without_a_scan_make_it_later_and_a_scan_at_the_door_sooner(shop: cast.Shop) -> None:
    parcels.history(shop, 50)
    think_over(shop.merchant, NOW)
    row = order(shop, timedelta(days=5))
    waits = forecast(row, NOW)
    assert waits and waits.p50 >= TODAY and waits.p95 > TODAY  # now it goes like the slow ones
    expected = str(TODAY)
    parcels.scanned(shop, row.shipments.get(), "out_for_delivery", NOW, expected=expected)
    near = forecast(row, NOW)
    assert (
        near and near.stage == "out_for_delivery" and near.p80 == TODAY
    )  # as its carrier says: none was seen there yet


def test_every_day_of_the_merchant_once(shop: cast.Shop) -> None:
    row = order(shop, promised_by=TODAY + timedelta(days=3))
    parcels.history(shop, 40)
    assert learn_due(NOW) == 1 and learn_due(NOW) == 0
    assert forecast_of(shop.merchant.id, row.id) and Lesson.objects.filter(merchant=shop.merchant).count() == 1
    assert learn_due(NOW + timedelta(days=1)) == 1
    assert [bool(each.learned) for each in Lesson.objects.filter(merchant=shop.merchant).order_by("id")] == [
        False,
        True,
    ]


def test_how_well_it_is_foretold_is_counted(shop: cast.Shop) -> None:
    parcels.history(shop, 120)
    think_over(shop.merchant, NOW)
    tried = scores(shop.merchant, NOW)
    assert tried.tried and tried.count > 30 and tried.within["0.95"] >= 0.9
    (north,) = deliverers(shop.merchant, NOW)
    assert (north.carrier, north.parcels, north.usual, north.on_time) == ("Parcel North", 120, 4.0, 0.8)
    made = [order(shop, number=f"#{n}", external_id=str(n), promised_by=TODAY) for n in range(3)]
    forecast_many(shop.merchant, None, NOW)
    Forecast.objects.filter(order__in=made).update(arrived=TODAY, scored_at=NOW)
    rows = list(Forecast.objects.filter(order=made[0]))
    for n in range(60):  # as if sixty had come to be
        rows[0].pk, rows[0].newest, rows[0].on_time, rows[0].arrived = (
            None,
            False,
            0.75,
            TODAY + timedelta(days=n % 4 == 0),
        )
        rows[0].save()
    real = scores(shop.merchant, NOW)
    assert not real.tried and real.count == 63
    assert next(each for each in real.bins if each["said"] == 0.75)["kept"] == 0.75


def test_it_reads_as_a_sentence(shop: cast.Shop) -> None:
    row = order(shop, promised_by=date(2026, 11, 25))
    made = Forecast(
        merchant=shop.merchant, order=row, promised=date(2026, 11, 25), on_time=0.872, p50=date(2026, 11, 24),
        p80=date(2026, 11, 25), p90=date(2026, 11, 26), p95=date(2026, 11, 27), parcels=312, group="DHL · ES",
    )  # fmt: skip
    made.save()
    track = tracks(shop.merchant.id, [(row, list(row.shipments.all()))])[row.id]
    assert (track.arrives, track.chance, track.kind) == ("Arrives Tue 24 – Thu 26 Nov", "87 % by Wed 25 Nov", "g")
    assert track.because == "from 312 parcels by DHL to Spain"
    assert [each.state for each in track.ways[0].steps] == ["now", "ahead", "ahead", "ahead"]


def test_a_carriers_later_day_and_an_exception_make_it_later(shop: cast.Shop) -> None:
    """Though none of ours was ever held up: the carrier's word and the bad news count as evidence."""
    parcels.history(shop, 50)
    think_over(shop.merchant, NOW)
    promised = TODAY + timedelta(days=4)
    row = order(shop, promised_by=promised)
    before = forecast(row, NOW)
    assert before and before.p50 < promised and (before.on_time or 0) > 0.7
    parcels.scanned(shop, row.shipments.get(), "exception", NOW, words="Held at the depot")
    held = forecast(row, NOW)
    assert held and held.p50 == before.p50 + timedelta(days=2) and (held.on_time or 0) < (before.on_time or 0)
    later = TODAY + timedelta(days=8)
    parcels.scanned(shop, row.shipments.get(), "in_transit", NOW, expected=str(later))
    moved = forecast(row, NOW)
    assert moved and moved.p50 == later and (moved.on_time or 0) < 0.3
