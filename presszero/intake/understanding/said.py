"""What messages say besides their words, written down: addresses claimed and answered from, and wishes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from presszero.channels.models import Participant
from presszero.conversations.facts import ConversationWished
from presszero.conversations.models import Wish
from presszero.core.actor import Actor
from presszero.core.text import one_line
from presszero.customers.facts import ClaimAnswered
from presszero.customers.models import Claim
from presszero.timeline.facts import Fact

from .batch import Batch, Item

# Of the customer whose conversation it is, under any of their records.
_ANSWERED = """
UPDATE customers_claim c SET answered_at = %(now)s
FROM unnest(%(roots)s::bigint[], %(conversations)s::bigint[], %(kinds)s::text[], %(addresses)s::text[])
  AS n(root, conversation, kind, address)
JOIN customers_customer u ON u.merchant_id = %(merchant)s AND (u.id = n.root OR u.root_id = n.root)
WHERE c.merchant_id = %(merchant)s AND c.customer_id = u.id AND c.kind = n.kind AND c.address = n.address
  AND c.answered_at IS NULL AND c.proven_at IS NULL
RETURNING c.id, c.customer_id, n.conversation
"""


def said_facts(batch: Batch) -> Iterator[Fact]:
    """Writes it, after the messages themselves, and what became true by it."""
    _claims(batch)
    yield from _wishes(batch)
    yield from _answered(batch)


def _claims(batch: Batch) -> None:
    """An address that somebody names is kept beside them; it finds nobody, and nobody is found by it."""
    claims = [
        Claim(
            merchant_id=batch.merchant_id,
            customer_id=item.person.customer.id,
            kind=claimed.kind,
            address=claimed.address[:320],
            name=claimed.name[:200],
            source=item.line.kind,
        )
        for item in batch.items
        if item.person
        for claimed in item.message.claims
    ]
    if claims:
        Claim.objects.bulk_create(claims, ignore_conflicts=True)


def _wishes(batch: Batch) -> Iterator[Fact]:
    said = [item for item in batch.items if item.message.wish and any(_parts(item))]
    if not said:
        return
    rows = Wish.objects.bulk_create(_wish(item) for item in said)
    for item, row in zip(said, rows, strict=True):
        assert item.place is not None and item.person is not None
        part = item.place.row
        yield ConversationWished(
            merchant_id=batch.merchant_id,
            by=Actor("customer", item.person.root_id or item.person.customer.id),
            conversation_id=part.id,
            customer_id=part.customer_id,
            wish_id=row.id,
            matters=row.matters,
            needed_by_epoch=int(row.needed_by.timestamp()) if row.needed_by else None,
        )


def _parts(item: Item) -> tuple[object, ...]:
    wish = item.message.wish
    return (wish.matters, wish.needed_by, wish.words, wish.channel) if wish else ()


def _wish(item: Item) -> Wish:
    wish = item.message.wish
    assert wish is not None and item.place is not None
    return Wish(
        merchant_id=item.line.merchant_id,
        conversation=item.place.row,
        matters=wish.matters,
        needed_by=wish.needed_by,
        words=one_line(wish.words, 500),
        channel=one_line(wish.channel, 20),
        source=item.line.kind,
    )


def _answered(batch: Batch) -> Iterator[Fact]:
    """Claims that hold what we hear now: only who has the address could read the token that it answers with."""
    found = [item for item in batch.items if _proves(item)]
    if not found:
        return
    places = [item.place.row for item in found if item.place]
    values: dict[str, Any] = {
        "merchant": batch.merchant_id,
        "now": timezone.now(),
        "roots": [item.place.customer_key for item in found if item.place],
        "conversations": [row.id for row in places],
        "kinds": [item.message.sender.kind for item in found],
        "addresses": [item.message.sender.address for item in found],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, values)
        for claim, customer, conversation in cursor.fetchall():
            by = Actor("customer", customer)
            yield ClaimAnswered(
                merchant_id=batch.merchant_id, by=by, customer_id=customer, conversation_id=conversation, claim_id=claim
            )


def _proves(item: Item) -> bool:
    """It answers what we wrote to this address alone, in a conversation that is another's so far."""
    place, strand, person = item.place, item.strand, item.person
    if not (item.answers and place and strand and person) or item.message.proof == "refuted" or place.is_new:
        return False
    written_to = [who for who, standing in strand.taking_part.items() if standing != Participant.Standing.WANTS_IN]
    sender = item.message.sender
    return place.customer_key != person.key and written_to == [(sender.kind, sender.address)]
