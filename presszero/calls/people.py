"""Who could take a call over, which queues there are, and with whom a member spoke lately."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from presszero.conversations.queries.sight import those_seen
from presszero.core.phones import shown
from presszero.routing.actions import GONE_AFTER
from presszero.routing.models import Presence, Queue, Waiting
from presszero.team.models import Membership, Role

from .models import Leg
from .phone import who

_LATELY, _MOST = timedelta(days=30), 10
_ORDER = {"free": 0, "talks": 1, "away": 2}
_MISSED = ("missed", "abandoned")
_Json = dict[str, Any]


def who_else(member: Membership, now: datetime) -> _Json:
    """{people: [{id, name, state}], queues: [{id, name, waiting}]}; the free ones first."""
    people = sorted(_colleagues(member, now), key=lambda one: (_ORDER[one[1]], one[0].person.name.casefold()))
    shown_people = [{"id": each.id, "name": each.person.name, "state": state} for each, state in people]
    return {"people": shown_people, "queues": _queues(member.merchant_id)}


def lately(member: Membership, now: datetime) -> list[_Json]:
    """The calls that rang at this member or were made by them, newest first."""
    legs = Leg.objects.filter(merchant_id=member.merchant_id, member=member, offered_at__gt=now - _LATELY)
    legs = legs.filter(role__in=("agent", "colleague"), ended_at__isnull=False).order_by("-id")
    found: dict[int, _Json] = {}
    for leg in legs.select_related("call__customer", "call__conversation")[: _MOST * 3]:
        if leg.call_id not in found and len(found) < _MOST:
            found[leg.call_id] = _line(leg)
    seen = those_seen(member, [line["conversation"] for line in found.values() if line["conversation"]])
    return [
        {**line, "conversation": line["conversation"] if line["conversation"] in seen else 0} for line in found.values()
    ]


def _line(leg: Leg) -> _Json:
    call = leg.call
    missed = call.inbound and leg.talked_at is None and (leg.ended == "missed" or call.ended in _MISSED)
    return {
        "call": call.id,
        "who": who(call),
        "number": call.number,
        "shown": shown(call.number) if call.number else "",
        "inbound": call.inbound,
        "missed": missed and call.talked_at is None,
        "at": int(leg.offered_at.timestamp() * 1000),
        "conversation": call.conversation_id or 0,
    }


def _colleagues(member: Membership, now: datetime) -> list[tuple[Membership, str]]:
    rows = Membership.objects.filter(merchant_id=member.merchant_id, left_at=None).exclude(role=Role.READ_ONLY)
    here = dict(
        Presence.objects.filter(merchant_id=member.merchant_id, seen_at__gt=now - GONE_AFTER).values_list(
            "member_id", "ready"
        )
    )
    talking = set(Leg.objects.filter(merchant_id=member.merchant_id, ended_at=None).values_list("member_id", flat=True))
    return [
        (each, "talks" if each.id in talking else "free" if here.get(each.id) else "away")
        for each in rows.exclude(id=member.id).select_related("person")
    ]


def _queues(merchant_id: int) -> list[_Json]:
    waiting = Waiting.objects.filter(merchant_id=merchant_id, left_at=None, kind="call").values("queue_id")
    counted = {row["queue_id"]: row["n"] for row in waiting.annotate(n=Count("id"))}
    rows = Queue.objects.filter(merchant_id=merchant_id, retired_at=None).order_by("-priority", "id")
    return [{"id": row.id, "name": row.name, "waiting": counted.get(row.id, 0)} for row in rows]
