"""What a member's phone shows: the calls that ring at it or are held by it, and the one that is to be written up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from presszero.commerce.policy import is_late
from presszero.commerce.queries import panel
from presszero.conversations.models import Conversation
from presszero.conversations.queries.sight import those_seen
from presszero.core.phones import shown as readable
from presszero.customers.models import Customer
from presszero.routing.models import Presence
from presszero.team.models import Membership
from presszero.ui.formats import initials, tint

from .hosted.tokens import client_token
from .ice import ice
from .models import Ask, Call, Leg, Reception, Recording

TO_WRITE_UP = timedelta(minutes=30)  # after a call, for so long the phone asks what was said
LONGEST = timedelta(hours=8)  # an older call is not looked for
TOLD_WITHIN = timedelta(seconds=20)  # what could not be done is told once, soon after
_OURS = ("agent", "colleague")
_Json = dict[str, Any]


def shown(member: Membership, now: datetime) -> _Json:
    """{legs, left, ice, wrap, ready, reason, failed}: everything that may change while a desk is open."""
    legs = list(_legs(member))
    return {
        "legs": _each(member, legs, now),
        "left": _left(member, now),
        "ice": ice(f"member-{member.id}", now) if legs else [],
        "wrap": None if any(leg.role in _OURS for leg in legs) else _wrap(member, now),
        "now": _ms(now),
        "failed": _failed(member, legs, now) if legs else None,
        **_presence(member),
    }


def who(call: Call) -> str:
    """What to call the other side before anybody asked: by the number, which is a hint."""
    if named(call):
        return str(call.customer.name) if call.customer else ""
    if call.number:
        return readable(call.number)
    return _("Somebody on the shop’s page") if call.kind == "talk" else _("A withheld number")


def named(call: Call) -> bool:
    """Whether the number has a name; somebody new is called by their number."""
    name = call.customer.name if call.customer else ""
    return bool(name) and not name.startswith("+")


def _legs(member: Membership) -> Iterable[Leg]:
    mine = Leg.objects.filter(merchant_id=member.merchant_id, member=member, ended_at=None, call__ended_at=None)
    beside = ("call__line", "call__customer", "call__conversation", "call__waiting__queue", "turn")
    return mine.select_related(*beside).order_by("id")


def _each(member: Membership, legs: Sequence[Leg], now: datetime) -> list[_Json]:
    if not legs:
        return []
    calls = {leg.call_id for leg in legs}
    others, sounds, warm = _others(member, legs), _recordings(member, calls), _warm(member, legs)
    whispering = _whispering(member, legs)
    seen = those_seen(member, (leg.call.conversation_id for leg in legs if leg.call.conversation_id))
    return [
        {
            **_of_call(member, leg.call, seen, now),
            "id": leg.id,
            "state": leg.state,
            **_carried(member, leg, now),
            "role": "whispers" if leg.id in whispering else leg.role,
            "sdp": leg.offer,
            "tag": leg.tag,
            "muted": leg.muted,
            "why": _why(leg),
            "passed": leg.turn_id is None and leg.role == "agent" and leg.call.inbound,
            "offered": _ms(leg.offered_at),
            "answered": leg.answered_at is not None,
            "talked": _ms(leg.talked_at),
            "others": others[leg.call_id],
            "recording": sounds.get(leg.call_id, ""),
            "warm": warm.get(leg.id, ""),
        }
        for leg in legs
    ]


def _carried(member: Membership, leg: Leg, now: datetime) -> _Json:
    """By whom the sound comes into the browser: our own relay, or the provider's program with a token for it."""
    if leg.call.driver != "hosted" or leg.via != "browser":
        return {"via": leg.via}
    token = client_token(leg.call.line, member, now)
    return {"via": "client", "token": token.token if token else ""}


