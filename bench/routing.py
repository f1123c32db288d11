"""Whose turn it is, with 200 agents on duty and 5,000 calls waiting: one decision each time somebody gets free."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from .ground import Ground
from .row import Row, at_most
from .shop import open_shop

AGENTS, WAITING, QUEUES, SKILLS = 200, 5_000, 8, 6
DECISIONS = 400
P99 = 20  # milliseconds

_PEOPLE = (
    """INSERT INTO routing_presence (merchant_id, member_id, ready, seen_at)
    SELECT %(merchant)s, member, true, now() + interval '1 hour' FROM unnest(%(members)s::bigint[]) member""",
    """INSERT INTO routing_skill (merchant_id, name, language) SELECT %(merchant)s, 'Skill ' || n, ''
    FROM generate_series(1, %(skills)s) n""",
    """INSERT INTO routing_memberskill (merchant_id, member_id, skill_id, level)
    SELECT %(merchant)s, member, s.id, 1 + (member + s.id) %% 5
    FROM unnest(%(members)s::bigint[]) member, routing_skill s
    WHERE s.merchant_id = %(merchant)s AND (member * 7 + s.id) %% 3 = 0""",
)
_LINE = """
INSERT INTO routing_waiting (merchant_id, queue_id, kind, subject_id, priority, skills, since, began_at,
  "left", currency)
SELECT %(merchant)s, (%(queues)s::bigint[])[1 + n %% %(many)s], 'call', n, 0,
  CASE WHEN n %% 4 = 0 THEN jsonb_build_object((%(skill)s::bigint[])[1 + n %% %(skills)s], 1) ELSE '{}' END,
  now() - n * interval '1 second', now() - n * interval '1 second', '', ''
FROM generate_series(1, %(waiting)s) n
"""


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """p99 of deciding, committed, and of nothing to decide."""
    from django.utils import timezone

    from presszero.routing.actions import decide

    merchant_id = _fill(ground)
    say(f"{AGENTS} agents are on duty and {WAITING:,} calls wait; {DECISIONS} of them are answered")
    begun = time.perf_counter()
    first = decide(merchant_id, timezone.now())
    burst = (time.perf_counter() - begun) * 1000
    busy = [turn.id for turn in first]
    took, given = [], 0
    for _ in range(DECISIONS):
        busy = _next(busy)
        begun = time.perf_counter()
        made = decide(merchant_id, timezone.now())
        took.append((time.perf_counter() - begun) * 1000)
        busy += [turn.id for turn in made]
        given += len(made)
    if len(first) != AGENTS or given != DECISIONS:
        raise RuntimeError(f"{len(first)} and {given} turns were given, {AGENTS} and {DECISIONS} should be.")
    note = f"At the opening, 200 at once take {burst:.0f} ms; then the median is {sorted(took)[DECISIONS // 2]:.1f} ms."
    yield at_most("routing: decide p99", _p99(took), P99, "ms", note, 1)
    idle = []
    for _ in range(DECISIONS):
        begun = time.perf_counter()
        decide(merchant_id, timezone.now())
        idle.append((time.perf_counter() - begun) * 1000)
    yield at_most("routing: all are busy p99", _p99(idle), P99, "ms", "", 1)


def _next(busy: list[int]) -> list[int]:
    """The one that rang for longest is answered and over."""
    from django.utils import timezone

    from presszero.routing.actions import finish, take

    take(busy[0], timezone.now())
    finish(busy[0], timezone.now())
    return busy[1:]


def _p99(milliseconds: list[float]) -> float:
    return sorted(milliseconds)[int(len(milliseconds) * 0.99) - 1]


def _fill(ground: Ground) -> int:
    from presszero.routing.models import Queue, Skill

    shop = open_shop(ground, AGENTS)
    queues = [Queue.objects.create(merchant_id=shop.merchant_id, name=f"Queue {n}").id for n in range(QUEUES)]
    given: dict[str, Any] = {"merchant": shop.merchant_id, "members": shop.member_ids, "skills": SKILLS}
    with ground.connect() as connection:
        for statement in _PEOPLE:
            connection.execute(statement.encode(), given)
        known = list(Skill.objects.filter(merchant_id=shop.merchant_id).values_list("id", flat=True))
        more = {"queues": queues, "many": QUEUES, "skill": known, "waiting": WAITING}
        connection.execute(_LINE.encode(), {**given, **more})
        connection.execute(b"ANALYZE")
    return shop.merchant_id
