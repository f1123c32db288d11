"""Whose turn is it? Decided by one process at a time for a merchant; the database's own rules stand behind that."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, transaction

from presszero.conversations.actions import assign
from presszero.conversations.actions.held import held
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.core.rows import columns, row
from presszero.timeline.actions import record_all

from ..crew import Wanted, anybody_waits, crew_of, waiting_for
from ..facts import WaitingOffered
from ..models import Turn, Waiting
from ..policy import CALL, CHAT, Match

THEIR_TURN = "their turn"  # why a conversation was assigned, as an Assignment says it
_DECIDING = 0x7042  # advisory lock class, by merchant


def decide(merchant_id: int, now: datetime, kinds: Collection[str] = (CALL, CHAT)) -> list[Turn]:
    """Offers everybody who waits to whoever is best for them, as long as somebody is free. The new turns.

    Whoever decides about calls makes them ring, too: leave "call" out of `kinds` where that is not your work.

    Call it after whatever may have freed somebody or brought somebody in; again and from anywhere, it is cheap. Lock
    nothing that a taker or leaver locks before it: it holds the merchant's decision, then who waits, to the end of
    the transaction.
    """
    if not anybody_waits(merchant_id, kinds):
        return []
    with transaction.atomic():
        _one_at_a_time(merchant_id)
        crew = crew_of(merchant_id, now)
        found: list[Match] = []
        for page in waiting_for(crew, Wanted(merchant_id, frozenset(kinds), now)):
            found += crew.match(page, now)
        return _offer(merchant_id, found, now) if found else []


def _one_at_a_time(merchant_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_DECIDING, merchant_id % 2**31])


def _offer(merchant_id: int, found: Sequence[Match], now: datetime) -> list[Turn]:
    turns = _keep(merchant_id, found, now)
    for turn in turns:
        if turn.kind == CHAT:
            _hand_over(turn)
    record_all(_offered(turn) for turn in turns)
    return turns


def _keep(merchant_id: int, found: Sequence[Match], now: datetime) -> list[Turn]:
    """The rows that could be written. Where the database knows better (somebody has a call already), there is none."""
    names = ("waiting_id", "member_id", "kind", "why")
    parts = zip(*([m.waiting_id, m.member_id, m.kind, json.dumps(m.why.to_json())] for m in found), strict=True)
    with connection.cursor() as cursor:
        given = dict(zip(names, map(list, parts), strict=True))
        cursor.execute(_kept(), {"merchant": merchant_id, "now": now, **given})
        return [_turn(iter(values)) for values in cursor.fetchall()]


@cache
def _kept() -> str:
    """Who still waits is held, so that who leaves at this moment either is gone for us or takes our turn back.

    `UPDATE … FROM made`, not `IN (SELECT …)`: a presence that somebody else is writing is looked at again when they are
    done, and only what stands in FROM is still there then.
    """
    return f"""
    WITH still AS MATERIALIZED (
      SELECT * FROM routing_waiting
      WHERE merchant_id = %(merchant)s AND id = ANY(%(waiting_id)s) AND left_at IS NULL
      ORDER BY id FOR NO KEY UPDATE
    ), made AS (
      INSERT INTO routing_turn (merchant_id, waiting_id, member_id, kind, outcome, why, offered_at)
      SELECT %(merchant)s, found.waiting, found.member, found.kind, 'offered', found.why, %(now)s
      FROM unnest(%(waiting_id)s::bigint[], %(member_id)s::bigint[], %(kind)s::text[], %(why)s::jsonb[])
        WITH ORDINALITY AS found(waiting, member, kind, why, place)
      JOIN still ON still.id = found.waiting
      ORDER BY found.place ON CONFLICT DO NOTHING RETURNING *
    ), had AS (
      UPDATE routing_presence p SET last_turn_at = %(now)s FROM made
      WHERE p.merchant_id = %(merchant)s AND p.member_id = made.member_id
    )
    SELECT {columns(Turn, "made")}, {columns(Waiting, "still")} FROM made JOIN still ON still.id = made.waiting_id
    ORDER BY made.id"""  # noqa: S608 - our own columns


def _turn(values: Iterator[Any]) -> Turn:
    turn, waiting = row(Turn, values), row(Waiting, values)
    if turn is None or waiting is None:
        raise RuntimeError("A turn without an id, or of nobody who waits.")  # both are inner joins
    turn.waiting = waiting
    return turn


def _hand_over(turn: Turn) -> None:
    """A chat nobody has is theirs now. Whose it is already stays so: a person may have given it to them."""
    talk = Conversation.objects.filter(merchant_id=turn.merchant_id, id=turn.waiting.conversation_id).first()
    if talk is None or turn.waiting.merchant.alone:
        return
    whole = held(talk)
    if whole.assignee_id is None:
        try:
            with transaction.atomic():
                assign(whole, turn.member, by=SYSTEM, reason=THEIR_TURN)
        except Refused:
            return  # left the team, or sees it no longer, since we looked: the turn is missed, and the next one asked


def _offered(turn: Turn) -> WaitingOffered:
    return WaitingOffered(
        merchant_id=turn.merchant_id,
        by=SYSTEM,
        conversation_id=turn.waiting.conversation_id,
        customer_id=turn.waiting.customer_id,
        waiting_id=turn.waiting_id,
        turn_id=turn.id,
        member_id=turn.member_id,
        channel=turn.kind,
    )
