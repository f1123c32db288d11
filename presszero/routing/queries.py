"""Who is ready, who waits where, and for how long?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from presszero.merchants.models import Merchant
from presszero.team.models import Role, TeamMember

from .crew import crew_of
from .models import Presence, Queue, Skill, Turn, Waiting
from .policy import GONE_AFTER, USUAL, Candidate, Crew, Person, Place, estimate, has_room

_LATELY = timedelta(days=14)  # handling times older than this say little of today
_ENOUGH = 50  # of them are read


@dataclass(frozen=True, slots=True)
class Staffed:
    """`ready`: on duty for this queue, free or not. `here`: so many of them have room for a call now."""

    ready: int
    here: int


def main_queue(merchant: Merchant) -> Queue:
    """Where 0 leads when nothing else was set: the first there is, or one for everybody."""
    found = queues_of(merchant.id).first()
    return found or Queue.objects.get_or_create(merchant=merchant, name=_("Everybody"), retired_at=None)[0]


def queues_of(merchant_id: int) -> QuerySet[Queue]:
    """Those in use, the first one first."""
    return Queue.objects.filter(merchant_id=merchant_id, retired_at=None).order_by("id")


def staffed(queue: Queue, now: datetime) -> Staffed:
    """Whether anybody is on duty for it."""
    crew = crew_of(queue.merchant_id, now)
    people = _answering(crew, queue)
    return Staffed(len(people), sum(has_room(each, "call", each.doing) for each in people))


def place_of(waiting: Waiting, now: datetime) -> Place:
    """Their place in their queue, and an honest estimate: those ahead whom the same people serve count as well."""
    crew = crew_of(waiting.merchant_id, now)
    people = [p for p in _answering(crew, waiting.queue) if not (p.calls_only and waiting.kind != "call")]
    shared = {waiting.queue_id, *(queue for each in people for queue in each.queues)}
    ahead = _ahead(waiting)
    mine = ahead.filter(queue_id=waiting.queue_id).count()
    if Turn.objects.filter(merchant_id=waiting.merchant_id, waiting=waiting, outcome=Turn.Outcome.OFFERED).exists():
        return Place(1, 0)
    hands = sum(each.most.get(waiting.kind, USUAL[waiting.kind]) for each in people)
    free = sum(_room(each, waiting.kind) for each in people)
    seconds = estimate(ahead.filter(queue_id__in=shared).count() + 1, hands, free, handling_times(waiting, now))
    return Place(mine + 1, seconds)


def handling_times(waiting: Waiting, now: datetime) -> list[float]:
    """Seconds that the latest of its kind took, from the offer until whoever took it was free again."""
    rows = Turn.objects.filter(
        merchant_id=waiting.merchant_id, kind=waiting.kind, outcome=Turn.Outcome.TAKEN, ended_at__gt=now - _LATELY
    ).order_by("-ended_at")
    times = rows.values_list("offered_at", Coalesce("free_at", "ended_at"))
    own = [_seconds(*each) for each in times.filter(waiting__queue_id=waiting.queue_id)[:_ENOUGH]]
    return own if len(own) >= 3 else [_seconds(*each) for each in times[:_ENOUGH]]


def speaking(merchant_id: int, language: str) -> dict[int, int]:
    """The skill of a language, as `Asked.skills` wants it: {id: 1}. Empty where nobody wrote down who speaks it."""
    wanted = language.lower().partition("-")[0]
    rows = Skill.objects.filter(merchant_id=merchant_id, retired_at=None).exclude(language="")
    return {row.id: 1 for row in rows.order_by("id") if row.language.lower().partition("-")[0] == wanted}


def working_in(merchant_id: int, team_ids: Collection[int]) -> dict[int, set[int]]:
    """Team id → the members who may be given what stands in its queue. No query for no teams."""
    rows = TeamMember.objects.filter(merchant_id=merchant_id, team_id__in=team_ids, team__retired_at=None)
    found: dict[int, set[int]] = {team: set() for team in team_ids}
    for team, member in rows.exclude(role=Role.READ_ONLY).values_list("team_id", "member_id"):
        found[team].add(member)
    return found


def ready_now(merchant_id: int, loads: Mapping[int, int], now: datetime) -> list[Candidate]:
    """Members who said they are ready and have a desk open. `loads`: member id → open conversations."""
    rows = Presence.objects.filter(
        Q(ready=True) | Q(until__lte=now), merchant_id=merchant_id, seen_at__gt=now - GONE_AFTER, member__left_at=None
    ).select_related("member")
    return [
        Candidate(r.member_id, loads.get(r.member_id, 0), r.member.capacity, r.last_turn_at, r.member.sees_all)
        for r in rows
        if r.member.role != "read_only"
    ]


def _answering(crew: Crew, queue: Queue) -> list[Person]:
    return [each for each in crew.people if queue.id in each.queues]


def _room(person: Person, kind: str) -> int:
    if not has_room(person, kind, person.doing):
        return 0
    return person.most.get(kind, USUAL[kind]) - person.doing.get(kind, 0)


def _ahead(waiting: Waiting) -> QuerySet[Waiting]:
    """Who waits before them, and was offered to nobody yet."""
    before = Q(rank__gt=waiting.rank) | Q(rank=waiting.rank, since__lt=waiting.since)
    same = Q(rank=waiting.rank, since=waiting.since, id__lt=waiting.id)
    rows = Waiting.objects.filter(before | same, merchant_id=waiting.merchant_id, kind=waiting.kind, left_at=None)
    return rows.exclude(turns__outcome__in=[Turn.Outcome.OFFERED, Turn.Outcome.TAKEN])


def _seconds(begun: datetime, ended: datetime) -> float:
    return (ended - begun).total_seconds()
