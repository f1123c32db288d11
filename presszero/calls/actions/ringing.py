"""Members' phones: which ring now, who takes the call, who does not, and everybody's end of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from presszero.conversations.actions import assign
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.routing.actions import GONE_AFTER, decide, decline, finish, miss, reached_elsewhere, take
from presszero.routing.models import Presence, Turn
from presszero.team.models import Membership

from ..facts import CallTalking
from ..models import Call, Leg, MobileEnd, Reception
from ..placing import count_as_answer
from ..plans import RING_SECONDS, WRAP_SECONDS
from ..telling import tell, tell_rings
from .callbacks import reached

OURS = ("agent", "colleague")  # who talks with the customer
TAKES_A_KEY = timedelta(seconds=15)  # more, where it rings elsewhere: a network is asked, and a key is to be pressed
COLLEAGUE_RINGS = timedelta(seconds=45)  # somebody a call is passed on to
_MAKING = 0x7043  # advisory lock class of making legs, by merchant


def ring_due(merchant_id: int, now: datetime) -> list[Leg]:
    """Decides who is rung for whoever waits, and rings them: a leg for every turn that has none. The new legs."""
    decide(merchant_id, now)
    with transaction.atomic():
        if not _alone(merchant_id):
            return []
        return [leg for turn in _unrung(merchant_id) if (leg := _ring(turn, now))]


def rung_out(now: datetime) -> list[Leg]:
    """Whoever let it ring too long missed it, and the next one's phone rings: the new legs."""
    late = [leg for leg in _ringing(now) if now - leg.offered_at >= _patience(leg)]
    for leg in late:
        leg_ended(leg.id, "missed", now)
    merchants = sorted({leg.merchant_id for leg in late if leg.turn_id})
    return [leg for merchant_id in merchants for leg in ring_due(merchant_id, now)]


@transaction.atomic
def leg_offered(leg_id: int, tag: str, sdp: str) -> None:
    """Whoever holds the call has something to answer for this end; a new tag each time."""
    leg = Leg.objects.select_related("call").get(id=leg_id)
    Leg.objects.filter(id=leg_id, ended_at=None).update(tag=tag[:60], offer=sdp)
    tell_rings(leg, leg.call)


def leg_answered(leg_id: int, sdp: str, by: Actor) -> bool:
    """They take it. False when it is too late: somebody else has it, or the caller is gone.

    The leg is theirs before the turn is, so that nothing that ends legs by the clock comes in between.
    """
    leg = Leg.objects.select_related("call", "member").get(id=leg_id)
    now = timezone.now()
    if leg.answered_at and leg.ended_at is None:
        Leg.objects.filter(id=leg_id).update(answer=sdp)
        return leg.turn_id is None or take(leg.turn_id, now)
    # By the leg's own columns alone: a join would look at the leg as it was before it rang out a moment ago.
    claimed = Leg.objects.filter(id=leg_id, ended_at=None, answered_at=None)
    if not claimed.update(answer=sdp, answered_at=now, state=Leg.State.TALKING):
        return False
    if leg.turn_id and not take(leg.turn_id, now):
        leg_ended(leg_id, "late", now)
        return False
    if Leg.objects.filter(id=leg_id, ended_at=None, call__ended_at=None).exists():
        _answered(leg, now)
        return True
    leg_ended(leg_id, "late", now)  # the caller hung up in this very moment
    _settled(leg, "late", now)
    return False


@transaction.atomic
def _answered(leg: Leg, now: datetime) -> None:
    if leg.call.inbound and leg.role in OURS:
        Call.objects.filter(id=leg.call_id, stage=Call.Stage.WAITING).update(stage=Call.Stage.TALKING)
    if leg.via == "mobile" and leg.member:
        _confirmed(leg.member, leg.number, now)
    tell_rings(leg, leg.call)


def leg_talking(leg_id: int, at: datetime) -> None:
    """Media goes both ways. Repeating it changes nothing."""
    leg = Leg.objects.select_related("call__line__merchant", "call__conversation", "call__entry", "member__person").get(
        id=leg_id
    )
    if leg.talked_at or leg.ended_at or leg.role not in OURS:
        return
    _talking(leg, at)
    if leg.member is None:
        return
    reached(leg.call, at)
    count_as_answer(leg.call, leg.member, at)
    _theirs(leg.call, leg.member)


@transaction.atomic
def _talking(leg: Leg, at: datetime) -> None:
    if not Leg.objects.filter(id=leg.id, talked_at=None).update(talked_at=at, state=Leg.State.TALKING):
        return
    Call.objects.filter(id=leg.call_id, ended_at=None).update(
        stage=Call.Stage.TALKING, talked_at=Coalesce("talked_at", at)
    )
    tell(
        CallTalking,
        leg.call,
        *([leg.member.actor] if leg.member else []),
        member_id=leg.member_id or 0,
    )


