"""Reads about remedies, named after the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels.answering import in_words, zone
from presszero.channels.wording import fill
from presszero.conversations.models import Conversation
from presszero.core.money import Money
from presszero.team.models import Membership
from presszero.team.sight import MayNot

from .authority import authority_of
from .keeping import read
from .models import LeadAnswer, OwnRemedy, Remedy, Task
from .owning import PREFIX
from .policy import may_grant
from .proposing import exceptions_by_rule, proposals
from .wording import says

__all__ = [
    "exceptions_by_rule",
    "given_in",
    "given_to",
    "late",
    "may_answer",
    "message_of",
    "open_questions",
    "proposals",
    "tasks_open",
    "told_customer",
    "unknown",
]

MOST = 100

_OPEN = """
SELECT (SELECT count(*) FROM (SELECT FROM remedies_leadanswer
    WHERE merchant_id = %(merchant)s AND answered_at IS NULL LIMIT %(most)s) q),
  (SELECT count(*) FROM (SELECT FROM remedies_task
    WHERE merchant_id = %(merchant)s AND done_at IS NULL LIMIT %(most)s) t),
  (SELECT count(*) FROM (SELECT FROM remedies_remedy
    WHERE merchant_id = %(merchant)s AND state IN ('given', 'doing', 'unknown') AND state = 'unknown' LIMIT %(most)s) u)
"""


@dataclass(frozen=True, slots=True)
class Open:
    """What waits: questions for leads, tasks to do by hand, and what may have been done and may not."""

    questions: int
    tasks: int
    unknown: int


def given_in(conversation: Conversation) -> list[Remedy]:
    """Everything asked for and given in this matter, merged parts too; the oldest first."""
    here = Q(conversation_id=conversation.now_id) | Q(conversation__root_id=conversation.now_id)
    rows = Remedy.objects.filter(here, merchant_id=conversation.merchant_id)
    return list(
        rows.select_related("order", "store", "made_order").prefetch_related("questions", "tasks").order_by("id")[:MOST]
    )


def given_to(merchant_id: int, customer_ids: Sequence[int], limit: int = 20) -> list[Remedy]:
    """The newest that a customer was given, by every id they are known by."""
    rows = Remedy.objects.filter(merchant_id=merchant_id, customer_id__in=list(customer_ids))
    return list(rows.select_related("order", "store").order_by("-id")[:limit])


def open_questions(member: Membership) -> list[LeadAnswer]:
    """Those that this member may answer: within their sight and authority, and not their own. The most urgent first."""
    rows = LeadAnswer.objects.filter(merchant_id=member.merchant_id, answered_at=None)
    waiting = rows.exclude(asked_by=member.actor.code).select_related(
        "remedy__order", "remedy__customer", "remedy__conversation", "remedy__merchant"
    )
    return [each for each in waiting.order_by("answer_by", "id")[:MOST] if may_answer(member, each)]


def may_answer(member: Membership, question: LeadAnswer) -> bool:
    """Whether they see its conversation and answer for such remedies."""
    try:
        who = authority_of(member.actor, member.merchant_id, question.remedy.conversation)
    except MayNot:
        return False
    return question.asked_by != member.actor.code and may_grant(question.remedy.kind, who.rows)


def tasks_open(merchant_id: int) -> QuerySet[Task]:
    """What is to be done by hand, the oldest first."""
    rows = Task.objects.filter(merchant_id=merchant_id, done_at=None)
    return rows.select_related("remedy__order", "remedy__customer", "remedy__conversation").order_by("at", "id")


def unknown(merchant_id: int) -> QuerySet[Remedy]:
    """Those that may have been done and may not, the oldest first: somebody should look."""
    rows = Remedy.objects.filter(merchant_id=merchant_id, state="unknown")
    return rows.select_related("order", "store", "customer").order_by("id")


def to_settle(merchant_id: int) -> Open:
    """How much waits for a person, each counted to a hundred; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"merchant": merchant_id, "most": MOST})
        return Open(*cursor.fetchone())


def told_customer(question: LeadAnswer) -> str:
    """What the customer may be told while a lead is asked: by when, in the language that is active, without why."""
    line = question.remedy.conversation.line if question.remedy.conversation else None
    clock = zone(line) if line else ZoneInfo(question.remedy.merchant.timezone)
    when = in_words(question.answer_by, question.asked_at, clock)
    return _("I am asking a colleague, and you hear from us %(when)s at the latest.") % {"when": when}


def message_of(row: Remedy) -> str:
    """The words that the merchant wrote for a remedy of their own, filled in; "" for all others."""
    number = row.kind.removeprefix(PREFIX)
    if not row.kind.startswith(PREFIX) or not number.isdecimal():
        return ""
    own = OwnRemedy.objects.filter(merchant_id=row.merchant_id, id=int(number)).first()
    if own is None or not own.message:
        return ""
    values = {f"fields.{key}": value for key, value in read(row.merchant_id, row.asked).values.items()}
    given = {
        "remedy.amount": says(Money(row.amount, row.currency)),
        "remedy.code": row.code,
        "remedy.reference": row.external_id,
        "order.number": row.order.number if row.order else "",
    }
    return fill(own.message, {**{f"fields.{f['key']}": "" for f in own.fields}, **values, **given})


def late(question: LeadAnswer, at: datetime | None = None) -> bool:
    """Whether the moment that the customer was told has passed unanswered."""
    return question.answered_at is None and question.answer_by <= (at or timezone.now())
