"""Putting something right from the conversation: the sheet, what it would do, giving, asking, and what became of it."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from presszero.commerce.queries import find_variants
from presszero.conversations.models import Conversation
from presszero.conversations.queries.sight import customer_seen, may_see
from presszero.core.money import Money
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.customers.queries import today
from presszero.remedies import actions
from presszero.remedies.models import LeadAnswer, Remedy, State, Task
from presszero.remedies.queries import message_of, open_questions, tasks_open, told_customer, unknown
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import asked, remedied
from ..giving import Unfinished, place_now, sheet, wanted
from .said import Undo, changed, told

_WHY = 500  # characters
_LISTED = 100


@needs(Role.AGENT)
@require_GET
def new(request: MemberAsked, number: int) -> HttpResponse:
    """GET /conversations/42/remedies/new?order=&kind=: the sheet, on the likeliest order until one is picked."""
    row = asked.conversation(request, number)
    return page(request, "desk/remedies/_sheet.html", _shown(request, row))


@needs(Role.AGENT)
@require_POST
def preview(request: MemberAsked, number: int) -> HttpResponse:
    """POST: what stands on the sheet would do this. Changes nothing."""
    row = asked.conversation(request, number)
    return page(request, "desk/remedies/_preview.html", _shown(request, row))


@needs(Role.AGENT)
@require_POST
def remedies(request: MemberAsked, number: int) -> HttpResponse:
    """POST with `do`: give · ask · pass. The page made the key, so a second click gives nothing twice."""
    row = asked.conversation(request, number)
    form, by = request.POST, request.member.actor
    why = one_line(form.get("why", ""), _WHY)
    try:
        ask = wanted(sheet(row, form))
        if form.get("do") == "ask":
            made = actions.ask(ask, by, form.get("key", ""), why)
        else:
            made = actions.give(ask, by, form.get("key", ""), why, pass_rule=form.get("do") == "pass")
    except Refused as no:
        return page(request, "desk/remedies/_sheet.html", {**_shown(request, row), "refused": no}, 422)
    return _given(request, row, made)


@needs(Role.AGENT)
@require_http_methods(["DELETE"])
def remedy(request: MemberAsked, remedy_id: int) -> HttpResponse:
    """DELETE takes it back, where that can be done."""
    row = _remedy(request, remedy_id)
    undone = actions.undo(row, request.member.actor)
    said = _("Taken back.") if undone.state == State.UNDONE else _("The shop is asked to take it back.")
    return _changed(request, row, said)


@needs(Role.AGENT)
@require_http_methods(["PUT", "DELETE"])
def question(request: MemberAsked, remedy_id: int) -> HttpResponse:
    """PUT answers it: granted=1 or 0, with words. DELETE withdraws it."""
    row = _remedy(request, remedy_id)
    by, form = request.member.actor, asked.values(request)
    if request.method == "DELETE":
        actions.withdraw(row, by)
        return _changed(request, row, _("Withdrawn."))
    words = one_line(form.get("words", ""), _WHY)
    if form.get("granted") != "1":
        actions.refuse(row, by, words)
        return _changed(request, row, _("Refused."))
    made = actions.grant(row, by, words, pass_rule=form.get("pass") == "1")
    way_back = Undo(f"/remedies/{made.id}") if remedied.may_undo(made, request.member) else None
    return _changed(request, row, _("Granted."), way_back)


@needs(Role.AGENT)
@require_http_methods(["PUT"])
def evidence(request: MemberAsked, remedy_id: int) -> HttpResponse:
    """PUT: somebody looked in the shop: happened=1 or 0, and what they saw."""
    row = _remedy(request, remedy_id)
    form = asked.values(request)
    actions.settle_unknown(
        row, form.get("happened") == "1", request.member.actor, one_line(form.get("words", ""), _WHY)
    )
    return _changed(request, row, _("Written down."))


@needs(Role.AGENT)
@require_http_methods(["PUT"])
def completion(request: MemberAsked, task_id: int) -> HttpResponse:
    """PUT: a task was done by hand, with its reference."""
    found = Task.objects.filter(merchant=request.merchant, id=task_id).select_related("remedy").first()
    if found is None:
        raise Http404
    row = _remedy(request, found.remedy_id)
    actions.task_done(found, request.member.actor, one_line(asked.values(request).get("reference", ""), 120))
    return _changed(request, row, _("Done."))


@needs(Role.AGENT)
@require_GET
def to_settle(request: MemberAsked) -> HttpResponse:
    """GET /to-settle: what waits for the member's answer, what is to be done by hand, and what nobody is sure of."""
    names = remedied.names_of(request.member)
    seen = [task.remedy for task in tasks_open(request.merchant.id)[:_LISTED]]
    unsure = list(unknown(request.merchant.id)[:_LISTED])
    rows = [row for row in {each.id: each for each in [*seen, *unsure]}.values() if _sees(request, row)]
    cards = {row.id: remedied.card(row, request.member, names) for row in rows}
    context = {
        "questions": remedied.waits(open_questions(request.member), request.member),
        "by_hand": [cards[row.id] for row in rows if cards[row.id].tasks],
        "unsure": [cards[row.id] for row in unsure if row.id in cards],
        "here": "to-settle",
    }
    return page(request, "desk/remedies/to_settle.html", context)