def leg_ended(leg_id: int, why: str, at: datetime) -> None:
    """declined · missed · hung_up · lost · transferred · failed · late · withdrawn. Ending twice is ending once.

    What was answered in this very moment was not missed.
    """
    leg = Leg.objects.select_related("call").get(id=leg_id)
    with transaction.atomic():
        standing = Leg.objects.filter(id=leg_id, ended_at=None)
        if why == "missed":
            standing = standing.filter(answered_at=None)
        if not standing.update(ended_at=at, ended=why[:12], state=Leg.State.ENDED):
            return
        tell_rings(leg, leg.call)
    _settled(leg, why, at)


def _settled(leg: Leg, why: str, at: datetime) -> None:
    """What becomes of their turn. Each of these changes only a turn that stands so."""
    if leg.turn_id is None:
        return
    if why == "missed":
        miss(leg.turn_id, at)
    elif why != "withdrawn":  # whatever else ended it: nobody else is asked while it stands as theirs
        decline(leg.turn_id, at)
    finish(leg.turn_id, at, _wrap(leg) if leg.talked_at else 0)


def stop_ringing(call: Call, at: datetime) -> None:
    """Nobody's phone rings for this call any more; who talks goes on."""
    ringing = Leg.objects.filter(merchant_id=call.merchant_id, call=call, ended_at=None, answered_at=None)
    for number in list(ringing.exclude(turn=None).values_list("id", flat=True)):
        leg_ended(number, "withdrawn", at)


def end_legs(call: Call, at: datetime) -> None:
    """The call is over for everybody."""
    for leg in Leg.objects.filter(merchant_id=call.merchant_id, call=call, ended_at=None):
        leg_ended(leg.id, "hung_up" if leg.answered_at else "withdrawn", at)


def _alone(merchant_id: int) -> bool:
    """One process at a time makes a merchant's legs; whoever comes second leaves it to the first, or the next round."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_MAKING, merchant_id % 2**31])
        return bool(cursor.fetchone()[0])


def _unrung(merchant_id: int) -> Iterable[Turn]:
    rung = Leg.objects.filter(merchant_id=OuterRef("merchant_id"), turn_id=OuterRef("id"))
    rows = Turn.objects.filter(merchant_id=merchant_id, kind="call", outcome=Turn.Outcome.OFFERED)
    return list(rows.exclude(Exists(rung)).select_related("waiting", "member__person").order_by("id"))


def _ring(turn: Turn, now: datetime) -> Leg | None:
    call = Call.objects.filter(merchant_id=turn.merchant_id, id=turn.waiting.subject_id, ended_at=None).first()
    if call is None:
        return None
    via, number = _end_of(turn.member, now)
    leg = Leg.objects.create(
        merchant_id=turn.merchant_id, call=call, turn=turn, member=turn.member, via=via, number=number, offered_at=now
    )
    if not call.inbound:  # a call-back whose turn has come: from now on somebody holds it
        Call.objects.filter(id=call.id, stage=Call.Stage.WAITING).update(stage=Call.Stage.DIALLING)
    tell_rings(leg, call)
    return leg


def _end_of(member: Membership, now: datetime) -> tuple[str, str]:
    """Where their phone rings: at the desk that is open, or their own telephone."""
    own = MobileEnd.objects.filter(merchant_id=member.merchant_id, member=member).exclude(when="never").first()
    if own is None:
        return "browser", ""
    here = Presence.objects.filter(merchant_id=member.merchant_id, member=member, seen_at__gt=now - GONE_AFTER).exists()
    return ("browser", "") if here and own.when == "away" else ("mobile", own.number)


def _confirmed(member: Membership, number: str, now: datetime) -> None:
    mine = MobileEnd.objects.filter(merchant_id=member.merchant_id, member=member, number=number, confirmed_at=None)
    if mine.update(confirmed_at=now):
        reached_elsewhere(member, True)


def _ringing(now: datetime) -> list[Leg]:
    rows = Leg.objects.filter(ended_at=None, answered_at=None, offered_at__lt=now - timedelta(seconds=3))
    return list(rows.exclude(turn=None, role="agent").select_related("call").order_by("offered_at")[:200])


def _patience(leg: Leg) -> timedelta:
    if leg.turn_id is None:
        return COLLEAGUE_RINGS
    rings = timedelta(seconds=_of_reception(leg, "ring_seconds", RING_SECONDS))
    return rings + TAKES_A_KEY if leg.via == "mobile" else rings


def _wrap(leg: Leg) -> int:
    return _of_reception(leg, "wrap_seconds", WRAP_SECONDS)


def _of_reception(leg: Leg, what: str, usual: int) -> int:
    rows = Reception.objects.filter(merchant_id=leg.merchant_id, line_id=leg.call.line_id)
    found = rows.values_list(what, flat=True).first()
    return usual if found is None else int(found)  # 0 seconds are no seconds


def _theirs(call: Call, member: Membership) -> None:
    """The conversation is theirs if it was nobody's: they know now what it is about."""
    talk = call.conversation
    if talk is None or talk.assignee_id or call.line.merchant.alone:
        return
    try:
        assign(talk, member, by=member.actor, reason="answered their call")
    except Refused:
        return  # they do not see that queue, or somebody was quicker: whose it is stays so
