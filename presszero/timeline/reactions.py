"""Hearing the timeline: each listener reads on from where it stood, effects and cursor in one transaction.

The cursor is the highest id plus the open gaps below it (`holes`). Ids are drawn before commit, so a lower id may
appear later. Never a stored transaction id as the cursor itself: it loses events, stalls behind another database's long
transaction, and falls silent after a restore.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from presszero.core.refusal import Refused

from .holes import Gap, Progress
from .models import Cursor, Event, Parked

log = logging.getLogger(__name__)

HOLES_ALARM = 500  # an open transaction somewhere, or a burst of roll-backs
LIMIT = 500  # events read at once
NEAR = 100  # events that may concern nobody before every listener reads past them

_COLUMNS = ("id", "kind", "merchant_id", "at", "actor", "customer_id", "conversation_id", "order_id")
_FIELDS = [field.attname for field in Event._meta.concrete_fields]
_LIST = ", ".join(f"e.{name}" for name in (*_COLUMNS, "data"))
_CLAIM = """
SELECT high, gaps, pg_current_xact_id()::text::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint
FROM timeline_cursor WHERE listener = %s FOR UPDATE SKIP LOCKED
"""
_KEEP = "UPDATE timeline_cursor SET high = %s, gaps = %s, moved_at = now() WHERE listener = %s"
_ABOVE = f"SELECT {_LIST} FROM timeline_event e WHERE e.id > %s ORDER BY e.id LIMIT %s"  # noqa: S608 - our own names
_IN_GAPS = (
    f"SELECT {_LIST} FROM unnest(%s::bigint[], %s::bigint[]) AS gap(first, last)"  # noqa: S608 - our own names
    " JOIN timeline_event e ON e.id BETWEEN gap.first AND gap.last"
)
_GLANCE = """
(SELECT e.id, e.kind FROM unnest(%s::bigint[], %s::bigint[]) AS gap(first, last)
 JOIN timeline_event e ON e.id BETWEEN gap.first AND gap.last)
UNION (SELECT id, kind FROM timeline_event WHERE id > %s ORDER BY id LIMIT %s)
"""


@dataclass(frozen=True)
class Listener:
    """Who hears, what kinds, and what it does with them, in order of id."""

    name: str
    kinds: frozenset[str]
    react: Callable[[Event], None]
    together: Callable[[list[Event]], None] | None = None  # the same for many, where that is cheaper


listeners: dict[str, Listener] = {}


def hears(name: str, *kinds: str) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Registers a reaction under a name that never changes: its cursor is kept by it."""

    def register(react: Callable[[Event], None]) -> Callable[[Event], None]:
        _register(Listener(name, frozenset(kinds), react))
        return react

    return register


def hears_together(name: str, *kinds: str) -> Callable[[Callable[[list[Event]], None]], Callable[[list[Event]], None]]:
    """As `hears`, for a reaction that takes all events of a round at once.

    When that fails, its events are given to it one by one, so that only the one that breaks it is parked.
    """

    def register(react: Callable[[list[Event]], None]) -> Callable[[list[Event]], None]:
        _register(Listener(name, frozenset(kinds), lambda event: react([event]), react))
        return react

    return register


def _register(listener: Listener) -> None:
    if listener.name in listeners:
        raise ValueError(f"Two reactions are called {listener.name!r}.")
    listeners[listener.name] = listener


def consume(listener: Listener, limit: int = LIMIT) -> int:
    """Reacts to the next events; how many were read. 0 when there are none, or another worker is at it.

    What is done together nearly always goes well, so nothing guards it: what fails is undone, and goes one by one.
    """
    one_by_one = partial(_one_by_one, listener)
    if listener.together is None:
        return _round(listener, limit, one_by_one)
    try:
        return _round(listener, limit, listener.together)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("%s failed on what it did at once; its events go one by one", listener.name)
    return _round(listener, limit, one_by_one)


@transaction.atomic
def _round(listener: Listener, limit: int, react: Callable[[list[Event]], None]) -> int:
    claimed = _claim(listener)
    if claimed is None:
        return 0
    stood, ours, oldest_running = claimed
    progress = _dated(stood, ours)
    read = _read(progress, limit)
    progress.saw(values[0] for values in read)
    progress.close(oldest_running)
    if heard := [_event(values) for values in read if values[1] in listener.kinds]:
        react(heard)
    if progress != stood:
        _keep(listener, progress)
    return len(read)


def _one_by_one(listener: Listener, heard: list[Event]) -> None:
    for event in heard:
        _react(listener, event)


def retry(parked: Parked) -> bool:
    """Tries a parked event again; whether it went well. Raises Refused when nobody hears it any more."""
    if parked.listener not in listeners:
        raise Refused(
            _("The part of the product that heard this is no longer there."), _("There is nothing to try again.")
        )
    event = Event.objects.get(merchant_id=parked.merchant_id, id=parked.event_id)
    if not _react(listeners[parked.listener], event):
        return False
    Parked.objects.filter(merchant_id=parked.merchant_id, id=parked.id, solved_at=None).update(solved_at=event.at)
    return True


