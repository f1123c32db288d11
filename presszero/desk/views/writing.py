"""Replies, notes, drafts and files."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.channels import outbox
from presszero.channels.models import Delivery, Line, Participant, Thread
from presszero.conversations import actions, queries
from presszero.conversations.actions.answer import Answer, WroteMeanwhile, let_in
from presszero.conversations.models import Conversation, Message, Note, Upload
from presszero.core.refusal import Refused
from presszero.insights.working import spoke
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page, text_of

from .. import asked
from ..promising.chips import chips, take
from . import conversation
from .said import Undo, changed
from .settling import moment

post = require_http_methods(["POST"])
delete = require_http_methods(["DELETE"])

_GOES_AT = """
SELECT not_before, state FROM channels_delivery WHERE merchant_id = %s AND entry_id = %s ORDER BY not_before LIMIT 1
"""


@needs(Role.AGENT)
@post
def replies(request: MemberAsked, number: int) -> HttpResponse:
    """POST sends what was written; with `resolve` it settles the matter too. A second click sends nothing twice."""
    row = asked.conversation(request, number)
    form = request.POST
    try:
        _check_colleagues(request, row)
        with transaction.atomic():
            message = actions.reply(row, _answer(request, row), by=request.member)
            take(form.getlist("promise"), row, message.entry_id, request.member)
    except WroteMeanwhile as why:
        return _wrote_meanwhile(request, row, why)
    if form.get("resolve"):
        actions.resolve(row, by=request.member.actor)
    row = asked.conversation(request, number)
    say, undo = _sent(message)
    response = changed(request, row, say, undo, fresh="reply")
    if form.get("resolve"):
        told = {"changed": {"conversation": row.id}, "settled": {"conversation": row.id}}
        response["HX-Trigger"] = json.dumps(told)
    return response


@needs(Role.AGENT)
@post
def notes(request: MemberAsked, number: int) -> HttpResponse:
    """POST keeps a note."""
    row = asked.conversation(request, number)
    made = actions.note(row, request.POST.get("text", ""), by=request.member, client_id=_client_id(request))
    return changed(request, row, _("Noted."), Undo(f"/notes/{made.id}"), fresh="note")


@needs(Role.AGENT)
@delete
def note(request: MemberAsked, note_id: int) -> HttpResponse:
    """DELETE hides a note; its writer or a lead may."""
    found = Note.objects.filter(merchant=request.merchant, id=note_id).select_related("conversation", "by").first()
    if found is None:
        raise Http404
    row = asked.conversation(request, found.conversation_id)
    if found.by_id != request.member.id and not asked.may(request, Role.LEAD, row):
        raise Refused(_("This note is not yours."), _("Its writer or a lead can remove it."))
    actions.remove_note(found, by=request.member)
    if found.call and found.by and not found.removed_at:
        spoke(found, found.by, taken_back=True)
    return changed(request, asked.conversation(request, found.conversation_id))


@needs(Role.AGENT)
@delete
def message(request: MemberAsked, message_id: int) -> HttpResponse:
    """DELETE takes an answer back while it has not gone; its words stand in the composer again."""
    found = Message.objects.filter(merchant=request.merchant, id=message_id).select_related("conversation").first()
    if found is None:
        raise Http404
    asked.conversation(request, found.conversation_id)
    actions.take_back(found, by=request.member)
    row = asked.conversation(request, found.conversation_id)
    return changed(request, row, _("Taken back. It is a draft again."), fresh="reply")


_PROMISING = ("reply", "call")  # drafts whose words may promise something
_ASKING = re.compile(r"ask(-\d{1,18})?")  # a new question to somebody outside, or the next in a side thread


@needs(Role.AGENT)
@require_http_methods(["PUT"])
def draft(request: MemberAsked, number: int, kind: str) -> HttpResponse:
    """PUT keeps what somebody is writing; the answer of a reply says what its words promise."""
    if kind not in ("reply", "note", "call") and not _ASKING.fullmatch(kind):
        raise Http404
    row = asked.conversation(request, number)
    text = asked.values(request).get("text", "")
    actions.save_draft(row, kind, text, by=request.member)
    if kind not in _PROMISING:
        return HttpResponse(status=204)
    return page(request, "desk/promised/_chips.html", {"chips": chips(row, text, request.member)})


@needs(Role.AGENT)
@post
def uploads(request: MemberAsked, number: int) -> JsonResponse:
    """POST a file into the composer. Its token, for the form."""
    row = asked.conversation(request, number)
    given = request.FILES.get("file")
    if given is None:
        raise Refused(_("No file came with this."), _("Add it again."))
    if (given.size or 0) > actions.answer.MAX_UPLOAD:
        raise Refused(_("This file is larger than 25 MB, which most mailboxes refuse."), _("Send a link to it."))
    made = actions.upload(row, given.name or "", given.read(), by=request.member)
    return JsonResponse({"token": made.token, "name": made.filename, "size": made.size})


@needs(Role.AGENT)
@delete
def upload(request: MemberAsked, token: str) -> HttpResponse:
    """DELETE takes a file out of the composer again."""
    found = Upload.objects.filter(merchant=request.merchant, by=request.member, token=token, used_at=None)
    if not found.delete()[0]:
        raise Http404
    return HttpResponse(status=204)


@needs(Role.AGENT)
@post
def tries(request: MemberAsked, delivery_id: int) -> HttpResponse:
    """POST sends a failed or doubtful delivery once more."""
    row = _delivery(request, delivery_id)
    place = _conversation_of(request, row)
    outbox.send_again(row, by=request.member.actor)
    return changed(request, asked.conversation(request, place.id), _("On its way again."))


@needs(Role.AGENT)
@require_http_methods(["PUT"])
def arrival(request: MemberAsked, delivery_id: int) -> HttpResponse:
    """PUT: somebody knows that a doubtful delivery arrived."""
    row = _delivery(request, delivery_id)
    place = _conversation_of(request, row)
    outbox.believe_accepted(
        row, _("%(name)s knows that it arrived.") % {"name": request.member.first_name}, by=request.member.actor
    )
    return changed(request, asked.conversation(request, place.id), _("Noted as sent."))


@needs(Role.AGENT)
@require_http_methods(["PUT"])
def access(request: MemberAsked, participant_id: int) -> HttpResponse:
    """PUT lets somebody in whom the customer copied."""
    rows = Participant.objects.filter(merchant=request.merchant, id=participant_id)
    found = rows.select_related("thread").first()
    if found is None:
        raise Http404
    place = Message.objects.filter(merchant=request.merchant, entry__thread=found.thread).first()
    if place is None:
        raise Http404
    asked.conversation(request, place.conversation_id)
    let_in(found, by=request.member.actor)
    row = asked.conversation(request, place.conversation_id)
    say = _("Answers go to %(who)s too.") % {"who": found.name or found.address}
    return changed(request, row, say, fresh="reply")


def _answer(request: MemberAsked, row: Conversation) -> Answer:
    form = request.POST
    at = form.get("own_time", "") if form.get("send_at") == "own" else form.get("send_at", "")
    return Answer(
        text=form.get("text", ""),
        client_id=_client_id(request),
        **_way(request, row),
        to=form.getlist("to"),
        uploads=form.getlist("upload"),
        send_at=moment(at) if at or form.get("send_at") == "own" else None,
        after=None if form.get("anyway") else asked.number(form.get("after", "0")),
    )


def _check_colleagues(request: MemberAsked, row: Conversation) -> None:
    """Somebody else of us answered after this page was drawn: two answers at once are worse than none for a minute."""
    if request.POST.get("anyway"):
        return
    newer = Message.objects.filter(
        merchant=request.merchant,
        conversation_id__in=queries.family(row),
        inbound=False,
        taken_back_at=None,
        id__gt=asked.number(request.POST.get("after", "0")),
    ).exclude(entry__actor=request.member.actor.code)
    if newer.exclude(client_id=_client_id(request)).exists():
        raise WroteMeanwhile(_("A colleague answered while you were writing."), _("Read it, then send."))


def _thread(request: MemberAsked, row: Conversation) -> Thread | None:
    """The thread that was picked, if it has a place in this conversation."""
    values = asked.values(request)
    wanted = values.get("thread", "") or values.get("way", "").removeprefix("thread:")
    if not wanted:
        return None
    found = Thread.objects.filter(merchant=request.merchant, id=asked.number(wanted)).select_related("line__brand")
    inside = Message.objects.filter(
        merchant=request.merchant, conversation_id__in=queries.family(row), entry__thread_id=asked.number(wanted)
    )
    thread = found.first()
    if thread is None or not inside.exists():
        raise Http404
    return thread


def _way(request: MemberAsked, row: Conversation) -> dict[str, Any]:
    """The way that was picked, as ways.Way.key says it: a thread, or a line of ours with an address of theirs."""
    how, _, rest = asked.values(request).get("way", "").partition(":")
    if how != "line":
        return {"thread": _thread(request, row)}
    number, _, address = rest.partition(":")
    lines = Line.objects.filter(merchant=request.merchant, id=asked.number(number)).select_related("brand")
    line = lines.first()
    if line is None:
        raise Http404
    return {"line": line, "address": address}


def _client_id(request: MemberAsked) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        raise Refused(_("This page is out of date."), _("Load it again; your draft is kept.")) from None


def _sent(message: Message) -> tuple[str, Undo | None]:
    """What to say, and how long it can still be taken back."""
    goes_at = getattr(message, "goes_at", None) or _goes_at(message)
    ahead = (goes_at - timezone.now()).total_seconds() if goes_at else 0
    if ahead > 120:
        return _("It goes out at the time you picked."), Undo(f"/messages/{message.id}")
    if ahead > 1:
        return _("Sending."), Undo(f"/messages/{message.id}", seconds=int(ahead))
    return _("Sent."), None


def _goes_at(message: Message) -> datetime | None:
    """Of what an earlier click sent: None once it is on its way."""
    with connection.cursor() as cursor:
        cursor.execute(_GOES_AT, [message.merchant_id, message.entry_id])
        goes_at, state = cursor.fetchone() or (None, "")
    return goes_at if state == "queued" else None


def _wrote_meanwhile(request: MemberAsked, row: Conversation, why: WroteMeanwhile) -> HttpResponse:
    """What they wrote is shown, and the answer waits in its box."""
    said = text_of(request, "desk/_meanwhile.html", {"sentence": str(why), "c": row})
    return conversation.pieces(request, row, extra=said)


def _delivery(request: MemberAsked, delivery_id: int) -> Delivery:
    found = Delivery.objects.filter(merchant=request.merchant, id=delivery_id).first()
    if found is None:
        raise Http404
    return found


def _conversation_of(request: MemberAsked, row: Delivery) -> Conversation:
    place = Message.objects.filter(merchant=request.merchant, entry_id=row.entry_id).first()
    if place is None:
        raise Http404
    return asked.conversation(request, place.conversation_id)
