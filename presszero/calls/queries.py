"""What is known of a call: which queue it belongs in, what whoever waits is told, who knows them."""

from __future__ import annotations

from datetime import datetime

from presszero.channels.models import Line
from presszero.conversations.models import Conversation
from presszero.merchants.policy import is_open
from presszero.routing.models import Queue
from presszero.routing.queries import main_queue, place_of, staffed
from presszero.routing.targets import week
from presszero.team.models import Membership

from .menu.vocabulary import QueueSays
from .models import Call, Callback, Leg, Reception
from .plans import reception_of

# Members at an end that no turn speaks of: they called somebody, or a call was passed on to them.
IN_CALLS = """
SELECT member_id FROM calls_leg
WHERE merchant_id = %(merchant)s AND turn_id IS NULL AND ended_at IS NULL AND role IN ('agent', 'colleague')
  AND member_id IS NOT NULL
"""


def queue_says(call_id: int, at: datetime) -> QueueSays | None:
    """What a caller who waits is told now; None when they wait no longer, or their call is just being answered."""
    call = Call.objects.select_related("waiting__queue__overflow", "line__merchant").filter(id=call_id).first()
    if call is None or call.waiting is None or call.waiting.left_at or call.ended_at:
        return None
    queue = call.waiting.queue
    if not anybody_for(queue, at):
        return QueueSays(nobody=True, plan=_closed_plan(call.line))
    place = place_of(call.waiting, at)
    if place.seconds == 0 or not queue.announces:
        return None
    return QueueSays(place.place, place.seconds or 0, callback=queue.offers_callback)


def anybody_for(queue: Queue, at: datetime) -> bool:
    """Whether somebody is on duty for it, or for the queue whose people answer it too after a while."""
    return staffed(queue, at).ready > 0 or (queue.overflow is not None and staffed(queue.overflow, at).ready > 0)


def queue_of(line: Line, number: int) -> Queue:
    """The queue of this id if it is in use; else where 0 leads on this line; else the first there is."""
    rows = Queue.objects.filter(merchant_id=line.merchant_id, retired_at=None)
    answered = reception_of(line)
    wanted = [number, answered.queue_id if answered else 0]
    found = {row.id: row for row in rows.filter(id__in=[each for each in wanted if each])}
    return next((found[each] for each in wanted if each in found), None) or main_queue(line.merchant)


def is_open_now(queue: Queue, line: Line, at: datetime) -> bool:
    """By the queue's hours, else the line's."""
    return is_open(week(queue, line), at)


def knows_them(call: Call) -> Membership | None:
    """Who of us talked with them last, or has their conversation: they are tried first."""
    if call.customer_id is None:
        return None
    team = Membership.objects.filter(merchant_id=call.merchant_id, left_at=None)
    if call.conversation_id:
        talk = Conversation.objects.filter(merchant_id=call.merchant_id, id=call.conversation_id).first()
        if talk and talk.assignee_id:
            return team.filter(id=talk.assignee_id).first()
    legs = Leg.objects.filter(merchant_id=call.merchant_id, call__customer_id=call.customer_id, member__isnull=False)
    last = legs.exclude(talked_at=None).order_by("-talked_at").values_list("member_id", flat=True).first()
    return team.filter(id=last).first() if last else None


def member_of(call: Call) -> Membership | None:
    """Who of us talks in it, or talked first."""
    legs = Leg.objects.filter(merchant_id=call.merchant_id, call=call, role__in=("agent", "colleague"))
    leg = (
        legs.exclude(member=None).exclude(talked_at=None).select_related("member__person").order_by("talked_at").first()
    )
    return leg.member if leg else None


def callback_of(call: Call) -> Callback | None:
    """Of a call that we make because they asked for it: what they asked."""
    if call.kind != "callback":
        return None
    return Callback.objects.filter(merchant_id=call.merchant_id, try_id=call.id).first()


def _closed_plan(line: Line) -> str:
    answered = reception_of(line)
    return answered.closed_plan if answered else str(Reception._meta.get_field("closed_plan").default)
