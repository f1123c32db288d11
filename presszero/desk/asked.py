"""What a request is about: the rows it names, always through its own merchant."""

from __future__ import annotations

from functools import cache

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404, QueryDict

from presszero.conversations.models import Conversation, Topic
from presszero.core.rows import columns, row
from presszero.customers.models import Customer
from presszero.team.gate import MemberAsked
from presszero.team.marks import at_least
from presszero.team.models import Membership, Person, Role


def conversation(request: MemberAsked, number: int) -> Conversation:
    """The conversation of this number as it stands today, after merges. 404 for another merchant's."""
    with connection.cursor() as cursor:
        cursor.execute(
            _conversation(), {"merchant": request.merchant.id, "member": request.member.id, "number": number}
        )
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
    return found


def conversations(request: MemberAsked) -> QuerySet[Conversation]:
    """Every conversation of the merchant, with what its page shows."""
    rows = Conversation.objects.filter(merchant=request.merchant)
    return rows.select_related("customer", "assignee__person", "topic")


def customer(request: MemberAsked, number: int) -> Customer:
    """The customer of this number, as they are today."""
    rows = Customer.objects.filter(merchant=request.merchant)
    found = rows.filter(id=number).first()
    if found and found.root_id:
        found = rows.filter(id=found.root_id).first()
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


def may_write(request: MemberAsked) -> bool:
    return at_least(request.member.role, Role.AGENT)


@cache
def _conversation() -> str:
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
  WHERE x.merchant_id = %(merchant)s AND x.id = %(number)s)
"""  # noqa: S608 - names of our own columns
