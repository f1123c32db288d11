"""Asking rules about what happened. What concerns no rule costs no statement; of the others, one a round and merchant.

A rule is asked about the conversation as it stands, with the words of the very message that the event is about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from presszero.conversations.filtering import Known, Snapshot, known, snapshots, snapshots_at
from presszero.core.actor import from_code
from presszero.timeline.models import Event

from .firing import Cause, fire, stopped, switch_off
from .models import Firing
from .occasions import Occasion
from .policy import DEPTH, HISTORY, PER_HOUR, Past, Verdict, may_fire
from .standing import Book, Hearing, Standing, standing

_PLACE = """
SELECT c.root_id IS NOT NULL,
  (SELECT json_agg(json_build_array(f.rule_id, f.outcome, f.last, f.in_hour)) FROM (
     SELECT rule_id, outcome, extract(epoch FROM max(at)) AS last, count(*) FILTER (WHERE at > %(hour)s) AS in_hour
     FROM rules_firing WHERE merchant_id = c.merchant_id AND conversation_id = c.id
     GROUP BY rule_id, outcome) f),
  EXISTS (SELECT 1 FROM conversations_message m
     JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
     JOIN mailroom_received r ON r.merchant_id = e.merchant_id AND r.id = e.received_id AND NOT r.backfill
     WHERE m.merchant_id = c.merchant_id AND m.id = coalesce(%(message)s::bigint,
       (SELECT min(id) FROM conversations_message WHERE merchant_id = c.merchant_id AND conversation_id = c.id)))
FROM conversations_conversation c WHERE c.merchant_id = %(merchant)s AND c.id = %(conversation)s
"""
_WROTE = "message.received"


@dataclass(slots=True)
class Round:
    """What is known of the conversations of one merchant while a round lasts: no more than its rules ask about."""

    merchant_id: int
    at: datetime
    kept: frozenset[str]  # by `seen`
    seen: dict[int, Snapshot]
    kept_at: frozenset[str]  # by `seen_at`
    seen_at: dict[int, Snapshot]  # message → the conversation, with the words of that message
    chains: dict[int, list[int]]
    names: Callable[[], Known]

    def snapshot(self, event: Event) -> Snapshot | None:
        """The conversation as it stands, with the words of this event's own message."""
        if event.kind == _WROTE:
            return self.seen_at.get(event.data["message_id"])
        return self.seen.get(event.conversation_id or 0)

    def look_again(self, number: int) -> None:
        """After something was done there."""
        if number in self.seen:
            self.seen.update(snapshots(self.merchant_id, [number], self.kept))
        theirs = {message: number for message, one in self.seen_at.items() if one.id == number}
        self.seen_at.update(snapshots_at(self.merchant_id, theirs, self.kept_at))

    def chain(self, event: Event) -> list[int]:
        """The rules whose doing this event is."""
        by = from_code(event.actor)
        return self.chains.get(by.id or 0, []) if by.kind == "rule" else []


def judge(events: Iterable[Event], at: datetime) -> int:
    """Asks every rule about every event that may concern it, in order; how many fired."""
    theirs: dict[int, list[Event]] = {}
    for event in events:
        if event.conversation_id and at - event.at < HISTORY:
            theirs.setdefault(event.merchant_id, []).append(event)
    if not theirs:
        return 0
    books = standing(theirs)
    return sum(_judge(merchant_id, theirs[merchant_id], books[merchant_id], at) for merchant_id in sorted(books))


def _judge(merchant_id: int, events: Sequence[Event], book: Book, at: datetime) -> int:
    for rule in book.broken:
        switch_off(rule, _("It can no longer be read: %(why)s") % {"why": rule.broken})
    asked = [(event, concerned) for event in events if (concerned := _concerned(event, book.hearing))]
    if not asked:
        return 0
    now = _round(merchant_id, [event for event, _rules in asked], book, at)
    return sum(_ask(now, event, concerned) for event, concerned in asked)


def _concerned(event: Event, hearing: Hearing) -> Sequence[tuple[Standing, Occasion]]:
    heard = hearing.get(event.kind, ())
    if not heard or from_code(event.actor).kind == "customer":
        return heard
    return [(rule, occasion) for rule, occasion in heard if not occasion.by_customer]


