"""What a worker does for hosted calls, over and over: ring, bring together, hang up, record, fetch, and bury the dead.

Each round looks at how calls stand and does what is missing, so that whatever failed, or was interrupted, is done in
the next. Requests to the provider never happen inside a transaction.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from presszero.calls import actions
from presszero.calls.models import Call, Leg, Recording
from presszero.channels.models import Line
from presszero.core.locks import alone

from . import asks, driving, recordings, ringing
from .asks import LOCKS
from .holding import DRIVER, OPEN, held, root_of
from .providers import is_hosted
from .rest import Api, NotDone, Ring

log = logging.getLogger(__name__)

QUIET = timedelta(minutes=2)  # without a word from the provider, a caller in a menu is looked after
TALKS = timedelta(minutes=30)  # the same while somebody talks with them, when nothing has to be asked
LONGEST = timedelta(hours=6)
JUST_ENDED = timedelta(minutes=10)  # ends of calls that are over are hung up for so long
LOOKS_BACK = 600  # seconds between two looks at what the providers kept for us
SOUNDS = 0x407D  # advisory lock class of recordings: each is fetched by one worker
WORKERS = 2  # threads, so that a provider who is slow with one call does not hold up the next


def work() -> int:
    """One round. How much there was to do."""
    now = timezone.now()
    done = asks.do_due(now)
    calls = _calls(now)
    for merchant_id in {call.merchant_id for call in calls if call.stage == Call.Stage.WAITING}:
        actions.ring_due(merchant_id, now)
    if calls:
        actions.rung_out(now)
        for call in _calls(now):
            with alone(LOCKS, call.id) as free:
                done += _look_after(_rows().get(id=call.id), now) if free else 0  # anew: somebody else had it
    return done


def fetch() -> int:
    """Recordings that are ready, one after the other. How many are ours now."""
    now = timezone.now()
    done = 0
    for row in recordings.due(now):
        with alone(SOUNDS, row.id) as free:
            done += free and recordings.is_due(row) and recordings.fetch(row, now)
    return done


def look_around() -> int:
    """What happened while we were down, and what providers still keep. Always 0: it rests between rounds."""
    look_back(timezone.now())
    recordings.forget_due()
    return 0


def _calls(now: datetime) -> list[Call]:
    rows = _rows()
    open_, ended = rows.filter(ended_at=None), rows.filter(ended_at__gt=now - JUST_ENDED)
    return [*open_, *(call for call in ended if _unfinished(call))]


def _rows() -> QuerySet[Call]:
    legs = Prefetch("legs", Leg.objects.select_related("member").order_by("id"), to_attr="every_end")
    return Call.objects.filter(driver=DRIVER).select_related("line").prefetch_related(legs).order_by("id")


def _unfinished(call: Call) -> bool:
    over = call.dialog.get("over", [])
    return _rings_on(call) or any(int(leg) not in over for leg in call.dialog.get("ends", {}))


def _look_after(call: Call, now: datetime) -> int:
    """Everything that is missing in one call; what the provider refuses is tried again, and written to the log."""
    api, done = Api(call.line), 0
    steps = (_ring_ends, _ring_customer, _call_off, ringing.give_up, _join, _gather, _hang_up, _record, _look_for_life)
    for step in steps:
        try:
            done += step(call, api, now)
        except NotDone as why:
            log.warning("call %d: %s", call.id, why)
    return done


# --- ringing ---


def _ring_ends(call: Call, api: Api, now: datetime) -> int:
    done = 0
    for leg in _ends(call):
        if call.ended_at or leg.ended_at or leg.answered_at or str(leg.id) in call.dialog.get("ends", {}):
            continue
        if ringing.is_there(leg, call.line, now):
            ringing.ring(call, leg, api, now)
            done += 1
    return done


def _ring_customer(call: Call, api: Api, now: datetime) -> int:
    """Of a call we make: once a member's own end is there; at once where the customer is rung first."""
    if call.inbound or call.ended_at or call.dialog.get("rung") or not call.number:
        return 0
    there = any(leg.answered_at and not leg.ended_at for leg in _ends(call))
    theirs_first = call.kind == "callback" and call.waiting_at is None and not _ends(call)
    if not (there or theirs_first) or call.stage == Call.Stage.ENDED:
        return 0
    with held(call.line, now, id=call.id) as here:
        if here is None or here.dialog.get("rung"):
            return 0
        here.dialog["rung"] = "asked"  # before it is: two rings would be worse than none
    root = f"{root_of(call.line)}/{call.uid}/called"
    try:
        sid = api.ring(Ring(call.number, call.line.address, root, f"{root}/status", ringing.MAY_RING))
    except NotDone:
        actions.call_ended(call.id, "failed", now)
        raise
    with held(call.line, now, id=call.id) as here:
        if here and here.dialog.get("rung") == "asked":
            here.dialog["rung"] = sid or "asked"  # not every provider says it at once
    return 1


def _call_off(call: Call, api: Api, now: datetime) -> int:
    """Of a call we make: where nobody of ours is left to talk to them, their telephone does not ring on."""
    if call.inbound or not _unborn(call) or not (call.ended_at or _deserted(call)):
        return 0
    if call.ended_at is None:
        actions.call_ended(call.id, "cancelled", now)
    if not _rings_on(call):
        return 0
    try:
        api.hang_up(str(call.dialog["rung"]))
    except NotDone as why:
        if not why.refused:  # it is over: nothing is left to end
            raise
    with held(call.line, now, id=call.id) as here:
        if here:
            here.dialog["unrung"] = True
    return 1


