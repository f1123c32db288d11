"""Signing in by a provider: going there, coming back, and who that is.

A provider speaks for its own merchant and for no other: whoever runs it could make it say anything, so a session by
its word stays at that merchant and cannot touch the person's own account. Within its merchant its word counts alone,
our second factor is not asked for: the provider asks for one if the merchant wants one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.actor import SYSTEM
from presszero.core.pkce import challenge
from presszero.core.refusal import Refused
from presszero.core.sealing import fingerprint, new_token, open_sealed, seal
from presszero.core.text import one_line

from .. import queries
from ..models import Identity, Membership, Person, Role, SignInAttempt, SignInProvider
from ..oidc.discovery import doors, exchange, key_set, more_about
from ..oidc.token import Disbelieved, Expected, Said, believe, completed
from .members import join
from .sessions import Browser, Opened, start_session_by

LASTS = timedelta(minutes=10)
BACK = "/sign-in/back"
_ATTEMPT, _SECRET = "sign-in attempt", "sign-in provider"


class NotLetIn(Refused):
    """The same for everything that could tell a stranger who is known here."""


@dataclass(frozen=True, slots=True)
class Going:
    """Where the browser goes, and the token it keeps until it is back."""

    url: str
    token: str


@dataclass(frozen=True, slots=True)
class Back:
    """What a provider sent the browser back with."""

    state: str
    code: str
    error: str = ""
    person: Person | None = None  # who is signed in in that browser now


@dataclass(frozen=True, slots=True)
class Arrived:
    """A session was opened, or (`opened` None) an account was linked. `after` is where to go on."""

    opened: Opened | None
    after: str


def redirect_url() -> str:
    """Where providers send people back to; the merchant enters it there."""
    return f"{settings.ORIGIN}{BACK}"


def secret_of_provider(provider: SignInProvider) -> str:
    """Our secret at the provider; "" for none."""
    return open_sealed(bytes(provider.sealed), _SECRET).get("secret", "")


def seal_provider(secret: str) -> bytes:
    """Our secret at a provider as it lies in its row."""
    return seal({"secret": secret}, _SECRET)


def go(provider: SignInProvider, after: str, at: datetime, person: Person | None = None) -> Going:
    """Off to the provider. With `person`, who is signed in, to link their account there. Raises CannotAsk."""
    where = doors(provider.issuer)
    state, token, nonce, proof = new_token(), new_token(), new_token(), secrets.token_urlsafe(48)
    SignInAttempt.objects.create(
        merchant_id=provider.merchant_id,
        provider=provider,
        person=person,
        state_hash=fingerprint(state),
        browser_hash=fingerprint(token),
        sealed=seal({"nonce": nonce, "proof": proof}, _ATTEMPT),
        after=after[:500],
        expires_at=at + LASTS,
    )
    asked = {
        "response_type": "code", "client_id": provider.client_id, "redirect_uri": redirect_url(),
        "scope": "openid email profile", "state": state, "nonce": nonce, **challenge(proof),
    }  # fmt: skip
    return Going(f"{where.authorize}{'&' if '?' in where.authorize else '?'}{urlencode(asked)}", token)


def arrive(back: Back, token: str, browser: Browser, at: datetime) -> Arrived:
    """Home again. Raises NotLetIn, CannotAsk; an attempt counts once, whatever comes of it."""
    attempt = _spent(back, token, at)
    if back.error or not back.code:
        raise NotLetIn(_("%(name)s did not let you in.") % {"name": attempt.provider.name}, _("Try again."))
    said = _asked(attempt, back.code, at)
    if attempt.person_id:
        if attempt.person is None or back.person != attempt.person:
            raise NotLetIn(_("Somebody else is signed in here now."), _("Link the account again from your own page."))
        _link(attempt.provider, attempt.person, said)
        return Arrived(None, attempt.after or "/me")
    member = _member(attempt.provider, said)
    opened = start_session_by(attempt.provider, member, browser, at)
    Identity.objects.filter(merchant_id=attempt.merchant_id, provider=attempt.provider, person=member.person).update(
        used_at=at
    )
    return Arrived(opened, attempt.after or "/")


def unlink(person: Person, provider: SignInProvider) -> None:
    """The provider no longer speaks for this person."""
    rows = Identity.objects.filter(merchant_id=provider.merchant_id, provider=provider, person=person)
    if rows.delete()[0]:
        _note("identity.unlink", provider, person)


def _spent(back: Back, token: str, at: datetime) -> SignInAttempt:
    """The attempt this browser began, used from now on: another browser's, an old or a second one is none."""
    open_ones = SignInAttempt.objects.filter(
        state_hash=fingerprint(back.state), browser_hash=fingerprint(token), used_at=None, expires_at__gt=at
    )
    found = open_ones.select_related("provider__merchant", "person").first()
    if found is None or not open_ones.filter(id=found.id).update(used_at=at) or found.provider.retired_at:
        raise NotLetIn(_("That took too long, or was begun in another window."), _("Sign in again from the start."))
    return found