def _of_call(member: Membership, call: Call, seen: set[int], now: datetime) -> _Json:
    row = call.conversation if call.conversation_id in seen else None
    name = who(call)
    return {
        "call": call.id,
        "who": name,
        "initials": initials(name) if named(call) else "",
        "tint": tint(call.customer_id),
        "number": readable(call.number) if call.number else "",
        "hint": named(call),
        "inbound": call.inbound,
        "kind": call.kind,
        "stage": call.stage,
        "line": call.line.name,
        "language": call.language,
        "queue": call.waiting.queue.name if call.waiting else "",
        "waiting": _ms(call.waiting_at or call.began_at),
        "conversation": row.id if row else 0,
        "subject": row.subject if row else "",
        "order": _order(call.customer) if call.customer and row else None,
    }


def _left(member: Membership, now: datetime) -> list[_Json]:
    """What rang here a moment ago and was not answered: {id, why}, why being declined · missed · taken · gone."""
    rows = Leg.objects.filter(merchant_id=member.merchant_id, member=member, ended_at__gt=now - TOLD_WITHIN)
    rang = rows.filter(answered_at=None, role__in=_OURS).select_related("call")
    return [{"id": leg.id, "why": _why_left(leg)} for leg in rang.order_by("-id")[:5]]


def _why_left(leg: Leg) -> str:
    if leg.ended in ("declined", "missed"):
        return leg.ended
    return "gone" if leg.call.ended_at else "taken"


def _order(customer: Customer) -> _Json | None:
    """Their newest order at a glance."""
    found = panel(customer, 1).orders
    if not found:
        return None
    order, late = found[0].order, is_late(found[0].order, found[0].shipments, timezone.localdate())
    word = _("cancelled") if order.cancelled_at else _("late") if late else order.get_sent_display().lower()
    return {"number": order.number, "word": word, "late": late}


def _why(leg: Leg) -> str:
    """Why it came to this member, in a sentence; "" where nobody chose."""
    if leg.role == "colleague":
        return _("A colleague asks you to join them")
    if leg.turn_id is None and leg.call.inbound:
        return _("A colleague passes it on to you")
    told = leg.turn.why if leg.turn else {}
    codes = set(told.get("codes", ())) if isinstance(told, dict) else set()
    for code, words in _WHYS().items():
        if code in codes:
            return words
    return ""


def _WHYS() -> dict[str, str]:
    return {
        "hand": _("You took it"),
        "sticky": _("You spoke with them last"),
        "skills": _("You can do what they need"),
        "overflow": _("The others were busy for too long"),
        "wished": _("Nobody on duty fits better"),
        "only": _("Nobody else who fits is free"),
        "idle": _("You were free for longest"),
        "longest": _("They wait the longest"),
    }


def _others(member: Membership, legs: Sequence[Leg]) -> dict[int, list[_Json]]:
    calls = {leg.call_id for leg in legs}
    rows = Leg.objects.filter(merchant_id=member.merchant_id, call__in=calls, ended_at=None)
    rows = rows.exclude(id__in=[leg.id for leg in legs]).select_related("member__person").order_by("id")
    found: dict[int, list[_Json]] = defaultdict(list)
    for leg in rows:
        name = leg.member.first_name if leg.member else readable(leg.number)
        found[leg.call_id].append({"leg": leg.id, "name": name, "role": leg.role, "state": leg.state})
    return found


def _recordings(member: Membership, calls: set[int]) -> dict[int, str]:
    open_ = (Recording.State.RUNNING, Recording.State.PAUSED)
    rows = Recording.objects.filter(merchant_id=member.merchant_id, call__in=calls, kind="call", state__in=open_)
    return dict(rows.order_by("id").values_list("call_id", "state"))


