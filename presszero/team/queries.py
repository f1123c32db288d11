"""Reads about the team and its sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from django.db import connection
from django.db.models import Q, QuerySet

from presszero.core.rows import columns, row
from presszero.core.sealing import fingerprint
from presszero.core.text import clean
from presszero.merchants.models import Merchant

from .models import Invitation, Membership, Person, Role, SecondFactor, Session, SignInProvider

IDLE = timedelta(days=14)  # a session nobody uses for so long is over

# For a process without the ORM, such as the edge: one row (merchant_id, member_id, role, person_id) for a live session,
# none once it ended, ran out, or its owner left the team. Takes the cookie's fingerprint.
STILL_IN = """
    SELECT m.merchant_id, m.id, m.role, m.person_id
      FROM team_session s JOIN team_membership m ON m.merchant_id = s.merchant_id AND m.person_id = s.person_id
     WHERE s.token_hash = %s AND s.ended_at IS NULL AND s.expires_at > now()
       AND s.seen_at > now() - interval '14 days' AND m.left_at IS NULL
"""


def session_of(token: str, at: datetime) -> Session | None:
    """The live session behind a cookie with its person, merchant and `member` (or None), in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_session(), [fingerprint(token), at, at - IDLE])
        found = cursor.fetchone()
    if found is None:
        return None
    values = iter(found)
    session, person, merchant = row(Session, values), row(Person, values), row(Merchant, values)
    if session and person:
        session.person, session.merchant = person, merchant
        setattr(session, "member", row(Membership, values))  # noqa: B010 - beside the row, as read
    return session


def live_sessions(at: datetime) -> QuerySet[Session]:
    """Sessions that still open doors."""
    return Session.objects.filter(ended_at__isnull=True, expires_at__gt=at, seen_at__gt=at - IDLE)


def sessions_of(person: Person, at: datetime) -> QuerySet[Session]:
    """Where a person is signed in, the latest seen first."""
    return live_sessions(at).filter(person=person).order_by("-seen_at", "-id")


def members_of(merchant: Merchant) -> QuerySet[Membership]:
    """The team as it is now, by name."""
    rows = Membership.objects.filter(merchant=merchant, left_at__isnull=True)
    return rows.select_related("person").order_by("person__name", "id")


def merchants_of(person: Person) -> QuerySet[Membership]:
    """Every merchant a person works for."""
    rows = Membership.objects.filter(person=person, left_at__isnull=True)
    return rows.select_related("merchant").order_by("merchant__name", "id")


def merchants_by_password(person: Person) -> QuerySet[Membership]:
    """Where a password opens the door: not where another way in is enforced, but for admins with a second factor."""
    enforced = SignInProvider.objects.filter(enforced=True, retired_at=None).values("merchant_id")
    rows = merchants_of(person)
    if SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).exists():
        return rows.exclude(Q(merchant_id__in=enforced) & ~Q(role=Role.ADMIN))
    return rows.exclude(merchant_id__in=enforced)


def provider_of(merchant: Merchant) -> SignInProvider | None:
    """The provider that a merchant's team signs in with, if it has one."""
    return SignInProvider.objects.filter(merchant=merchant, retired_at=None).select_related("merchant").first()


def providers_for(address: str, limit: int = 3) -> list[SignInProvider]:
    """Those that speak for an address's domain. Says nothing of whether anybody has that address."""
    domain = clean(address).strip().lower().rpartition("@")[2]
    rows = SignInProvider.objects.filter(domains__contains=[domain], retired_at=None) if domain else None
    return list(rows.select_related("merchant").order_by("merchant__name", "id")[:limit]) if rows is not None else []


def admins_of(merchant: Merchant) -> QuerySet[Membership]:
    """Who may change the team."""
    return members_of(merchant).filter(role=Role.ADMIN)


def open_invitations(merchant: Merchant, at: datetime) -> QuerySet[Invitation]:
    """Invitations that could still be used, the newest first."""
    rows = Invitation.objects.filter(merchant=merchant, used_at=None, withdrawn_at=None, expires_at__gt=at)
    return rows.select_related("invited_by__person").order_by("-id")


def invitation_behind(token: str, at: datetime) -> Invitation | None:
    """The open invitation a link stands for."""
    rows = Invitation.objects.filter(used_at=None, withdrawn_at=None, expires_at__gt=at)
    return rows.filter(token_hash=fingerprint(token)).select_related("merchant", "invited_by__person").first()


@cache
def _session() -> str:
    return f"""
SELECT {columns(Session, "s")}, {columns(Person, "p")}, {columns(Merchant, "m")}, {columns(Membership, "b")}
FROM team_session s JOIN team_person p ON p.id = s.person_id LEFT JOIN merchants_merchant m ON m.id = s.merchant_id
LEFT JOIN team_membership b ON b.merchant_id = s.merchant_id AND b.person_id = s.person_id AND b.left_at IS NULL
WHERE s.token_hash = %s AND s.ended_at IS NULL AND s.expires_at > %s AND s.seen_at > %s
"""  # noqa: S608 - names of our own columns
