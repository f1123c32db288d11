"""Parcels under way: how much longer, on what that rests, and how right it was."""

import random
import sys
from datetime import date, timedelta
from subprocess import run

import pytest

from presszero.fulfilment.prediction.picture import picture
from presszero.fulfilment.prediction.remaining import Journey, Lessons, Moment, learn_remaining
from presszero.fulfilment.prediction.scoring import Told, reliability, score

BEGIN, AS_OF = date(2025, 1, 1), date(2025, 9, 1)
FAST, SLOW = 0.6, 0.25  # chance of arriving, by day


def journey(chance, begun, carrier, lane):
    day = begun + timedelta(days=1)
    scans = [(day, "accepted")]
    while True:
        day += timedelta(days=1)
        if day.weekday() == 6:
            continue
        if chance.random() < (FAST if carrier == "quick" else SLOW):
            return Journey(begun, day, scans, carrier, "", lane)
        if chance.random() < 0.5:
            scans.append((day, "in_transit"))


@pytest.fixture(scope="module")
def past():
    chance = random.Random(4)
    return [
        journey(chance, BEGIN + timedelta(days=chance.randrange(330)), chance.choice(["quick", "slow"]), f"L{n % 3}")
        for n in range(2_500)
    ]


@pytest.fixture(scope="module")
def lessons(past):
    return learn_remaining(past, AS_OF)


def test_what_was_said_is_what_happened(past, lessons):
    chance, told = random.Random(5), []
    for each in past:
        if each.begun >= AS_OF:
            day, stage = each.scans[0]  # of the last one we would know that no other came
            expected = lessons.expect(Moment(day, stage, 0, each.carrier, "", each.lane))
            by = day + timedelta(days=chance.randrange(1, 8))
            days = {share: (expected.day(share) - day).days for share in (0.5, 0.8, 0.95)}
            told.append(Told((each.arrived - day).days, days, expected.by(by), each.arrived <= by))
    found = score(told)
    assert found["count"] > 500
    assert found["within"]["0.8"] >= 0.76 and found["within"]["0.95"] >= 0.92
    assert found["brier"] < 0.2
    assert all(abs(each["said"] - each["kept"]) < 0.13 for each in found["bins"] if each["count"] > 60)


def test_a_quick_carrier_is_quicker_and_nothing_comes_on_sunday(lessons):
    saturday = date(2025, 9, 6)
    quick, slow = (lessons.expect(Moment(saturday, "in_transit", 0, name)) for name in ("quick", "slow"))
    assert quick.day(0.9) < slow.day(0.9)
    assert quick.by(date(2025, 9, 7)) - quick.by(saturday) < 0.1 < quick.by(date(2025, 9, 8)) - quick.by(saturday)
    assert quick.by(date(2025, 9, 5)) == 0


def test_it_names_the_thinnest_group_that_it_rests_on(past, lessons):
    known = lessons.expect(Moment(AS_OF, "in_transit", 0, "quick", "", "L1"))
    assert known.group == ("quick", "", "L1") and known.parcels >= 30
    strange = lessons.expect(Moment(AS_OF, "in_transit", 0, "pigeon", "", "L1"))
    assert strange.group == () and strange.parcels > known.parcels
    nobody = learn_remaining([], AS_OF).expect(Moment(AS_OF, "in_transit"))
    assert nobody.parcels == 0 and nobody.day(0.95) > AS_OF


def test_nothing_on_or_after_the_day_is_looked_at(past, lessons):
    changed = []
    for each in past:
        scans = [scan for scan in each.scans if scan[0] < AS_OF]
        arrived = each.arrived if each.arrived < AS_OF else None
        changed.append(Journey(each.begun, arrived, scans, each.carrier, each.service, each.lane))
    assert learn_remaining(changed, AS_OF).dumps() == lessons.dumps()


def test_lessons_survive_being_written_down(lessons):
    again = Lessons.loads(lessons.dumps())
    moment = Moment(AS_OF, "accepted", 2, "slow", "", "L2")
    assert again.expect(moment).left == pytest.approx(lessons.expect(moment).left, abs=1e-3)
    assert again.parcels == lessons.parcels
    for wrong in (b"", b"x" * 40, lessons.dumps()[:-9]):
        with pytest.raises(ValueError, match="no lessons|"):
            Lessons.loads(wrong)


def test_the_longer_it_is_silent_the_later_it_comes():
    """Half of the parcels come the day after the scan; of those that do not, none before the ninth day."""
    past = [Journey(BEGIN + timedelta(days=n % 90), BEGIN + timedelta(days=n % 90 + (1, 9)[n % 2])) for n in range(400)]
    lessons = learn_remaining(past, date(2025, 6, 1))
    today = date(2025, 6, 4)
    assert (lessons.expect(Moment(today, "", 0)).day(0.45) - today).days <= 2
    assert (lessons.expect(Moment(today, "", 3)).day(0.5) - today).days >= 5


def test_the_picture_shows_every_bin_and_escapes_words():
    drawn = picture(reliability([(0.2, False), (0.25, True), (0.9, True)]), "Said < kept")
    assert drawn.count("<circle") == 2 and "Said &lt; kept" in drawn
    assert picture([]).startswith("<svg")


def test_forecasts_of_parcels_load_no_arrays():
    words = "import sys; from presszero.fulfilment import prediction as p; p.learn_remaining, p.score, p.picture;"
    done = run([sys.executable, "-c", words + "sys.exit('numpy' in sys.modules)"], check=False)
    assert done.returncode == 0