def _asked(attempt: SignInAttempt, code: str, at: datetime) -> Said:
    provider, kept = attempt.provider, open_sealed(bytes(attempt.sealed), _ATTEMPT)
    where = doors(provider.issuer)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_url(),
        "code_verifier": kept["proof"],
    }
    tokens = exchange(where, (provider.client_id, secret_of_provider(provider)), form)
    expected = Expected(provider.issuer, provider.client_id, kept["nonce"], at)
    access = str(tokens.get("access_token", ""))
    try:
        said = believe(str(tokens.get("id_token", "")), access, key_set(where), expected)
        return said if said.email else completed(said, more_about(where, access))
    except Disbelieved as why:
        record(
            "sign_in.disbelieve", f"sign_in_provider:{provider.id}", merchant=provider.merchant, by=SYSTEM, why=str(why)
        )
        raise NotLetIn(
            _("We could not believe what %(name)s said.") % {"name": provider.name}, _("Ask an admin of your team.")
        ) from why


@transaction.atomic
def _member(provider: SignInProvider, said: Said) -> Membership:
    """Who this is here: whom the provider's own id was linked to, else who may be found by a verified address."""
    mine = {"merchant_id": provider.merchant_id, "provider": provider}
    known = Identity.objects.filter(**mine, subject=said.subject).select_related("person").first()
    person = known.person if known else _by_address(provider, said)
    member = Membership.objects.filter(merchant_id=provider.merchant_id, person=person, left_at=None)
    found = member.select_related("person", "merchant").first() if person else None
    if found is None:
        raise NotLetIn(
            _("%(shop)s does not know this account.") % {"shop": provider.merchant.name},
            _("Ask an admin of your team for an invitation."),
        )
    if (
        not known and Identity.objects.filter(**mine, person=person).exists()
    ):  # an address may be given to somebody else
        raise NotLetIn(
            _("%(name)s says that this is another account than before.") % {"name": provider.name},
            _("Sign in with your password, and link the new one on your own page."),
        )
    if not known:
        _link(provider, found.person, said)
    return found


def _by_address(provider: SignInProvider, said: Said) -> Person | None:
    """By an address the provider verified, in a domain the merchant named, and in this merchant's team alone."""
    if said.email.rpartition("@")[2] not in provider.domains or not said.email:
        return None
    person = Person.objects.filter(email=said.email).first()
    if person is not None:  # theirs already: as a member, or not at all. Nobody joins without having said so.
        return person
    if not provider.may_join:
        return None
    made = Person.objects.create(email=said.email, name=one_line(said.name, 120) or said.email.partition("@")[0])
    join(made, provider.merchant, Role(provider.role))
    return made


def _link(provider: SignInProvider, person: Person, said: Said) -> None:
    inside = Membership.objects.filter(merchant_id=provider.merchant_id, person=person, left_at=None)
    if not inside.exists():
        raise NotLetIn(_("You are not in that team."), _("Ask an admin for an invitation."))
    mine: dict[str, Any] = {"merchant_id": provider.merchant_id, "provider": provider}
    try:
        with transaction.atomic():
            Identity.objects.update_or_create(**mine, person=person, defaults={"subject": said.subject})
    except IntegrityError:
        raise NotLetIn(
            _("That account belongs to a colleague already."), _("Choose another one at the provider.")
        ) from None
    _note("identity.link", provider, person)


def _note(verb: str, provider: SignInProvider, person: Person) -> None:
    for member in queries.merchants_of(person).filter(merchant_id=provider.merchant_id).select_related("person"):
        member.person = person
        record(
            verb, f"membership:{member.id}", by=member.actor, merchant=provider.merchant, after={"by": provider.name}
        )
