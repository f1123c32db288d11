"""Who calls: the program behind a token, what it may, and how much it has left. One statement a request."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from presszero.core.actor import Actor
from presszero.core.rows import columns, row
from presszero.core.sealing import fingerprint
from presszero.merchants.models import Merchant
from presszero.team.marks import at_least
from presszero.team.models import Membership, Person, Role

from . import bodies
from .models import ApiToken
from .problems import Problem
from .scopes import writes

_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Caller:
    """`member`: whom the token acts as, None for the whole shop. `remaining`: requests left now."""

    token: ApiToken
    merchant: Merchant
    member: Membership | None
    remaining: float
    allowed: bool

    @property
    def by(self) -> Actor:
        """As whom it acts, for the record."""
        return self.member.actor if self.member else Actor("api", self.token.id, self.token.name)

    @property
    def eyes(self) -> Membership:
        """Whoever looks: the member, or somebody who is nobody and sees all, for a token of the whole shop."""
        return self.member or Membership(id=0, merchant=self.merchant, role=Role.ADMIN, sees_all=True)

    def may(self, role: Role) -> bool:
        """Whether whom it acts as has this role. A token of the whole shop was made by an admin."""
        return self.member is None or at_least(self.member.role, role)

    @property
    def limits(self) -> dict[str, str]:
        """The headers that say how much is left (draft-ietf-httpapi-ratelimit-headers)."""
        most = self.token.per_minute
        until_full = math.ceil((most - self.remaining) * 60 / most)
        found = {
            "RateLimit-Policy": f'"default";q={most};w=60',
            "RateLimit": f'"default";r={int(self.remaining)};t={until_full}',
        }
        return found if self.allowed else found | {"Retry-After": str(self.wait)}

    @property
    def wait(self) -> int:
        """Seconds until one more is allowed."""
        return max(1, math.ceil((1 - self.remaining) * 60 / self.token.per_minute))


class Bearer:
    """Asks for a token with a scope. Nothing else counts: no cookie, no parameter, no page of another site."""

    openapi_security_schema = {"type": "http", "scheme": "bearer", "bearerFormat": "pz_…"}

    def __init__(self, scope: str, role: Role | None = None, takes: str = "application/json") -> None:
        self.scope = scope
        self.role = role or (Role.AGENT if writes(scope) else Role.READ_ONLY)
        self.takes, self.most = takes, bodies.MOST

    def __call__(self, request: HttpRequest) -> Caller | None:
        """The caller; None for a token that opens nothing. Raises Problem."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        caller = known(token.strip()) if kind.lower() == "bearer" and token.strip().startswith("pz_") else None
        if caller is None:
            return None
        setattr(request, "caller", caller)  # noqa: B010 - beside the request, for its way out
        if not caller.allowed:
            raise Problem(429, f"Too many requests. The next one is welcome in {caller.wait} s.")
        if self.scope not in caller.token.scopes:
            raise Problem(403, f"This token lacks the scope {self.scope}.", needed=self.scope)
        if not caller.may(self.role):
            raise Problem(403, "The role of whom this token acts as does not include this.")
        bodies.check(request, self.takes, self.most)
        return caller


def known(token: str) -> Caller | None:
    """Whoever holds this token, one request of theirs counted."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"fingerprint": fingerprint(token)})
        values = iter(cursor.fetchone() or ())
    remaining = next(values, None)
    if remaining is None:
        return None
    allowed = bool(next(values))
    found, merchant, member, person = (
        row(ApiToken, values),
        row(Merchant, values),
        row(Membership, values),
        row(Person, values),
    )
    assert found and merchant
    if member and person:
        member.person, member.merchant = person, merchant
    _note_use(found)
    return Caller(found, merchant, member, float(remaining), allowed)


def with_limits(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with what is left of the allowance written on it."""
    caller: Caller | None = getattr(request, "caller", None)
    for name, value in caller.limits.items() if caller else ():
        response.headers.setdefault(name, value)
    return response


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= _USED_EVERY:
        ApiToken.objects.filter(merchant_id=token.merchant_id, id=token.id).update(last_used_at=now)


_LEFT = """least(excluded.remaining + 1,
  a.remaining + extract(epoch FROM clock_timestamp() - a.at) * (excluded.remaining + 1) / 60.0)"""


@cache
def _statement() -> str:
    """The token that still counts, and a bucket that is filled and drawn from in the same breath."""
    parts: list[tuple[Any, str]] = [(ApiToken, "t"), (Merchant, "s"), (Membership, "m"), (Person, "p")]
    listed = ", ".join(columns(model, alias) for model, alias in parts)
    return f"""
WITH known AS (
  SELECT t.id, t.merchant_id, t.per_minute FROM api_apitoken t
  LEFT JOIN team_membership m ON m.merchant_id = t.merchant_id AND m.id = t.member_id
  WHERE t.fingerprint = %(fingerprint)s AND t.revoked_at IS NULL
    AND (t.expires_at IS NULL OR t.expires_at > clock_timestamp()) AND (t.member_id IS NULL OR m.left_at IS NULL)
), drawn AS (
  INSERT INTO api_allowance AS a (merchant_id, token_id, remaining, allowed, at)
  SELECT merchant_id, id, per_minute - 1, true, clock_timestamp() FROM known
  ON CONFLICT (merchant_id, token_id) DO UPDATE SET at = clock_timestamp(), allowed = {_LEFT} >= 1,
    remaining = {_LEFT} - CASE WHEN {_LEFT} >= 1 THEN 1 ELSE 0 END
  RETURNING merchant_id, token_id, remaining, allowed
)
SELECT d.remaining, d.allowed, {listed}
FROM drawn d
JOIN api_apitoken t ON t.merchant_id = d.merchant_id AND t.id = d.token_id
JOIN merchants_merchant s ON s.id = t.merchant_id
LEFT JOIN team_membership m ON m.merchant_id = t.merchant_id AND m.id = t.member_id
LEFT JOIN team_person p ON p.id = m.person_id
"""  # noqa: S608 - names of our own columns
