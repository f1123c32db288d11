"""Macros and snippets while one writes: found, filled in, in the customer's language, and what else they do."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.channels.wording import fill
from presszero.conversations import queries, steps
from presszero.conversations.filtering import Known
from presszero.conversations.filtering import known as known_of
from presszero.conversations.models import Conversation, Macro
from presszero.conversations.queries.macros import Ready, ready_answers, steps_of
from presszero.conversations.queries.macros import snippets as snippets_for
from presszero.customers import queries as customers
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import asked
from .said import changed

post = require_http_methods(["POST"])


@needs(Role.AGENT)
def macros(request: MemberAsked, number: int) -> HttpResponse:
    """GET ?q= : macros with their variables filled in."""
    row = asked.conversation(request, number)
    found = ready_answers(request.merchant.id, _language(row), request.GET.get("q", "").strip()[:80])
    return page(request, "desk/_macro_options.html", {"macros": _filled(request, row, found)})


@needs(Role.AGENT)
def snippets(request: MemberAsked, number: int) -> HttpResponse:
    """GET ?q=word : what ";word" may stand for, filled in."""
    row = asked.conversation(request, number)
    found = snippets_for(request.merchant.id, _language(row), request.GET.get("q", "").strip()[:30])
    return page(request, "desk/_snippet_options.html", {"macros": _filled(request, row, found)})


@needs(Role.AGENT)
@post
def macro(request: MemberAsked, number: int, macro_id: int) -> HttpResponse:
    """POST does what the macro does besides its words: its steps, all of them or none."""
    row = asked.conversation(request, number)
    found = Macro.objects.filter(merchant=request.merchant, id=macro_id, retired_at=None).first()
    if found is None:
        raise Http404
    _act(request, row, found)
    return changed(request, asked.conversation(request, number), _("Done: %(name)s") % {"name": found.name})


def _language(row: Conversation) -> str:
    return customers.today(row.customer).language


def _filled(request: MemberAsked, row: Conversation, found: list[Ready]) -> list[dict[str, object]]:
    values = queries.variables(row, request.member)
    known = known_of(request.merchant) if any(each.steps for each in found) else None
    return [
        {
            "id": each.id,
            "name": each.name,
            "shortcut": each.shortcut,
            "filled": fill(each.text, values),
            "actions": bool(each.steps),
            "says": _says(known, each) if known else "",
        }
        for each in found
    ]


def _says(known: Known, each: Ready) -> str:
    """What it does besides its words; one that names what is gone says nothing until somebody mends it."""
    try:
        return ", ".join(steps.says(step) for step in steps.read(known.merchant_id, each.steps, known))
    except steps.BadSteps:
        return ""


@transaction.atomic
def _act(request: MemberAsked, row: Conversation, made: Macro) -> None:
    """All of its steps, or none."""
    for step in steps.read(request.merchant, steps_of(made)):
        steps.perform(row, step, request.member.actor)
