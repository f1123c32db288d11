"""Who is on duty and who waits, read for one decision: a handful of statements, however many there are."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from .policy import ASKED_AGAIN, CALL, GONE_AFTER, USUAL, Crew, Person, Rule, Waiter

# One statement for all that is known of people, and each table read once for all of them: a decision is made of round
# trips more than of anything else. {in_calls}: of apps above us, see there.
_ON_DUTY = """
SELECT p.member_id, coalesce(extract(epoch FROM p.last_turn_at), 0)::float8, p.until > %(now)s AND p.ready,
  p.seen_at <= %(gone)s, m.sees_all, works.teams, doing.kinds, doing.many, takes.kinds, takes.most, can.skills,
  can.levels, busy.member_id IS NOT NULL
FROM routing_presence p
JOIN team_membership m ON m.merchant_id = p.merchant_id AND m.id = p.member_id
JOIN merchants_merchant shop ON shop.id = p.merchant_id
LEFT JOIN (SELECT tm.member_id, array_agg(tm.team_id ORDER BY tm.team_id) AS teams FROM team_teammember tm
  JOIN team_team t ON t.merchant_id = tm.merchant_id AND t.id = tm.team_id AND t.retired_at IS NULL
  WHERE tm.merchant_id = %(merchant)s AND tm.role <> 'read_only' GROUP BY 1) works ON works.member_id = p.member_id
LEFT JOIN (SELECT member_id, array_agg(kind) AS kinds, array_agg(many) AS many
  FROM (SELECT member_id, kind, count(*) AS many FROM routing_turn
    WHERE merchant_id = %(merchant)s AND outcome IN ('offered', 'taken') AND ended_at IS NULL GROUP BY 1, 2) turns
  GROUP BY 1) doing ON doing.member_id = p.member_id
LEFT JOIN (SELECT member_id, array_agg(kind) AS kinds, array_agg(most) AS most FROM routing_capacity
  WHERE merchant_id = %(merchant)s GROUP BY 1) takes ON takes.member_id = p.member_id
LEFT JOIN (SELECT ms.member_id, array_agg(ms.skill_id) AS skills, array_agg(ms.level) AS levels
  FROM routing_memberskill ms
  JOIN routing_skill s ON s.merchant_id = ms.merchant_id AND s.id = ms.skill_id AND s.retired_at IS NULL
  WHERE ms.merchant_id = %(merchant)s GROUP BY 1) can ON can.member_id = p.member_id
LEFT JOIN ({in_calls}) busy ON busy.member_id = p.member_id
WHERE p.merchant_id = %(merchant)s AND m.left_at IS NULL AND m.role <> 'read_only'
  AND (p.ready OR p.until <= %(now)s OR shop.alone)
  AND (p.seen_at > %(gone)s OR p.elsewhere)
"""
_QUEUES = """
SELECT q.id, q.team_id, coalesce((SELECT jsonb_object_agg(n.skill_id, n.level) FROM routing_queueskill n
    JOIN routing_skill s ON s.merchant_id = n.merchant_id AND s.id = n.skill_id AND s.retired_at IS NULL
    WHERE n.merchant_id = q.merchant_id AND n.queue_id = q.id), '{}')::text,
  q.overflow_id, q.overflow_seconds, q.sticky_seconds
FROM routing_queue q WHERE q.merchant_id = %(merchant)s
"""
# Not NOT EXISTS: that the planner may read as all turns there are against all who wait. One look into the index for
# each is what it costs, whatever the planner believes there is.
_UNOFFERED = """(SELECT t.id FROM routing_turn t WHERE t.merchant_id = w.merchant_id AND t.waiting_id = w.id
    AND t.outcome IN ('offered', 'taken') LIMIT 1) IS NULL"""
_WAITING = f"""
SELECT w.id, w.kind, w.queue_id, w.since, w.began_at, w.rank, w.skills::text,
  coalesce(c.assignee_id, w.sticky_id), c.team_id,
  ARRAY(SELECT t.member_id FROM routing_turn t WHERE t.merchant_id = w.merchant_id AND t.waiting_id = w.id
    AND t.outcome IN ('declined', 'missed') AND t.answered_at > %(again)s)
