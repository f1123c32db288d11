"""Who a visitor is: what the shop signed, what they say, what a code proved. Nothing said is lost by any of it.

What is only said joins nothing and learns nothing; what is proven makes two customers one, which an agent can undo.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.channels.models import Line
from presszero.channels.vocabulary import Handle, Proof
from presszero.conversations.actions import recognise
from presszero.core.actor import SYSTEM, Actor
from presszero.core.refusal import Refused
from presszero.customers import actions as customers
from presszero.customers.claiming import claim, customer_of, holder
from presszero.customers.codes import send_code, try_code
from presszero.customers.models import Claim, Customer
from presszero.customers.models import Handle as HandleRow
from presszero.customers.queries import family, today
from presszero.team.throttle import Limit, hold
from presszero.visitors import actions, queries
from presszero.visitors.identity import Signed, read, usable_email
from presszero.visitors.models import Visitor

HOUR = timedelta(hours=1)
ADDRESSES_OF_VISITOR = Limit("chat.addresses", 20, HOUR)
CODES_OF_VISITOR = Limit("code.visitor", 5, HOUR)
CODES_TO_ADDRESS = Limit("code.address", 5, HOUR)  # whichever merchant it is asked of
CODES_OF_NETWORK = Limit("code.network", 30, HOUR)
CODES_OF_LINE = Limit("code.line", 500, HOUR)
TRIES_OF_VISITOR = Limit("code.tries", 15, HOUR)
TRIES_OF_NETWORK = Limit("code.tries.network", 60, HOUR)


class WrongCode(Refused):
    """Not the newest code, or used, or over, or tried too often: one answer for all."""

    def __init__(self) -> None:
        super().__init__(_("This is not the code, or it is over."), _("Try again, or ask for a new one."))


@transaction.atomic
def sign_in(visitor: Visitor, token: str, *, at: datetime) -> actions.Visit:
    """Takes the shop's signed word for who they are. Raises visitors.identity.NotBelieved, and nothing was changed."""
    line = visitor.line
    secrets = line.secrets
    signed = read(token, [secrets.get("identity", ""), secrets.get("old_identity", "")], line.token, at)
    other_address = queries.signed_with_other_address(line, signed.shopper, signed.email)
    begun = actions.Visit(visitor, "")
    if not visitor.shopper and _is_somebody_else(_as_browser(visitor), signed.shopper):
        begun = actions.begin_anew(visitor, at=at)
    known = actions.identify(begun.visitor, signed, at=at)
    known.visitor.line = line
    shopper = _as_shopper(known.visitor, signed)
    if signed.email:
        _take_email(shopper, signed, doubtful=other_address)
    return actions.Visit(known.visitor, known.secret or begun.secret)


def leave_address(visitor: Visitor, email: str, name: str, *, at: datetime) -> Claim:
    """They say where else we reach them. Raises Refused for what is no address, or one of ours; TooMany."""
    hold(ADDRESSES_OF_VISITOR, str(visitor.id), at)
    return _claimed(visitor, email, name, at)


def ask_for_code(visitor: Visitor, email: str, network: str, *, at: datetime) -> None:
    """Mails six digits to an address they say is theirs. The same answer whoever has it. Raises Refused, TooMany."""
    claimed = leave_address(visitor, email, "", at=at)
    hold(CODES_OF_NETWORK, network, at)
    hold(CODES_OF_VISITOR, str(visitor.id), at)
    hold(CODES_OF_LINE, str(visitor.line_id), at)
    hold(CODES_TO_ADDRESS, claimed.address, at)
    send_code(claimed, visitor.line, at=at)


def enter_code(visitor: Visitor, code: str, network: str, *, at: datetime) -> str:
    """Proves the address that the newest code went to: that address. Raises WrongCode, TooMany.

    The try stays counted when it was wrong: call this outside any transaction.
    """
    hold(TRIES_OF_NETWORK, network, at)
    hold(TRIES_OF_VISITOR, str(visitor.id), at)
    themselves = holder(visitor.merchant_id, _handle(visitor, at))
    proven = try_code(themselves.customer, code, at=at) if themselves else None
    if proven is None:
        raise WrongCode
    _prove(visitor, proven, at)
    return str(proven.address)


