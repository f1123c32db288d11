"""Hearing the timeline: each listener reads on from where it stood, effects and cursor in one transaction.

The cursor is the highest id plus the open gaps below it (`holes`). Ids are drawn before commit, so a lower id may
appear later. Never a stored transaction id as the cursor itself: it loses events, stalls behind another database's long
transaction, and falls silent after a restore.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection, transaction

from presszero.core.refusal import Refused

from .holes import Gap, Progress
from .models import Cursor, Event, Parked

log = logging.getLogger(__name__)

HOLES_ALARM = 500  # an open transaction somewhere, or a burst of roll-backs


@dataclass(frozen=True)
class Listener:
    """Who hears, what kinds, and what it does with them, in order of id."""

    name: str
    kinds: frozenset[str]
    react: Callable[[Event], None]


listeners: dict[str, Listener] = {}


def hears(name: str, *kinds: str) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Registers a reaction under a name that never changes: its cursor is kept by it."""

    def register(react: Callable[[Event], None]) -> Callable[[Event], None]:
        if name in listeners:
            raise ValueError(f"Two reactions are called {name!r}.")
        listeners[name] = Listener(name, frozenset(kinds), react)
        return react

    return register


@transaction.atomic
def consume(listener: Listener, limit: int = 500) -> int:
    """Reacts to the next events; how many were read. 0 when there are none, or another worker is at it."""
    cursor = _claim(listener)
    if cursor is None:
        return 0
    progress = _progress(cursor)
    oldest_running = _date(progress)
    events = _read(progress, limit)
    progress.saw(event.id for event in events)
    progress.close(oldest_running)
    for event in events:
        if event.kind in listener.kinds:
            _react(listener, event)
    _keep(cursor, progress)
    return len(events)


def retry(parked: Parked) -> bool:
    """Tries a parked event again; whether it went well. Raises Refused when nobody hears it any more."""
    if parked.listener not in listeners:
        raise Refused("The part of the product that heard this is no longer there.", "There is nothing to try again.")
    event = Event.objects.get(merchant_id=parked.merchant_id, id=parked.event_id)
    return _react(listeners[parked.listener], event)


def _claim(listener: Listener) -> Cursor | None:
    """The listener's cursor, locked. A new listener starts at the present."""
    found = Cursor.objects.select_for_update(skip_locked=True).filter(listener=listener.name).first()
    if found is None and not Cursor.objects.filter(listener=listener.name).exists():
        latest = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
        Cursor.objects.bulk_create([Cursor(listener=listener.name, high=latest)], ignore_conflicts=True)
        return Cursor.objects.select_for_update(skip_locked=True).filter(listener=listener.name).first()
    return found


def _progress(cursor: Cursor) -> Progress:
    return Progress(cursor.high, [Gap(first, last, begun_after) for first, last, begun_after in cursor.gaps])


def _date(progress: Progress) -> int:
    """Dates gaps by this transaction, which began after they were seen; the oldest transaction that still runs.

    Before the read, as `Progress` wants it. A date later than our own is of another cluster, before a restore.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_current_xact_id()::text::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        )
        ours, oldest_running = cursor.fetchone()
    progress.gaps = [g if (g.begun_after or 0) <= ours else Gap(g.first, g.last) for g in progress.gaps]
    progress.date(ours)
    return int(oldest_running)


def _read(progress: Progress, limit: int) -> list[Event]:
    """What is new above the high mark, and what has appeared in a gap; both by index."""
    gaps = [(gap.first, gap.last) for gap in progress.gaps]
    return list(
        Event.objects.raw(
            "(SELECT e.* FROM unnest(%s::bigint[], %s::bigint[]) AS gap(first, last)"
            " JOIN timeline_event e ON e.id BETWEEN gap.first AND gap.last) UNION ALL"
            " (SELECT * FROM timeline_event WHERE id > %s ORDER BY id LIMIT %s) ORDER BY id",
            [[first for first, _ in gaps], [last for _, last in gaps], progress.high, limit],
        )
    )


def _keep(cursor: Cursor, progress: Progress) -> None:
    gaps = [[gap.first, gap.last, gap.begun_after] for gap in progress.gaps]
    if len(gaps) > HOLES_ALARM:
        log.error("%s has %d open gaps in the timeline: look for a transaction left open.", cursor.listener, len(gaps))
    if (cursor.high, cursor.gaps) != (progress.high, gaps):
        cursor.high, cursor.gaps = progress.high, gaps
        cursor.save()


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
    Parked.objects.filter(
        merchant_id=event.merchant_id, listener=listener.name, event_id=event.id, solved_at=None
    ).update(solved_at=event.at)
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
    return sum(consume(listeners[name]) for name in _names(only))


def _names(only: Iterable[str] | None) -> Iterator[str]:
    yield from sorted(listeners if only is None else only)
