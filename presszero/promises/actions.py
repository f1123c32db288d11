"""Promising, keeping, breaking by the clock, withdrawing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from presszero.channels.models import Entry
from presszero.conversations.actions.held import about, held
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM, Actor
from presszero.timeline.actions import record

from .facts import PromiseBroken, PromiseKept, PromiseMade, PromiseWithdrawn
from .models import Acknowledged, Promise
from .policy import folded

ONCE_IN = timedelta(hours=24)  # an address is told that we have its words, by everybody here together

_TELL = """
INSERT INTO promises_acknowledged AS known (recipient, at) VALUES (%(who)s, %(now)s)
ON CONFLICT (recipient) DO UPDATE SET at = excluded.at WHERE known.at < %(now)s - %(window)s
RETURNING recipient
"""


@transaction.atomic
def promise(conversation: Conversation, due_at: datetime, *, entry: Entry | None, by: Actor) -> Promise:
    """We said that we answer by then. Whatever was said of it before counts no more."""
    row = held(conversation)
    withdraw(row, by=by)
    made = Promise.objects.create(merchant_id=row.merchant_id, conversation=row, due_at=due_at, entry=entry, by=by.code)
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
def keep(conversation: Conversation, at: datetime, *, by: Actor) -> int:
    """They were answered at that moment: every open promise here is kept, some of them late. How many."""
    row = held(conversation)
    kept = list(open_promises(row))
    for made in kept:
        made.kept_at = at
        made.save(update_fields=["kept_at"])
        late = bool(made.broken_at) or at > made.due_at
        record(PromiseKept(**about(row), by=by, promise_id=made.id, late=late))
    return len(kept)


@transaction.atomic
def unkeep(conversation: Conversation) -> int:
    """The answer was taken back, or did not arrive: what it had kept is open again. How many."""
    row = held(conversation)
    if row.waiting_since is None or open_promises(row).exists():
        return 0
    last = _here(row).filter(kept_at__isnull=False, kept_at__gte=row.waiting_since, withdrawn_at=None)
    newest = last.order_by("-id").first()
    if newest is None:
        return 0
    newest.kept_at = None
    newest.save(update_fields=["kept_at"])
    return 1


@transaction.atomic
def withdraw(conversation: Conversation, *, by: Actor, at: datetime | None = None) -> int:
    """What we said no longer counts: the matter is settled, or we named another moment. How many."""
    row = held(conversation)
    gone = list(open_promises(row))
    for made in gone:
        made.withdrawn_at = at or timezone.now()
        made.save(update_fields=["withdrawn_at"])
        record(PromiseWithdrawn(**about(row), by=by, promise_id=made.id))
    return len(gone)


def break_due(now: datetime, limit: int = 200) -> int:
    """Every promise whose moment has passed unanswered is broken; how many. The clock calls this."""
    passed = Promise.objects.filter(due_at__lte=now, kept_at=None, broken_at=None, withdrawn_at=None)
    return sum(_break(made, now) for made in passed.select_related("conversation").order_by("due_at")[:limit])


@transaction.atomic
def _break(seen: Promise, now: datetime) -> int:
    """Unless they were answered a moment ago, which the timeline has yet to tell."""
    row = held(seen.conversation)
    made = Promise.objects.get(merchant_id=row.merchant_id, id=seen.id)
    if made.kept_at or made.broken_at or made.withdrawn_at or row.waiting_since is None:
        return 0
    made.broken_at = now
    made.save(update_fields=["broken_at"])
    record(PromiseBroken(**about(row), by=SYSTEM, promise_id=made.id))
    return 1


@transaction.atomic
def carry(source: Conversation, target: Conversation) -> int:
    """Part of a matter was split off: what we said follows those words that still wait. How many."""
    part, rest = held(target), held(source)
    if rest.waiting_since or part.waiting_since is None or open_promises(part).exists():
        return 0
    return open_promises(rest).update(conversation=part)


def may_tell(address: str, now: datetime) -> bool:
    """Whether this address may be told now that we have its words: once a day, whoever asks. Asking counts as telling.

    Two that ask at once wait for each other in the database, and one of them hears no.
    """
    values: dict[str, Any] = {"who": _hashed(address), "now": now, "window": ONCE_IN}
    with connection.cursor() as cursor:
        cursor.execute(_TELL, values)
        return cursor.fetchone() is not None


def forget_told(now: datetime) -> int:
    """Forgets whom we told longer ago than matters; how many. The clock calls this."""
    return Acknowledged.objects.filter(at__lt=now - 2 * ONCE_IN).delete()[0]


def open_promises(row: Conversation) -> QuerySet[Promise]:
    """What still counts in everything that is part of this conversation, broken or not."""
    return _here(row).filter(kept_at=None, withdrawn_at=None)


def _here(row: Conversation) -> QuerySet[Promise]:
    family = Q(conversation_id=row.now_id) | Q(conversation__root_id=row.now_id)
    return Promise.objects.filter(family, merchant_id=row.merchant_id)


def _hashed(address: str) -> str:
    """Keyed, so that the table tells nobody who has written to us."""
    return salted_hmac(
        "promises.acknowledged", folded(address), secret=settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()
