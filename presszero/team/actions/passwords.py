"""Choosing a password: knowing the old one, or by a link sent to one's own mailbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from presszero.core.refusal import Refused
from presszero.core.sealing import fingerprint, new_token

from .. import mail, throttle
from ..models import PasswordReset, Person, Session
from ..passwords import check_strength, hashed, matches
from .second_factor import BY_PASSWORD, WrongPassword
from .sessions import Opened, end_other_sessions, rotate
from .sign_in import normal_email

RESETS_BY_EMAIL = throttle.Limit("reset.email", 3, timedelta(hours=1))
RESETS_BY_ADDRESS = throttle.Limit("reset.address", 20, timedelta(hours=1))
LINK_LASTS = timedelta(hours=2)
_RESET = gettext_lazy(
    "Hello %(name)s,\n\nsomebody asked for a new password for your account. If that was you, choose one here within "
    "two hours:\n\n%(link)s\n\nIf it was not you, there is nothing to do: your password stays as it is."
)


class LinkOver(Refused):
    """A link that was used, ran out, was withdrawn, or never was: one answer for all."""

    def __init__(self) -> None:
        super().__init__(_("This link has been used or has run out."), _("Ask for a new one."))


def change_password(person: Person, old: str, new: str, session: Session, at: datetime) -> Opened:
    """Raises WrongPassword, Weak. All other sessions end; this one goes on under a new key."""
    throttle.hold(BY_PASSWORD, str(person.id), at)
    if not matches(person, old):
        raise WrongPassword
    throttle.forgive(BY_PASSWORD, str(person.id))
    check_strength(new, person.email, person.name)
    with transaction.atomic():
        _set(person, new)
        end_other_sessions(person, session, at)
        return rotate(session)


def ask_for_reset(email: str, address: str, at: datetime) -> None:
    """Send a link if somebody has this e-mail address. Takes the same way and time if nobody has; raises TooMany."""
    email = normal_email(email)
    throttle.hold(RESETS_BY_ADDRESS, throttle.network(address), at)
    throttle.hold(RESETS_BY_EMAIL, email, at)
    send_reset.defer(sealed=mail.sealed({"email": email}))


def reset_link(person: Person, at: datetime) -> str:
    """A fresh link; those before it are void."""
    token = new_token()
    with transaction.atomic():
        PasswordReset.objects.filter(person=person, used_at=None).update(used_at=at)
        PasswordReset.objects.create(person=person, token_hash=fingerprint(token), expires_at=at + LINK_LASTS)
    return mail.link(f"/reset/{token}")


def open_reset(token: str, at: datetime) -> PasswordReset | None:
    """What a link stands for, while it can be used."""
    rows = PasswordReset.objects.filter(token_hash=fingerprint(token), used_at=None, expires_at__gt=at)
    return rows.select_related("person").first()


def reset_password(token: str, new: str, at: datetime) -> Person:
    """A new password by a link, once. All sessions end; a second factor is still asked. Raises LinkOver, Weak."""
    reset = open_reset(token, at)
    if reset is None:
        raise LinkOver
    check_strength(new, reset.person.email, reset.person.name)
    with transaction.atomic():
        if not PasswordReset.objects.filter(id=reset.id, used_at=None).update(used_at=at):
            raise LinkOver
        _set(reset.person, new)
        end_other_sessions(reset.person, None, at)
    return reset.person


def _set(person: Person, new: str) -> None:
    person.password = hashed(new)
    person.save(update_fields=["password"])


@app.task(name="team.send_reset", queue=mail.QUEUE, retry=mail.RETRY)
def send_reset(sealed: str) -> None:
    """The letter with the link. Nothing for an address nobody has."""
    person = Person.objects.filter(email=mail.opened(sealed)["email"]).first()
    if person is None:
        return
    with translation.override(person.language or translation.get_language()):
        link = reset_link(person, timezone.now())
        mail.letter(person.email, _("Choose a new password"), _RESET % {"name": person.name, "link": link})
