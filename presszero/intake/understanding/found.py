"""Everything a batch needs to know, in a handful of statements however many messages it has."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from presszero.channels.models import Line
from presszero.channels.models import Thread as ThreadRow
from presszero.channels.vocabulary import MADE_UP
from presszero.channels.vocabulary import Handle as HandleGiven
from presszero.conversations.models import Conversation, Topic
from presszero.conversations.policy import REOPEN_WITHIN
from presszero.customers.actions import lock_addresses
from presszero.customers.blocking import blocked
from presszero.customers.domains import SHARED_DOMAINS
from presszero.customers.models import Customer, Handle
from presszero.merchants.models import Merchant
from presszero.merchants.queries import weeks
from presszero.team.models import Membership

from .batch import Address, Batch, Item, Person, Place, Strand

FLOOD = 60  # new senders of one domain within the window; then they are held
FLOOD_WINDOW = timedelta(minutes=10)

# Each is looked up by what it is asked for, one after the other (OFFSET 0): of a merchant that came since PostgreSQL
# last counted, it believes that there is one row, and would go through all of theirs for each of all of theirs.
_THREADS = """
WITH asked AS MATERIALIZED (
  SELECT 'token' AS how, t.token AS what, t.id AS thread_id, true AS ours
  FROM unnest(%(tokens)s::text[]) AS k(token) CROSS JOIN LATERAL (
    SELECT token, id FROM channels_thread WHERE merchant_id = %(merchant)s AND token = k.token OFFSET 0
  ) t
  UNION ALL
  SELECT 'id', e.message_id, e.thread_id, NOT e.inbound
  FROM unnest(%(ids)s::text[]) AS k(id) CROSS JOIN LATERAL (
    SELECT message_id, thread_id, inbound FROM channels_entry
    WHERE merchant_id = %(merchant)s AND message_id = k.id AND message_id <> '' OFFSET 0
  ) e
  UNION ALL
  SELECT 'key', t.key, t.id, false
  FROM unnest(%(lines)s::bigint[], %(keys)s::text[]) AS k(line, key) CROSS JOIN LATERAL (
    SELECT key, id FROM channels_thread
    WHERE merchant_id = %(merchant)s AND line_id = k.line AND key = k.key AND key <> '' OFFSET 0
  ) t
)
SELECT a.how, a.what, a.ours, t.id, t.line_id, t.token, t.key, t.subject, c.root,
  (SELECT jsonb_object_agg(p.kind || ' ' || p.address, p.standing) FROM channels_participant p
   WHERE p.merchant_id = %(merchant)s AND p.thread_id = t.id)
FROM asked a
CROSS JOIN LATERAL (
  SELECT * FROM channels_thread WHERE merchant_id = %(merchant)s AND id = a.thread_id OFFSET 0
) t
LEFT JOIN LATERAL (
  SELECT conversation_id FROM conversations_threadplace
  WHERE merchant_id = %(merchant)s AND thread_id = t.id OFFSET 0
) f ON true
LEFT JOIN LATERAL (
  SELECT coalesce(root_id, id) AS root FROM conversations_conversation
  WHERE merchant_id = %(merchant)s AND id = f.conversation_id OFFSET 0
) c ON true
"""
_HANDLES = """
SELECT h.id, h.kind, h.address, h.proof, h.bounced_at, h.name, c.id, coalesce(c.root_id, c.id), c.name
FROM unnest(%(kinds)s::text[], %(addresses)s::text[]) AS asked(kind, address)
JOIN customers_handle h ON h.merchant_id = %(merchant)s AND h.kind = asked.kind AND h.address = asked.address
JOIN customers_customer c ON c.merchant_id = h.merchant_id AND c.id = h.customer_id
"""
_FAMILIES = """
SELECT id, root_id FROM customers_customer
WHERE merchant_id = %(merchant)s AND (id = ANY(%(roots)s) OR root_id = ANY(%(roots)s)) ORDER BY id FOR NO KEY UPDATE
"""
_FLOOD = """
INSERT INTO team_throttle (key, count, window_ends_at)
SELECT key, count, now() + %(window)s FROM unnest(%(keys)s::text[], %(counts)s::int[]) AS new(key, count) ORDER BY key
ON CONFLICT (key) DO UPDATE SET
  count = EXCLUDED.count + CASE WHEN team_throttle.window_ends_at < now() THEN 0 ELSE team_throttle.count END,
  window_ends_at = CASE WHEN team_throttle.window_ends_at < now() THEN EXCLUDED.window_ends_at
    ELSE team_throttle.window_ends_at END
