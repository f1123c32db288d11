"""/conversations/…/messages, notes and files"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from django.http import Http404, HttpResponse, HttpResponseBase
from ninja import Path, Query

from presszero.channels.models import Attachment
from presszero.channels.served import served
from presszero.conversations import actions
from presszero.conversations.actions.answer import MAX_UPLOAD
from presszero.conversations.models import Message
from presszero.conversations.queries.sight import sees_entry
from presszero.team.models import Role

from ..operations import Call, Made, Resource
from ..problems import Problem
from ..reads import conversations
from ..reads.rows import listed
from ..shapes.conversations import MessageIn, MessageOut, NoteIn, NoteOut, UploadOut
from ..shapes.kinds import Page, Paging, PathId
from ..shapes.shop import UploadQuery
from .speaking import answer, click, speaker

resource = Resource("messages")


@resource.get("/conversations/{conversation_id}/messages", "conversations:read", Page[MessageOut])
def list_messages(request: Call, conversation_id: PathId, query: Query[Paging]) -> HttpResponse:
    """List messages

    What was said to the customer and by them, newest first. Notes are elsewhere, behind a scope of their own.
    """
    row = conversations.row(request.auth, conversation_id)
    return listed(request, conversations.messages(row, query), query.limit)


@resource.post("/conversations/{conversation_id}/messages", "messages:write", MessageOut)
def send_message(request: Call, conversation_id: PathId, body: MessageIn) -> Made:
    """Send a message

    To the customer, where they last wrote. It is stored at once and sent by a worker; `deliveries` says how it went.
    """
    row = conversations.row(request.auth, conversation_id, Role.AGENT)
    by = speaker(request, body.member)
    said = replace(answer(request, body), to=tuple(body.to), uploads=tuple(body.attachments), send_at=body.send_at)
    if body.send_at and body.send_at.tzinfo is None:
        raise Problem(422, "send_at: a time zone is missing.")
    made = actions.reply(row, said, by=by)
    return Made(conversations.message(row.merchant_id, made.id), f"/api/v1/messages/{made.id}")


@resource.get("/messages/{message_id}", "conversations:read", MessageOut)
def get_message(request: Call, message_id: PathId) -> dict[str, Any]:
    """Get a message

    With what became of it on its way.
    """
    rows = Message.objects.filter(merchant=request.auth.merchant, id=message_id)
    found = rows.values_list("conversation_id", flat=True).first()
    if found is None:
        raise Http404
    conversations.row(request.auth, found)
    return conversations.message(request.auth.merchant.id, message_id)


@resource.get("/conversations/{conversation_id}/notes", "notes:read", Page[NoteOut])
def list_notes(request: Call, conversation_id: PathId, query: Query[Paging]) -> HttpResponse:
    """List notes

    What the team said among themselves, newest first. Never show these to a customer.
    """
    row = conversations.row(request.auth, conversation_id)
    return listed(request, conversations.notes(row, query), query.limit)


@resource.post("/conversations/{conversation_id}/notes", "notes:write", NoteOut)
def add_note(request: Call, conversation_id: PathId, body: NoteIn) -> Made:
    """Add a note

    `@names` are told, as at the desk.
    """
    row = conversations.row(request.auth, conversation_id, Role.AGENT)
    made = actions.note(row, body.text, by=speaker(request, body.member), client_id=click(request, body))
    return Made(conversations.note(row.merchant_id, made.id))


@resource.upload("/conversations/{conversation_id}/uploads", "messages:write", UploadOut, MAX_UPLOAD)
def upload_file(request: Call, conversation_id: PathId, query: Query[UploadQuery]) -> Made:
    """Upload a file

    The body is the file itself, 25 MB at most. Name the token in a message's `attachments`; it works once.
    """
    row = conversations.row(request.auth, conversation_id, Role.AGENT)
    content = request.body
    if not content:
        raise Problem(422, "The file is empty.")
    made = actions.upload(row, query.filename, content, by=speaker(request, query.member))
    return Made({"token": made.token, "name": made.filename, "type": made.content_type, "size": made.size})


@resource.download("/attachments/{token}", "conversations:read")
def get_attachment(request: Call, token: Annotated[str, Path(max_length=64)]) -> HttpResponseBase:
    """Download a file

    Of a message that the token may see.
    """
    rows = Attachment.objects.filter(merchant=request.auth.merchant, token=token).select_related("entry")
    found = rows.first()
    if found is None or not sees_entry(request.auth.eyes, found.entry):
        raise Http404
    return served(found)
