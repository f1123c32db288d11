"""Asking a lead for more than one may give; the lead's answer, once, from anywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.audit.actions import record as write_down
from presszero.channels.answering import open_hours
from presszero.conversations.models import Conversation
from presszero.core.actor import Actor
from presszero.core.money import Money
from presszero.core.refusal import Refused
from presszero.core.text import clean
from presszero.merchants.policy import add_open
from presszero.promises.policy import round_moment
from presszero.timeline.actions import record

from ..authority import NotYours, authority_of
from ..facts import RemedyAsked, RemedyGranted, RemedyRefused
from ..holding import held, hold
from ..keeping import read
from ..meaning import meaning, whose
from ..models import LeadAnswer, Passed, Remedy, State
from ..physics import GOODS
from ..policy import Decision, may_grant
from ..vocabulary import Asked
from .giving import decision_of, give, may_be_passed, note_passed, opened
from .settling import about
from .writing import drafted, put_under_way, written

ANSWERED_WITHIN = timedelta(hours=1)  # of open time: what the customer is told
MOST = 20  # questions of one asker that wait: leads answer what they can read
_NEVER_OPEN = timedelta(days=1)  # where no hours ever open


@transaction.atomic
def ask(asked: Asked, by: Actor, key: str, words: str = "") -> Remedy:
    """Asks a lead. What they may give themselves is given at once. Raises Impossible, MayNot, Refused."""
    found, who, again = opened(asked, by, key)
    if again:
        return again
    meant = meaning(asked, found)
    decision = decision_of(meant, who, by)
    if decision.allowed:
        return give(asked, by, key, words)
    waiting = LeadAnswer.objects.filter(merchant_id=asked.merchant_id, asked_by=by.code, answered_at=None)
    if waiting.count() >= MOST:
        raise Refused(_("Twenty of your questions wait already."), _("Withdraw one, or wait for an answer."))
    row = written(drafted(meant, by, words), key, State.ASKED, "", decision.under)
    _put_question(row, decision, clean(words, 500).strip(), by)
    return row


@transaction.atomic
def grant(remedy: Remedy, by: Actor, words: str = "", pass_rule: bool = False) -> Remedy:
    """Yes: it is given now, on the answerer's authority. Raises NotYours, OverAuthority, Impossible, Refused."""
    asked = _as_asked(remedy)
    found = whose(asked)
    who = authority_of(by, remedy.merchant_id, found.conversation)
    hold(found, who.code, asked.kind in GOODS)
    row = held(remedy)
    if row.given_at:
        return row
    question = _open(row, by)
    if not may_grant(row.kind, who.rows):
        raise NotYours(_("Answering this is not yours."), _("A lead or an admin can."))
    meant = meaning(asked, whose(asked))
    decision = decision_of(meant, who, by)
    if not decision.allowed:
        may_be_passed(decision, words, pass_rule)
    _answered(question, True, words, by)
    row.state, row.given_at, row.authority = State.GIVEN, timezone.now(), who.code
    row.amount, row.shipping, row.weighs = meant.amount.minor, meant.measured.shipping, meant.weighs.minor
    row.cost, row.under = meant.cost, decision.under[:60]
    row.save()
    record(RemedyGranted(**about(row), by=by))
    write_down("remedy.grant", f"remedy:{row.id}", by=by, merchant=row.merchant, after={"by": row.by}, why=words)
    _note_asked_beyond(row, question, words, by)
    note_passed(row, decision, clean(words, 500), by)
    return put_under_way(row, by)


@transaction.atomic
def refuse(remedy: Remedy, by: Actor, words: str = "") -> Remedy:
    """No, and why. Raises NotYours, Refused."""
    row = held(remedy)
    if row.state == State.REFUSED:
        return row
    question = _open(row, by)
    who = authority_of(by, row.merchant_id, row.conversation)
    if not may_grant(row.kind, who.rows):
        raise NotYours(_("Answering this is not yours."), _("A lead or an admin can."))
    _answered(question, False, words, by)
    row.state, row.outcome = State.REFUSED, clean(words, 500).strip()
    row.save(update_fields=["state", "outcome"])
    record(RemedyRefused(**about(row), by=by))
    write_down("remedy.refuse", f"remedy:{row.id}", by=by, merchant=row.merchant, after={"by": row.by}, why=words)
    return row


