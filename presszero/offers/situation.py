"""What the policy asks about: one conversation as it stands now, in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from presszero.conversations.models import Conversation
from presszero.conversations.mood import Mood, mood_of_all

from .models import Suggesting
from .policy import UNSETTLED, Case, Fixed

# Of the whole matter, merged parts too, and of everyone who is this customer today.
_CASE = """
WITH here AS (
  SELECT id FROM conversations_conversation
  WHERE merchant_id = %(merchant)s AND (id = %(conversation)s OR root_id = %(conversation)s)
), family AS (
  SELECT u.id FROM customers_customer u WHERE u.merchant_id = %(merchant)s
    AND (u.id = %(customer)s OR u.root_id = %(customer)s)
), theirs AS (
  SELECT c.id, c.root_id, c.state FROM conversations_conversation c JOIN family f ON f.id = c.customer_id
  WHERE c.merchant_id = %(merchant)s
), given AS (
  SELECT r.id, r.state, r.order_id, r.kind FROM remedies_remedy r
  WHERE r.merchant_id = %(merchant)s AND r.conversation_id IN (SELECT id FROM here)
)
SELECT
  (SELECT array_agg(DISTINCT g.state) FROM given g WHERE g.state = ANY(%(unsettled)s)
    AND NOT (g.state = 'failed' AND EXISTS (SELECT FROM given b WHERE b.id > g.id AND b.state = 'done'))),
  EXISTS (SELECT FROM given WHERE state = 'done'),
  EXISTS (SELECT FROM conversations_resolution s
    WHERE s.merchant_id = %(merchant)s AND s.conversation_id IN (SELECT id FROM here)
      AND coalesce(s.reopened_by, '') <> 'system'),
  (SELECT max(w.at) FROM offers_allwell w WHERE w.merchant_id = %(merchant)s
    AND w.conversation_id IN (SELECT id FROM here) AND w.taken_back_at IS NULL),
  EXISTS (SELECT FROM promises_promise p WHERE p.merchant_id = %(merchant)s AND p.kept_at IS NULL
    AND p.conversation_id IN (SELECT id FROM here UNION SELECT id FROM theirs)
    AND (p.broken_at IS NOT NULL OR p.due_at <= coalesce(p.withdrawn_at, p.renegotiated_at, %(now)s))
    AND (p.withdrawn_at IS NULL OR p.conversation_id IN (SELECT id FROM here))),
  EXISTS (SELECT FROM theirs t WHERE t.root_id IS NULL AND t.id <> %(conversation)s AND t.state IN ('open', 'snoozed')),
  EXISTS (SELECT FROM (
    SELECT DISTINCT ON (n.channel) n.given FROM customers_consent n JOIN family f ON f.id = n.customer_id
    WHERE n.merchant_id = %(merchant)s AND n.purpose = 'marketing' ORDER BY n.channel, n.id DESC) newest
    WHERE NOT newest.given),
  EXISTS (SELECT FROM commerce_variant v
    JOIN commerce_product p ON p.merchant_id = v.merchant_id AND p.id = v.product_id
    WHERE v.merchant_id = %(merchant)s AND v.gone_at IS NULL AND p.gone_at IS NULL AND p.active LIMIT 1),
  EXISTS (SELECT FROM customers_handle h JOIN family f ON f.id = h.customer_id
    WHERE h.merchant_id = %(merchant)s AND h.proof = 'refuted')
"""

# What they said last, oldest first, and whether a person of ours had spoken to them before.
_WORDS = """
WITH said AS (
  SELECT m.at, m.id, e.inbound, e.actor, e.text FROM conversations_message m
  JOIN channels_entry e ON e.merchant_id = m.merchant_id AND e.id = m.entry_id
  WHERE m.merchant_id = %(merchant)s AND m.taken_back_at IS NULL AND e.automatic = '' AND m.conversation_id IN (
    SELECT id FROM conversations_conversation
    WHERE merchant_id = %(merchant)s AND (id = %(conversation)s OR root_id = %(conversation)s))
), ours AS (
  SELECT at, id FROM said WHERE NOT inbound AND (actor LIKE 'member:%%' OR actor LIKE 'assistant%%')
    AND (at, id) < (SELECT at, id FROM said WHERE inbound ORDER BY at DESC, id DESC LIMIT 1)
  ORDER BY at DESC, id DESC LIMIT 1
)
SELECT s.at, s.text, ours.id IS NOT NULL FROM said s LEFT JOIN ours ON true
WHERE s.inbound AND (ours.id IS NULL OR (s.at, s.id) > (ours.at, ours.id))
ORDER BY s.at DESC, s.id DESC LIMIT 20
"""

# Most words go on in matters that nothing was done about yet: one cheap look.
_SETTLED = """
SELECT c.id FROM conversations_conversation h
JOIN conversations_conversation c ON c.merchant_id = h.merchant_id AND c.id = coalesce(h.root_id, h.id)
WHERE h.merchant_id = %(merchant)s AND h.id = %(conversation)s AND c.state IN ('open', 'snoozed', 'resolved') AND (
  c.state = 'resolved'
  OR EXISTS (SELECT FROM conversations_resolution s WHERE s.merchant_id = c.merchant_id AND s.conversation_id = c.id)
  OR EXISTS (SELECT FROM remedies_remedy r
    WHERE r.merchant_id = c.merchant_id AND r.conversation_id IN (h.id, c.id) AND r.state = 'done'))
"""


@dataclass(frozen=True, slots=True)
class Words:
    """What they said last, after somebody of ours had spoken to them."""

    mood: Mood
    last_at: datetime | None


def may_be_settled(merchant_id: int, conversation_id: int) -> bool:
    """Whether it is worth asking more: it was resolved once, or something was given. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, {"merchant": merchant_id, "conversation": conversation_id})
        return cursor.fetchone() is not None


def case_of(row: Conversation, how: Suggesting | None, now: datetime) -> Case:
    """`row` as it stands today, after merges, with its customer. Two statements."""
    asked = {
        "merchant": row.merchant_id,
        "conversation": row.now_id,
        "customer": row.customer.now_id,
        "unsettled": list(UNSETTLED),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CASE, asked)
        states, done, resolved_once, well_at, broken, elsewhere, refused, sells, refuted = cursor.fetchone()
    words = words_of(row)
    return Case(
        on=how is None or how.on,
        sells=sells,
        spam=row.state == Conversation.State.SPAM,
        known=not refuted,
        fixed=_fixed(row, done, resolved_once),
        said_well=well_at is not None and (words.last_at is None or well_at >= words.last_at),
        mood=words.mood,
        remedies=frozenset(states or ()),
        broken_promise=broken,
        open_elsewhere=elsewhere,
        refused=refused,
    )


def words_of(row: Conversation) -> Words:
    """How they sounded last. Unclear where we had not spoken yet: whoever asks politely is not content for that."""
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, {"merchant": row.merchant_id, "conversation": row.now_id})
        said: Sequence[tuple[Any, ...]] = cursor.fetchall()
    if not said:
        return Words(Mood.UNCLEAR, None)
    last_at, _text, spoken = said[0]
    return Words(mood_of_all([text for _at, text, _spoken in reversed(said)]) if spoken else Mood.UNCLEAR, last_at)


def _fixed(row: Conversation, done: bool, resolved_once: bool) -> Fixed:
    if row.state == Conversation.State.RESOLVED:
        return Fixed.RESOLVED
    if done:
        return Fixed.REMEDY
    return Fixed.AGAIN_OPEN if resolved_once else Fixed.NOT