def claimed_email(visitor: Visitor, at: datetime) -> str:
    """The address they gave last, in this browser or signed in; "" for none. Never one that was given elsewhere."""
    mine = HandleRow.objects.filter(
        merchant_id=visitor.merchant_id, kind="visitor", address__in=queries.addresses(visitor, at)
    )
    rows = Claim.objects.filter(merchant_id=visitor.merchant_id, customer_id__in=mine.values("customer_id"))
    return rows.filter(kind="email").order_by("-id").values_list("address", flat=True).first() or ""


@transaction.atomic
def _claimed(visitor: Visitor, email: str, name: str, at: datetime) -> Claim:
    address = usable_email(email)
    if not address:
        raise Refused(_("This does not look like an e-mail address."), _("Look at it once more."))
    if Line.objects.filter(merchant_id=visitor.merchant_id, kind="email", address=address).exists():
        raise Refused(_("This is an address of ours."), _("Tell us one of yours."))
    actions.call_themselves(visitor, name)
    return claim(_as_born(visitor, at), Handle("email", address, visitor.name), visitor.line.kind)


@transaction.atomic
def _prove(visitor: Visitor, proven: Claim, at: datetime) -> None:
    how = f"entered the code sent to {proven.address}"
    themselves = customer_of(visitor.merchant_id, _handle(visitor, at), Proof.VERIFIED, how)
    by = Actor("customer", themselves.id)
    recognise(themselves, Handle(proven.kind, proven.address, proven.name), reason="proven by a code", by=by)


def _handle(visitor: Visitor, at: datetime) -> Handle:
    address, _signed = queries.speaks_as(visitor, at)
    return Handle("visitor", address, visitor.name)


def _as_born(visitor: Visitor, at: datetime) -> Customer:
    """Whom their words come from now, before any merge; made, if they have not said any."""
    handle, signed = _handle(visitor, at), queries.is_signed(visitor, at)
    found = customer_of(visitor.merchant_id, handle, Proof.VERIFIED if signed else Proof.CLAIMED)
    born = holder(visitor.merchant_id, handle)
    return born.customer if born else found


def _as_browser(visitor: Visitor) -> Customer | None:
    """Who this browser was before the shop said who it is; None if it never spoke."""
    found = holder(visitor.merchant_id, Handle("visitor", visitor.address))
    return today(found.customer) if found else None


def _is_somebody_else(customer: Customer | None, shopper: str) -> bool:
    """Whether this customer is known as another shopper of the shop's."""
    if customer is None:
        return False
    others = HandleRow.objects.filter(
        merchant_id=customer.merchant_id, customer_id__in=family(customer), kind="visitor", address__startswith="s-"
    )
    return others.exclude(address=shopper).exists()


def _as_shopper(visitor: Visitor, signed: Signed) -> Customer:
    """The shop's customer; what this browser said before was said by them."""
    address, why = Handle("visitor", signed.shopper, signed.name), "signed in at the shop"
    known, before = holder(visitor.merchant_id, address), _as_browser(visitor)
    if before and not (known and known.customer.now_id == before.id):
        found = recognise(before, address, reason=why, by=Actor("customer", before.id))
    else:
        found = customer_of(visitor.merchant_id, address, Proof.VERIFIED, why)
    if signed.name and found.name in ("", visitor.address, visitor.shopper):
        found = customers.describe(found, {"name": signed.name}, by=Actor("customer", found.id))
    return found


def _take_email(shopper: Customer, signed: Signed, *, doubtful: bool) -> None:
    """An address that the shop made sure of is theirs, unless a doubt stands against it; else it is only a claim."""
    address = Handle("email", signed.email, signed.name)
    known = holder(shopper.merchant_id, address)
    if known and known.customer.now_id == shopper.now_id and known.proof == Proof.VERIFIED:
        return
    seen = known is None or Proof(known.proof).strength >= Proof.SEEN.strength
    others = known is not None and _is_somebody_else(today(known.customer), signed.shopper)
    if signed.email_verified and seen and not others and not doubtful:
        by = Actor("customer", shopper.id)
        recognise(shopper, address, reason="the shop made sure that this address is theirs", by=by)
        return
    mine = Claim.objects.filter(merchant_id=shopper.merchant_id, customer=shopper, kind="email", address=signed.email)
    if not mine.exists() and (doubtful or others):
        why = "another address than before" if doubtful else "which belongs to another customer of the shop"
        words = f"The shop now signs them in as {signed.email}, {why}. Nothing was joined by it."
        customers.note(shopper, words, by=SYSTEM)
    claim(shopper, address, "chat")
