"""Signing in: a password, then the second factor where one was set up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.core.refusal import Refused
from presszero.core.sealing import fingerprint, new_token

from .. import queries, throttle
from ..models import Challenge, Person, SecondFactor
from ..passwords import matches
from .second_factor import spend_code
from .sessions import Browser, Opened, start_session

BY_EMAIL = throttle.Limit("sign-in.email", 10, timedelta(minutes=15))
BY_ADDRESS = throttle.Limit("sign-in.address", 60, timedelta(minutes=15))
BY_CODE = throttle.Limit("sign-in.code", 5, timedelta(minutes=15))
_AWAITED = timedelta(minutes=10)


class WrongSignIn(Refused):
    """The same words for a wrong password, an unknown address and one that cannot sign in."""

    def __init__(self) -> None:
        super().__init__(_("This e-mail address and password do not go together."), _("Check both and try again."))


class OnlyBy(Refused):
    """Their team decided that a password is not the way in."""

    def __init__(self, name: str) -> None:
        super().__init__(_("Your team signs in with %(name)s.") % {"name": name}, _("Choose it below."))
        self.provider = name


class WrongCode(Refused):
    def __init__(self) -> None:
        super().__init__(_("That code is not right, or was used already."), _("Wait for the next one and try again."))


class ChallengeOver(Refused):
    def __init__(self) -> None:
        super().__init__(_("That took too long."), _("Sign in again with your password."))


@dataclass(frozen=True, slots=True)
class CodeAwaited:
    """The password was right; `token` stands for that until the code is given, ten minutes at most."""

    token: str


def sign_in(email: str, password: str, browser: Browser, at: datetime) -> Opened | CodeAwaited:
    """Raises WrongSignIn, TooMany. Tries are counted before anything is looked up."""
    email = normal_email(email)
    throttle.hold(BY_ADDRESS, throttle.network(browser.address), at)
    throttle.hold(BY_EMAIL, email, at)
    person = Person.objects.filter(email=email).first()
    if not matches(person, password) or person is None:
        raise WrongSignIn
    _check_ways(person)
    throttle.forgive(BY_EMAIL, email)
    throttle.give_back(BY_ADDRESS, throttle.network(browser.address))
    if SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).exists():
        return _await_code(person, at)
    return start_session(person, browser, at)


def _check_ways(person: Person) -> None:
    """Where every team of theirs signs in another way, a password opens nothing; said once the password was right."""
    if queries.merchants_by_password(person).exists():
        return
    others = [queries.provider_of(member.merchant) for member in queries.merchants_of(person)]
    names = [provider.name for provider in others if provider]
    if names:
        raise OnlyBy(names[0])


def answer_challenge(token: str, code: str, browser: Browser, at: datetime) -> Opened:
    """Finish signing in with a code of the app or a recovery code. Raises ChallengeOver, WrongCode, TooMany."""
    challenge = open_challenge(token, at)
    if challenge is None:
        raise ChallengeOver
    throttle.hold(BY_CODE, str(challenge.person_id), at)  # outside the transaction: a refusal must not undo the count
    with transaction.atomic():
        opened = _finish(challenge, code, browser, at)
    throttle.forgive(BY_CODE, str(challenge.person_id))
    return opened


def open_challenge(token: str, at: datetime) -> Challenge | None:
    """What a browser's challenge cookie stands for, while it lasts."""
    rows = Challenge.objects.filter(token_hash=fingerprint(token), used_at=None, expires_at__gt=at)
    return rows.select_related("person").first()


def normal_email(email: str) -> str:
    """An address as we compare it."""
    return email.strip().lower()[:254]


def _finish(challenge: Challenge, code: str, browser: Browser, at: datetime) -> Opened:
    if not spend_code(challenge.person, code, at):
        raise WrongCode
    if not Challenge.objects.filter(id=challenge.id, used_at=None).update(used_at=at):
        raise ChallengeOver
    return start_session(challenge.person, browser, at)


def _await_code(person: Person, at: datetime) -> CodeAwaited:
    token = new_token()
    Challenge.objects.create(person=person, token_hash=fingerprint(token), expires_at=at + _AWAITED)
    return CodeAwaited(token)
