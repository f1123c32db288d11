"""Answers that were promised: an answer keeps them, and they go with their matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from presszero.channels.models import Entry
from presszero.conversations.actions.held import about, held
from presszero.conversations.models import Conversation, Message
from presszero.core.actor import Actor
from presszero.timeline.actions import record

from ..facts import PromiseKept, PromiseMade, PromiseWithdrawn
from ..models import Kind, Promise, Where

OWED = (Where.AGENT, Where.CALL, Where.MACHINE)  # said in words: owed until it is done, whoever waits


@dataclass(frozen=True, slots=True)
class Owed:
    """By when they hear from us again, and where that was said."""

    due_at: datetime
    whole_day: bool
    where: str
    entry_id: int | None
    quote: str


@transaction.atomic
def promise(conversation: Conversation, due_at: datetime, *, entry: Entry | None, by: Actor) -> Promise:
    """We said that we answer by then. Whatever was said of it before counts no more."""
    row = held(conversation)
    withdraw(row, by=by)
    made = Promise.objects.create(
        merchant_id=row.merchant_id,
        customer_id=row.customer_id,
        conversation=row,
        due_at=due_at,
        where=Where.MESSAGE if entry else Where.CHAT_HEAD,
        entry=entry,
        by=by.code,
    )
    record(
        PromiseMade(
            **about(row),
            by=by,
            promise_id=made.id,
            entry_id=entry.id if entry else None,
            due_epoch=int(due_at.timestamp()),
        )
    )
    return made


@transaction.atomic
def owe(conversation: Conversation, what: Owed, by: Actor) -> Promise:
    """In words of ours stood by when they hear from us again. Those words themselves answer what was promised before.

    It is owed whether or not they wait for anything, and settling the matter does not settle it.
    """
    row, now = held(conversation), timezone.now()
    if what.entry_id:
        keep(row, now, by=by)
    else:
        withdraw(row, by=by)
    made = Promise.objects.create(
        merchant_id=row.merchant_id,
        customer_id=row.customer_id,
        conversation=row,
        due_at=what.due_at,
        whole_day=what.whole_day,
        where=what.where,
        entry_id=what.entry_id,
        quote=what.quote,
        by=by.code,
    )
    record(
        PromiseMade(
            **about(row), by=by, promise_id=made.id, entry_id=made.entry_id, due_epoch=int(made.due_at.timestamp())
        )
    )
    return made


@transaction.atomic
def keep(conversation: Conversation, at: datetime, *, by: Actor, entry_id: int | None = None) -> int:
    """They were answered at that moment, in that entry: every open promise here is kept, some of them late. How many.

    What was promised in those very words is not kept by them.
    """
    row = held(conversation)
    kept = [made for made in open_promises(row) if entry_id is None or made.entry_id != entry_id]
    for made in kept:
        made.kept_at, made.kept_by = at, by.code
        made.save(update_fields=["kept_at", "kept_by"])
        late = bool(made.broken_at) or at > made.due_at
        record(PromiseKept(**about(row), by=by, promise_id=made.id, late=late))
    return len(kept)


@transaction.atomic
def unkeep(conversation: Conversation, since: datetime | None = None) -> int:
    """The answer was taken back, or did not arrive: what it had kept is open again. How many.

    `since`: when the answer was sent; what was owed is open again only where that is known.
    """
    row = held(conversation)
    if open_promises(row).exists():
        return 0
    kept = _here(row).filter(kind=Kind.ANSWER, kept_at__isnull=False, withdrawn_at=None)
    waited = Q(kept_at__gte=row.waiting_since) if row.waiting_since else Q(pk=None)
    owed = Q(kept_at__gte=since, where__in=OWED) if since else Q(pk=None)
    newest = kept.filter(waited | owed).order_by("-id").first()
    if newest is None:
        return 0
    newest.kept_at, newest.kept_by = None, ""
    newest.save(update_fields=["kept_at", "kept_by"])
    return 1


@transaction.atomic
def withdraw(conversation: Conversation, *, by: Actor, at: datetime | None = None, settled: bool = False) -> int:
    """What we said no longer counts: we named another moment, or the matter is settled. How many."""
    row = held(conversation)
    gone = [made for made in open_promises(row) if not (settled and made.where in OWED)]
    for made in gone:
        made.withdrawn_at = at or timezone.now()
        made.save(update_fields=["withdrawn_at"])
        record(PromiseWithdrawn(**about(row), by=by, promise_id=made.id))
    return len(gone)


@transaction.atomic
def withdraw_all(conversation: Conversation, *, by: Actor, at: datetime | None = None) -> int:
    """It was spam: nothing that was said in it counts, whatever it was. How many."""
    row = held(conversation)
    rest = _here(row).exclude(kind=Kind.ANSWER).filter(order=None, kept_at=None, withdrawn_at=None)
    gone = list(rest.filter(renegotiated_at=None))
    for made in gone:
        made.withdrawn_at = at or timezone.now()
        made.save(update_fields=["withdrawn_at"])
        record(PromiseWithdrawn(**about(row), by=by, promise_id=made.id))
    return len(gone) + withdraw(row, by=by, at=at)


@transaction.atomic
def carry(source: Conversation, target: Conversation) -> int:
    """Part of a matter was split off: what was said in its words goes along. How many.

    An answer that we named a moment for goes with those words that still wait.
    """
    part, rest = held(target), held(source)
    moved = Message.objects.filter(merchant_id=part.merchant_id, conversation=part).values("entry_id")
    carried = _here(rest).exclude(kind=Kind.ANSWER).filter(entry_id__in=moved).update(conversation=part)
    if rest.waiting_since or part.waiting_since is None or open_promises(part).exists():
        return carried
    return carried + open_promises(rest).update(conversation=part)


def open_promises(row: Conversation) -> QuerySet[Promise]:
    """Answers that still count in everything that is part of this conversation, broken or not."""
    return _here(row).filter(kind=Kind.ANSWER, kept_at=None, withdrawn_at=None)


def _here(row: Conversation) -> QuerySet[Promise]:
    family = Q(conversation_id=row.now_id) | Q(conversation__root_id=row.now_id)
    return Promise.objects.filter(family, merchant_id=row.merchant_id)
