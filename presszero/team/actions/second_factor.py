"""The second factor: a code that changes every 30 seconds (TOTP, RFC 6238), and ten recovery codes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import pyotp
from django.db import transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.sealing import fingerprint, open_sealed, seal

from .. import queries, throttle
from ..models import Person, RecoveryCode, SecondFactor, Session
from ..passwords import matches
from .sessions import end_other_sessions

CODES = 10
BY_PASSWORD = throttle.Limit("own.password", 10, timedelta(minutes=15))
BY_SETUP_CODE = throttle.Limit("own.code", 10, timedelta(minutes=15))
_STEP = 30  # seconds
_PURPOSE = "second factor"
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that looks like something else


class WrongPassword(Refused):
    def __init__(self) -> None:
        super().__init__(_("That is not your password."), _("Try again."))


def begin_second_factor(person: Person) -> SecondFactor:
    """A secret to show as a QR code; counts once confirmed. Refused while one is in use; else a new one each time."""
    sealed = seal({"secret": pyotp.random_base32()}, _PURPOSE)
    factor, made = SecondFactor.objects.get_or_create(person=person, defaults={"sealed": sealed})
    if factor.confirmed_at:
        raise Refused(_("You have a second factor already."), _("Remove it first to set up another."))
    if not made:
        SecondFactor.objects.filter(id=factor.id, confirmed_at=None).update(sealed=sealed)
    return factor


def confirm_second_factor(person: Person, code: str, session: Session, at: datetime) -> list[str]:
    """Counts from now on. Other sessions end. Returns the recovery codes, which are shown only now."""
    throttle.hold(BY_SETUP_CODE, str(person.id), at)
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(person=person, confirmed_at=None).first()
        step = _step_of(factor, code, at) if factor else None
        if factor is None or step is None:
            raise Refused(_("That code does not match."), _("Wait for the next one and try again."))
        SecondFactor.objects.filter(id=factor.id).update(confirmed_at=at, last_step=step)
        end_other_sessions(person, session, at)
        _note(person, "second_factor.on")
        return _fresh_codes(person)


def remove_second_factor(person: Person, password: str, session: Session, at: datetime) -> None:
    """Back to the password alone. Needs it once more. Other sessions end."""
    _check_password(person, password, at)
    with transaction.atomic():
        SecondFactor.objects.filter(person=person).delete()
        RecoveryCode.objects.filter(person=person).delete()
        end_other_sessions(person, session, at)
        _note(person, "second_factor.off")


def new_recovery_codes(person: Person, password: str, at: datetime) -> list[str]:
    """Ten new ones; the old are void. Needs the password once more."""
    _check_password(person, password, at)
    with transaction.atomic():
        _note(person, "recovery_codes.renew")
        return _fresh_codes(person)


def spend_code(person: Person, code: str, at: datetime) -> bool:
    """Whether a code is right now and was not used before. It is used from now on."""
    plain = "".join(code.split()).replace("-", "").upper()
    return _spend_step(person, plain, at) if plain.isdecimal() else _spend_recovery(person, plain, at)


def secret_of(factor: SecondFactor) -> str:
    """The TOTP secret in base32, as an authenticator app takes it by hand."""
    return open_sealed(bytes(factor.sealed), _PURPOSE)["secret"]


def address_of(factor: SecondFactor) -> str:
    """The otpauth:// address that the QR code says."""
    return pyotp.TOTP(secret_of(factor)).provisioning_uri(name=factor.person.email, issuer_name="Press Zero")


def _spend_step(person: Person, code: str, at: datetime) -> bool:
    factor = SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).first()
    step = _step_of(factor, code, at) if factor else None
    if step is None:
        return False
    later = SecondFactor.objects.filter(person=person, last_step__lt=step)
    return bool(later.update(last_step=step))


def _spend_recovery(person: Person, code: str, at: datetime) -> bool:
    unused = RecoveryCode.objects.filter(person=person, used_at=None, code_hash=fingerprint(code))
    return bool(unused.update(used_at=at))


def _step_of(factor: SecondFactor, code: str, at: datetime) -> int | None:
    """The time step a code belongs to: this one, the one before or the one after. None for a wrong code."""
    clock = pyotp.TOTP(secret_of(factor), interval=_STEP)
    now = int(at.timestamp()) // _STEP
    digits = "".join(code.split()).encode()
    fits = [n for n in (now - 1, now, now + 1) if secrets.compare_digest(clock.generate_otp(n).encode(), digits)]
    return fits[-1] if fits else None


def _fresh_codes(person: Person) -> list[str]:
    RecoveryCode.objects.filter(person=person).delete()
    codes = ["".join(secrets.choice(_ALPHABET) for _n in range(16)) for _m in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(person=person, code_hash=fingerprint(code)) for code in codes)
    return ["-".join(code[n : n + 4] for n in range(0, 16, 4)) for code in codes]


def _check_password(person: Person, password: str, at: datetime) -> None:
    throttle.hold(BY_PASSWORD, str(person.id), at)
    if not matches(person, password):
        raise WrongPassword
    throttle.forgive(BY_PASSWORD, str(person.id))


def _note(person: Person, verb: str) -> None:
    """In the record of every merchant the person works for: each of them relies on it."""
    for member in queries.merchants_of(person):
        actor = Actor("member", member.id, person.name)
        record(verb, f"membership:{member.id}", by=actor, merchant=member.merchant)
