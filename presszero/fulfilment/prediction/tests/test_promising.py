"""Promises learned from a history: never looking ahead, kept as often as asked, shorter than a padded shop's own."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.worlds import WORLDS, world
from presszero.fulfilment import prediction
from presszero.fulfilment.prediction.learning import learn
from presszero.fulfilment.prediction.orders import Orders
from presszero.fulfilment.prediction.watching import quantile, weights

ORDERS = 1_200


def orders_of(made):
    return Orders(made.placed, made.promised, made.delivered(), made.groups, made.numbers)


def ahead_of(orders, as_of):
    return orders.pick(orders.placed >= as_of)


@pytest.fixture(scope="module")
def steady():
    made = world("steady", ORDERS)
    orders = orders_of(made)
    return made, orders, learn(orders, made.as_of)


def invented_after(orders, as_of, seed):
    """Every delivery that was not seen by then is blanked, or made up anew."""
    later = (orders.delivered >= as_of) | np.isnan(orders.delivered)
    chance = np.random.default_rng(seed)
    made_up = np.where(chance.random(len(orders)) < 0.3, np.nan, as_of + chance.uniform(0, 300, len(orders)))
    assert later.sum() > 20
    return replace(orders, delivered=np.where(later, made_up, orders.delivered))


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), name=st.sampled_from(["cancelled", "lost", "nonsense", "silent", "weekdays"]))
def test_nothing_on_or_after_the_date_is_looked_at(seed, name):
    made = world(name, 480, 7)
    orders = orders_of(made)
    ahead = ahead_of(orders, made.as_of)
    ours, theirs = (learn(each, made.as_of) for each in (orders, invented_after(orders, made.as_of, seed)))
    assert np.array_equal(ours.promise(ahead), theirs.promise(ahead))
    assert np.array_equal(ours.outlook(ahead).quantile(0.5), theirs.outlook(ahead).quantile(0.5))


def test_nor_are_orders_placed_later_by_trees_either(steady):
    made, orders, told = steady
    ahead = ahead_of(orders, made.as_of)
    changed = invented_after(orders, made.as_of, 1042)
    few = learn(changed.pick(changed.placed < made.as_of + 10), made.as_of)
    first = ahead.pick(ahead.placed < made.as_of + 10)
    assert len(first) > 10
    assert np.array_equal(told.promise(ahead)[: len(first)], few.promise(first))
    assert np.array_equal(told.outlook(ahead).quantile(0.8)[: len(first)], few.outlook(first).quantile(0.8))


def test_the_share_kept_is_what_was_asked_for_and_the_mean_is_below_a_padded_shops_own(steady):
    made, orders, told = steady
    ahead = ahead_of(orders, made.as_of)
    padded = replace(ahead, promised=ahead.day + 2 * ahead.days_promised)
    kept = np.mean(ahead.days_taken <= told.promise(ahead))
    # 300 orders: three standard errors of 0.965 are 3.2 in a hundred.
    assert kept >= 0.965 - 0.032
    assert told.promise(ahead).mean() < padded.days_promised.mean()


@pytest.mark.parametrize("name", ["growing", "strike", "peak", "lost", "carrier", "cancelled"])
def test_what_is_not_steady_is_kept_too(name):
    held_to(name, 520, 0.9)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(set(WORLDS) - {"tiny"}))
def test_every_world_is_kept(name):
    held_to(name, 10_000, 0.965)


def held_to(name, count, keep):
    made = world(name, count)
    orders = orders_of(made)
    ahead = ahead_of(orders, made.as_of)
    has = ~np.isnan(ahead.days_taken)
    kept = np.mean((ahead.days_taken <= learn(orders, made.as_of, keep).promise(ahead))[has])
    assert kept >= keep - 3 * np.sqrt(keep * (1 - keep) / has.sum())  # what chance alone does to so many orders


def test_a_hard_season_that_is_over_is_not_promised_for_ever():
    """Ten weeks more than twice as slow; then ten as before. What was foretold in between says little of today."""
    chance = np.random.default_rng(2)
    placed = np.sort(chance.uniform(0, 360, 6_000))
    lane = chance.integers(0, 6, len(placed))
    usual = (3 + lane) * np.where((placed > 120) & (placed < 190), 2.2, 1.0)
    delivered = placed + 0.5 + usual * np.exp(chance.normal(0, 0.4, len(placed)))
    promised = np.floor(placed) + np.ceil((3 + lane) * 2.3)
    orders = Orders(placed, promised, delivered, {"lane": np.array([f"L{each}" for each in lane], dtype=object)})
    told, ahead = learn(orders, 260.0, 0.9), ahead_of(orders, 260.0)
    kept = np.mean(ahead.days_taken <= told.promise(ahead))
    assert kept >= 0.9 - 3 * np.sqrt(0.09 / len(ahead))
    assert told.promise(ahead).mean() < ahead.days_promised.mean()
    unlike = replace(told, newest=()).keeping(0.9)
    assert unlike.promise(ahead).mean() > 1.3 * ahead.days_promised.mean(), "it is the newest weeks that say so"


def test_more_asked_is_more_kept_and_longer(steady):
    made, orders, told = steady
    ahead = ahead_of(orders, made.as_of)
    days = [told.keeping(keep).promise(ahead) for keep in (0.8, 0.9, 0.965)]
    kept = [np.mean(ahead.days_taken <= each) for each in days]
    assert days[0].mean() < days[1].mean() < days[2].mean()
    assert kept[0] < kept[1] < kept[2]


def test_quantiles_hold_and_rise(steady):
    made, orders, told = steady
    ahead = ahead_of(orders, made.as_of)
    shares = (0.5, 0.8, 0.9, 0.95)
    found = told.outlook(ahead).quantiles(shares)
    assert (np.diff(found, axis=1) >= 0).all()
    for share, days in zip(shares, found.T, strict=True):
        assert np.mean(ahead.days_taken <= days) == pytest.approx(share, abs=0.07)


def test_no_single_order_is_promised_carelessly(steady):
    made, orders, told = steady
    ahead = ahead_of(orders, made.as_of)
    assert told.outlook(ahead).by(told.promise(ahead)).min() >= 1 - 2 * 0.035 - 1e-9


def test_a_chance_grows_by_day_and_while_waiting_it_is_of_those_still_out(steady):
    made, orders, told = steady
    outlook = told.outlook(ahead_of(orders, made.as_of).pick(np.arange(50)))
    by = np.array([outlook.by(float(day)) for day in range(40)])
    assert (np.diff(by, axis=0) >= 0).all()
    assert by[0].max() < 0.5 and by[-1].min() > 0.5
    waited = outlook.after(10.0, 20.0)
    assert np.allclose(waited, (by[20] - by[10]) / (1 - by[10]))


def test_deliveries_seen_stand_for_those_not_seen_yet():
    """Parcels of 1 to 40 days, placed over 60: what has come by the last day looks quicker than it is."""
    chance = np.random.default_rng(3)
    placed, takes = np.floor(chance.uniform(0, 60, 20_000)), chance.integers(1, 41, 20_000).astype(float)
    watched = 59 - placed
    taken = np.where(takes <= watched, takes, np.nan)
    seen = taken[~np.isnan(taken)]
    w = weights(taken, watched)
    assert np.quantile(seen, 0.9) <= 34
    assert quantile(seen, w[~np.isnan(taken)], 0.9) == pytest.approx(36, abs=1)


def test_what_never_arrives_neither_slows_nor_quickens():
    made = world("steady", 520)
    orders = orders_of(made)
    chance = np.random.default_rng(5)
    gone = replace(orders, delivered=np.where(chance.random(len(orders)) < 0.1, np.nan, orders.delivered))
    ahead = ahead_of(orders, made.as_of)
    ours, theirs = (learn(each, made.as_of).outlook(ahead).quantile(0.9).mean() for each in (orders, gone))
    assert theirs == pytest.approx(ours, rel=0.1)


@pytest.mark.parametrize("size", [0, 1, 5, 30, 150])
@pytest.mark.parametrize("promised", [True, False])
def test_any_history_gives_every_order_a_promise(size, promised):
    made = world("steady", 400, 3)
    orders = orders_of(made)
    orders = orders if promised else replace(orders, promised=np.full(len(orders), np.nan))
    history = orders.known_at(made.as_of)
    told = learn(history.pick(np.arange(len(history)) >= len(history) - size), made.as_of)
    ahead = ahead_of(orders, made.as_of)
    days = told.promise(ahead)
    assert len(days) == len(ahead)
    assert np.isfinite(days).all() and (days >= 0).all() and (days == np.floor(days)).all()
    assert days.max() < 200
    assert np.mean(ahead.days_taken <= days) > 0.85


def test_groups_never_seen_are_as_usual(steady):
    made, orders, told = steady
    ahead = ahead_of(orders, made.as_of)
    fresh = replace(ahead, groups={name: np.full(len(ahead), "new", dtype=object) for name in ahead.groups})
    assert told.promise(fresh).mean() == pytest.approx(told.promise(ahead).mean(), rel=0.5)


def test_nothing_is_promised_for_a_day_on_which_nothing_arrives():
    made = world("weekdays", 520)
    orders = orders_of(made)
    ahead = ahead_of(orders, made.as_of)
    due = ahead.day + learn(orders, made.as_of, 0.95).promise(ahead)
    assert np.mean((due + 3) % 7 == 6) < 0.03  # Sundays; one day in seven by chance


def test_the_library_is_loaded_when_a_name_of_it_is_used():
    assert prediction.learn is learn
    with pytest.raises(AttributeError):
        _ = prediction.nonsense
