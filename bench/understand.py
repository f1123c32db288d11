"""Understanding: from an arrival to a routed conversation, one worker, and how many queries a message takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from django.db import connection

from presszero.intake.messages import BATCH, understand_all, understand_lane
from presszero.mailroom.models import Arrival

from .arrivals import deliver
from .ground import Ground
from .row import Row, at_most, ratio_row
from .shop import Shop, open_shop

COUNT, SENDERS = 2_000, 500
ROUNDS = 3
TARGET = 0.30
QUERIES = 4

SETUP = """
CREATE TABLE IF NOT EXISTS bench_handle (id int PRIMARY KEY, address text UNIQUE NOT NULL);
CREATE TABLE IF NOT EXISTS bench_conversation (
  id int PRIMARY KEY, handle_id int NOT NULL, last_at timestamptz NOT NULL, snippet text NOT NULL);
CREATE INDEX IF NOT EXISTS bench_conversation_of ON bench_conversation (handle_id);
CREATE TABLE IF NOT EXISTS bench_message (id bigserial PRIMARY KEY, conversation_id int NOT NULL, body text NOT NULL);
CREATE TABLE IF NOT EXISTS bench_event (id bigserial PRIMARY KEY, conversation_id int NOT NULL, kind text NOT NULL);
CREATE TABLE IF NOT EXISTS bench_arrival (id int PRIMARY KEY, done_at timestamptz);
INSERT INTO bench_handle SELECT n, 'ada' || n FROM generate_series(1, 2000) n ON CONFLICT DO NOTHING;
INSERT INTO bench_conversation SELECT n, n, now(), '' FROM generate_series(1, 2000) n ON CONFLICT DO NOTHING;
INSERT INTO bench_arrival SELECT n FROM generate_series(1, 2000) n ON CONFLICT DO NOTHING;
"""
# One arrival with the least that makes it a message in a conversation: who, where, the words, the row a list shows,
# the fact, and that it is done.
SCRIPT = f"""\\set n random(1, 2000)
BEGIN;
SELECT id FROM bench_handle WHERE address = 'ada' || :n;
SELECT id FROM bench_conversation WHERE handle_id = :n;
INSERT INTO bench_message (conversation_id, body) VALUES (:n, '{"x" * 150}');
UPDATE bench_conversation SET last_at = now(), snippet = '{"x" * 100}' WHERE id = :n;
INSERT INTO bench_event (conversation_id, kind) VALUES (:n, 'message.received');
UPDATE bench_arrival SET done_at = now() WHERE id = :n;
COMMIT;
"""


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Two rows: messages a second, and queries a message in a batch of 50."""
    shop = open_shop(ground)
    deliver(shop, "warm", 100, 50)
    _understand()
    limits, measured = [_limit(ground)], []
    for number in range(ROUNDS):
        deliver(shop, f"r{number}", COUNT, SENDERS)
        measured.append(COUNT / _understand())
        limits.append(_limit(ground))
        say(f"round {number + 1} of {ROUNDS}: {measured[-1]:,.0f} of {limits[-1]:,.0f} a second")
    _check(ground, shop)
    yield ratio_row("understand", measured, limits, "/s", TARGET)
    yield at_most("understand: queries", _queries(shop), QUERIES, "a message", f"In a batch of {BATCH}.", digits=2)


def _limit(ground: Ground) -> float:
    return ground.pgbench(SCRIPT, clients=1, seconds=4, setup=SETUP)


def _understand() -> float:
    """Seconds until nothing waits."""
    begun = time.perf_counter()
    while understand_all():
        pass
    return time.perf_counter() - begun


def _check(ground: Ground, shop: Shop) -> None:
    with ground.connect() as connected:
        found = connected.execute(
            "SELECT (SELECT count(*) FROM conversations_message WHERE merchant_id = %(m)s),"
            " (SELECT count(*) FROM conversations_conversation WHERE merchant_id = %(m)s),"
            " (SELECT count(*) FROM mailroom_quarantine WHERE merchant_id = %(m)s)",
            {"m": shop.merchant_id},
        ).fetchone()
    if found != (ROUNDS * COUNT + 100, ROUNDS * SENDERS + 50, 0):
        raise RuntimeError(f"Messages, conversations and quarantined are {found}.")


def _queries(shop: Shop) -> float:
    """Of one full batch, half its senders new and half known."""
    deliver(shop, "known", BATCH // 2, BATCH // 2)
    _understand()
    deliver(shop, "known", BATCH // 2 * 2, BATCH // 2)
    deliver(shop, "new", BATCH // 2, BATCH // 2)
    Arrival.objects.filter(merchant_id=shop.merchant_id, done_at=None).update(lane=7)
    counted = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(*arguments)

    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(count))
        understood = understand_lane(7, BATCH)
    if understood != BATCH:
        raise RuntimeError(f"The batch was {understood}, not {BATCH}.")
    return counted / understood
