"""New matters on lines with round robin go to whoever is ready, has room, and waited longest for a turn.

Chats are live work: they wait in a queue, and `routing.actions.decide` gives them out.

What stands in a team's queue goes to its members, the rest to those who see everything.
"""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Count
from django.utils import timezone

from presszero.conversations.actions import assign
from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.routing.actions import had_turn
from presszero.routing.policy import CHAT, Candidate, next_turn
from presszero.routing.queries import ready_now, working_in
from presszero.team.models import Membership

from .understanding.batch import Batch, Place


def give_turns(batch: Batch) -> None:
    """Assigns what the batch began. In its transaction; nothing when no line asks for it."""
    fresh = _fresh(batch)
    if not fresh:
        return
    now = timezone.now()
    candidates = ready_now(batch.merchant_id, _loads(batch.merchant_id), now)
    allowed = working_in(batch.merchant_id, {place.row.team_id for place in fresh if place.row.team_id})
    for place in fresh:
        team = place.row.team_id
        chosen = next_turn([c for c in candidates if (c.member_id in allowed[team] if team else c.sees_all)])
        if chosen is None:
            continue
        member = Membership.objects.select_related("person").get(merchant_id=batch.merchant_id, id=chosen)
        assign(place.row, member, by=SYSTEM, reason="their turn")
        had_turn(batch.merchant_id, chosen, now)
        candidates = [_after_turn(c) if c.member_id == chosen else c for c in candidates]


def _fresh(batch: Batch) -> list[Place]:
    found: dict[int, Place] = {}
    for item in batch.items:
        place = item.place
        asked = item.line.settings.get("round_robin") and item.line.kind != CHAT
        wanted = asked and not item.automatic and not item.backfill
        if place and place.is_new and wanted and not item.quiet and place.row.assignee_id is None:
            found[place.name] = place
    return list(found.values())


def _loads(merchant_id: int) -> dict[int, int]:
    rows = Conversation.objects.filter(merchant_id=merchant_id, state="open", root=None, assignee__isnull=False)
    return dict(rows.values_list("assignee_id").annotate(Count("id")).order_by())


def _after_turn(candidate: Candidate) -> Candidate:
    return replace(candidate, load=candidate.load + 1, last_turn_at=timezone.now())
