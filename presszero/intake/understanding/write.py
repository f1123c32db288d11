"""Writing what was decided: each table once for the whole batch."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from presszero.channels.media import WAKES as MEDIA
from presszero.channels.models import Attachment, Entry, MediaToFetch, Participant, Thread
from presszero.conversations.facts import (
    ConversationOpened,
    ConversationReopened,
    ConversationSpam,
    ConversationWoken,
    MessageReceived,
)
from presszero.conversations.models import Conversation, Message, Resolution, Snooze, Spam, ThreadPlace
from presszero.core.actor import SYSTEM, Actor
from presszero.customers.facts import CustomerCreated
from presszero.customers.models import Customer, Handle
from presszero.timeline.actions import record_all, wake
from presszero.timeline.facts import Fact

from .batch import Batch, Item, Place, Strand
from .decide import others_named
from .said import said_facts
from .words import entry_of, file_of, media_of

BLOCKED = "from a blocked address"  # a Spam.reason

_UPDATE = """
UPDATE conversations_conversation c SET subject = n.subject, state = n.state, last_at = n.last_at,
  last_inbound = n.last_inbound, last_channel = n.last_channel, snippet = n.snippet, waiting_since = n.waiting_since,
  due_at = n.due_at, snoozed_until = n.snoozed_until, work_at = n.work_at, topic_id = n.topic_id, matters = n.matters,
  needed_by = n.needed_by, asked_channel = n.asked_channel, version = c.version + 1
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::boolean[], %s::text[], %s::text[],
  %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::smallint[],
  %s::timestamptz[], %s::text[])
  AS n(id, subject, state, last_at, last_inbound, last_channel, snippet, waiting_since, due_at, snoozed_until, work_at,
       topic_id, matters, needed_by, asked_channel)
WHERE c.merchant_id = %s AND c.id = n.id
"""


def write(batch: Batch) -> None:
    """Rows and facts of the whole batch, in the caller's transaction."""
    _people(batch)
    _places(batch)
    _threads(batch)
    _words(batch)
    _marks(batch)
    record_all([*_facts(batch), *said_facts(batch)])


def _people(batch: Batch) -> None:
    new = [person for person in batch.people.values() if person.is_new]
    Customer.objects.bulk_create([person.customer for person in new])
    for person in new:
        person.handle.customer_id = person.customer.id
    Handle.objects.bulk_create([person.handle for person in new])
    _learn(batch)


def _learn(batch: Batch) -> None:
    """A better proof, a name where there was none, and a dead address that lives."""
    for address, person in batch.people.items():
        best = max((i for i in batch.items if i.address == address), key=lambda i: i.message.proof.strength)
        handle, changed = person.handle, []
        if not person.is_new and best.message.proof.strength > _strength(handle.proof):
            handle.proof, handle.proof_reason = best.message.proof, best.message.proof_reason[:200]
            handle.proven_at = timezone.now()
            changed += ["proof", "proof_reason", "proven_at"]
        if handle.bounced_at and not best.automatic:
            handle.bounced_at, handle.bounce_reason = None, ""
            changed += ["bounced_at", "bounce_reason"]
        if changed:
            handle.save(update_fields=changed)
        nameless = person.customer.name in ("", handle.address)
        if nameless and best.message.sender.name and not person.is_new:
            Customer.objects.filter(merchant_id=batch.merchant_id, id=person.customer.id).update(
                name=best.message.sender.name[:200]
            )


def _strength(proof: str) -> int:
    return {"refuted": 9, "claimed": 1, "seen": 2, "verified": 3}[proof]


def _places(batch: Batch) -> None:
    new = [place for place in batch.places.values() if place.is_new]
    owner = {item.place.name: item.person for item in reversed(batch.items) if item.place and item.person}
    for place in new:
        person = owner[place.name]
        place.row.customer_id = person.root_id or person.customer.id
    Conversation.objects.bulk_create([place.row for place in new])
    _update([place for place in batch.places.values() if place.changed and not place.is_new], batch.merchant_id)


def _update(places: list[Place], merchant_id: int) -> None:
    if not places:
        return
    columns = zip(
        *(
            (
                p.row.id, p.row.subject, p.row.state, p.row.last_at, p.row.last_inbound, p.row.last_channel,
                p.row.snippet, p.row.waiting_since, p.row.due_at, p.row.snoozed_until, p.row.work_at,
                p.row.topic_id, p.row.matters, p.row.needed_by, p.row.asked_channel,
            )
            for p in places
        ),
        strict=True,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [*(list(column) for column in columns), merchant_id])


