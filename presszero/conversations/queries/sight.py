"""Which conversations a member sees. Every read by a member goes through here.

Asked of a conversation as it is today: a merged one is seen by whoever sees what it is part of. For members who see
everything, which is nearly all, the condition is `true` and nothing is asked of the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Q

from presszero.channels.models import Entry
from presszero.customers.models import Customer
from presszero.team.models import Membership, Role, TeamMember
from presszero.team.sight import sight_of

from ..models import Conversation, Message, SideThread

_TEAMS = """SELECT tm.team_id FROM team_teammember tm
  JOIN team_team tt ON tt.merchant_id = tm.merchant_id AND tt.id = tm.team_id AND tt.retired_at IS NULL
  WHERE tm.merchant_id = %(seer_merchant)s AND tm.member_id = %(seer)s"""
_SEEN = """
SELECT c.id FROM conversations_conversation c
JOIN conversations_conversation r ON r.merchant_id = c.merchant_id AND r.id = coalesce(c.root_id, c.id)
WHERE c.merchant_id = %(seer_merchant)s AND c.id = ANY(%(ids)s) AND
"""


def seen_by(member: Membership, alias: str = "c") -> tuple[str, dict[str, Any]]:
    """A condition on conversations_conversation AS `alias`, a root row, and its named parameters."""
    if member.sees_all:
        return "true", {}
    condition = f"({alias}.assignee_id = %(seer)s OR {alias}.team_id IN ({_TEAMS}))"
    return condition, {"seer": member.id, "seer_merchant": member.merchant_id}


def seen(member: Membership, prefix: str = "") -> Q:
    """The same for the ORM: a condition on Conversation, or on what leads there by `prefix` ("conversation__")."""
    if member.sees_all:
        return Q()
    theirs = TeamMember.objects.filter(merchant_id=member.merchant_id, member=member, team__retired_at=None)
    return Q(**{f"{prefix}assignee_id": member.id}) | Q(**{f"{prefix}team_id__in": theirs.values("team_id")})


def role_in(member: Membership, conversation: Conversation) -> Role | None:
    """What the member may do in this conversation, as it is today; None where they do not see it."""
    if member.merchant_id != conversation.merchant_id:
        return None
    if member.sees_all:
        return Role(member.role)
    today = conversation if conversation.root_id is None else _root(conversation)
    return sight_of(member).role_in(today.team_id, theirs=today.assignee_id == member.id)


def may_see(member: Membership, conversation: Conversation) -> bool:
    """Whether the member sees this conversation, as it is today."""
    return role_in(member, conversation) is not None


def sees_apart(member: Membership, part: Conversation) -> bool:
    """Whether the member sees a merged conversation where it would stand on its own."""
    return sight_of(member).role_in(part.team_id, theirs=part.assignee_id == member.id) is not None


def those_seen(member: Membership, ids: Iterable[int]) -> set[int]:
    """Of these ids, merged ones too, those whose conversation the member sees today."""
    asked = set(ids)
    if member.sees_all or not asked:
        return asked
    condition, values = seen_by(member, "r")
    with connection.cursor() as cursor:
        cursor.execute(_SEEN + condition, {**values, "ids": list(asked)})
        return {number for (number,) in cursor.fetchall()}


def sees_entry(member: Membership, entry: Entry) -> bool:
    """Whether the words stand in a conversation, or beside it in a side thread, that the member sees."""
    return member.sees_all or sees_thread(member, entry.thread_id, entry)


def sees_thread(member: Membership, thread_id: int, entry: Entry | None = None) -> bool:
    """Whether a thread, or one entry of it, stands in a conversation that the member sees."""
    if member.sees_all:
        return True
    mine = {"merchant_id": member.merchant_id}
    places = Message.objects.filter(**mine, entry__thread_id=thread_id)
    if entry is not None:
        places = Message.objects.filter(**mine, entry=entry)
    beside = SideThread.objects.filter(**mine, thread_id=thread_id)
    ids = {*places.values_list("conversation_id", flat=True), *beside.values_list("conversation_id", flat=True)}
    return bool(those_seen(member, ids))


def customers_seen(member: Membership) -> Q:
    """A condition on Customer, root rows: somebody is seen by whoever sees one of their conversations."""
    if member.sees_all:
        return Q()
    mine = Conversation.objects.filter(seen(member), merchant_id=member.merchant_id, root=None)
    merged = Customer.objects.filter(merchant_id=member.merchant_id, id__in=mine.values("customer_id"))
    return Q(id__in=mine.values("customer_id")) | Q(id__in=merged.exclude(root=None).values("root_id"))


def customer_seen(member: Membership, number: int) -> Customer | None:
    """The customer of this number, as they are today; None where the member sees nothing of what they ever wrote."""
    rows = Customer.objects.filter(merchant_id=member.merchant_id)
    found = rows.filter(id=number).first()
    if found and (found.root_id or not member.sees_all):
        return rows.filter(customers_seen(member), id=found.now_id).first()
    return found


def lines_seen(member: Membership) -> Q:
    """A condition on Line: those whose queue the member sees, for what has no conversation yet."""
    if member.sees_all:
        return Q()
    return Q(team_id__in=list(sight_of(member).teams))


def _root(conversation: Conversation) -> Conversation:
    return Conversation.objects.get(merchant_id=conversation.merchant_id, id=conversation.now_id)
