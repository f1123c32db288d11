"""Merge and split, and both undone."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.conversations import actions, queries
from presszero.conversations.models import Conversation, Merge, Message, Move, Note
from presszero.conversations.queries.sight import sees_apart
from presszero.customers import queries as customers
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.team.sight import MayNot
from presszero.ui.page import page

from .. import asked
from .said import Undo, changed

post = require_http_methods(["POST"])
delete = require_http_methods(["DELETE"])


@needs(Role.AGENT)
def merge_candidates(request: MemberAsked, number: int) -> HttpResponse:
    """GET ?q= : other conversations of the same customer."""
    row = asked.conversation(request, number)
    others = asked.conversations(request).filter(customer_id__in=customers.family(row.customer))
    rows = others.exclude(id=row.id)
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
    asked.conversation(request, made.winner_id)
    _see_apart(request, made.loser)
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
    target = asked.conversation(request, target_id)
    if target.id != target_id:
        target = Conversation.objects.get(merchant=request.merchant, id=target_id)
    for move in Move.objects.filter(merchant=request.merchant, target=target, undone_at=None).distinct("source"):
        asked.conversation(request, move.source_id)
    source = actions.unsplit(target, by=request.member.actor)
    return changed(request, asked.conversation(request, source.id), _("Together again."))


def _see_apart(request: MemberAsked, part: Conversation) -> None:
    """Taking a merge back sets its part free, into a queue of its own: that is for those who see it there."""
    if not sees_apart(request.member, part):
        raise MayNot(_("The other one stands in a queue you do not see."), _("Ask somebody who does."))