RETURNING key, count
"""


class Retry(Exception):
    """The world changed between two of our statements; the batch is read again."""


def look_up(batch: Batch) -> None:
    """Fills the batch. Locks the senders' customers in id order, then their conversations in id order."""
    if any(item.line.hours_id for item in batch.items):
        batch.weeks = weeks(Merchant(id=batch.merchant_id))
    if any("@" in handle.address for item in batch.items for handle in _named(item)):
        _our_own(batch)
    _people(batch)
    families = _lock_families(batch)
    strands = _threads(batch)
    _conversations(batch, families, {number for number in strands.values() if number})
    for strand, number in ((s, strands[s.row.id]) for s in batch.strands() if s.row.id in strands):
        strand.place = batch.places.get(number or 0)
    _floods(batch)
    senders = [item.message.sender for item in batch.items if not item.backfill]
    batch.blocked = blocked(batch.merchant_id, [(sender.kind, sender.address) for sender in senders])
    named = {item.message.topic for item in batch.items if item.message.topic}
    if named:
        topics = Topic.objects.filter(merchant_id=batch.merchant_id, name__in=named, retired_at=None)
        batch.topics = dict(topics.values_list("name", "id"))


def _named(item: Item) -> tuple[HandleGiven, ...]:
    return (item.message.sender, *item.message.to, *item.message.cc)


def _our_own(batch: Batch) -> None:
    """Addresses of our lines and colleagues, which only a message that names a mail address can meet."""
    lines = Line.objects.filter(merchant_id=batch.merchant_id, kind="email")
    batch.own_addresses = set(lines.values_list("address", flat=True))
    team = Membership.objects.filter(merchant_id=batch.merchant_id, left_at=None)
    batch.team_addresses = set(team.values_list("person__email", flat=True))


def _people(batch: Batch) -> None:
    """Who wrote: by exact handle. An address that our own receiver refuted is looked for among impostors only."""
    wanted = {item.address: item for item in batch.items}
    known = _handles(batch.merchant_id, wanted)
    missing = [address for address in wanted if address not in known]
    if missing:  # another lane may be making the same person: one of us waits, then looks again
        lock_addresses(batch.merchant_id, [(kind, address) for kind, address, _ in missing])
        known |= _handles(batch.merchant_id, missing)
    for address, item in wanted.items():
        batch.people[address] = known.get(address) or _stranger(batch.merchant_id, item)
    for item in batch.items:
        item.person = batch.people[item.address]


def _handles(merchant_id: int, wanted: Iterable[Address]) -> dict[Address, Person]:
    asked = sorted({(kind, address) for kind, address, _ in wanted})
    values: dict[str, Any] = {
        "merchant": merchant_id,
        "kinds": [k for k, _ in asked],
        "addresses": [a for _, a in asked],
    }
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(_HANDLES, values)
        for number, kind, address, proof, bounced_at, name, customer, root, called in cursor.fetchall():
            handle = Handle(
                id=number, merchant_id=merchant_id, customer_id=customer, kind=kind, address=address,
                proof=proof, bounced_at=bounced_at, name=name,
            )  # fmt: skip
            person = Customer(id=customer, merchant_id=merchant_id, name=called)
            found[kind, address, proof == "refuted"] = Person(handle, person, root, False)
    return found


def _stranger(merchant_id: int, item: Item) -> Person:
    sender = item.message.sender
    name = sender.name or ("" if sender.kind in MADE_UP else sender.address)
    customer = Customer(merchant_id=merchant_id, name=name[:200])
    handle = Handle(
        merchant_id=merchant_id, customer=customer, kind=sender.kind, address=sender.address, name=sender.name[:200],
        proof=item.message.proof, proof_reason=item.message.proof_reason[:200],
    )  # fmt: skip
    return Person(handle, customer, None, True)