def _threads(batch: Batch) -> None:
    used = {id(item.strand): item.strand for item in batch.items if item.strand}
    strands = list(used.values())
    Thread.objects.bulk_create([strand.row for strand in strands if strand.is_new])
    Participant.objects.bulk_create(list(_participants(batch.merchant_id, strands)), ignore_conflicts=True)
    ThreadPlace.objects.bulk_create(
        [
            ThreadPlace(merchant_id=batch.merchant_id, thread=strand.row, conversation=strand.place.row)
            for strand in strands
            if strand.place and (strand.is_new or strand.moved)
        ],
        update_conflicts=True,
        unique_fields=["merchant", "thread"],
        update_fields=["conversation"],
    )


def _participants(merchant_id: int, strands: list[Strand]) -> Iterator[Participant]:
    for strand in strands:
        for (kind, address), (name, standing) in strand.joined.items():
            yield Participant(
                merchant_id=merchant_id,
                thread=strand.row,
                kind=kind,
                address=address[:320],
                name=name[:200],
                standing=standing,
            )


def _words(batch: Batch) -> None:
    for item in batch.items:
        assert item.strand is not None
        item.entry = entry_of(item, item.strand.row, others_named(batch, item))
    Entry.objects.bulk_create([item.entry for item in batch.items if item.entry])
    Attachment.objects.bulk_create(file_of(f, item.entry) for item in batch.items if item.entry for f in item.files)
    if MediaToFetch.objects.bulk_create(row for item in batch.items for row in media_of(item)):
        wake(MEDIA)


def _marks(batch: Batch) -> None:
    """The rows that ended with it: a resolution reopened, a snooze ended."""
    now = timezone.now()
    reopened = [p.row.id for p in batch.places.values() if p.reopened and not p.is_new]
    woken = [p.row.id for p in batch.places.values() if p.woken and not p.is_new]
    if reopened:
        standing = Resolution.objects.filter(
            merchant_id=batch.merchant_id, conversation_id__in=reopened, reopened_at=None
        )
        standing.update(reopened_at=now, reopened_by="customer")
    if woken:
        asleep = Snooze.objects.filter(merchant_id=batch.merchant_id, conversation_id__in=woken, ended_at=None)
        asleep.update(ended_at=now, ended_by="customer")
    Spam.objects.bulk_create(
        Spam(merchant_id=batch.merchant_id, conversation=p.row, state=p.state_before, by=SYSTEM.code, reason=BLOCKED)
        for p in batch.places.values()
        if p.spam
    )


def _facts(batch: Batch) -> Iterator[Fact]:
    messages = [
        Message(
            merchant_id=batch.merchant_id,
            conversation=item.place.row,
            entry=item.entry,
            at=item.at,
            inbound=True,
            reason=item.reason[:200],
        )
        for item in batch.items
        if item.place
    ]
    Message.objects.bulk_create(messages)
    for person in batch.people.values():
        if person.is_new:
            yield CustomerCreated(
                merchant_id=batch.merchant_id, by=_by(person.customer.id), customer_id=person.customer.id
            )
    announced: set[int] = set()
    for item, message in zip(batch.items, messages, strict=True):
        assert item.place is not None and item.entry is not None and item.person is not None
        row = item.place.row
        by = _by(item.person.root_id or item.person.customer.id)
        if row.id not in announced:
            announced.add(row.id)
            yield from _turns(item.place, item, by)
            if item.place.spam:
                yield ConversationSpam(
                    merchant_id=batch.merchant_id, by=SYSTEM, conversation_id=row.id, customer_id=row.customer_id,
                    blocked=True,
                )  # fmt: skip
        yield MessageReceived(
            merchant_id=batch.merchant_id, by=by, conversation_id=row.id, customer_id=row.customer_id,
            message_id=message.id, entry_id=item.entry.id, channel=item.line.kind,
            automatic=bool(item.automatic) or item.quiet,
        )  # fmt: skip


def _turns(place: Place, item: Item, by: Actor) -> Iterator[Fact]:
    row = place.row
    if place.is_new:
        yield ConversationOpened(
            merchant_id=row.merchant_id, by=by, conversation_id=row.id, customer_id=row.customer_id,
            line_id=item.line.id, channel=item.line.kind,
        )  # fmt: skip
    elif place.reopened:
        yield ConversationReopened(
            merchant_id=row.merchant_id, by=by, conversation_id=row.id, customer_id=row.customer_id
        )
    elif place.woken:
        yield ConversationWoken(merchant_id=row.merchant_id, by=by, conversation_id=row.id, customer_id=row.customer_id)


def _by(customer_id: int) -> Actor:
    return Actor("customer", customer_id)