@transaction.atomic
def withdraw(remedy: Remedy, by: Actor) -> Remedy:
    """Whoever asked does not want it any more. Raises NotYours, Refused once it is answered."""
    row = held(remedy)
    if row.state == State.WITHDRAWN:
        return row
    if row.state != State.ASKED:
        raise Refused(_("This has been answered already."))
    who = authority_of(by, row.merchant_id, row.conversation)
    if row.by != by.code and not may_grant(row.kind, who.rows):
        raise NotYours(_("A colleague asked for this."), _("They or a lead can withdraw it."))
    LeadAnswer.objects.filter(merchant_id=row.merchant_id, remedy=row, answered_at=None).delete()
    row.state = State.WITHDRAWN
    row.save(update_fields=["state"])
    write_down("remedy.withdraw", f"remedy:{row.id}", by=by, merchant=row.merchant)
    return row


def answer_by(conversation: Conversation | None, at: datetime) -> datetime:
    """By when a lead answers: an hour of the hours in which somebody is there, at a round moment."""
    if conversation is None:
        return round_moment(at + ANSWERED_WITHIN)
    due = add_open(open_hours(conversation.line), at, ANSWERED_WITHIN)
    return round_moment(due or at + _NEVER_OPEN)


def _put_question(row: Remedy, decision: Decision, words: str, by: Actor) -> LeadAnswer:
    made = LeadAnswer.objects.create(
        merchant_id=row.merchant_id,
        remedy=row,
        asked_by=by.code,
        words=words,
        beyond=decision.sentence[:300],
        answer_by=answer_by(row.conversation, timezone.now()),
        passes=[{"rule": b.rule[:60], "sentence": b.sentence[:300], "needed": b.needed} for b in decision.beyond],
    )
    record(RemedyAsked(**about(row), by=by))
    write_down(
        "remedy.ask", f"remedy:{row.id}", by=by, merchant=row.merchant, why=words,
        after={"kind": row.kind, "amount": str(Money(row.amount, row.currency)), "order": row.order_id},
    )  # fmt: skip
    return made


def _as_asked(remedy: Remedy) -> Asked:
    """With the amount that was looked at when it was asked: what the lead reads is what is given."""
    asked = read(remedy.merchant_id, remedy.asked)
    if not remedy.amount or asked.kind in GOODS:
        return asked
    return replace(asked, amount=Money(remedy.amount, remedy.currency), shipping=remedy.shipping)


def _open(row: Remedy, by: Actor) -> LeadAnswer:
    found = LeadAnswer.objects.select_for_update().filter(merchant_id=row.merchant_id, remedy=row, answered_at=None)
    question = found.first()
    if question is None:
        raise Refused(_("This has been answered already."))
    if question.asked_by == by.code:
        raise NotYours(_("You asked for this yourself, so somebody else answers it."))
    return question


def _answered(question: LeadAnswer, granted: bool, words: str, by: Actor) -> None:
    question.granted, question.answer = granted, clean(words, 500).strip()
    question.answered_at, question.answered_by = timezone.now(), by.code
    question.save(update_fields=["granted", "answer", "answered_at", "answered_by"])


def _note_asked_beyond(row: Remedy, question: LeadAnswer, words: str, by: Actor) -> None:
    """The limit that made them ask was passed too: asked often enough, it is proposed for change."""
    for each in question.passes:
        Passed.objects.create(
            merchant_id=row.merchant_id, remedy=row, rule=each["rule"], sentence=each["sentence"],
            needed=each["needed"], reason=clean(words, 500).strip() or question.words, by=by.code,
        )  # fmt: skip
