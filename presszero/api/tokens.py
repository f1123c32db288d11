"""Giving a token out, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.refusal import Refused
from presszero.core.sealing import fingerprint, new_token
from presszero.core.text import one_line
from presszero.team.models import Membership

from .models import ApiToken
from .scopes import SCOPES

START = "pz_"
_SHOWN = 8  # characters of it that people may see again


@dataclass(frozen=True)
class Wanted:
    """What a token is to be. `member`: whom it acts as, None for the whole shop."""

    name: str
    scopes: Sequence[str]
    member: Membership | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Given:
    """A new token, and the token itself, which nobody sees again."""

    row: ApiToken
    token: str


@transaction.atomic
def give(wanted: Wanted, *, by: Membership) -> Given:
    """Makes a token. Raises Refused."""
    name = one_line(wanted.name, 80)
    if not name:
        raise Refused(_("Give it a name, so that you know later what it is for."))
    scopes = [scope for scope in SCOPES if scope in set(wanted.scopes)]
    if not scopes or len(scopes) != len(set(wanted.scopes)):
        raise Refused(_("Choose what it may do."), _("One thing at least."))
    if wanted.expires_at and wanted.expires_at <= timezone.now():
        raise Refused(_("That day has passed already."), _("Pick a later one."))
    member = wanted.member
    if member and (member.merchant_id != by.merchant_id or member.left_at):
        raise Refused(_("They are not on this team."))
    token = START + new_token()
    row = ApiToken.objects.create(
        merchant_id=by.merchant_id,
        name=name,
        prefix=token[:_SHOWN],
        fingerprint=fingerprint(token),
        scopes=scopes,
        member=member,
        created_by=by,
        expires_at=wanted.expires_at,
    )
    record("api-token.make", f"api-token:{row.id}", by=by.actor, merchant=by.merchant, after=_said(row))
    return Given(row, token)


@transaction.atomic
def revoke(token: ApiToken, *, by: Membership) -> None:
    """From the next request on it opens nothing. Twice is once."""
    row = ApiToken.objects.select_for_update().get(merchant_id=by.merchant_id, id=token.id)
    if row.revoked_at:
        return
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    record("api-token.revoke", f"api-token:{row.id}", by=by.actor, merchant=by.merchant, before=_said(row), after={})


def _said(row: ApiToken) -> dict[str, Any]:
    expires = row.expires_at.isoformat() if row.expires_at else None
    return {"name": row.name, "scopes": row.scopes, "member": row.member_id, "expires_at": expires}
