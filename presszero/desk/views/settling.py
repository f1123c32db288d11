"""Resolve, snooze, assign and the details: each noun is put or deleted."""

from __future__ import annotations

import json
from datetime import datetime

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.conversations import actions
from presszero.conversations.models import Conversation, Seen, Topic
from presszero.core.refusal import Refused
from presszero.routing.actions import be_here
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role

from .. import asked
from .said import Undo, changed, told

either = require_http_methods(["PUT", "DELETE"])
only_put = require_http_methods(["PUT"])


@needs(Role.AGENT)
@either
def resolution(request: MemberAsked, number: int) -> HttpResponse:
    """PUT resolves, DELETE opens again."""
    row = asked.conversation(request, number)
    if request.method == "DELETE":
        actions.reopen(row, by=request.member.actor)
        return changed(request, asked.conversation(request, number), _("Open again."))
    actions.resolve(row, by=request.member.actor)
    return _left(changed(request, _again(request, row), _("Resolved."), _back(row, "resolution")), row)


@needs(Role.AGENT)
@either
def snooze(request: MemberAsked, number: int) -> HttpResponse:
    """PUT with `until` (a local time, or "reply") puts it aside; DELETE wakes it."""
    row = asked.conversation(request, number)
    if request.method == "DELETE":
        actions.wake_up(row, by=request.member.actor)
        return changed(request, _again(request, row), _("It is back."))
    until = asked.values(request).get("until", "")
    actions.snooze(row, None if until == "reply" else moment(until), by=request.member.actor)
    return _left(changed(request, _again(request, row), _("Put aside."), _back(row, "snooze")), row)


@needs(Role.AGENT)
@either
def assignee(request: MemberAsked, number: int) -> HttpResponse:
    """PUT gives it to `member`, DELETE back to everyone."""
    row = asked.conversation(request, number)
    before = row.assignee_id
    to = asked.colleague(request, asked.values(request).get("member", "")) if request.method == "PUT" else None
    actions.assign(row, to, by=request.member.actor)
    way_back = Undo(f"/conversations/{row.id}/assignee", "put", {"member": str(before)}) if before else None
    way_back = way_back or Undo(f"/conversations/{row.id}/assignee")
    if to is None:
        say = _("Back to everyone.")
    else:
        say = _("Yours now.") if to.id == request.member.id else _("%(name)s has it now.") % {"name": to.first_name}
    return changed(request, _again(request, row), say, way_back)


@needs(Role.AGENT)
@only_put
def priority(request: MemberAsked, number: int) -> HttpResponse:
    """PUT with `priority`, 1 to 4."""
    row = asked.conversation(request, number)
    actions.set_priority(row, asked.number(asked.values(request).get("priority")), by=request.member.actor)
    way_back = Undo(f"/conversations/{row.id}/priority", "put", {"priority": str(row.priority)})
    return changed(request, _again(request, row), _("Priority changed."), way_back)


@needs(Role.AGENT)
@only_put
def subject(request: MemberAsked, number: int) -> HttpResponse:
    """PUT with `subject`."""
    row = asked.conversation(request, number)
    actions.set_subject(row, asked.values(request).get("subject", ""), by=request.member.actor)
    way_back = Undo(f"/conversations/{row.id}/subject", "put", {"subject": row.subject})
    return changed(request, _again(request, row), _("Subject changed."), way_back)


@needs(Role.AGENT)
@either
def topic(request: MemberAsked, number: int) -> HttpResponse:
    """PUT with `topic`, an id; DELETE for none."""
    row = asked.conversation(request, number)
    chosen = None
    if request.method == "PUT":
        wanted = asked.number(asked.values(request).get("topic"))
        chosen = Topic.objects.filter(merchant=request.merchant, id=wanted, retired_at=None).first()
        if chosen is None:
            raise Http404
    actions.set_topic(row, chosen, by=request.member.actor)
    say = _("Topic: %(name)s") % {"name": chosen.name} if chosen else _("No topic.")
    return changed(request, _again(request, row), say)


@needs(Role.AGENT)
@either
def follower(request: MemberAsked, number: int) -> HttpResponse:
    """PUT follows, DELETE stops."""
    row = asked.conversation(request, number)
    if request.method == "PUT":
        actions.follow(row, request.member)
        return changed(request, _again(request, row), _("You follow this."))
    actions.unfollow(row, request.member)
    return changed(request, _again(request, row), _("You no longer follow this."))


@needs(Role.AGENT)
@either
def unread(request: MemberAsked, number: int) -> HttpResponse:
    """PUT marks it unread for oneself; DELETE says that it was seen."""
    row = asked.conversation(request, number)
    if request.method == "DELETE":
        actions.seen(row, request.member)
        return HttpResponse(status=204)
    Seen.objects.filter(merchant=request.merchant, conversation=row, member=request.member).delete()
    return told(request, _("Unread again."))


@needs(Role.AGENT)
@require_http_methods(["POST"])
def looking(request: MemberAsked, number: int) -> HttpResponse:
    """POST now and then while it is open; `typing` while somebody writes."""
    row = asked.conversation(request, number)
    be_here(request.member)
    actions.looking(row, request.member, typing=request.POST.get("typing") == "1")
    return HttpResponse(status=204)


def moment(text: str) -> datetime:
    """A time from a form: with a zone, or in the reader's own. Raises Refused."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise Refused(_("We could not read that time."), _("Pick one from the calendar."))
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _again(request: MemberAsked, row: Conversation) -> Conversation:
    return asked.conversation(request, row.id)


def _back(row: Conversation, noun: str) -> Undo:
    return Undo(f"/conversations/{row.id}/{noun}")


def _left(response: HttpResponse, row: Conversation) -> HttpResponse:
    """It left the agent's hands: the page goes on to the next one in the list."""
    response["HX-Trigger"] = json.dumps({"changed": {"conversation": row.id}, "settled": {"conversation": row.id}})
    return response
