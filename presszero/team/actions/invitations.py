"""A way into the team: for one e-mail address, once, for three days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from presszero.audit.actions import record
from presszero.core.refusal import Refused
from presszero.core.sealing import fingerprint, new_token
from presszero.core.text import one_line
from presszero.merchants.models import Merchant

from .. import mail, queries, throttle
from ..models import Invitation, Membership, Person, Role
from ..passwords import check_strength, hashed
from .members import check_admin, join
from .passwords import LinkOver
from .sessions import Browser, Opened, start_session
from .sign_in import normal_email

LASTS = timedelta(hours=72)
BY_MERCHANT = throttle.Limit("invite.merchant", 100, timedelta(days=1))
BY_EMAIL = throttle.Limit("invite.email", 5, timedelta(days=1))  # across all merchants: no one is pestered

_LETTER = gettext_lazy(
    "Hello,\n\n%(who)s invites you to answer customers together at %(merchant)s. Open this to join, within three "
    "days:\n\n%(link)s\n\nIf you do not know what this is about, there is nothing to do."
)


class SignInFirst(Refused):
    """The address has an account already: only its owner, signed in, may bring it into a team."""

    def __init__(self) -> None:
        super().__init__(_("You have an account here already."), _("Sign in, then join the team with it."))


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and its link, which is shown this once and kept nowhere."""

    invitation: Invitation
    link: str


def invite(email: str, role: Role, *, by: Membership, at: datetime) -> Invited:
    """Write to somebody and keep the way open for 72 hours. An earlier invitation to the same address is void."""
    check_admin(by)
    email = _checked(email)
    if queries.members_of(by.merchant).filter(person__email=email).exists():
        raise Refused(_("That person is in your team already."))
    throttle.hold(BY_MERCHANT, str(by.merchant_id), at)
    throttle.hold(BY_EMAIL, email, at)
    token = new_token()
    with transaction.atomic():
        invitation = _write(email, role, token, by, at)
        link = mail.link(f"/invitations/{token}")
        mail.letter(email, _subject(by), _LETTER % {**_names(by), "link": link})
    return Invited(invitation, link)


def found_team(merchant: Merchant, email: str, name: str, password: str) -> Membership:
    """The first admin of a merchant, who then invites the rest. Refused once anybody is in the team; raises Weak.

    Somebody who has an account already keeps their name and password.
    """
    email, name = _checked(email), one_line(name, 120)
    check_strength(password, email, name)
    with transaction.atomic():
        Merchant.objects.select_for_update().get(id=merchant.id)
        if Membership.objects.filter(merchant=merchant).exists():
            raise Refused(_("This team has people already."), _("Ask one of its admins for an invitation."))
        given = {"name": name or email, "password": hashed(password)}
        person, _made = Person.objects.get_or_create(email=email, defaults=given)
        return join(person, merchant, Role.ADMIN)


def withdraw(invitation: Invitation, *, by: Membership, at: datetime) -> None:
    """The link opens nothing any more. Refused when it was used already."""
    check_admin(by)
    still_open = Invitation.objects.filter(id=invitation.id, merchant=by.merchant, used_at=None, withdrawn_at=None)
    with transaction.atomic():
        if not still_open.update(withdrawn_at=at):
            raise Refused(_("This invitation was used already, or withdrawn."))
        record("invitation.withdraw", f"invitation:{invitation.id}", by=by.actor, merchant=by.merchant)


def accept_new(token: str, name: str, password: str, browser: Browser, at: datetime) -> Opened:
    """Somebody new joins with a name and a password. Raises LinkOver, SignInFirst, Weak."""
    invitation = _open(token, at)
    name = one_line(name, 120)
    if not name:
        raise Refused(_("Tell your team what to call you."))
    if Person.objects.filter(email=invitation.email).exists():
        raise SignInFirst
    check_strength(password, invitation.email, name)
    secret = hashed(password)
    try:
        with transaction.atomic():
            person = Person.objects.create(email=invitation.email, name=name, password=secret)
            _use(invitation, person, at)
    except IntegrityError as twice:
        raise SignInFirst from twice
    return start_session(person, browser, at)


def accept_as(token: str, person: Person, at: datetime) -> Membership:
    """Somebody with an account, signed in, joins. Raises LinkOver; Refused when the invitation is for someone else."""
    invitation = _open(token, at)
    if person.email != invitation.email:
        raise Refused(_("This invitation is for another e-mail address."), _("Sign out, then open the link again."))
    with transaction.atomic():
        return _use(invitation, person, at)


def _checked(email: str) -> str:
    email = normal_email(email)
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise Refused(_("That is not an e-mail address.")) from wrong
    return email


def _write(email: str, role: Role, token: str, by: Membership, at: datetime) -> Invitation:
    earlier = Invitation.objects.filter(merchant=by.merchant, email=email, used_at=None, withdrawn_at=None)
    earlier.update(withdrawn_at=at)
    invitation = Invitation.objects.create(
        merchant=by.merchant,
        email=email,
        role=Role(role),
        token_hash=fingerprint(token),
        invited_by=by,
        expires_at=at + LASTS,
    )
    subject = f"invitation:{invitation.id}"
    record("invitation.send", subject, by=by.actor, merchant=by.merchant, after={"role": invitation.role})
    return invitation


def _open(token: str, at: datetime) -> Invitation:
    invitation = queries.invitation_behind(token, at)
    if invitation is None:
        raise LinkOver
    return invitation


def _use(invitation: Invitation, person: Person, at: datetime) -> Membership:
    """Claimed in one statement, so of two who click at once only one joins."""
    still_open = Invitation.objects.filter(id=invitation.id, used_at=None, withdrawn_at=None, expires_at__gt=at)
    if not still_open.update(used_at=at):
        raise LinkOver
    return join(person, invitation.merchant, Role(invitation.role))


def _subject(by: Membership) -> str:
    return _("Join %(merchant)s") % _names(by)


def _names(by: Membership) -> dict[str, str]:
    return {"who": one_line(by.person.name, 60), "merchant": one_line(by.merchant.name, 60)}