def _deserted(call: Call) -> bool:
    """Whoever was to talk has hung up, or never came. Of a call-back the next one is rung instead of who never came."""
    ends = [leg for leg in _ends(call) if leg.role in OPEN]
    came = call.kind != "callback" or any(leg.answered_at for leg in ends)
    return bool(ends) and came and all(leg.ended_at for leg in ends)


def _unborn(call: Call) -> bool:
    """We call them, and they have not answered."""
    return call.provider_id.startswith("ours:")


def _rings_on(call: Call) -> bool:
    return _unborn(call) and call.dialog.get("rung", "asked") != "asked" and not call.dialog.get("unrung")


# --- together, and apart ---


def _join(call: Call, api: Api, now: datetime) -> int:
    """Somebody took it: the caller leaves whatever they hear. Where this fails, the music's next round does it."""
    people = [leg for leg in _ends(call) if leg.answered_at and not leg.ended_at and leg.role in OPEN]
    here = call.dialog.get("in") == call.dialog.get("room", 1)
    if call.ended_at or not people or here or not (call.inbound or call.dialog.get("n")):
        return 0
    with held(call.line, now, id=call.id) as row:
        if row is None or not row.may_send():
            return 0
    api.send_to(call.provider_id, f"{root_of(call.line)}/{call.uid}/step?join=1")
    return 1


def _gather(call: Call, api: Api, now: datetime) -> int:
    """Whoever took it in the moment the caller left that room comes after them."""
    here = [leg for leg in _ends(call) if call.ended_at is None and leg.ended_at is None]
    sids = {call.dialog.get("ends", {}).get(str(leg.id)): leg for leg in here}
    late = [sid for sid in call.dialog.get("behind", []) if sid in sids]
    for sid in late:
        api.send_to(sid, f"{root_of(call.line)}/legs/{sids[sid].id}?room={call.dialog['room']}")
    if late:
        with held(call.line, now, id=call.id) as row:
            if row:
                row.dialog["behind"] = [sid for sid in row.dialog.get("behind", []) if sid not in late]
    return len(late)


def _hang_up(call: Call, api: Api, now: datetime) -> int:
    """Ends of ours that are over here, and not yet over there."""
    over, ends = call.dialog.get("over", []), call.dialog.get("ends", {})
    left = [leg for leg in _ends(call) if leg.id not in over and ends.get(str(leg.id))]
    gone = [leg for leg in left if leg.ended_at or call.ended_at]
    for leg in gone:
        api.hang_up(ends[str(leg.id)])
        with held(call.line, now, id=call.id) as here:
            if here:
                here.dialog["over"] = sorted({*here.dialog.get("over", []), leg.id})
    return len(gone)


# --- recording ---


def _record(call: Call, api: Api, now: datetime) -> int:
    """Begins once they talk, and only where the caller was asked and went on."""
    if call.ended_at or call.talked_at is None:
        return 0
    rows = Recording.objects.filter(merchant_id=call.merchant_id, call=call, kind="call", provider_id="")
    row = rows.filter(state=Recording.State.RUNNING).exclude(consent_at=None).first()
    if row is None:
        return 0
    sid = api.record(call.provider_id, f"{root_of(call.line)}/recording")
    Recording.objects.filter(id=row.id).update(provider_id=sid, began_at=now)
    return 1


# --- life and death ---


def _look_for_life(call: Call, api: Api, now: datetime) -> int:
    """A call whose end nobody told us: the provider is asked."""
    heard = datetime.fromtimestamp(call.dialog.get("heard", call.began_at.timestamp()), tz=now.tzinfo)
    patience = TALKS if call.stage == Call.Stage.TALKING else QUIET
    if call.ended_at is None and (gone := call.dialog.get("gone")):
        driving.hung_up(call.line, call.provider_id, now)
        return int(now.timestamp() - gone >= driving.LAST_WORDS)
    if call.ended_at or _unborn(call) or now - heard < patience:
        return 0
    try:
        over = api.status(call.provider_id) in driving.OVER
    except NotDone as why:
        over = why.gone
        if not over and now - call.began_at < LONGEST:
            raise
    if over or now - call.began_at > LONGEST:
        driving.hung_up(call.line, call.provider_id, now)
        return 1
    with held(call.line, now, id=call.id) as here:
        if here:
            here.dialog["heard"] = int(now.timestamp())
    return 0


def look_back(now: datetime) -> int:
    """What happened while we were down, at every line's provider. How many messages were new."""
    lines = [line for line in Line.objects.filter(kind="phone", paused_at=None) if is_hosted(line.settings)]
    return sum(_looked_back(line, now) for line in lines)


def _looked_back(line: Line, now: datetime) -> int:
    try:
        return recordings.left_meanwhile(line, now)
    except NotDone as why:
        log.warning("line %d: %s", line.id, why)
        return 0


def _ends(call: Call) -> list[Leg]:
    found: list[Leg] = getattr(call, "every_end")  # noqa: B009 - set by _calls
    return found
