"""They keep their place and are called back: kept, promised, and what became of it. `calling_back` calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.customers.models import Customer
from presszero.merchants.policy import add_open, opens_next
from presszero.promises.actions import called, promise_callback, withdraw_one
from presszero.promises.models import Promise
from presszero.routing.actions import leave
from presszero.routing.models import Waiting
from presszero.routing.queries import place_of, staffed
from presszero.routing.targets import week
from presszero.team.throttle import Limit, tries

from .. import moments
from ..dialling import working_lines
from ..menu.vocabulary import Known
from ..models import Call, Callback
from ..plans import reception_of
from ..policy import SOONEST, call_back_by, next_try, on_five_minutes
from ..policy_dial import Undialable, callback_cap, dialable
from ..queries import anybody_for, callback_of, queue_of
from .texting import text_not_reached

State = Callback.State
Left = Waiting.Left
_OTHERS = Limit("callback-others", 5, timedelta(hours=1))  # numbers keyed in, by one caller
_OTHERS_WITHHELD = Limit("callback-others-withheld", 40, timedelta(hours=1))  # by all who withhold theirs, on a line
NOTHING_THERE = timedelta(minutes=2)  # until we look again for a way to call
AFTER_OPENING = timedelta(minutes=60)  # of open time, where nobody is there when they ask


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody asks to be called. `since`: the place they keep; None: from now on they have one."""

    line: Line
    number: str  # as typed, or E.164
    customer: Customer | None = None
    conversation: Conversation | None = None
    queue: int = 0  # routing.Queue; 0: the line's own
    since: datetime | None = None
    wished_from: datetime | None = None  # not sooner than this
    language: str = ""
    call: Call | None = None  # in which they asked


def keep_place(call: Call, number: str, at: datetime) -> Known:
    """For a caller: what the machine is told. kept {"when"} · number (none was sent) · bad (that one is not called)."""
    typed = number or (call.number if call.number.startswith("+") else "")
    if not typed:
        return Known("number")
    row = call.waiting
    waits = row is not None and row.left_at is None
    if row and waits and not row.queue.offers_callback and anybody_for(row.queue, at):
        return Known("")  # here one waits; where nobody is, a call is promised all the same
    if number and _names_others(call, at):
        return Known("")
    wish = Wish(
        call.line,
        typed,
        call.customer,
        call.conversation,
        row.queue_id if row else 0,
        row.since if row else None,
        language=call.language,
        call=call,
    )
    try:
        kept = keep_for(wish, at)
    except Refused:
        return Known("bad" if number else "number")
    return Known("kept", {"when": told(kept, at)})


def keep_for(wish: Wish, at: datetime) -> Callback:
    """Keeps a place for this number, and promises the call. The same number again is the same place. Raises Refused."""
    number = _checked(wish, at)
    queue = queue_of(wish.line, wish.queue)
    with transaction.atomic():
        row = _standing(wish, number) or Callback(
            merchant_id=wish.line.merchant_id, line=wish.line, since=wish.since or at, asked_at=at
        )
        row.queue, row.number, row.call = queue, number, wish.call or row.call
        row.customer, row.conversation = wish.customer or row.customer, wish.conversation or row.conversation
        row.language, row.wished_from = wish.language[:12] or row.language, wish.wished_from
        row.first = _first(wish.line)
        row.due_at, row.next_at = _moments(row, at)
        row.save()
        promise_it(row)
    return row


def told(row: Callback, at: datetime) -> str:
    """When we call, as it is said to them."""
    zone = ZoneInfo(row.line.hours.timezone if row.line.hours else row.line.merchant.timezone)
    return moments.by(row.due_at.astimezone(zone), at.astimezone(zone), row.language or "en")


def promise_it(row: Callback) -> None:
    """The promise beside it, once it is known in which conversation. In the caller's transaction."""
    if row.conversation is None or row.ended_at:
        return
    stands = Promise.objects.filter(
        merchant_id=row.merchant_id, id=row.promise_id or 0, kept_at=None, withdrawn_at=None, due_at=row.due_at
    )
    if stands.exists():
        return
    _withdraw(row)
    try:
        with transaction.atomic():
            made = promise_callback(row.conversation, row.due_at, SYSTEM)
    except Refused:
        return  # too far away to be promised; the place is kept all the same
    row.promise_id = made.id
    Callback.objects.filter(merchant_id=row.merchant_id, id=row.id).update(promise_id=made.id)


def reached(call: Call, at: datetime) -> None:
    """A person talks with them: whatever call they were promised in this matter was made."""
    row = callback_of(call)
    if row is not None:
        _end(row, State.DONE, at)
    if call.conversation is not None and (row is not None or not call.inbound):
        called(call.conversation, at, SYSTEM)
    elif call.inbound:
        _need_not(call, at)


def not_reached(call: Call, at: datetime) -> None:
    """A call-back ended and nobody talked: once more, or a text."""
    row = callback_of(call)
    if row is None or row.state != State.CALLING or call.talked_at:
        return
    if not call.gateway and call.driver == "sip":  # nothing was there to call with: this was no try
        later = {"state": State.WAITS, "tries": max(0, row.tries - 1), "next_at": at + NOTHING_THERE}
        Callback.objects.filter(merchant_id=row.merchant_id, id=row.id).update(**later)
        return
    again = next_try(row.tries, at)
    if again is not None:
        Callback.objects.filter(merchant_id=row.merchant_id, id=row.id).update(state=State.WAITS, next_at=again)
        return
    _end(row, State.GIVEN_UP, at)
    if row.conversation is not None:
        called(row.conversation, at, SYSTEM)  # we did call, twice
        text_not_reached(row)


