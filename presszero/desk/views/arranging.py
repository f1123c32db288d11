"""Merge and split, and both undone."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.conversations import actions, queries
from presszero.conversations.models import Conversation, Merge, Message, Note
from presszero.customers import queries as customers
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import asked
from .said import Undo, changed

post = require_http_methods(["POST"])
delete = require_http_methods(["DELETE"])


@needs(Role.AGENT)
def merge_candidates(request: MemberAsked, number: int) -> HttpResponse:
    """GET ?q= : other conversations of the same customer."""
    row = asked.conversation(request, number)
    rows = Conversation.objects.filter(
        merchant=request.merchant, customer_id__in=customers.family(row.customer), root=None
    ).exclude(id=row.id)
    words = request.GET.get("q", "").strip()
    if words:
        rows = rows.filter(subject__icontains=words) | rows.filter(snippet__icontains=words)
    return page(request, "desk/_merge_options.html", {"c": row, "options": rows.order_by("-last_at")[:12]})


@needs(Role.AGENT)
@post
def merges(request: MemberAsked, number: int) -> HttpResponse:
    """POST with `into`: this conversation becomes part of that one."""
    loser = asked.conversation(request, number)
    winner = asked.conversation(request, asked.number(request.POST.get("into")))
    made = actions.merge(loser, winner, by=request.member.actor)
    return changed(request, asked.conversation(request, winner.id), _("Merged."), Undo(f"/merges/{made.id}"))


@needs(Role.AGENT)
@delete
def merge(request: MemberAsked, merge_id: int) -> HttpResponse:
    """DELETE takes a merge back."""
    made = Merge.objects.filter(merchant=request.merchant, id=merge_id).first()
    if made is None:
        raise Http404
    freed = actions.unmerge(made, by=request.member.actor)
    row = asked.conversation(request, made.winner_id)
    say = _("Two conversations again. The other one is number %(number)d.") % {"number": freed.id}
    return changed(request, row, say)


@needs(Role.AGENT)
@post
def splits(request: MemberAsked, number: int) -> HttpResponse:
    """POST with `message` and `note` ids: they become a conversation of their own."""
    row = asked.conversation(request, number)
    inside = {"merchant": request.merchant, "conversation_id__in": queries.family(row)}
    messages = Message.objects.filter(**inside, id__in=[asked.number(i) for i in request.POST.getlist("message")])
    notes = Note.objects.filter(**inside, id__in=[asked.number(i) for i in request.POST.getlist("note")])
    target = actions.split(row, list(messages.select_related("entry__thread")), list(notes), by=request.member.actor)
    say = _("Split off, as number %(number)d.") % {"number": target.id}
    return changed(request, asked.conversation(request, number), say, Undo(f"/splits/{target.id}"))


@needs(Role.AGENT)
@delete
def split(request: MemberAsked, target_id: int) -> HttpResponse:
    """DELETE puts what was split off back."""
    target = asked.conversations(request).filter(id=target_id).first()
    if target is None:
        raise Http404
    source = actions.unsplit(target, by=request.member.actor)
    return changed(request, asked.conversation(request, source.id), _("Together again."))
