"""Saved views: which a member sees, what stands in them, and how many."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from presszero.team.models import Membership, TeamMember

from .. import filtering
from ..filtering import BadFilter, Filter
from ..models import SavedView
from .lists import COUNT_TO, PAGE, Row, rows_by_id
from .sight import seen_by

SHOWN = 30  # views in a rail
MANY = 5000  # conversations that "all of this view" may mean
_PATIENCE = "400ms"  # what counting may cost a page; a filter that takes longer goes uncounted for a while
_PAUSE = 60.0  # seconds

# How a view is ordered; every one ends in the id, so that pages do not overlap.
ORDERS: dict[str, str] = {
    "newest": "c.last_at DESC, c.id DESC",
    "oldest": "c.last_at, c.id",
    "waiting": "c.work_at NULLS LAST, c.last_at DESC, c.id",
    "due": "c.due_at NULLS LAST, c.last_at DESC, c.id",
    "priority": "c.priority DESC, c.last_at DESC, c.id",
}

_uncounted: dict[int, float] = {}  # merchant → when counting may be tried again, by the clock of this process


def views_seen(member: Membership) -> list[SavedView]:
    """Those the member keeps, and those shared with them, in the order of the rail."""
    return list(_seen(member).order_by("position", "id")[:SHOWN])


def view_seen(member: Membership, number: int) -> SavedView | None:
    """One of them."""
    return _seen(member).filter(id=number).first()


def asks(view: SavedView) -> Filter | None:
    """What it asks for; None when that names something there is no more."""
    try:
        return filtering.read(view.merchant_id, view.filter)
    except BadFilter:
        return None


def rows_where(member: Membership, found: Filter, order: str = "newest", page: int = 1) -> list[Row]:
    """A page of what a filter finds for this member, and one row more when there is another page."""
    offset = (min(max(page, 1), 200) - 1) * PAGE
    return rows_by_id(member, ids_where(member, found, order, PAGE + 1, offset))


def ids_where(
    member: Membership, found: Filter, order: str = "newest", limit: int = MANY, offset: int = 0
) -> list[int]:
    """The conversations a filter finds for this member."""
    condition, values = _condition(member, found, "f")
    statement = f"SELECT c.id {condition} ORDER BY {ORDERS.get(order, ORDERS['newest'])} LIMIT %(few)s OFFSET %(from)s"
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"few": limit, "from": offset})
        return [number for (number,) in cursor.fetchall()]


def count_where(member: Membership, found: Filter, up_to: int = MANY) -> int:
    """How many a filter finds for this member, at most `up_to`."""
    condition, values = _condition(member, found, "f")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 {condition} LIMIT %(few)s) few", values | {"few": up_to})  # noqa: S608 - our own words
        return int(cursor.fetchone()[0])


def saved_counts(member: Membership, views: Sequence[SavedView]) -> dict[int, int]:
    """How many stand in each, up to 100, in one statement. {} while counting takes too long here."""
    if not views or _uncounted.get(member.merchant_id, 0) > time.monotonic():
        return {}
    known, parts, values = filtering.known(member.merchant_id), {}, dict[str, Any]()
    for view in views:
        try:
            found = filtering.read(member.merchant_id, view.filter, known)
        except BadFilter:
            continue
        condition, more = _condition(member, found, f"v{view.id}")
        parts[view.id] = f"(SELECT count(*) FROM (SELECT 1 {condition} LIMIT {COUNT_TO}) few)"  # noqa: S608 - our own words
        values |= more
    return dict(zip(parts, _asked(member, "SELECT " + ", ".join(parts.values()), values), strict=False))


def _asked(member: Membership, statement: str, values: dict[str, Any]) -> Sequence[int]:
    """A rail is drawn with every page: it does not wait for a slow filter."""
    if statement == "SELECT ":
        return ()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [_PATIENCE])
            cursor.execute(statement, values)
            row: Sequence[int] = cursor.fetchone()
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
            return row
    except OperationalError:
        _uncounted[member.merchant_id] = time.monotonic() + _PAUSE
        return ()


def _seen(member: Membership) -> QuerySet[SavedView]:
    teams = TeamMember.objects.filter(merchant_id=member.merchant_id, member=member, team__retired_at=None)
    shared = Q(shared=SavedView.Shared.EVERYBODY) | Q(shared=SavedView.Shared.TEAM, team_id__in=teams.values("team_id"))
    return SavedView.objects.filter(Q(by=member) | shared, merchant_id=member.merchant_id, retired_at=None)


def _condition(member: Membership, found: Filter, prefix: str) -> tuple[str, dict[str, Any]]:
    asked, values = filtering.where(found, member, timezone.now(), prefix)
    seen, seer = seen_by(member)
    text = "FROM conversations_conversation c WHERE c.merchant_id = %(merchant)s AND c.root_id IS NULL"
    return f"{text} AND {seen} AND {asked}", {"merchant": member.merchant_id, **values, **seer}
