"""The matter that a visitor's words go to now. Of the conversation, nothing but their own first words is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from presszero.channels.models import Entry
from presszero.channels.transcript import Reader, thread_key, threads
from presszero.conversations.models import Conversation, Message, ThreadPlace
from presszero.conversations.queries import family
from presszero.core.text import snippet

TYPES_FOR = timedelta(seconds=8)  # after the last sign of it

# In the conversation that `current` finds. Every widget asks at every message. Who has just sent it types no more.
_WHO_TYPES = """
SELECT p.name, p.email FROM conversations_looking k
JOIN team_membership b ON b.merchant_id = k.merchant_id AND b.id = k.member_id
JOIN team_person p ON p.id = b.person_id
JOIN conversations_conversation r ON r.merchant_id = k.merchant_id AND r.id = k.conversation_id
WHERE k.merchant_id = %(merchant)s AND k.typing_at > %(since)s
AND (r.last_inbound OR k.typing_at > r.last_at) AND k.conversation_id = (
  SELECT coalesce(c.root_id, c.id) FROM conversations_threadplace z
  JOIN conversations_conversation c ON c.merchant_id = z.merchant_id AND c.id = z.conversation_id
  WHERE z.merchant_id = %(merchant)s AND z.thread_id = (
    SELECT e.thread_id FROM channels_thread t
    JOIN channels_entry e ON e.merchant_id = t.merchant_id AND e.thread_id = t.id
    WHERE t.merchant_id = %(merchant)s AND t.line_id = %(line)s AND t.key = ANY(%(keys)s)
    ORDER BY e.at DESC, e.id DESC LIMIT 1))
ORDER BY k.id LIMIT 1
"""


def current(reader: Reader) -> Conversation | None:
    """The conversation that their newest thread feeds."""
    merchant_id = reader.line.merchant_id
    newest = Entry.objects.filter(merchant_id=merchant_id, thread__in=threads(reader)).order_by("-at", "-id")
    thread_id = newest.values_list("thread_id", flat=True).first()
    if thread_id is None:
        return None
    place = ThreadPlace.objects.filter(merchant_id=merchant_id, thread_id=thread_id)
    found = place.select_related("conversation__root").first()
    return (found.conversation.root or found.conversation) if found else None


def in_short(reader: Reader, row: Conversation | None) -> dict[str, str] | None:
    """{"subject": how they began}; None when nothing is open."""
    if row is None or row.state == Conversation.State.RESOLVED:
        return None
    mine = Message.objects.filter(
        merchant_id=row.merchant_id, conversation_id__in=family(row), inbound=True, entry__thread__in=threads(reader)
    )
    words = mine.order_by("at", "id").values_list("entry__text", flat=True).first()
    return {"subject": snippet(words or "", 60)}


def who_types(reader: Reader) -> str:
    """The first name of an agent who writes in their current matter just now; "" for nobody. One statement."""
    values: dict[str, Any] = {
        "merchant": reader.line.merchant_id,
        "line": reader.line.id,
        "keys": [thread_key(each) for each in reader.addresses],
        "since": timezone.now() - TYPES_FOR,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WHO_TYPES, values)
        name, email = cursor.fetchone() or ("", "")
    return str((name.split() or [email])[0])
