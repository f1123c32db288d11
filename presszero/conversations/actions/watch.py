"""Who looks at what. Not history: forgotten after half a minute, and no fact is recorded."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from presszero.team.models import Membership

from ..models import Conversation, Mention, Seen
from ..queries.answering import family

_LOOKING = """
INSERT INTO conversations_looking (merchant_id, conversation_id, member_id, typing_at, at)
VALUES (%s, %s, %s, CASE WHEN %s THEN now() END, now())
ON CONFLICT (merchant_id, conversation_id, member_id) DO UPDATE SET at = now(), typing_at = EXCLUDED.typing_at
"""


@transaction.atomic
def looking(conversation: Conversation, member: Membership, *, typing: bool) -> None:
    """The member has it open, and types or not. Others with it open are nudged."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOKING, [conversation.merchant_id, conversation.now_id, member.id, typing])
        cursor.execute("SELECT pg_notify('looking', %s)", [f"{conversation.merchant_id}:{conversation.now_id}"])


def seen(conversation: Conversation, member: Membership, up_to: datetime | None = None) -> None:
    """The member has read it up to a moment, and with it the notes that name them."""
    now = timezone.now()
    Seen.objects.update_or_create(
        merchant_id=conversation.merchant_id,
        conversation_id=conversation.now_id,
        member=member,
        defaults={"up_to": up_to or now},
    )
    named = Mention.objects.filter(merchant_id=conversation.merchant_id, member=member, seen_at=None)
    named.filter(note__conversation_id__in=family(conversation), note__at__lte=up_to or now).update(seen_at=now)
