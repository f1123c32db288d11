"""How matters stood there: settled, put off, given to somebody, tagged. With the times it happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils import timezone

from presszero.conversations.models import Assignment, Conversation, Resolution, Snooze, Spam, Tagged

from .hand import Hand
from .matters import Matter

State = Conversation.State


def write(hand: Hand, fresh: Sequence[Matter], rows: Mapping[Matter, Conversation]) -> None:
    """A row for each thing somebody caused."""
    resolutions, snoozes, assignments, spam, tagged = [], [], [], [], []
    for each in fresh:
        row = rows[each]
        by = f"member:{each.assignee_id}" if each.assignee_id else hand.by.code
        known = {"merchant": hand.merchant, "conversation": row}
        if each.assignee_id:
            reason = "brought in with the conversation"
            assignments.append(
                Assignment(to_id=each.assignee_id, by=hand.by.code, at=row.created_at, reason=reason, **known)
            )
        if row.state == State.RESOLVED:
            at = min(max(each.found.resolved_at or row.last_at, row.last_at), timezone.now())
            resolutions.append(Resolution(topic_id=row.topic_id, by=by, at=at, **known))
        elif row.state == State.SNOOZED:
            snoozes.append(Snooze(until=None, by=by, at=row.last_at, **known))
        elif row.state == State.SPAM:
            spam.append(Spam(state=State.RESOLVED, reason="from the archive", by=by, at=row.last_at, **known))
        tags = {hand.tag(name)[0] for name in each.found.tags}
        tagged += [Tagged(tag_id=tag, by=by, at=row.created_at, **known) for tag in sorted(tags)]
    Resolution.objects.bulk_create(resolutions)
    Snooze.objects.bulk_create(snoozes)
    Assignment.objects.bulk_create(assignments)
    Spam.objects.bulk_create(spam)
    Tagged.objects.bulk_create(tagged)
