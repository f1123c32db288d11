"""Another conversation beside the present one, of the same customer or of anybody, to be read while one writes."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from presszero.conversations import queries
from presszero.conversations.models import Conversation
from presszero.customers import queries as customers
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import asked, shown

_SHOWN = 60  # items of an earlier conversation


@needs(Role.READ_ONLY)
def earlier(request: MemberAsked, number: int, other: int) -> HttpResponse:
    """GET: the conversation `other` to be read beside `number`; of the same customer's, which come before and after."""
    row = asked.conversation(request, number)
    beside = asked.conversation(request, other)
    if beside.id == row.id:
        raise Http404
    ids = _theirs(request, row, beside)
    at = ids.index(beside.id) if beside.id in ids else 0
    items = queries.stream(beside, queries.around(beside, request.member), _SHOWN)
    context = {
        "c": row,
        "beside": beside,
        "pieces": [_quiet(piece) for piece in shown.pieces(beside, items, request.member)],
        "newer": ids[at - 1] if at > 0 else 0,
        "older": ids[at + 1] if at + 1 < len(ids) else 0,
        "place": at + 1,
        "many": len(ids),
    }
    return page(request, "desk/_earlier.html", context)


def _theirs(request: MemberAsked, row: Conversation, beside: Conversation) -> list[int]:
    """The other conversations of the customer, newest first; none when `beside` is somebody else's."""
    family = customers.family(row.customer)
    if beside.customer_id not in family:
        return []
    every = asked.conversations(request).filter(customer_id__in=family).exclude(id=row.id)
    return list(every.order_by("-last_at", "-id").values_list("id", flat=True)[:200])


def _quiet(piece: shown.Piece) -> shown.Piece:
    """Nothing is done from here: what could be undone, sent again or answered is left out."""
    piece.undo, piece.retry, piece.way, piece.mine, piece.has_html = "", [], "", False, False
    piece.folded = False
    return piece