def _warm(member: Membership, legs: Sequence[Leg]) -> dict[int, str]:
    """Leg → whom they ask before they pass the call on; nothing once that is decided."""
    asked = Ask.objects.filter(
        merchant_id=member.merchant_id, leg__in=legs, what__in=("transfer", "complete", "cancel"), failed=""
    )
    found: dict[int, str] = {}
    for leg, what, given in asked.order_by("id").values_list("leg_id", "what", "given"):
        found[leg] = str(given.get("says") or given.get("to")) if what == "transfer" and given.get("warm") else ""
    return found


def _wrap(member: Membership, now: datetime) -> _Json | None:
    """The call that ended last and of which nothing is written down."""
    legs = Leg.objects.filter(
        merchant_id=member.merchant_id,
        member=member,
        role__in=_OURS,
        talked_at__isnull=False,
        call__began_at__gt=now - LONGEST,
        call__ended_at__gt=now - TO_WRITE_UP,
        call__wrapped_at=None,
        call__conversation__isnull=False,
    )
    latest = legs.order_by("-call__ended_at", "-ended_at", "-id")  # asked first, and brought in later: the later
    leg = latest.select_related("call__customer", "call__conversation").first()
    if leg is None or leg.talked_at is None or leg.call.ended_at is None or leg.call.conversation is None:
        return None
    call, row = leg.call, leg.call.conversation
    if _passed_on(leg) or not those_seen(member, [row.id]):
        return None
    seconds = int(((leg.ended_at or call.ended_at) - leg.talked_at).total_seconds())
    return {
        "call": call.id,
        "who": who(call),
        "inbound": call.inbound,
        "conversation": row.root_id or row.id,
        "subject": row.subject,
        "seconds": seconds,
        "minutes": max(1, round(seconds / 60)),
        "lasted": _lasted(seconds),
        "until": _ms(call.ended_at + timedelta(seconds=_wrap_seconds(call))),
        "resolved": row.state == Conversation.State.RESOLVED,
    }


def _whispering(member: Membership, legs: Sequence[Leg]) -> set[int]:
    """Of a lead's ends those that the colleague hears."""
    listens = [leg for leg in legs if leg.role == "listens"]
    if not listens:
        return set()
    asked = Ask.objects.filter(merchant_id=member.merchant_id, leg__in=listens, what="whisper", failed="")
    latest = dict(asked.order_by("id").values_list("leg_id", "given"))
    return {leg for leg, given in latest.items() if leg and given.get("on")}


def _passed_on(leg: Leg) -> bool:
    """Whoever talked to them last writes the call up."""
    spoke = Leg.objects.filter(merchant_id=leg.merchant_id, call_id=leg.call_id, role__in=_OURS)
    ended = leg.ended_at or leg.call.ended_at
    last = Q(ended_at__gt=ended) | Q(ended_at=ended, id__lt=leg.id)  # together: whoever had it first
    return spoke.filter(last).exclude(talked_at=None).exclude(member_id=leg.member_id).exists()


def _wrap_seconds(call: Call) -> int:
    found = Reception.objects.filter(merchant_id=call.merchant_id, line_id=call.line_id)
    return next(iter(found.values_list("wrap_seconds", flat=True)), 30)


def _lasted(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    return ngettext("%(n)d minute", "%(n)d minutes", round(seconds / 60)) % {"n": round(seconds / 60)}


def _presence(member: Membership) -> _Json:
    row = Presence.objects.filter(merchant_id=member.merchant_id, member=member).first()
    return {"ready": bool(row and row.ready), "reason": row.reason if row else ""}


def _failed(member: Membership, legs: Sequence[Leg], now: datetime) -> _Json | None:
    mine = {"merchant_id": member.merchant_id, "by": member.actor.code, "at__gt": now - TOLD_WITHIN}
    rows = Ask.objects.filter(**mine, call__in={leg.call_id for leg in legs})
    row = rows.exclude(failed="").order_by("-id").first()
    return {"id": row.id, "says": row.failed} if row else None


def _ms(at: datetime | None) -> int:
    """As JavaScript counts; 0: never."""
    return int(at.timestamp() * 1000) if at else 0
