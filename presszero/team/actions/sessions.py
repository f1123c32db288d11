"""Sessions: begun with a fresh key, ended for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.core.refusal import Refused
from presszero.core.sealing import fingerprint, new_token
from presszero.core.text import one_line
from presszero.merchants.models import Merchant

from .. import queries
from ..models import Challenge, Membership, PasswordReset, Person, Session, SignInAttempt, SignInProvider, Throttle

LASTS = timedelta(days=30)
_KEPT = timedelta(days=90)  # how long an ended session can still be looked up


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in from, as they will see it in their list of sessions."""

    address: str  # IP
    name: str  # the browser's own words about itself


@dataclass(frozen=True, slots=True)
class Opened:
    """A session and its key. The key is only ever here and in the browser."""

    session: Session
    token: str


def start_session(person: Person, browser: Browser, at: datetime) -> Opened:
    """A new session with a key of its own, at the merchant where the person worked last."""
    token = new_token()
    session = Session.objects.create(
        person=person,
        merchant=_last_merchant(person),
        token_hash=fingerprint(token),
        expires_at=at + LASTS,
        address=browser.address[:64],
        browser=one_line(browser.name, 200),
    )
    return Opened(session, token)


def start_session_by(provider: SignInProvider, member: Membership, browser: Browser, at: datetime) -> Opened:
    """A new session by the word of a provider: at its merchant, and nowhere else as long as it lasts."""
    opened = start_session(member.person, browser, at)
    opened.session.merchant, opened.session.provider = member.merchant, provider
    opened.session.save(update_fields=["merchant", "provider"])
    return opened


def sign_out(session: Session, at: datetime) -> None:
    """The session ends; its key opens nothing from now on."""
    Session.objects.filter(id=session.id, ended_at=None).update(ended_at=at)


def rotate(session: Session) -> Opened:
    """The same session under a new key, after its rights changed. The old key is dead."""
    token = new_token()
    session.token_hash = fingerprint(token)
    session.save(update_fields=["token_hash"])
    return Opened(session, token)


def switch_merchant(session: Session, merchant_id: int) -> Opened:
    """Go on at another merchant one belongs to, under a new key. Refused for any other."""
    if session.provider_id:
        raise Refused(_("You signed in for this team alone."), _("Sign in with your password to go to another."))
    there = queries.merchants_of(session.person).filter(merchant_id=merchant_id).first()
    if there is None:
        raise Refused(_("You are not in that team."))
    if not queries.merchants_by_password(session.person).filter(merchant_id=merchant_id).exists():
        raise Refused(_("That team signs in another way."), _("Sign out, and sign in there."))
    return continue_at(session, there)


def continue_at(session: Session, member: Membership) -> Opened:
    """The session goes on at this merchant, under a new key."""
    session.merchant = member.merchant
    session.save(update_fields=["merchant"])
    return rotate(session)


def end_session(person: Person, session_id: int, at: datetime) -> bool:
    """End one of one's own sessions. False when there is no such session of theirs."""
    return bool(Session.objects.filter(id=session_id, person=person, ended_at=None).update(ended_at=at))


def end_other_sessions(person: Person, kept: Session | None, at: datetime) -> int:
    """End all of a person's sessions but one (or all of them), and every half-finished way in. Returns how many."""
    Challenge.objects.filter(person=person, used_at=None).update(used_at=at)
    PasswordReset.objects.filter(person=person, used_at=None).update(used_at=at)
    others = Session.objects.filter(person=person, ended_at=None).exclude(id=kept.id if kept else 0)
    return others.update(ended_at=at)


@transaction.atomic
def end_member_sessions(member: Membership, *, by: Membership, at: datetime) -> int:
    """An admin signs a colleague out of this merchant, everywhere. Returns how many sessions ended."""
    ended = end_at_merchant(member.person, member.merchant, at)
    record("sessions.end", f"membership:{member.id}", by=by.actor, merchant=member.merchant, after={"ended": ended})
    return ended


def end_at_merchant(person: Person, merchant: Merchant, at: datetime) -> int:
    """Every session of a person at one merchant ends; those at other merchants go on."""
    return Session.objects.filter(person=person, merchant=merchant, ended_at=None).update(ended_at=at)


def sweep(at: datetime) -> None:
    """Forget what is long over: ended sessions, old tries, unused ways in."""
    Session.objects.filter(ended_at__lt=at - _KEPT).delete()
    Session.objects.filter(expires_at__lt=at - _KEPT).delete()
    Throttle.objects.filter(window_ends_at__lt=at).delete()
    Challenge.objects.filter(expires_at__lt=at).delete()
    SignInAttempt.objects.filter(expires_at__lt=at).delete()
    PasswordReset.objects.filter(expires_at__lt=at - _KEPT).delete()


def _last_merchant(person: Person) -> Merchant | None:
    places = {m.merchant_id: m.merchant for m in queries.merchants_by_password(person)}
    recent = Session.objects.filter(person=person, merchant_id__in=places).order_by("-id")
    last = recent.values_list("merchant_id", flat=True).first() if len(places) > 1 else None
    return places[last] if last else next(iter(places.values()), None)
