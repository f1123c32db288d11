"""Tags, team, own fields and spam: each noun of a conversation is put or deleted."""

from __future__ import annotations

import json

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.conversations.actions import placing, spam, tags
from presszero.conversations.models import Conversation, Tag
from presszero.conversations.queries.marks import marks
from presszero.core.text import one_line
from presszero.customers.blocking import lift_block
from presszero.customers.models import Block, OwnField
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role, Team
from presszero.ui.page import page, text_of

from .. import asked
from ..marked import kind
from .said import Undo, changed, toast

either = require_http_methods(["PUT", "DELETE"])
put = require_http_methods(["PUT"])

_OFFERED = 30  # tags in the dialog


@needs(Role.AGENT)
@require_http_methods(["GET", "POST"])
def conversation_tags(request: MemberAsked, number: int) -> HttpResponse:
    """GET ?q= : tags to put on or take off. POST with `name` makes a new one and puts it on."""
    row = asked.conversation(request, number)
    if request.method == "GET":
        return page(request, "desk/_tag_options.html", _offered(request, row, request.GET.get("q", "")))
    name = one_line(request.POST.get("name", ""), 60)
    same = Tag.objects.filter(merchant=request.merchant, name__iexact=name, retired_at=None).first()
    made = same or tags.create_tag(name, by=request.member)
    tags.tag(row, made, by=request.member.actor)
    return _tagged(request, row, made, _("Tagged: %(name)s"), "delete")


@needs(Role.AGENT)
@either
def conversation_tag(request: MemberAsked, number: int, tag_id: int) -> HttpResponse:
    """PUT puts the tag on, DELETE takes it off."""
    row = asked.conversation(request, number)
    tag = Tag.objects.filter(merchant=request.merchant, id=tag_id).first()
    if tag is None:
        raise Http404
    if request.method == "PUT":
        tags.tag(row, tag, by=request.member.actor)
        return _tagged(request, row, tag, _("Tagged: %(name)s"), "delete")
    tags.untag(row, tag, by=request.member.actor)
    return _tagged(request, row, tag, _("Taken off: %(name)s"), "put")


@needs(Role.AGENT)
@require_http_methods(["GET", "PUT", "DELETE"])
def team(request: MemberAsked, number: int) -> HttpResponse:
    """GET: the teams. PUT with `team` moves it to a team's queue, DELETE back to everybody's."""
    row = asked.conversation(request, number)
    if request.method == "GET":
        rows = Team.objects.filter(merchant=request.merchant, retired_at=None).order_by("name")
        return page(request, "desk/_team_options.html", {"c": row, "teams": rows})
    before, to = row.team_id, None
    if request.method == "PUT":
        wanted = asked.number(asked.values(request).get("team"))
        to = Team.objects.filter(merchant=request.merchant, id=wanted, retired_at=None).first()
        if to is None:
            raise Http404
    placing.set_team(row, to, by=request.member.actor)
    url = f"/conversations/{row.id}/team"
    undo = Undo(url, "put", {"team": str(before)}) if before else Undo(url)
    say = _("Moved to %(team)s.") % {"team": to.name} if to else _("Back in everybody's queue.")
    return _still_seen(request, row, say, undo)


@needs(Role.AGENT)
@put
def own_fields(request: MemberAsked, number: int) -> HttpResponse:
    """PUT with an own field's key and its value; kept at once."""
    row = asked.conversation(request, number)
    given = asked.values(request)
    ours = OwnField.objects.filter(merchant=request.merchant, about=OwnField.About.CONVERSATION, key__in=list(given))
    field = ours.first()
    if field is None:
        raise Http404
    before = str(row.fields.get(field.key, ""))
    placing.set_field(row, field.key, str(given[field.key]), by=request.member.actor)
    row = asked.conversation(request, number)
    undo = Undo(f"/conversations/{row.id}/fields", "put", {field.key: before})
    response = HttpResponse(text_of(request, "desk/_own_fields.html", {**about(request, row), "oob": True}))
    response.write(toast(request, _("Saved: %(field)s") % {"field": field.label}, undo))
    response["HX-Trigger"] = json.dumps({"changed": {"conversation": row.id}})
    return response


@needs(Role.AGENT)
@either
def spam_mark(request: MemberAsked, number: int) -> HttpResponse:
    """PUT marks it as spam, with `block` the sender too; DELETE takes that back, with `lift` one's block of that id."""
    row = asked.conversation(request, number)
    by = request.member.actor
    if request.method == "DELETE":
        lifted = asked.values(request).get("lift", "")
        mine = Block.objects.filter(merchant=request.merchant, by=by.code)
        block = mine.filter(id=asked.number(lifted)).first() if lifted else None
        spam.not_spam(row, by=by)
        if block:
            lift_block(block, by=by)
        return changed(request, asked.conversation(request, number), _("Not spam."))
    blocked = spam.block_sender(row, by=by, reason=_("spam")) if asked.values(request).get("block") else None
    spam.mark_spam(row, by=by)
    undo = Undo(f"/conversations/{row.id}/spam", "delete", {"lift": str(blocked.id)} if blocked else {})
    say = _("Spam, and %(who)s is blocked.") % {"who": blocked.address} if blocked else _("Spam.")
    response = changed(request, asked.conversation(request, number), say, undo)
    response["HX-Trigger"] = json.dumps({"changed": {"conversation": row.id}, "settled": {"conversation": row.id}})
    return response


def about(request: MemberAsked, row: Conversation) -> dict[str, object]:
    """What the panel shows of the conversation itself."""
    ours = OwnField.objects.filter(merchant=request.merchant, about=OwnField.About.CONVERSATION).order_by("id")
    return {"c": row, "own_fields": list(ours), "may_write": asked.may_write(request, row)}


def _offered(request: MemberAsked, row: Conversation, words: str) -> dict[str, object]:
    words = one_line(words, 60)
    rows = Tag.objects.filter(merchant=request.merchant, retired_at=None)
    found = list((rows.filter(name__icontains=words) if words else rows).order_by("name")[:_OFFERED])
    on = {tag.id for tag in marks(row).tags}
    new = words if words and not any(tag.name.lower() == words.lower() for tag in found) else ""
    found.sort(key=lambda tag: (tag.id not in on, not tag.name.lower().startswith(words.lower()), tag.name.lower()))
    return {"c": row, "tags": [(tag, tag.id in on, kind(tag.colour)) for tag in found], "new": new}


def _tagged(request: MemberAsked, row: Conversation, tag: Tag, say: str, back: str) -> HttpResponse:
    row = asked.conversation(request, row.id)
    undo = Undo(f"/conversations/{row.id}/tags/{tag.id}", back)
    response = changed(request, row, say % {"name": tag.name}, undo)
    if request.headers.get("HX-Target") == "tag-options":  # asked from the dialog, which stays open for more
        response.write(text_of(request, "desk/_tag_options.html", _offered(request, row, "")))
    return response


def _still_seen(request: MemberAsked, row: Conversation, say: str, undo: Undo) -> HttpResponse:
    """Whoever moves it to a queue they do not see has let go of it."""
    try:
        row = asked.conversation(request, row.id)
    except Http404:
        response = HttpResponse(toast(request, say))
        response["HX-Trigger"] = json.dumps({"changed": {}, "settled": {"conversation": row.id}})
        return response
    return changed(request, row, say, undo)
