"""What a member does with their turn: takes it, says no, lets it ring, is done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from presszero.conversations.actions import assign
from presszero.conversations.actions.held import held
from presszero.conversations.models import Assignment
from presszero.core.actor import SYSTEM
from presszero.team.models import Membership

from ..models import Presence, Turn, Waiting
from ..policy import CHAT, Why
from .deciding import THEIR_TURN
from .presence import WRAPS_UP, be_away
from .waiting import held_waiting, leave_now

MISSES = 2  # in a row, after which somebody is not there

Outcome = Turn.Outcome


@transaction.atomic
def take(turn_id: int, at: datetime) -> bool:
    """They answer. False when it is too late: whoever waited left, or the turn went on to somebody else."""
    turn, waiting = _held(turn_id)
    if turn.outcome == Outcome.TAKEN:
        return turn.ended_at is None
    if turn.outcome != Outcome.OFFERED or waiting.left_at:
        return False
    turn.outcome, turn.answered_at = Outcome.TAKEN, at
    turn.save(update_fields=["outcome", "answered_at"])
    leave_now(waiting, Waiting.Left.ANSWERED, at, turn.member)
    return True


@transaction.atomic
def pick(waiting_id: int, member: Membership, at: datetime) -> Turn | None:
    """They answer by their own hand, whoever's turn it was. None when it is too late, or they have a call already."""
    waiting = held_waiting(waiting_id)
    if waiting is None or waiting.merchant_id != member.merchant_id or waiting.left_at:
        return None
    theirs = Turn.objects.filter(merchant_id=member.merchant_id, waiting=waiting, outcome=Outcome.OFFERED).first()
    if theirs and theirs.member_id == member.id:
        return theirs if take(theirs.id, at) else None
    try:
        with transaction.atomic():
            return _pick(waiting, member, at)
    except IntegrityError:
        return None


def decline(turn_id: int, at: datetime) -> None:
    """Not now: the next one is asked."""
    _end_offer(turn_id, Outcome.DECLINED, at)


def miss(turn_id: int, at: datetime) -> None:
    """Nobody answered at their end. After a second time in a row they are not there, and away until they say so."""
    turn = _end_offer(turn_id, Outcome.MISSED, at)
    if turn is not None and _is_gone(turn):
        be_away(turn.member, "missed", by=SYSTEM)


@transaction.atomic
def finish(turn_id: int, at: datetime, wrap_seconds: int = 0) -> None:
    """They are done talking; for so many seconds more they write it down. Ending twice is ending once."""
    turn, _waiting = _held(turn_id)
    if turn.outcome != Outcome.TAKEN or turn.ended_at:
        return
    free_at = at + timedelta(seconds=wrap_seconds)
    turn.ended_at, turn.free_at = at, free_at
    turn.save(update_fields=["ended_at", "free_at"])
    theirs = Presence.objects.filter(merchant_id=turn.merchant_id, member_id=turn.member_id)
    theirs.update(last_turn_at=at)
    if wrap_seconds > 0:
        theirs.filter(ready=True).update(reason=WRAPS_UP, until=free_at)


def _held(turn_id: int) -> tuple[Turn, Waiting]:
    """Who waits first, then the turn: everybody locks them in this order."""
    seen = Turn.objects.get(id=turn_id)
    waiting = Waiting.objects.select_for_update(no_key=True).get(merchant_id=seen.merchant_id, id=seen.waiting_id)
    turns = Turn.objects.select_for_update(no_key=True, of=("self",)).select_related("member__person")
    return turns.get(merchant_id=seen.merchant_id, id=turn_id), waiting


@transaction.atomic
def _end_offer(turn_id: int, outcome: Turn.Outcome, at: datetime) -> Turn | None:
    turn, waiting = _held(turn_id)
    if turn.outcome != Outcome.OFFERED:
        return None
    turn.outcome, turn.answered_at = outcome, at
    turn.save(update_fields=["outcome", "answered_at"])
    if turn.kind == CHAT:
        _give_back(turn, waiting)
    return turn


def _give_back(turn: Turn, waiting: Waiting) -> None:
    """A chat that routing gave them is nobody's again. What a person gave them stays theirs."""
    if waiting.conversation is None:
        return
    talk = held(waiting.conversation)
    last = Assignment.objects.filter(merchant_id=talk.merchant_id, conversation=talk).order_by("-id").first()
    ours = last is not None and last.by == SYSTEM.code and last.reason == THEIR_TURN
    if ours and talk.assignee_id == turn.member_id:
        assign(talk, None, by=SYSTEM, reason="they did not answer")


def _is_gone(turn: Turn) -> bool:
    since = Presence.objects.filter(merchant_id=turn.merchant_id, member_id=turn.member_id).values("since")[:1]
    lately = Turn.objects.filter(merchant_id=turn.merchant_id, member_id=turn.member_id, offered_at__gte=since)
    outcomes = list(lately.order_by("-offered_at", "-id").values_list("outcome", flat=True)[:MISSES])
    return len(outcomes) == MISSES and set(outcomes) == {Outcome.MISSED}


def _pick(waiting: Waiting, member: Membership, at: datetime) -> Turn:
    leave_now(waiting, Waiting.Left.ANSWERED, at, member)
    waited = max(0, int((at - waiting.since).total_seconds()))
    return Turn.objects.create(
        merchant_id=member.merchant_id,
        waiting=waiting,
        member=member,
        kind=waiting.kind,
        outcome=Outcome.TAKEN,
        why=Why(("hand",), waited, (), waiting.queue_id).to_json(),
        offered_at=at,
        answered_at=at,
    )
