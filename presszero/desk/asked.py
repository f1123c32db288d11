"""What a request is about: the rows it names, always through its own merchant."""

from __future__ import annotations

from functools import cache

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from presszero.conversations.models import Conversation, Topic
from presszero.conversations.queries.sight import customer_seen, role_in, seen, seen_by, sees_thread
from presszero.core.rows import columns, row
from presszero.customers.models import Customer
from presszero.team.gate import MemberAsked
from presszero.team.marks import at_least
from presszero.team.models import Membership, Person, Role
from presszero.team.sight import MayNot

_READS = ("GET", "HEAD")


def conversation(request: MemberAsked, number: int) -> Conversation:
    """The conversation of this number as it stands today, after merges.

    404 for another merchant's, and for one in a queue the member does not see. Raises MayNot when they may only read
    there and asked for more.
    """
    condition, seer = seen_by(request.member)
    asked_for = {"merchant": request.merchant.id, "member": request.member.id, "number": number}
    with connection.cursor() as cursor:
        cursor.execute(_conversation(condition), asked_for | seer)
        values = iter(cursor.fetchone() or ())
    following = next(values, None)
    found = None if following is None else row(Conversation, values)
    if found is None:
        raise Http404
    found.customer, to, person = row(Customer, values), row(Membership, values), row(Person, values)
    if to and person:
        to.person = person
    found.assignee, found.topic = to, row(Topic, values)
    found.merchant = request.merchant  # known, and asked for by what reads the conversation
    setattr(found, "following", following)  # noqa: B010 - beside the row, as read
    if request.method not in _READS and not may_write(request, found):
        raise MayNot(_("You may only read what stands in this queue."), _("Ask an admin for more."))
    return found


def conversations(request: MemberAsked) -> QuerySet[Conversation]:
    """Every conversation that the member sees, as they stand today, with what its page shows."""
    rows = Conversation.objects.filter(seen(request.member), merchant=request.merchant, root=None)
    return rows.select_related("customer", "assignee__person", "topic")


def thread(request: MemberAsked, number: int) -> None:
    """404 unless this thread stands in a conversation that the member sees."""
    if not sees_thread(request.member, number):
        raise Http404


def customer(request: MemberAsked, number: int) -> Customer:
    """The customer of this number, as they are today. 404 where the member sees nothing of what they ever wrote."""
    found = customer_seen(request.member, number)
    if found is None:
        raise Http404
    return found


def colleague(request: MemberAsked, number: str) -> Membership:
    """Somebody of the team as it is now."""
    rows = Membership.objects.filter(merchant=request.merchant, left_at=None).select_related("person")
    found = rows.filter(id=number).first() if number.isdecimal() and len(number) < 18 else None
    if found is None:
        raise Http404
    return found


def values(request: MemberAsked) -> QueryDict:
    """The fields of a form, whatever the method; Django itself reads only those of a POST."""
    if request.method == "POST":
        return request.POST
    if request.method in ("PUT", "PATCH"):
        return QueryDict(request.body, encoding="utf-8")
    return request.GET


def number(text: str | None) -> int:
    """An id out of a form. 404 for anything else: no such row can be."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)


def may_write(request: MemberAsked, row: Conversation | None = None) -> bool:
    """Whether the member may do more than read, in this conversation or at all."""
    return may(request, Role.AGENT, row)


def may(request: MemberAsked, needed: Role, row: Conversation | None = None) -> bool:
    """Whether the member's role, in this conversation or at all, reaches the one needed."""
    role = role_in(request.member, row) if row else Role(request.member.role)
    return role is not None and at_least(role, needed)


@cache
def _conversation(condition: str) -> str:
    return f"""
SELECT EXISTS (SELECT FROM conversations_follower f WHERE f.merchant_id = c.merchant_id AND f.conversation_id = c.id
    AND f.member_id = %(member)s),
  {columns(Conversation, "c")}, {columns(Customer, "u")}, {columns(Membership, "a")}, {columns(Person, "p")},
  {columns(Topic, "t")}
FROM conversations_conversation c
JOIN customers_customer u ON u.merchant_id = c.merchant_id AND u.id = c.customer_id
LEFT JOIN team_membership a ON a.merchant_id = c.merchant_id AND a.id = c.assignee_id
LEFT JOIN team_person p ON p.id = a.person_id
LEFT JOIN conversations_topic t ON t.merchant_id = c.merchant_id AND t.id = c.topic_id
WHERE c.merchant_id = %(merchant)s AND c.id = (SELECT coalesce(x.root_id, x.id) FROM conversations_conversation x
  WHERE x.merchant_id = %(merchant)s AND x.id = %(number)s) AND {condition}
"""  # noqa: S608 - names of our own columns