def _lock_families(batch: Batch) -> dict[int, int]:
    """Customer id → root, of everyone who wrote and everyone merged with them; all locked."""
    roots = sorted({p.root_id for p in batch.people.values() if p.root_id})
    if not roots:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FAMILIES, {"merchant": batch.merchant_id, "roots": roots})
        families = {number: root or number for number, root in cursor.fetchall()}
    if any(families.get(root) != root for root in roots):
        raise Retry("a customer was merged meanwhile")
    return families


def _threads(batch: Batch) -> dict[int, int | None]:
    """Threads by token, by a message's id, by the provider's key. Thread id → the conversation it feeds."""
    keys = [(item.line.id, key) for item in batch.items if (key := thread_key(item))]
    values: dict[str, Any] = {
        "merchant": batch.merchant_id,
        "tokens": sorted({token for item in batch.items for token in item.message.tokens}),
        "ids": sorted({number for item in batch.items for number in mentioned_ids(item)}),
        "lines": [line for line, _ in keys],
        "keys": [key for _, key in keys],
    }
    strands: dict[int, Strand] = {}
    feeds: dict[int, int | None] = {}
    with connection.cursor() as cursor:
        cursor.execute(_THREADS, values)
        for how, what, ours, number, line, token, key, subject, conversation, parts in cursor.fetchall():
            row = ThreadRow(
                id=number, merchant_id=batch.merchant_id, line_id=line, token=token, key=key, subject=subject
            )
            strand = strands.setdefault(number, Strand(row, None, _standings(parts)))
            feeds[number] = conversation
            if how == "token":
                batch.by_token[what] = strand
            elif how == "key":
                batch.by_key[line, what] = strand
            else:
                batch.by_message_id[what] = (strand, ours)
    return feeds


def mentioned_ids(item: Item) -> list[str]:
    """Ids the message says it answers, the likeliest first; at most 25."""
    message = item.message
    return [i for i in dict.fromkeys([message.in_reply_to, *reversed(message.references)]) if i][:25]


def thread_key(item: Item) -> str:
    """The provider's name of the exchange; a channel without subjects or threads has one exchange a sender."""
    return item.message.thread_key or ("" if item.can.subject else f"from:{item.message.sender.address}")


def _standings(parts: Any) -> dict[tuple[str, str], str]:
    found = json_object(parts)
    return {tuple(key.split(" ", 1)): standing for key, standing in found.items()}  # type: ignore[misc]


def json_object(value: Any) -> dict[str, str]:
    """A jsonb object as the raw cursor hands it over: parsed, or as text."""
    return dict(json.loads(value) if isinstance(value, str) else value or {})


def _conversations(batch: Batch, families: dict[int, int], answered: set[int]) -> None:
    """The senders' open and lately resolved conversations, and those that their messages answer; locked in id order."""
    rows = Conversation.objects.raw(
        "SELECT * FROM conversations_conversation WHERE merchant_id = %s AND root_id IS NULL AND (id = ANY(%s)"
        " OR (customer_id = ANY(%s) AND (state <> 'resolved' OR last_at > %s))) ORDER BY id FOR NO KEY UPDATE",
        [batch.merchant_id, sorted(answered), sorted(families), timezone.now() - REOPEN_WITHIN],
    )
    found = list(rows)
    others = {row.customer_id for row in found} - families.keys()
    if others:
        rest = Customer.objects.filter(merchant_id=batch.merchant_id, id__in=others).values_list("id", "root_id")
        families = families | {number: root or number for number, root in rest}
    for row in found:
        batch.places[row.id] = Place(row, families[row.customer_id], row.id)


def _floods(batch: Batch) -> None:
    """Counts new senders by domain, and notes the domains that send too many at once."""
    new: dict[str, int] = {}
    for person in batch.people.values():
        domain = person.handle.address.rpartition("@")[2]
        if person.is_new and person.handle.kind == "email" and domain and domain not in SHARED_DOMAINS:
            new[domain] = new.get(domain, 0) + 1
    if not new:
        return
    keys = {f"flood:{batch.merchant_id}:{domain}"[:200]: domain for domain in new}
    values: dict[str, Any] = {"keys": list(keys), "counts": [new[d] for d in keys.values()], "window": FLOOD_WINDOW}
    with connection.cursor() as cursor:
        cursor.execute(_FLOOD, values)
        batch.flooded = {keys[key] for key, count in cursor.fetchall() if count > FLOOD}
