"""A chat is live work from the first unanswered words until it is answered, and again when it begins anew."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from presszero.channels.models import Line
from presszero.conversations.models import Conversation, Looking, Message
from presszero.core.actor import from_code
from presszero.customers.models import Handle
from presszero.customers.queries import family
from presszero.merchants.policy import is_open
from presszero.team.models import Membership
from presszero.visitors.models import Visitor

from ..models import Queue, Turn, Waiting
from ..policy import CHAT
from ..queries import main_queue, queues_of, speaking
from ..targets import week
from .turns import finish, miss, pick
from .waiting import Asked, enter, leave

RINGS = timedelta(seconds=60)  # a chat waits so long for whoever it was given to, three times so long while they look
GONE = timedelta(seconds=60)  # their window was closed for so long
QUIET = timedelta(minutes=10)  # after which nobody's hands are full with it
_LEFT_ALONE = timedelta(hours=12)  # of a chat whose window we cannot see

Left = Waiting.Left


def wait_for_answer(talk: Conversation, line: Line, at: datetime) -> Waiting | None:
    """They wrote, and wait for a person from now on; None where somebody is in the chat already."""
    taken = Turn.objects.filter(merchant_id=talk.merchant_id, kind=CHAT, outcome=Turn.Outcome.TAKEN, ended_at=None)
    if taken.filter(waiting__conversation=talk).exists():
        return None
    customer = talk.customer
    needs = speaking(talk.merchant_id, customer.language) if customer.language else {}
    asked = Asked(queue_for(talk, line), CHAT, talk.id, line, customer, talk, skills=needs, sticky=_knows(talk))
    return enter(asked, at)


def queue_for(talk: Conversation, line: Line) -> Queue:
    """The queue of the team it stands before; else the line's own; else the first there is."""
    queues = list(queues_of(talk.merchant_id))
    of_team = (q for q in queues if talk.team_id and q.team_id == talk.team_id)
    of_line = (q for q in queues if q.id == line.settings.get("queue"))
    return next(of_team, None) or next(of_line, None) or main_queue(line.merchant)


def answered(talk: Conversation, member: Membership, at: datetime) -> None:
    """A person wrote to them: they wait no longer, and that person is in the chat."""
    waiting = waiting_of(talk)
    if waiting:
        pick(waiting.id, member, at)


def given(talk: Conversation, member_id: int | None, at: datetime) -> None:
    """A person handed it over: it is no longer the turn of whoever it was offered to, nor the work of who had it."""
    theirs = Turn.objects.filter(merchant_id=talk.merchant_id, kind=CHAT, waiting__conversation=talk, ended_at=None)
    others = theirs.exclude(member_id=member_id)
    others.filter(outcome=Turn.Outcome.OFFERED).update(outcome=Turn.Outcome.WITHDRAWN, answered_at=at)
    for turn in others.filter(outcome=Turn.Outcome.TAKEN):
        finish(turn.id, at)


def over(talk: Conversation, at: datetime) -> None:
    """Resolved, put aside, spam: nobody waits in it and nobody's hands are full with it."""
    waiting = waiting_of(talk)
    if waiting:
        leave(waiting.id, Left.WITHDRAWN, at)
    for turn in _under_way().filter(merchant_id=talk.merchant_id, waiting__conversation=talk):
        finish(turn.id, at)


def moved(old: Conversation, new: Conversation, at: datetime) -> None:
    """Merged into another: who waits there waits in it, and keeps the place."""
    waiting = waiting_of(old)
    if waiting is None or waiting.line is None:
        return
    leave(waiting.id, Left.WITHDRAWN, at)
    if new.waiting_since is not None:
        enter(
            Asked(
                waiting.queue, CHAT, new.id, waiting.line, new.customer, new, sticky=waiting.sticky, since=waiting.since
            ),
            at,
        )


def waiting_of(talk: Conversation) -> Waiting | None:
    """The row in which this chat waits."""
    rows = Waiting.objects.filter(merchant_id=talk.merchant_id, kind=CHAT, subject_id=talk.id, left_at=None)
    return rows.select_related("queue", "line").first()


def watch(now: datetime) -> set[int]:
    """What time does to chats: visitors who left, turns nobody took up, chats that fell silent. Merchants of those."""
    return _abandoned(now) | _missed(now) | _silent(now)


def _abandoned(now: datetime) -> set[int]:
    rows = Waiting.objects.filter(kind=CHAT, left_at=None, since__lt=now - GONE).select_related(
        "queue", "line__hours", "customer"
    )
    gone = [(row, at) for row in rows.order_by("since")[:500] if (at := _left_at(row, now))]
    for row, at in gone:
        closed = not is_open(week(row.queue, row.line), row.since)
        leave(row.id, Left.CLOSED if closed else Left.ABANDONED, at)
    return {row.merchant_id for row, _at in gone}


def _left_at(row: Waiting, now: datetime) -> datetime | None:
    """When the last of their browsers was closed; None while one is open."""
    if row.customer is None:
        return None
    known = Handle.objects.filter(merchant_id=row.merchant_id, customer_id__in=family(row.customer), kind="visitor")
    names = list(known.values_list("address", flat=True))
    browsers = Visitor.objects.filter(Q(address__in=names) | Q(shopper__in=names), merchant_id=row.merchant_id)
    seen = browsers.order_by("-seen_at").values_list("seen_at", flat=True).first()
    if seen is None:
        return now if row.since < now - _LEFT_ALONE else None
    return max(seen, row.since) if seen < now - GONE else None


def _missed(now: datetime) -> set[int]:
    rows = Turn.objects.filter(kind=CHAT, outcome=Turn.Outcome.OFFERED, offered_at__lt=now - RINGS)
    late = [
        turn
        for turn in rows.select_related("waiting").order_by("offered_at")[:500]
        if turn.offered_at < now - 3 * RINGS or not _looks(turn, now)
    ]
    for turn in late:
        miss(turn.id, now)
    return {turn.merchant_id for turn in late}


def _looks(turn: Turn, now: datetime) -> bool:
    return Looking.objects.filter(
        merchant_id=turn.merchant_id,
        conversation_id=turn.waiting.conversation_id or 0,
        member_id=turn.member_id,
        at__gt=now - timedelta(seconds=30),
    ).exists()


def _silent(now: datetime) -> set[int]:
    rows = _under_way().filter(waiting__conversation__last_at__lt=now - QUIET, answered_at__lt=now - QUIET)
    found = list(rows.order_by("id")[:500])
    for turn in found:
        finish(turn.id, now)
    return {turn.merchant_id for turn in found}


def _under_way() -> QuerySet[Turn]:
    return Turn.objects.filter(kind=CHAT, outcome=Turn.Outcome.TAKEN, ended_at=None)


def _knows(talk: Conversation) -> Membership | None:
    """Who of us wrote to them last, in this conversation, if they are still on the team."""
    said = Message.objects.filter(merchant_id=talk.merchant_id, conversation=talk, inbound=False, entry__automatic="")
    codes = said.order_by("-at").values_list("entry__actor", flat=True)[:5]
    last = next((who for code in codes if (who := from_code(code)).kind == "member"), None)
    rows = Membership.objects.filter(merchant_id=talk.merchant_id, left_at=None)
    return rows.filter(id=last.id or 0).first() if last else None
