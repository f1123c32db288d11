"""What a request is about: the rows it names, always through its own merchant."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, QueryDict

from presszero.conversations.models import Conversation, Follower
from presszero.customers.models import Customer
from presszero.team.gate import MemberAsked
from presszero.team.marks import at_least
from presszero.team.models import Membership, Role


def conversation(request: MemberAsked, number: int) -> Conversation:
    """The conversation of this number as it stands today, after merges. 404 for another merchant's."""
    following = Follower.objects.filter(merchant=request.merchant, conversation=OuterRef("pk"), member=request.member)
    rows = conversations(request).annotate(following=Exists(following))
    found = rows.filter(id=number).first()
    if found and found.root_id:
        found = rows.filter(id=found.root_id).first()
    if found is None:
        raise Http404
    found.merchant = request.merchant  # known, and asked for by what reads the conversation
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
