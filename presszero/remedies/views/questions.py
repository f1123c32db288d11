"""A lead's answer on a small page, from a phone too: everything needed to decide, and two buttons."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from presszero.commerce.queries import worth
from presszero.conversations.queries.sight import customer_seen, role_in
from presszero.core.money import Money
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.customers.queries import today
from presszero.team.gate import MemberAsked, needs
from presszero.team.marks import at_least
from presszero.team.models import Membership, Role
from presszero.ui.page import page

from .. import actions
from ..keeping import read
from ..models import LeadAnswer, Remedy
from ..queries import late, may_answer
from ..saying import name_of, sentence
from ..ways import lines_of

_WORDS = 500


@needs(Role.AGENT)
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: MemberAsked, remedy_id: int) -> HttpResponse:
    """GET /questions/7. POST answers: granted=1 or 0, with words; `pass` where it is beyond the answerer too."""
    row = _row(request, remedy_id)
    if request.method != "POST":
        return page(request, "remedies/question.html", _shown(request, row))
    words = one_line(request.POST.get("words", ""), _WORDS)
    try:
        if request.POST.get("granted") == "1":
            actions.grant(row, request.member.actor, words, pass_rule=request.POST.get("pass") == "1")
        else:
            actions.refuse(row, request.member.actor, words)
    except Refused as no:
        return page(request, "remedies/question.html", {**_shown(request, row), "refused": no, "words": words}, 422)
    return HttpResponseRedirect(f"/questions/{row.id}")


def _row(request: MemberAsked, remedy_id: int) -> Remedy:
    """One that was asked for, in a conversation or of a customer that the member sees."""
    rows = Remedy.objects.filter(merchant=request.merchant, id=remedy_id).prefetch_related("questions")
    row = rows.select_related("order__store", "store", "conversation__line", "customer").first()
    if row is None:
        raise Http404
    if row.conversation:
        role = role_in(request.member, row.conversation)
        sees = role is not None and at_least(role, Role.AGENT)
    else:
        sees = customer_seen(request.member, row.customer_id) is not None
    if not sees:
        raise Http404
    return row


def _shown(request: MemberAsked, row: Remedy) -> dict[str, Any]:
    asked: LeadAnswer | None = max(row.questions.all(), key=lambda each: each.id, default=None)
    if asked:
        asked.remedy = row
    may = bool(asked and asked.answered_at is None and may_answer(request.member, asked))
    person = today(row.customer)
    person.merchant = request.merchant
    seen = actions.preview(read(row.merchant_id, row.asked), request.member.actor) if may else None
    picked = read(row.merchant_id, row.asked)
    return {
        "r": row,
        "q": asked,
        "name": name_of(row.kind, row.merchant_id),
        "says": sentence(row),
        "amount": Money(row.amount, row.currency) if row.amount else None,
        "lines": lines_of(row, picked) if row.order else [],
        "whose": person,
        "worth": worth(person),
        "asker": _name(row, asked.asked_by if asked else row.by),
        "answerer": _name(row, asked.answered_by) if asked and asked.answered_by else "",
        "is_late": bool(asked and late(asked)),
        "may_answer": may,
        "mine": seen.decision if seen else None,
        "seen": seen,
        "words": "",
        "leaning": request.GET.get("answer", ""),
    }


def _name(row: Remedy, code: str) -> str:
    """Who it was, by the actor's code; "" for no member."""
    number = code.removeprefix("member:")
    rows = Membership.objects.filter(merchant_id=row.merchant_id, id=int(number) if number.isdecimal() else 0)
    found = rows.select_related("person").first()
    return found.person.name if found else ""
