"""From what an order waits for to the days on which it will be there. Pure: no database, no clock.

An order is there when the last of its parcels is. Where too few parcels were seen, nothing is worked out: the carrier's
own day stands, else the shop's, and no probability is claimed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from .gathering import SENT, WAITING, Item
from .prediction import Expected, Lessons, Moment
from .prediction.remaining import QUIET
from .vocabulary import Stage

ENOUGH = 20  # parcels that must have been seen before anything is said of a day
SHARES = {"p50": 0.5, "p80": 0.8, "p90": 0.9, "p95": 0.95}
HELD_UP = 2  # days that an exception is thought to cost, until enough of ours have shown what it does
BELIEVED = 0.75  # how far a carrier's later day is believed against what such parcels usually do
SHOP, CARRIER = "shop", "carrier"  # whose word stands where nothing was learned, in place of a group
_NEAR = (SENT, Stage.OUT_FOR_DELIVERY, Stage.PICKUP)
_BACK = (Stage.RETURNING, Stage.RETURNED)

Expect = Callable[[Moment], Expected]
Usual = Mapping[str, Sequence[str]]  # by country, "" for all: carrier, service and warehouse of most parcels there


@dataclass(frozen=True, slots=True)
class Foretold:
    """When an order will be there. The fields are those of models.Forecast."""

    order_id: int
    customer_id: int | None
    stage: str
    promised: date | None
    on_time: float | None
    p50: date
    p80: date
    p90: date
    p95: date
    parcels: int = 0
    group: str = ""


def foretell(items: Iterable[Item], lessons: Lessons | None, usual: Usual, today: date) -> dict[int, Foretold]:
    """By order; one of which nothing can be said is left out."""
    expect = _well_founded(lessons)
    found = {}
    for order_id, parts in _by_order(items).items():
        if any(each.stage in _BACK for each in parts):
            continue
        seen = _all_of(parts, expect, usual, today)
        told = _learned(parts, seen) if seen else _said(parts, today)
        if told is not None:
            found[order_id] = told
    return found


def days_for(items: Iterable[Item], lessons: Lessons | None, usual: Usual, today: date, keep: float) -> date | None:
    """The first day by which all of it is there with this probability; None when we do not know."""
    seen = _all_of(list(items), _well_founded(lessons), usual, today)
    if not seen:
        return None
    left = _left(seen)
    ahead = next((n for n, each in enumerate(left) if 1 - each >= keep), None)
    return None if ahead is None else today + timedelta(days=ahead)


def group_of(carrier: str, service: str, lane: str) -> str:
    """As models.Forecast.group: "DHL Express · ES"; either side may be empty."""
    by = service if service.startswith(carrier) else f"{carrier} {service}".strip()
    return f"{by} · {lane}".strip() if by or lane else ""


def _by_order(items: Iterable[Item]) -> dict[int, list[Item]]:
    found: dict[int, list[Item]] = defaultdict(list)
    for each in items:
        found[each.order_id].append(each)
    return found


def _well_founded(lessons: Lessons | None) -> Expect | None:
    """None before enough parcels arrived. Many parcels are in the same situation, and asked about once."""
    return cache(lessons.expect) if lessons and lessons.parcels >= ENOUGH else None


def _all_of(parts: list[Item], expect: Expect | None, usual: Usual, today: date) -> list[Expected]:
    """For each part of an order; [] unless something is known of every one."""
    found = [_expected(each, expect, usual, today) for each in parts] if expect else []
    known = [each for each in found if each is not None]
    return known if len(known) == len(found) else []


def _expected(item: Item, expect: Expect, usual: Usual, today: date) -> Expected | None:
    """As parcels in its situation did; or those that were silent for less long, if none was silent as long as this.

    A merchant whose past parcels were never scanned has still seen how long they take from the house.
    """
    found = _silent(_moment(item, usual, today), expect)
    seen = found.parcels if found else 0
    if found is None and item.sent is not None and item.stage not in _NEAR:
        found = _silent(_moment(replace(item, stage=SENT, since=item.sent), usual, today), expect)
    if found is None:
        return None
    if item.stage == Stage.EXCEPTION and seen < ENOUGH:
        found = _later(found, HELD_UP, 1.0)
    slower = (item.expected - found.day(0.5)).days if item.expected else 0
    return _later(found, slower, BELIEVED) if slower > 0 else found


def _later(found: Expected, days: int, sure: float) -> Expected:
    """The same so many days later, as far as that is sure."""
    moved = ([1.0] * days + list(found.left))[: len(found.left)]
    left = (sure * late + (1 - sure) * usual for late, usual in zip(moved, found.left, strict=True))
    return replace(found, left=tuple(left))


def _silent(moment: Moment, expect: Expect) -> Expected | None:
    found = expect(moment)
    if found.parcels:
        return found
    shorter = (expect(replace(moment, quiet=each)) for each in reversed(QUIET) if each < moment.quiet)
    return next((each for each in shorter if each.parcels), None)


def _moment(item: Item, usual: Usual, today: date) -> Moment:
    """What was not sent yet goes as most parcels to its country do."""
    groups = (item.carrier, item.service, item.warehouse)
    if item.stage == WAITING:
        carrier, service, warehouse = usual.get(item.lane) or usual.get("") or groups
        groups = (carrier, service, warehouse)
    carrier, service, warehouse = groups
    return Moment(today, item.stage, max(0, (today - item.since).days), carrier, service, item.lane, warehouse)


def _learned(parts: list[Item], seen: list[Expected]) -> Foretold:
    today, left = seen[0].today, _left(seen)
    slowest = max(range(len(seen)), key=lambda n: seen[n].day(SHARES["p80"]))
    last = parts[0]
    days = {name: today + timedelta(days=_first(left, share)) for name, share in SHARES.items()}
    rests = seen[slowest]
    group = (*rests.group, "", "", "")[:3]
    on_time = None if last.promised is None else _by(left, (last.promised - today).days)
    return Foretold(
        last.order_id,
        last.customer_id,
        min(parts, key=lambda each: each.far).stage,
        last.promised,
        None if on_time is None else round(on_time, 4),
        **days,
        parcels=rests.parcels,
        group=group_of(*group)[:200],
    )


def _said(parts: list[Item], today: date) -> Foretold | None:
    """What others say: the carrier, or else the shop; nothing once that day has passed."""
    days = [each.expected or each.promised for each in parts]
    known = [each for each in days if each is not None]
    if len(known) < len(days) or max(known) < today:
        return None
    day, first = max(known), parts[0]
    stage = min(parts, key=lambda each: each.far).stage
    whose = CARRIER if any(each.expected == day for each in parts) else SHOP
    return Foretold(
        first.order_id, first.customer_id, stage, first.promised, None, day, day, day, day, parcels=0, group=whose
    )


def _left(seen: Sequence[Expected]) -> Sequence[float]:
    """How likely something of it is still under way after so many days."""
    if len(seen) == 1:
        return seen[0].left
    return [max(each) for each in zip(*(each.left for each in seen), strict=True)]


def _first(left: Sequence[float], share: float) -> int:
    return next((n for n, each in enumerate(left) if 1 - each >= share), len(left) - 1)


def _by(left: Sequence[float], ahead: int) -> float:
    return 0.0 if ahead < 0 else 1 - left[min(ahead, len(left) - 1)]
