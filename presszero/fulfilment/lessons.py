"""What a merchant's own parcels teach, once a night, and how good it would have been on the ones that came last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from presszero.merchants.models import Merchant

from . import prediction
from .foretelling import ENOUGH, SHARES, Usual
from .gathering import SENT, Way, past, today_of
from .models import Lesson

KEPT = 30  # nights that a merchant's lessons are kept; what was learned is in the newest alone
TRIED_OVER = 60  # days: parcels sent in the last so many were foretold from those before
SETTLED = 20  # days after which a parcel that is not there counts as one that came too late
_LANES = 400  # countries whose usual way is written down


def learn(merchant: Merchant, at: datetime) -> Lesson:
    """Learns from everything that arrived before the day `at`, and tries it out. A row even where there is nothing."""
    today = today_of(merchant, at)
    ways = past(merchant, at)
    lessons = prediction.learn_remaining((way.journey for way in ways), today)
    tried = _tried(ways, today)
    row = Lesson.objects.create(
        merchant=merchant,
        at=at,
        parcels=lessons.parcels,
        learned=lessons.dumps(),
        scores={"tried": tried, "usual": usual_ways(way.journey for way in ways)},
    )
    older = Lesson.objects.filter(merchant=merchant, id__lt=row.id)
    older.exclude(learned=b"").update(learned=b"")
    older.filter(at__lt=at - timedelta(days=KEPT)).delete()
    return row


def newest(merchant_id: int) -> tuple[prediction.Lessons | None, Usual]:
    """What was learned last, and how most parcels go to a country; (None, {}) before anything was."""
    found = Lesson.objects.filter(merchant_id=merchant_id).order_by("-id").values_list("id", "parcels").first()
    if found is None or not found[1]:
        return None, {}
    return _opened(merchant_id, found[0])


def usual_ways(journeys: Iterable[prediction.Journey]) -> dict[str, Sequence[str]]:
    """By country, "" for all: carrier, service and warehouse of most parcels there."""
    counted: dict[str, Counter[tuple[str, str, str]]] = {"": Counter()}
    for each in journeys:
        way = (each.carrier, each.service, each.warehouse)
        counted[""][way] += 1
        counted.setdefault(each.lane, Counter())[way] += 1
    largest = sorted(counted, key=lambda lane: -counted[lane].total())[:_LANES]
    return {lane: list(counted[lane].most_common(1)[0][0]) for lane in largest if counted[lane]}


@lru_cache(maxsize=16)
def _opened(merchant_id: int, lesson_id: int) -> tuple[prediction.Lessons | None, Usual]:
    row = Lesson.objects.filter(merchant_id=merchant_id, id=lesson_id).first()
    try:
        return (prediction.Lessons.loads(bytes(row.learned)), row.scores.get("usual", {})) if row else (None, {})
    except ValueError:  # written by a version that kept it otherwise; tonight it is learned anew
        return None, {}


def _tried(ways: Sequence[Way], today: date) -> dict[str, Any]:
    """As `prediction.score` says it; {} where too little had arrived to learn from."""
    begin, end = today - timedelta(days=TRIED_OVER), today - timedelta(days=SETTLED)
    lessons = prediction.learn_remaining((way.journey for way in ways), begin)
    told = [each for way in ways if begin <= way.sent <= end and (each := _would_have_said(lessons, way))]
    return prediction.score(told) if told else {}


def _would_have_said(lessons: prediction.Lessons, way: Way) -> prediction.Told | None:
    """What would have been said of a parcel on the day it was sent, and what became of it."""
    at = way.journey
    moment = prediction.Moment(way.sent, SENT, 0, at.carrier, at.service, at.lane, at.warehouse)
    expected = lessons.expect(moment)
    if lessons.parcels < ENOUGH or not expected.parcels:
        return None
    quantiles = {share: float((expected.day(share) - way.sent).days) for share in SHARES.values()}
    took = float((at.arrived - way.sent).days) if at.arrived else max(quantiles.values()) + 1  # later than all of them
    if way.promised is None:
        return prediction.Told(took, quantiles)
    kept = at.arrived is not None and at.arrived <= way.promised
    return prediction.Told(took, quantiles, expected.by(way.promised), kept)
