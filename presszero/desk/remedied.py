"""Remedies as the desk shows them: what is given, how far it came, who may answer, what can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from presszero.commerce.models import Order
from presszero.conversations.models import Conversation
from presszero.core.money import Money
from presszero.remedies import queries
from presszero.remedies.models import LeadAnswer, Remedy, State, Task
from presszero.remedies.saying import name_of
from presszero.remedies.ways import can_undo
from presszero.team import queries as team
from presszero.team.models import Membership

from .happened import who
from .ordered import web

_KINDS = {
    State.ASKED: ("w", "clock"),
    State.REFUSED: ("l", "close"),
    State.GIVEN: ("", "refresh"),
    State.DOING: ("", "refresh"),
    State.DONE: ("g", "check"),
    State.TASK: ("w", "list"),
    State.FAILED: ("l", "alert"),
    State.UNKNOWN: ("w", "alert"),
    State.UNDONE: ("", "undo"),
    State.WITHDRAWN: ("", "undo"),
}
ICONS = {
    "refund": "coin",
    "replace": "box",
    "credit": "tagged",
    "gift_card": "gift",
    "code": "percent",
    "cancel": "close",
    "address": "place",
    "expedite": "truck",
    "return": "undo",
    "exchange": "swap",
    "price_match": "tagged",
    "goodwill": "heart",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a lead was asked, or answered."""

    row: LeadAnswer
    asker: str
    answerer: str
    open: bool
    mine: bool  # the member asked it, and may withdraw it
    may_answer: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A remedy, ready to be drawn. `busy`: it is just being done; `undo`: it can be taken back."""

    row: Remedy
    name: str
    icon: str
    amount: Money | None
    state: str
    kind: str
    state_icon: str
    by: str
    url: str
    question: Question | None = None
    tasks: list[Task] = field(default_factory=list)
    undo: bool = False
    busy: bool = False

    @property
    def id(self) -> int:
        return self.row.id

    @property
    def at(self) -> datetime:
        return self.row.at


def in_conversation(conversation: Conversation, member: Membership) -> dict[int, Card]:
    """Every remedy of the matter, by its id."""
    rows = queries.given_in(conversation)
    names = names_of(member) if rows else {}
    return {row.id: card(row, member, names) for row in rows}


def on_order(order: Order, member: Membership) -> list[Card]:
    """What was asked and given on an order, or made it; the oldest first."""
    here = Q(order_id=order.id) | Q(made_order_id=order.id)
    rows = Remedy.objects.filter(here, merchant_id=order.merchant_id).select_related("order", "store", "made_order")
    found = list(rows.prefetch_related("questions", "tasks").order_by("id")[: queries.MOST])
    names = names_of(member) if found else {}
    return [card(row, member, names) for row in found]


def names_of(member: Membership) -> dict[int, str]:
    """Who did something here: member id → name."""
    return {each.id: each.person.name for each in team.members_of(member.merchant)}


def card(row: Remedy, member: Membership, names: Mapping[int, str]) -> Card:
    """One remedy as `member` sees it."""
    kind, icon = _KINDS[State(row.state)]
    return Card(
        row=row,
        name=name_of(row.kind, row.merchant_id),
        icon=ICONS.get(row.kind, "tagged"),
        amount=Money(row.amount, row.currency) if row.amount else None,
        state=_("being taken back") if row.undone_by and not row.undone_at else row.get_state_display().lower(),
        kind=kind,
        state_icon=icon,
        by=who(row.by, names),
        url=web(row.url),
        question=_question(row, member, names),
        tasks=[task for task in row.tasks.all() if task.done_at is None],
        undo=may_undo(row, member),
        busy=row.state in (State.GIVEN, State.DOING),
    )


def may_undo(row: Remedy, member: Membership) -> bool:
    """Whether the way back is worth showing; the verb decides once more."""
    if row.undone_by or row.undone_at:
        return False
    if row.state == State.TASK:
        return True
    if row.state == State.GIVEN:
        return not row.tries
    return row.state == State.DONE and can_undo(row)


def waits(rows: Iterable[LeadAnswer], member: Membership) -> list[Card]:
    """Questions as cards of the remedies they are about."""
    names = names_of(member)
    return [card(each.remedy, member, names) for each in rows]


def _question(row: Remedy, member: Membership, names: Mapping[int, str]) -> Question | None:
    asked = max(row.questions.all(), key=lambda each: each.id, default=None)
    if asked is None:
        return None
    is_open = asked.answered_at is None
    asked.remedy = row
    return Question(
        asked,
        who(asked.asked_by, names),
        who(asked.answered_by, names) if asked.answered_by else "",
        is_open,
        is_open and asked.asked_by == member.actor.code,
        is_open and queries.may_answer(member, asked),
    )