def _ask(now: Round, event: Event, rules: Sequence[tuple[Standing, Occasion]]) -> int:
    """The rules in their order, until one says that it is the last."""
    fired = 0
    place: Place | None = None
    snapshot, at = now.snapshot(event), now.at
    if snapshot is None or snapshot.state == "spam":
        return 0
    for rule, occasion in rules:
        if not rule.holds(snapshot, at):
            continue
        place = place or _place(now, event)
        if place is None or not place.may_act:
            break
        cause = Cause(snapshot.id, occasion.key, now.names, event.id, chain=now.chain(event))
        if not _go(rule, cause, place, snapshot, at):
            continue
        fired += 1
        place = None
        now.look_again(snapshot.id)
        snapshot = now.snapshot(event)
        if snapshot is None or snapshot.state == "spam" or rule.reading and rule.reading.stop:
            break
    return fired


def _go(rule: Standing, cause: Cause, place: Place, snapshot: Snapshot, at: datetime) -> bool:
    """Whether it acted. What keeps it from going round is written down, once an hour."""
    assert rule.reading is not None
    past = Past(cause.chain, place.last(rule.id), place.in_hour)
    verdict = may_fire(rule.id, past, at, once=rule.reading.once, rest=rule.reading.rest)
    if verdict is Verdict.GO:
        fire(rule, replace(cause, chain=[*cause.chain, rule.id]), snapshot, at)
        return True
    if verdict is not Verdict.QUIET and not place.was_stopped(rule.id, at):
        stopped(rule, cause, snapshot, why_stopped(verdict), at)
        place.note_stop(rule.id, at)
    return False


def why_stopped(verdict: Verdict) -> str:
    """For whoever reads the conversation."""
    return {
        Verdict.ROUND: _("Stopped, because it would go round: it was about to act on its own doing."),
        Verdict.DEEP: _("Stopped, because %(n)d rules had followed from each other already.") % {"n": DEPTH},
        Verdict.OFTEN: _("Stopped, because rules acted here %(n)d times within an hour.") % {"n": PER_HOUR},
    }[verdict]


@dataclass(slots=True)
class Place:
    """A conversation as a rule finds it that is about to act: whether it may, and what rules did there."""

    may_act: bool
    firings: list[tuple[int, str, datetime, int]]  # rule, outcome, the last, how many within the hour

    @property
    def in_hour(self) -> int:
        return sum(n for _rule, outcome, _last, n in self.firings if outcome != Firing.Outcome.STOPPED)

    def last(self, rule: int) -> datetime | None:
        return max((at for each, outcome, at, _n in self.firings if each == rule and outcome == "done"), default=None)

    def was_stopped(self, rule: int, at: datetime) -> bool:
        hour = at - timedelta(hours=1)
        return any(each == rule and outcome == "stopped" and last > hour for each, outcome, last, _n in self.firings)

    def note_stop(self, rule: int, at: datetime) -> None:
        self.firings.append((rule, "stopped", at, 1))


def _place(now: Round, event: Event) -> Place | None:
    values: dict[str, Any] = {
        "merchant": now.merchant_id,
        "conversation": event.conversation_id,
        "hour": now.at - timedelta(hours=1),
        "message": event.data.get("message_id") if event.kind == "message.received" else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, values)
        row = cursor.fetchone()
    if row is None:
        return None
    merged, firings, is_news = row
    # What somebody wrote must have come through the door just now: history and imports set nothing off.
    wrote = event.kind in ("message.received", "conversation.opened")
    listed = json.loads(firings) if isinstance(firings, str) else firings or []
    told = [(rule, outcome, datetime.fromtimestamp(float(last), UTC), n) for rule, outcome, last, n in listed]
    return Place(not merged and (is_news or not wrote), told)


def _round(merchant_id: int, events: Sequence[Event], book: Book, at: datetime) -> Round:
    wrote = {event.data["message_id"]: event.conversation_id or 0 for event in events if event.kind == _WROTE}
    others = [event for event in events if event.kind != _WROTE]
    kept = frozenset[str]().union(*(book.kept[event.kind] for event in others))
    kept_at = book.kept.get(_WROTE, frozenset())
    return Round(
        merchant_id,
        at,
        kept,
        snapshots(merchant_id, {event.conversation_id or 0 for event in others}, kept),
        kept_at,
        snapshots_at(merchant_id, wrote, kept_at),
        _chains(merchant_id, events),
        cache(partial(known, merchant_id)),
    )


def _chains(merchant_id: int, events: Iterable[Event]) -> dict[int, list[int]]:
    """Firing → the rules whose doing led to it, itself the last; for events that rules caused."""
    by = {actor.id for event in events if (actor := from_code(event.actor)).kind == "rule"}
    if not by:
        return {}
    return dict(Firing.objects.filter(merchant_id=merchant_id, id__in=by).values_list("id", "chain"))