@needs(Role.AGENT)
@require_GET
def things(request: MemberAsked) -> HttpResponse:
    """GET /products?q=: what can be put into an order, as it is typed."""
    words = one_line(request.GET.get("q", ""), 100)
    found = find_variants(request.merchant.id, words, 8)
    decimals = {each.id: Money(each.price, each.currency).decimal for each in found}
    return page(request, "desk/orders/_things.html", {"found": found, "words": words, "decimals": decimals})


def _given(request: MemberAsked, row: Conversation, made: Remedy) -> HttpResponse:
    again = asked.conversation(request, row.id)
    if made.state == State.ASKED:
        answer = changed(request, again, _("Asked. You see the answer here."), Undo(f"/remedies/{made.id}/question"))
        return _with_suggestion(answer, row, made)
    way_back = Undo(f"/remedies/{made.id}") if remedied.may_undo(made, request.member) else None
    return _suggesting(changed(request, again, f"{made.says}.", way_back), message_of(made))


def _with_suggestion(answer: HttpResponse, row: Conversation, made: Remedy) -> HttpResponse:
    """A sentence for the customer, put into the composer where nothing is typed: by when they hear from us."""
    rows = LeadAnswer.objects.filter(merchant_id=made.merchant_id, remedy=made, answered_at=None)
    due = rows.select_related("remedy__conversation__line", "remedy__merchant").first()
    if due is None:
        return answer
    person = today(row.customer)
    with translation.override(person.language or translation.get_language()):
        words = told_customer(due)
    return _suggesting(answer, words)


def _suggesting(answer: HttpResponse, words: str) -> HttpResponse:
    if words:
        heard = json.loads(answer.headers.get("HX-Trigger", "{}"))
        answer["HX-Trigger"] = json.dumps({**heard, "suggest": {"text": words}})
    return answer


def _shown(request: MemberAsked, row: Conversation) -> dict[str, Any]:
    """The sheet, and what it would do."""
    made = sheet(row, request.POST if request.method == "POST" else request.GET)
    context: dict[str, Any] = {"c": row, "s": made, "place": place_now(made.order), "seen": None, "missing": None}
    context["member"] = request.member
    try:
        context["seen"] = actions.preview(wanted(made), request.member.actor)
    except Unfinished as why:
        context["missing"] = why
    except Refused as why:
        context["refused"] = why
    return context


def _remedy(request: MemberAsked, remedy_id: int) -> Remedy:
    """One of a conversation or a customer that the member sees. Writing in its conversation is asked for there."""
    rows = Remedy.objects.filter(merchant=request.merchant, id=remedy_id)
    row = rows.select_related("order", "store", "conversation", "customer").first()
    if row is None:
        raise Http404
    if row.conversation_id:
        asked.conversation(request, row.conversation_id)
    else:
        asked.customer(request, row.customer_id)
    return row


def _sees(request: MemberAsked, row: Remedy) -> bool:
    if row.conversation:
        return may_see(request.member, row.conversation)
    return customer_seen(request.member, row.customer_id) is not None


def _changed(request: MemberAsked, row: Remedy, say: str, undo: Undo | None = None) -> HttpResponse:
    """The conversation anew where it is the one on the screen; from anywhere else a word at the foot."""
    here = request.headers.get("X-Conversation", "")
    if row.conversation_id and here:
        again = asked.conversation(request, row.conversation_id)
        if here == str(again.id):
            return changed(request, again, say, undo)
    return told(request, say, undo)
