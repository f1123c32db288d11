"""Whoever has just begun to wait is told that we have their words, and by when we answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from presszero.channels.answering import expects, open_hours
from presszero.channels.models import Entry, Line
from presszero.channels.registry import adapter
from presszero.conversations.actions.held import held
from presszero.conversations.actions.threads import mail_line, open_thread
from presszero.conversations.models import Conversation, Message
from presszero.core.actor import SYSTEM
from presszero.customers import queries as customers
from presszero.customers.models import Claim
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Received
from presszero.merchants.policy import is_open
from presszero.team.mail import link
from presszero.team.models import Membership, Session
from presszero.visitors.models import Visitor

from . import policy, wording
from .actions import may_tell, open_promises, promise
from .languages import known, written_in
from .models import Promise
from .saying import Way, Words, say

USUALLY = ("email", "form", "chat")  # lines that acknowledge unless they are told not to
_HEAD = 32_768  # bytes of a mail that hold its headers, for what we ask of them
LATELY = timedelta(minutes=10)  # somebody who used the desk since then is there


@transaction.atomic
def acknowledge(message: Message, now: datetime) -> Promise | None:
    """Tells them, if a person has just begun to wait and nobody was told a time yet; the promise made by it."""
    row, entry = held(message.conversation), message.entry
    line = entry.thread.line
    if not wanted(line) or not policy.deserves_one(_words(row, message), now) or open_promises(row).exists():
        return None
    moment = moment_of(row, line, now)
    if adapter(line.kind).can.live and is_open(moment.week, now) and _somebody_is_there(line, now):
        return promise(row, moment.by, entry=None, by=SYSTEM) if moment.by else None  # the chat's head says it
    way = _way(row, entry, now)
    if way is None:
        return None
    said = say(row, way, _said(row, entry, way, moment), by=SYSTEM)
    return promise(row, moment.by, entry=said, by=SYSTEM) if moment.by else None


def wanted(line: Line) -> bool:
    """Whether a line acknowledges: as its settings say, else what its kind usually does."""
    given = line.settings.get("acknowledge")
    on = given.get("on") if isinstance(given, dict) else given
    return on if isinstance(on, bool) else line.kind in USUALLY


def own_words(line: Line, code: str) -> str:
    """The merchant's own words for a language; "" for ours."""
    given = line.settings.get("acknowledge")
    texts = given.get("texts") if isinstance(given, dict) else None
    found = texts.get(code) if isinstance(texts, dict) else None
    return found if isinstance(found, str) else ""


def moment_of(row: Conversation, line: Line, now: datetime) -> wording.Moment:
    """The moment we name: when their answer is due, on a full five minutes; told by the clock of those who answer."""
    due = row.due_at if row.due_at and row.due_at > now else expects(line, now).by
    week = open_hours(line)
    return wording.Moment(now, policy.round_moment(due) if due else None, week)


def language_of(row: Conversation, entry: Entry) -> str:
    """The customer's language as far as we can tell it: told, written, or their browser's; else the merchant's own."""
    customer = customers.today(row.customer)
    visitor = Visitor.objects.filter(merchant_id=row.merchant_id, address=entry.sender_address).first()
    usual = (entry.thread.line.merchant.languages or ["en"])[0]
    tried = (known(customer.language), written_in(entry.text), known(visitor.language if visitor else ""), known(usual))
    return next((code for code in tried if code), "en")


def _words(row: Conversation, message: Message) -> policy.Words:
    entry = message.entry
    begins = row.state == Conversation.State.OPEN and row.waiting_since == message.at
    mail = entry.sender_kind == "email"
    rows = Received.objects.filter(merchant_id=row.merchant_id, id=entry.received_id)
    came = (rows if mail else rows.defer("body")).first()
    headers, head = (came.headers, body_of(came)[:_HEAD] if mail else b"") if came else ({}, b"")
    silence = mail and policy.asks_for_silence(headers.get("via", ""), headers.get("envelope_from"), head)
    history = came is not None and came.backfill
    return policy.Words(message.at, entry.automatic, entry.proof, history, silence, begins)


def _way(row: Conversation, entry: Entry, now: datetime) -> Way | None:
    """In the thread where the answer will stand. A mail goes only where a person reads, and once a day at most."""
    line = entry.thread.line
    if adapter(line.kind).can.answers and adapter(line.kind).handle_kind != "email":
        return Way(entry.thread, entry.sender_kind, entry.sender_address)
    from_line, address = mail_line(line), _address(row, entry)
    if from_line is None or not address or not policy.may_be_written_to(address) or _one_of_us(line, address):
        return None
    if not may_tell(address, now):
        return None
    thread = entry.thread if from_line.id == line.id else open_thread(row, from_line, address)
    return Way(thread, "email", address)


def _address(row: Conversation, entry: Entry) -> str:
    """Whom a mail would reach: the sender; or the address they gave, which is theirs to prove."""
    if entry.sender_kind == "email":
        return entry.sender_address
    family = customers.family(row.customer)
    claims = Claim.objects.filter(merchant_id=row.merchant_id, customer_id__in=family, kind="email").order_by("-at")
    claimed = claims.values_list("address", flat=True).first()
    proven = [h.address for h in customers.handles(row.customer) if h.kind == "email" and h.proof == "verified"]
    return claimed or next(iter(proven), "")


def _one_of_us(line: Line, address: str) -> bool:
    ours = Line.objects.filter(merchant_id=line.merchant_id, kind="email", address__iexact=address)
    team = Membership.objects.filter(merchant_id=line.merchant_id, left_at=None, person__email__iexact=address)
    return ours.exists() or team.exists()


def _somebody_is_there(line: Line, now: datetime) -> bool:
    team = Membership.objects.filter(merchant_id=line.merchant_id, left_at=None)
    here = Session.objects.filter(person_id__in=team.values("person_id"), ended_at=None, seen_at__gt=now - LATELY)
    return here.exists()


def _said(row: Conversation, entry: Entry, way: Way, moment: wording.Moment) -> Words:
    code, line = language_of(row, entry), way.thread.line
    brand = entry.thread.line.brand.name
    voice = wording.Voice(code, brand, own_words(entry.thread.line, code))
    text = wording.acknowledgement(moment, voice)
    if way.kind == "email":
        tap = f"[{voice.language.tap}]({link(f'/say/{way.thread.token}')})"
        stranger = voice.language.stranger if entry.sender_kind != "email" else ""
        text = "\n\n".join(part for part in (text, tap, stranger) if part)
    return Words(voice.language.subject, text, line.name)