def _claim(listener: Listener) -> tuple[Progress, int, int] | None:
    """How far it heard, its cursor locked; our transaction, and the oldest that still runs, from before the read.

    A new listener starts at the present.
    """
    found = _locked(listener)
    if found is None and not Cursor.objects.filter(listener=listener.name).exists():
        present = _present()
        begun = Cursor(listener=listener.name, high=present.high, gaps=_stored(present))
        Cursor.objects.bulk_create([begun], ignore_conflicts=True)
        found = _locked(listener)
    if found is None:
        return None
    high, gaps, ours, oldest_running = found
    return Progress(high, _gaps(gaps)), ours, oldest_running


def _present() -> Progress:
    """At the newest event. What is being written just now, with an id below that one, is a gap: it is still to come."""
    latest = [*Event.objects.order_by("-id").values_list("id", flat=True)[:LIMIT]]
    progress = Progress(min(latest, default=0))
    progress.saw(latest)
    return progress


def _locked(listener: Listener) -> tuple[int, str, int, int] | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [listener.name])
        found: tuple[int, str, int, int] | None = cursor.fetchone()
    return found


def _dated(stood: Progress, ours: int) -> Progress:
    """Dates gaps by our transaction, which began after they were seen.

    A date later than that is of another cluster, before a restore.
    """
    gaps = [gap if (gap.begun_after or 0) <= ours else Gap(gap.first, gap.last) for gap in stood.gaps]
    progress = Progress(stood.high, gaps)
    progress.date(ours)
    return progress


def _gaps(stored: str) -> list[Gap]:
    return [Gap(first, last, begun_after) for first, last, begun_after in json.loads(stored)]


def _stored(progress: Progress) -> list[list[int | None]]:
    return [[gap.first, gap.last, gap.begun_after] for gap in progress.gaps]


def _read(progress: Progress, limit: int) -> list[tuple[Any, ...]]:
    """What is new above the high mark, and what has appeared in a gap; both by index. Rows, in order of id."""
    found = []
    with connection.cursor() as cursor:
        if progress.gaps:
            cursor.execute(_IN_GAPS, [[gap.first for gap in progress.gaps], [gap.last for gap in progress.gaps]])
            found = cursor.fetchall()
        cursor.execute(_ABOVE, [progress.high, limit])
        return sorted([*found, *cursor.fetchall()])


def _event(values: tuple[Any, ...]) -> Event:
    """By place, in the order of the model's fields: several stand behind each message, and names cost twice as much."""
    number, kind, merchant_id, at, actor, customer_id, conversation_id, order_id, details = values
    fields = (number, merchant_id, kind, at, actor, customer_id, conversation_id, order_id, json.loads(details))
    found: Event = Event.from_db("default", _FIELDS, fields)
    return found


def _keep(listener: Listener, progress: Progress) -> None:
    gaps = _stored(progress)
    if len(gaps) > HOLES_ALARM:
        log.error("%s has %d open gaps in the timeline: look for a transaction left open.", listener.name, len(gaps))
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [progress.high, json.dumps(gaps), listener.name])


def _react(listener: Listener, event: Event) -> bool:
    """Runs the reaction; a failure is parked and shown, the rest go on. A lost database is not the event's failure."""
    try:
        with transaction.atomic():
            listener.react(event)
    except (OperationalError, InterfaceError):
        raise
    except Exception as why:
        log.exception("%s failed on event %d", listener.name, event.id)
        _park(listener, event, why)
        return False
    return True


def _park(listener: Listener, event: Event, why: BaseException) -> None:
    row, is_new = Parked.objects.get_or_create(
        merchant_id=event.merchant_id,
        listener=listener.name,
        event_id=event.id,
        defaults={"error": f"{type(why).__name__}: {why}"[:2000]},
    )
    if not is_new:
        row.tries += 1
        row.error = f"{type(why).__name__}: {why}"[:2000]
        row.save(update_fields=["tries", "error"])


def consume_all(only: Iterable[str] | None = None) -> int:
    """One round over every listener; how many events were read in all."""
    names = sorted(listeners if only is None else only)
    return sum(consume(listeners[name]) for name in _concerned(names))


def _concerned(names: list[str]) -> list[str]:
    """Those for whom there is something, by two reads for all. The others stay where they are, as long as that is near.

    A cursor left behind misses nothing: what commits late lies above it still, or in a gap of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT listener, high, gaps FROM timeline_cursor WHERE listener = ANY(%s)", [names])
        at = {name: Progress(high, _gaps(gaps)) for name, high, gaps in cursor.fetchall()}
        if not at:
            return names
        gaps = {(gap.first, gap.last) for progress in at.values() for gap in progress.gaps}
        values = [[first for first, _ in gaps], [last for _, last in gaps]]
        cursor.execute(_GLANCE, [*values, min(progress.high for progress in at.values()), NEAR])
        glimpsed = cursor.fetchall()
    if len(glimpsed) >= NEAR:
        return names
    return [name for name in names if name not in at or _concerns(listeners[name], at[name], glimpsed)]


def _concerns(listener: Listener, progress: Progress, glimpsed: list[tuple[int, str]]) -> bool:
    return any(kind in listener.kinds and progress.lacks(number) for number, kind in glimpsed)