def cancel_callback(row: Callback, at: datetime, by: Actor = SYSTEM) -> None:
    """They need no call any more."""
    _end(row, State.CANCELLED, at)
    _withdraw(row, by)


def move_callback(row: Callback, promise_id: int, at: datetime) -> None:
    """Another time was agreed with them: that is when we call."""
    made = Promise.objects.filter(merchant_id=row.merchant_id, id=promise_id).first()
    if made is not None:
        when = {"due_at": made.due_at, "next_at": max(at, made.due_at - SOONEST)}
        Callback.objects.filter(merchant_id=row.merchant_id, id=row.id).update(promise_id=made.id, **when)


def not_begun(rows: QuerySet[Callback], merchant_id: int) -> QuerySet[Callback]:
    """Those of them nobody is being called for yet: they wait for their time, or in the queue for one of us."""
    queued = Call.objects.filter(merchant_id=merchant_id, kind="callback", stage=Call.Stage.WAITING, ended_at=None)
    waits = Q(state=State.WAITS) | Q(state=State.CALLING, try_id__in=queued.values("id"))
    return rows.filter(waits, ended_at=None)


def forget_wish(call: Call, at: datetime) -> None:
    """Somebody who asked to be called waits for a person after all."""
    rows = Callback.objects.filter(merchant_id=call.merchant_id, call=call, state=State.WAITS, ended_at=None)
    for row in rows:
        cancel_callback(row, at)


def _need_not(call: Call, at: datetime) -> None:
    """They called again themselves and talk with a person: nobody calls them back any more."""
    mine = Q(number=call.number) if call.number else Q(call=call)
    for row in not_begun(Callback.objects.filter(mine, merchant_id=call.merchant_id), call.merchant_id):
        cancel_callback(row, at)


def _names_others(call: Call, at: datetime) -> bool:
    """Whether this caller keyed in numbers too often: whoever would have us ring strangers."""
    limit = _OTHERS if call.number else _OTHERS_WITHHELD
    return tries(limit, f"{call.merchant_id}:{call.number or call.line_id}", at) > limit.most


def _checked(wish: Wish, at: datetime) -> str:
    lines = working_lines(wish.line.merchant_id)  # where nothing dials out it is a promise that members keep themselves
    given = next((each for each in lines if each.line.id == wish.line.id), None)
    if given is None:
        raise Undialable(_("This line cannot call anybody."))
    number = dialable(wish.number, given.home, given.countries).e164
    rows = Callback.objects.filter(merchant_id=wish.line.merchant_id)
    if _standing(wish, number) is None:
        today = rows.filter(number=number, asked_at__gt=at - timedelta(days=1)).count()
        refused = callback_cap(today, rows.filter(ended_at=None).count())
        if refused:
            raise refused
    return number


def _standing(wish: Wish, number: str) -> Callback | None:
    """What they asked already: in this call, or under this number."""
    rows = Callback.objects.filter(merchant_id=wish.line.merchant_id, state=State.WAITS, ended_at=None)
    mine = Q(number=number) | (Q(call=wish.call) if wish.call else Q(pk=None))
    return rows.filter(mine).order_by("id").first()


def _first(line: Line) -> str:
    answered = reception_of(line)
    return "customer" if answered and answered.settings.get("callback_first") == "customer" else "agent"


def _moments(row: Callback, at: datetime) -> tuple[datetime, datetime]:
    """By when they are told we call, and when we begin to try."""
    hours = week(row.queue, row.line)
    begin = max(row.wished_from or at, at)
    if staffed(row.queue, at).ready and begin == at:
        return call_back_by(at, _estimate(row, at)), at
    begin = opens_next(hours, begin) or begin
    due = add_open(hours, begin, AFTER_OPENING) or begin + AFTER_OPENING
    return on_five_minutes(due), begin


def _estimate(row: Callback, at: datetime) -> int | None:
    waiting = row.call.waiting if row.call else None
    return place_of(waiting, at).seconds if waiting and waiting.left_at is None else None


def _end(row: Callback, state: Callback.State, at: datetime) -> None:
    rows = Callback.objects.filter(merchant_id=row.merchant_id, id=row.id, ended_at=None)
    if rows.update(state=state, ended_at=at, next_at=None) and state == State.CANCELLED and row.try_id:
        waiting = Waiting.objects.filter(merchant_id=row.merchant_id, kind="call", subject_id=row.try_id, left_at=None)
        for number in list(waiting.values_list("id", flat=True)):
            leave(number, Left.WITHDRAWN, at)


def _withdraw(row: Callback, by: Actor = SYSTEM) -> None:
    made = Promise.objects.filter(
        merchant_id=row.merchant_id, id=row.promise_id or 0, kept_at=None, withdrawn_at=None
    ).first()
    if made is not None:
        withdraw_one(made, by)