FROM routing_waiting w
LEFT JOIN conversations_conversation c ON w.kind = 'chat' AND c.merchant_id = w.merchant_id AND c.id = w.conversation_id
WHERE w.merchant_id = %(merchant)s AND w.left_at IS NULL AND w.queue_id = ANY(%(queues)s) AND w.kind = ANY(%(kinds)s)
  AND {_UNOFFERED}
ORDER BY w.rank DESC, w.since, w.id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 - our own words
# Of apps above us: what selects the `member_id` of whose hands are full with a call that no turn speaks of, such as one
# they made themselves, in the shop %(merchant)s.
in_calls: list[str] = ["SELECT NULL::bigint AS member_id WHERE false"]
_FIRST = 25  # who is read at first, beside two for each who is free; four times as many with every further page


def crew_of(merchant_id: int, now: datetime) -> Crew:
    """Everybody on duty, and what the queues ask."""
    asked = {"merchant": merchant_id, "now": now, "gone": now - GONE_AFTER}
    people = _rows(_ON_DUTY.replace("{in_calls}", " UNION ".join(in_calls)), asked)
    if not people:
        return Crew([], {})
    queues = _rows(_QUEUES, {"merchant": merchant_id})
    open_to = _open_to(queues)
    return Crew(
        [_person(each, open_to) for each in people],
        {number: Rule(_levels(needs), *more) for number, _team, needs, *more in queues},
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose waiting is decided about."""

    merchant_id: int
    kinds: frozenset[str]
    now: datetime


def waiting_for(crew: Crew, wanted: Wanted) -> Iterator[list[Waiter]]:
    """Those whom somebody with room may help, in order, page by page: as few as are needed are read."""
    offset, limit = 0, _FIRST + 2 * crew.free
    while crew.kinds & wanted.kinds:
        page = _page(crew, wanted, limit, offset)
        if page:
            yield page
        if len(page) < limit:
            return
        offset, limit = offset + limit, limit * 4


def anybody_waits(merchant_id: int, kinds: Collection[str]) -> bool:
    """Whether a decision could be of any use: somebody waits who was not offered to anyone."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT EXISTS (SELECT FROM routing_waiting w
            WHERE w.merchant_id = %s AND w.left_at IS NULL AND w.kind = ANY(%s) AND {_UNOFFERED})""",  # noqa: S608 - our own words
            [merchant_id, list(kinds)],
        )
        return bool(cursor.fetchone()[0])


def _page(crew: Crew, wanted: Wanted, limit: int, offset: int) -> list[Waiter]:
    asked: dict[str, Any] = {
        "merchant": wanted.merchant_id,
        "again": wanted.now - ASKED_AGAIN,
        "queues": list(crew.queues),
        "kinds": list(crew.kinds & wanted.kinds),
        "limit": limit,
        "offset": offset,
    }
    return [
        Waiter(id, kind, queue, since, began_at, rank, _levels(skills), sticky, team, frozenset(passed))
        for id, kind, queue, since, began_at, rank, skills, sticky, team, passed in _rows(_WAITING, asked)
    ]


def _person(found: Any, open_to: Callable[[Sequence[int]], frozenset[int]]) -> Person:
    member, idle_since, wraps_up, gone, sees_all, teams, kinds, many, takes, most, skills, levels, in_call = found
    doing = dict(zip(kinds, many, strict=True)) if kinds else {}
    if in_call:
        doing.setdefault(CALL, 1)
    return Person(
        member,
        open_to(teams or ()),
        dict(zip(skills, levels, strict=True)) if skills else {},
        doing,
        {**USUAL, **dict(zip(takes, most, strict=True))} if takes else USUAL,
        idle_since,
        bool(wraps_up),
        gone,
        None if sees_all else frozenset(teams or ()),
    )


def _levels(written: str) -> dict[int, int]:
    return {int(skill): int(level) for skill, level in json.loads(written).items()} if written != "{}" else {}


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _open_to(queues: list[Any]) -> Callable[[Sequence[int]], frozenset[int]]:
    """Says which queues the members of some teams answer; most are in the same ones, so each answer is kept."""
    known: dict[tuple[int, ...], frozenset[int]] = {}

    def answers(teams: Sequence[int]) -> frozenset[int]:
        key = tuple(teams)
        if key not in known:
            known[key] = frozenset(number for number, team, *_rest in queues if team is None or team in key)
        return known[key]

    return answers
