"""The promise, gap or expectation that an address names, where the member may see whose it is."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from presszero.conversations.models import Conversation
from presszero.promises.models import Expectation, Gap, Promise
from presszero.team.gate import MemberAsked

from ... import asked
from ..orders import seen as order_seen
from ..said import Undo, changed, told


def promise(request: MemberAsked, number: int) -> Promise:
    """404 where the member sees nothing of it; raises MayNot where they may only read."""
    row = Promise.objects.filter(merchant=request.merchant, id=number).select_related("order", "customer").first()
    if row is None:
        raise Http404
    _check(request, row)
    return row


def gap(request: MemberAsked, number: int) -> Gap:
    """As `promise`."""
    row = Gap.objects.filter(merchant=request.merchant, id=number).first()
    if row is None:
        raise Http404
    _check(request, row)
    return row


def expectation(request: MemberAsked, number: int) -> Expectation:
    """As `promise`."""
    row = Expectation.objects.filter(merchant=request.merchant, id=number).first()
    if row is None:
        raise Http404
    _check(request, row)
    return row


def talk(request: MemberAsked, row: Promise | Gap | Expectation) -> Conversation | None:
    """The conversation it stands in, None where there is none."""
    return asked.conversation(request, row.conversation_id) if row.conversation_id else None


def answered(
    request: MemberAsked, row: Promise | Gap | Expectation, say: str, undo: Undo | None = None
) -> HttpResponse:
    """The conversation anew where one is on the screen; else a word, and the board draws itself again."""
    here = request.headers.get("X-Conversation", "")
    if here and row.conversation_id:
        return changed(request, asked.conversation(request, int(here) if here.isdecimal() else 0), say, undo)
    return told(request, say, undo)


def _check(request: MemberAsked, row: Promise | Gap | Expectation) -> None:
    if row.conversation_id:
        asked.conversation(request, row.conversation_id)
    elif row.customer_id:
        asked.customer(request, row.customer_id)
    elif row.order_id:
        order_seen(request, row.order_id)
    else:
        raise Http404
