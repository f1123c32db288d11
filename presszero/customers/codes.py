"""Six digits, sent to an address that somebody says is theirs: three tries, ten minutes, once."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, IntegerField, Value, When
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from presszero.channels.models import Line
from presszero.channels.registry import adapter
from presszero.channels.vocabulary import Handle, Outgoing
from presszero.core.refusal import Refused
from presszero.team import mail
from presszero.timeline.actions import wake

from .models import Claim, Customer, ProofCode

LASTS = timedelta(minutes=10)
MOST_TRIES = 3


class NoWayToSend(Refused):
    """The merchant has no mailbox that could carry a code."""


class NotYet(Exception):
    """The mail server asked us to come again; the queue does."""


@transaction.atomic
def send_code(claim: Claim, line: Line, *, at: datetime) -> None:
    """Mails a fresh code to the claimed address, from a mailbox of the line's brand. Raises NoWayToSend.

    The letter has no word in it that whoever asks could choose, and is the same whether or not we know the address.
    """
    mailbox = _mailbox(line)
    if mailbox is None and not mail.is_set_up():
        raise NoWayToSend(_("We cannot send a code from here."), _("Just write to us; we will find another way."))
    code = f"{secrets.randbelow(10**6):06d}"
    ProofCode.objects.create(
        merchant_id=claim.merchant_id, claim=claim, code_hash=_hashed(claim, code), at=at, expires_at=at + LASTS
    )
    _post(claim, mailbox, line.brand.name, code)


def try_code(customer: Customer, code: str, *, at: datetime) -> Claim | None:
    """The claim that is proven by this code, the newest that this very customer asked for; None when it is not that.

    A try is counted before it is looked at and stays counted, so call this outside any transaction.
    """
    mine = ProofCode.objects.filter(merchant_id=customer.merchant_id)
    newest = mine.filter(claim__customer=customer).select_related("claim").order_by("-id").first()
    if newest is None:
        return None
    row = mine.filter(id=newest.id, used_at=None)
    counted = row.filter(tries__lt=MOST_TRIES, expires_at__gt=at).update(tries=F("tries") + 1)
    right = constant_time_compare(newest.code_hash, _hashed(newest.claim, code))
    used = counted and right and row.update(used_at=at)
    return newest.claim if used else None


def forget(at: datetime) -> int:
    """Codes that were over a day ago. How many; some at a time."""
    over = ProofCode.objects.filter(expires_at__lt=at - timedelta(days=1))
    return over.filter(id__in=list(over.values_list("id", flat=True)[:1000])).delete()[0]


def _mailbox(line: Line) -> Line | None:
    """One that works: the same brand's before any other's."""
    rows = Line.objects.filter(merchant_id=line.merchant_id, kind="email", paused_at=None)
    own_first = Case(When(brand_id=line.brand_id, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.order_by(own_first, "id").first()


def _post(claim: Claim, mailbox: Line | None, shop: str, code: str) -> None:
    subject = _("%(code)s is your code for %(shop)s") % {"code": code, "shop": shop}
    text = _(
        "Your code is %(code)s.\n\nType it into the chat within ten minutes, and we know this address is yours.\n\n"
        "If you did not ask for it, there is nothing to do: somebody may have mistyped their own address."
    ) % {"code": code}
    if mailbox is None:
        mail.letter(claim.address, subject, text)
        return
    words = {"to": claim.address, "subject": subject, "text": text, "until": (timezone.now() + LASTS).isoformat()}
    post_code.defer(merchant_id=mailbox.merchant_id, line_id=mailbox.id, sealed=mail.sealed(words))
    wake(mail.QUEUE)


def _hashed(claim: Claim, code: str) -> str:
    """A million codes are soon tried: only with our own key does the hash say which it was."""
    digits = "".join(each for each in code if each.isascii() and each.isdigit())[:12]
    said = f"{claim.merchant_id}:{claim.id}:{digits}"
    return salted_hmac("presszero.customers.codes", said, algorithm="sha256").hexdigest()


@app.task(
    name="customers.post_code",
    queue=mail.QUEUE,
    retry=RetryStrategy(max_attempts=5, wait=15, retry_exceptions={NotYet}),
)
def post_code(merchant_id: int, line_id: int, sealed: str) -> None:
    """Hands one code to the mailbox's server. Raises NotYet, to be tried again while the code is good."""
    words = mail.opened(sealed)
    line = Line.objects.filter(merchant_id=merchant_id, id=line_id, paused_at=None).first()
    if line is None or timezone.now() >= datetime.fromisoformat(words["until"]):
        return
    number = uuid.uuid4()
    out = Outgoing(
        our_id=str(number),
        message_id=f"code-{number.hex}@{line.address.rpartition('@')[2]}",
        sender=Handle(line.kind, line.address, line.name),
        to=(Handle("email", words["to"]),),
        text=words["text"],
        subject=words["subject"],
        automatic=True,
    )
    sent = adapter(line.kind).send(out, line.for_adapter(), lambda: None)
    if sent.state == "later":
        raise NotYet(sent.reason)
