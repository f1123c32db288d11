"""/conversations"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from ninja import Query

from presszero.channels.models import Line
from presszero.conversations import actions, steps
from presszero.conversations.actions.begin import Opening
from presszero.conversations.actions.held import held
from presszero.conversations.models import Conversation, Topic
from presszero.team.models import Role

from ..operations import Call, Made, Resource
from ..problems import Problem
from ..reads import conversations, customers
from ..reads.rows import listed
from ..shapes.conversations import (
    ConversationChange,
    ConversationIn,
    ConversationOut,
    ConversationQuery,
    ResolutionIn,
    SnoozeIn,
)
from ..shapes.kinds import Page, PathId
from .speaking import answer, speaker

resource = Resource("conversations")


@resource.get("/conversations", "conversations:read", Page[ConversationOut])
def list_conversations(request: Call, query: Query[ConversationQuery]) -> HttpResponse:
    """List conversations

    By simple conditions, or by a `filter` as rules and saved views have it:
    `{"all": [{"field": "waiting_for", "op": "more_than", "value": "4h"}]}`.
    """
    return listed(request, conversations.find(request.auth, query), query.limit)


@resource.post("/conversations", "messages:write", ConversationOut)
def begin_conversation(request: Call, body: ConversationIn) -> Made:
    """Begin a conversation

    With a message from us, to one of the customer's addresses. The same `client_id` twice is one conversation.
    """
    customer = customers.row(request.auth, body.customer)
    line = Line.objects.filter(merchant=request.auth.merchant, id=body.line).select_related("brand").first()
    if line is None:
        raise Problem(422, "There is no such line.", errors=[{"in": "body", "pointer": "/line", "detail": "not found"}])
    opening = Opening(line, body.address, body.subject)
    said = actions.begin(customer, opening, answer(request, body), by=speaker(request, body.member))
    return _made(request, conversations.shown(said.merchant_id, said.conversation_id))


@resource.get("/conversations/{conversation_id}", "conversations:read", ConversationOut)
def get_conversation(request: Call, conversation_id: PathId) -> Made:
    """Get a conversation

    By any number it was ever called by: after a merge, `id` is the one it is part of. Its ETag is its version.
    """
    return _now(conversations.row(request.auth, conversation_id))


@resource.patch("/conversations/{conversation_id}", "conversations:write", ConversationOut)
def change_conversation(request: Call, conversation_id: PathId, body: ConversationChange) -> Made:
    """Change a conversation

    Subject, priority, topic, team, assignee and own fields, all or nothing. With `If-Match`, only if nobody changed it
    since: 412 otherwise.
    """
    seen = _writable(request, conversation_id)
    with transaction.atomic():
        row = held(seen)
        _check_version(request, row)
        _change(request, row, body)
    return _now(row)


@resource.put("/conversations/{conversation_id}/resolution", "conversations:write", ConversationOut)
def resolve_conversation(request: Call, conversation_id: PathId, body: ResolutionIn) -> Made:
    """Resolve a conversation

    The matter is settled. Resolving what is resolved changes nothing.
    """
    row = _writable(request, conversation_id)
    topic = _topic(request, body.topic) if body.topic else None
    return _now(actions.resolve(row, by=request.auth.by, topic=topic))


@resource.delete("/conversations/{conversation_id}/resolution", "conversations:write", ConversationOut)
def reopen_conversation(request: Call, conversation_id: PathId) -> Made:
    """Open a conversation again

    Opening what is open changes nothing.
    """
    row = _writable(request, conversation_id)
    return _now(actions.reopen(row, by=request.auth.by) if row.state == "resolved" else row)


@resource.put("/conversations/{conversation_id}/snooze", "conversations:write", ConversationOut)
def snooze_conversation(request: Call, conversation_id: PathId, body: SnoozeIn) -> Made:
    """Put a conversation aside

    Until a moment, or until they write, whichever comes first.
    """
    row = _writable(request, conversation_id)
    if body.until and body.until.tzinfo is None:
        raise Problem(422, "until: a time zone is missing.")
    return _now(actions.snooze(row, body.until, by=request.auth.by))


@resource.delete("/conversations/{conversation_id}/snooze", "conversations:write", ConversationOut)
def wake_conversation(request: Call, conversation_id: PathId) -> Made:
    """Take a conversation up again

    Waking what is awake changes nothing.
    """
    row = _writable(request, conversation_id)
    return _now(actions.wake_up(row, by=request.auth.by) if row.state == "snoozed" else row)


@resource.put("/conversations/{conversation_id}/tags/{tag_id}", "conversations:write", ConversationOut)
def tag_conversation(request: Call, conversation_id: PathId, tag_id: PathId) -> Made:
    """Tag a conversation

    Tagging twice is tagging once.
    """
    return _now(_do(request, _writable(request, conversation_id), {"do": "tag", "tag": tag_id}))


@resource.delete("/conversations/{conversation_id}/tags/{tag_id}", "conversations:write", ConversationOut)
def untag_conversation(request: Call, conversation_id: PathId, tag_id: PathId) -> Made:
    """Take a tag off a conversation

    Taking off what it does not carry changes nothing.
    """
    return _now(_do(request, _writable(request, conversation_id), {"do": "untag", "tag": tag_id}))


def _change(request: Call, row: Conversation, body: ConversationChange) -> None:
    """Each thing that is named, by the verbs the desk uses; in the caller's transaction."""
    by, given = request.auth.by, body.model_fields_set
    if body.subject is not None:
        actions.set_subject(row, body.subject, by=by)
    if body.priority is not None:
        actions.set_priority(row, body.priority, by=by)
    if "topic" in given:
        actions.set_topic(row, _topic(request, body.topic) if body.topic else None, by=by)
    if "team" in given:
        _do(request, row, {"do": "team", "team": body.team})
    if "assignee" in given:
        _do(request, row, {"do": "assign", "to": body.assignee})
    for key, value in (body.fields or {}).items():
        _do(request, row, {"do": "field", "key": key, "value": value})


def _writable(request: Call, number: int) -> Conversation:
    """A conversation the caller may do more than read in. Raises Http404, Problem."""
    return conversations.row(request.auth, number, Role.AGENT)


def _do(request: Call, row: Conversation, step: dict[str, Any]) -> Conversation:
    (read,) = steps.read(request.auth.merchant, [step])
    steps.perform(row, read, request.auth.by)
    return row


def _topic(request: Call, number: int) -> Topic:
    found = Topic.objects.filter(merchant=request.auth.merchant, id=number, retired_at=None).first()
    if found is None:
        raise Problem(422, "There is no such topic.", errors=[{"in": "body", "pointer": "/topic", "detail": "unknown"}])
    return found


def _check_version(request: Call, row: Conversation) -> None:
    """Raises Problem when If-Match names another version than this."""
    wanted = request.headers.get("If-Match", "").strip()
    if wanted and wanted != "*" and f'"{row.version}"' not in [each.strip() for each in wanted.split(",")]:
        raise Problem(412, "Somebody changed this meanwhile.", next_step="Read it again, and decide anew.")


def _now(row: Conversation) -> Made:
    thing = conversations.shown(row.merchant_id, row.id)
    return Made(thing, version=thing["version"])


def _made(request: Call, thing: dict[str, Any]) -> Made:
    return Made(thing, f"/api/v1/conversations/{thing['id']}", thing["version"])
