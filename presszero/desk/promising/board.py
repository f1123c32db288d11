"""The boards: what is due today, doubtful, broken, and where what they believe is not what will happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from presszero.conversations.queries.sight import customers_seen, seen
from presszero.customers.models import Customer
from presszero.promises.days import day_of, end_of_day
from presszero.promises.models import Gap, Promise, State
from presszero.team.models import Membership

from .lines import Differs, Line, Names, differs, lines

PAGE = 50
COUNT_TO = 100
SHOWN = ("today", "risk", "broken", "gaps")


@dataclass(frozen=True, slots=True)
class Board:
    """One of the boards. `more`: there are more than are shown."""

    name: str
    promises: Sequence[Line] = ()
    gaps: Sequence[Differs] = ()
    more: bool = False
    counts: dict[str, int] = field(default_factory=dict)


def board(member: Membership, name: str, known: Names) -> Board:
    """What stands on it now, the most urgent first."""
    every = counts(member, known)
    if name == "gaps":
        found = list(_gaps(member).select_related("order", "customer", "conversation")[: PAGE + 1])
        return Board(name, gaps=[differs(each, known) for each in found[:PAGE]], more=len(found) > PAGE, counts=every)
    rows = _promises(member, name, known).select_related("order", "customer")
    shown = list(rows.order_by("-due_at" if name == "broken" else "due_at", "id")[: PAGE + 1])
    return Board(name, lines(shown[:PAGE], known), more=len(shown) > PAGE, counts=every)


def counts(member: Membership, known: Names) -> dict[str, int]:
    """How many stand on each, up to a hundred."""
    found = {name: _promises(member, name, known).order_by()[:COUNT_TO].count() for name in SHOWN[:3]}
    return {**found, "gaps": _gaps(member).order_by()[:COUNT_TO].count()}


def urgent(member: Membership) -> int:
    """How much of what we said is doubtful or differs, for the rail."""
    differing = Gap.objects.filter(merchant_id=member.merchant_id, closed_at=None, promise__isnull=False)
    doubtful = _seen(Promise.objects.filter(merchant_id=member.merchant_id, state=State.AT_RISK), member)
    doubtful = doubtful.exclude(id__in=differing.values("promise_id"))
    return int(doubtful.order_by()[:COUNT_TO].count()) + int(_gaps(member).order_by()[:COUNT_TO].count())


def _promises(member: Membership, name: str, known: Names) -> QuerySet[Promise]:
    rows = _seen(Promise.objects.filter(merchant_id=member.merchant_id), member)
    if name == "risk":
        return rows.filter(state=State.AT_RISK)
    if name == "broken":
        return rows.filter(state=State.BROKEN, kept_at=None, withdrawn_at=None, renegotiated_at=None)
    ends = end_of_day(day_of(known.now, known.zone), known.zone)
    return rows.filter(state__in=[State.OPEN, State.AT_RISK], due_at__lte=ends)


def _gaps(member: Membership) -> QuerySet[Gap]:
    rows = Gap.objects.filter(merchant_id=member.merchant_id, closed_at=None)
    return rows.filter(_visible(member)).order_by("-id")


def _seen(rows: QuerySet[Promise], member: Membership) -> QuerySet[Promise]:
    return rows.filter(_visible(member))


def _visible(member: Membership) -> Q:
    """In a conversation that they see; else of a customer whom they see."""
    if member.sees_all:
        return Q()
    people = Customer.objects.filter(customers_seen(member), merchant_id=member.merchant_id)
    return seen(member, "conversation__") | Q(conversation=None, customer_id__in=people.values("id"))
