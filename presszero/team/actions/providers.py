"""The provider a merchant's team signs in with: set up, enforced, put away. Admins decide; it is kept on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.refusal import Refused
from presszero.merchants.models import Merchant

from .. import queries
from ..models import Membership, Role, SecondFactor, Session, SignInProvider
from .members import check_admin
from .single_sign_on import seal_provider

_PUBLIC = frozenset(
    ("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "gmx.de",
     "gmx.net", "web.de", "proton.me", "aol.com", "mail.ru", "yandex.ru", "qq.com")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provider:
    """What an admin says of it. `secret` "" keeps the one there is."""

    name: str
    issuer: str
    client_id: str
    secret: str
    domains: Sequence[str]
    may_join: bool
    role: Role
    enforced: bool


@transaction.atomic
def save_provider(said: Provider, *, by: Membership, at: datetime) -> SignInProvider:
    """Raises Refused. At another issuer, or as another client, people have other ids: what was linked ends."""
    check_admin(by)
    _check(said, by)
    Merchant.objects.select_for_update().get(id=by.merchant_id)
    row = queries.provider_of(by.merchant)
    before = about(row) if row else None
    if row and (row.issuer, row.client_id) != (said.issuer, said.client_id):
        _put_away(row, at)
        row = None
    row = row or SignInProvider(merchant=by.merchant)
    row.name, row.issuer, row.client_id = said.name, said.issuer, said.client_id
    row.domains, row.may_join, row.role, row.enforced = list(said.domains), said.may_join, said.role, said.enforced
    if said.secret:
        row.sealed = seal_provider(said.secret)
    row.save()
    if said.enforced:
        _end_by_password(by.merchant, at)
    _note("sign_in.save", row, by, before, about(row))
    return row


@transaction.atomic
def retire_provider(row: SignInProvider, *, by: Membership, at: datetime) -> None:
    """People sign in with their passwords again; sessions by the provider's word end."""
    check_admin(by)
    _put_away(row, at)
    _note("sign_in.retire", row, by, about(row), None)


def about(row: SignInProvider) -> dict[str, Any]:
    """What the record says of a provider; never its secret."""
    kept = ("name", "issuer", "client_id", "domains", "may_join", "role", "enforced")
    return {name: getattr(row, name) for name in kept}


def _check(said: Provider, by: Membership) -> None:
    shared = next((domain for domain in said.domains if domain in _PUBLIC), "")
    if shared:
        raise Refused(
            _("Everybody has an address at %(domain)s.") % {"domain": shared}, _("Name only domains that are yours.")
        )
    if said.role == Role.ADMIN:
        raise Refused(_("Nobody becomes an admin by signing in."), _("Pick another role; raise it by hand."))
    keys = SecondFactor.objects.filter(
        confirmed_at__isnull=False, person__in=queries.admins_of(by.merchant).values("person")
    )
    if said.enforced and not keys.exists():
        raise Refused(
            _("Nobody could come in while the provider is away."), _("Let an admin set up a second factor first.")
        )


def _put_away(row: SignInProvider, at: datetime) -> None:
    SignInProvider.objects.filter(merchant_id=row.merchant_id, id=row.id, retired_at=None).update(retired_at=at)
    Session.objects.filter(provider=row, ended_at=None).update(ended_at=at)


def _end_by_password(merchant: Merchant, at: datetime) -> None:
    """Whoever came in by a password alone signs in again; admins with a second factor stay."""
    keys = SecondFactor.objects.filter(confirmed_at__isnull=False).values("person")
    admins = queries.admins_of(merchant).filter(person__in=keys).values("person")
    others = Session.objects.filter(merchant=merchant, provider=None, ended_at=None).exclude(person__in=admins)
    others.update(ended_at=at)


def _note(verb: str, row: SignInProvider, by: Membership, before: Any, after: Any) -> None:
    record(verb, f"sign_in_provider:{row.id}", by=by.actor, merchant=by.merchant, before=before, after=after)
