"""Conversations and messages as other programs see them. Notes are never among the messages."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from .customers import FieldValues
from .kinds import Id, In, Named, Out, Paging, QueryId

State = Literal["open", "snoozed", "resolved", "spam"]
Priority = Annotated[int, Field(ge=1, le=4, description="1 low, 2 normal, 3 high, 4 urgent.")]


class ConversationOut(Out):
    """One matter with one customer, whatever the channels. `version` is also its ETag."""

    id: int
    customer: Named
    line_id: int
    subject: str
    state: State
    priority: int
    topic_id: int | None
    team_id: int | None
    assignee_id: int | None
    tags: list[Named]
    fields: dict[str, str]
    channel: str
    snippet: str
    last_inbound: bool
    waiting_since: datetime | None
    due_at: datetime | None
    first_reply_at: datetime | None
    snoozed_until: datetime | None
    matters: int | None
    needed_by: datetime | None
    created_at: datetime
    last_at: datetime
    version: int


class ConversationQuery(Paging):
    """Simple conditions, or `filter` for everything else; all must hold."""

    state: State | None = None
    priority: int | None = Field(None, ge=1, le=4)
    topic: QueryId | None = None
    team: QueryId | None = None
    assignee: QueryId | None = None
    tag: QueryId | None = None
    customer: QueryId | None = None
    line: QueryId | None = None
    channel: str | None = Field(None, max_length=20)
    updated_after: datetime | None = Field(None, description="Something was said after this moment.")
    filter: str = Field("", max_length=8000, description="A filter as JSON, as in rules and saved views.")
    order: Literal["newest", "oldest", "last"] = Field(
        "newest", description="By creation; `last`, within one state, by the last message."
    )


class MessageIn(In):
    """A message to the customer. The same `client_id` twice is sent once."""

    text: str = Field(min_length=1, max_length=100_000)
    client_id: uuid.UUID | None = Field(None, description="Made by you. Left out, we make one.")
    member: Id | None = Field(None, description="In whose name; needed when the token acts as the whole shop.")
    to: list[Annotated[str, Field(max_length=320)]] = Field(
        default_factory=list, max_length=20, description="Addresses; [] is whoever takes part."
    )
    attachments: list[Annotated[str, Field(max_length=64)]] = Field(
        default_factory=list, max_length=20, description="Tokens of uploads to this conversation."
    )
    send_at: datetime | None = Field(None, description="Not before this moment.")


class ConversationIn(In):
    """Begins a conversation with a message from us."""

    customer: Id
    line: Id = Field(description="The line it goes out from.")
    address: str = Field(min_length=1, max_length=320, description="One of the customer's addresses.")
    subject: str = Field("", max_length=300)
    text: str = Field(min_length=1, max_length=100_000)
    client_id: uuid.UUID | None = None
    member: Id | None = Field(None, description="In whose name; needed when the token acts as the whole shop.")


class ConversationChange(In):
    """What is to change; what is left out stays. null takes a topic, team or assignee away."""

    subject: str | None = Field(None, max_length=300)
    priority: Priority | None = None
    topic: Id | None = None
    team: Id | None = None
    assignee: Id | None = None
    fields: FieldValues | None = None


class AttachmentOut(Out):
    id: int
    name: str
    type: str
    size: int
    inline: bool
    url: str


class DeliveryOut(Out):
    """What became of a message on its way to one address."""

    id: int
    to: str
    state: Literal["queued", "sending", "accepted", "delivered", "read", "failed", "unknown", "cancelled"]
    reason: str


class AuthorOut(Out):
    """Who said it. `id` is a customer's or a member's."""

    kind: Literal["customer", "member", "assistant", "system", "api"]
    id: int | None
    name: str
    address: str


class MessageOut(Out):
    """Something said to or by the customer. `automatic` says which machine wrote it, "" for a person."""

    id: int
    conversation_id: int
    at: datetime
    inbound: bool
    author: AuthorOut
    channel: str
    line_id: int
    subject: str
    text: str
    automatic: str
    taken_back_at: datetime | None
    attachments: list[AttachmentOut]
    deliveries: list[DeliveryOut]


class NoteOut(Out):
    """Words among the team. Never shown to customers."""

    id: int
    conversation_id: int
    at: datetime
    member_id: int | None
    text: str


class NoteIn(In):
    text: str = Field(min_length=1, max_length=20_000)
    client_id: uuid.UUID | None = None
    member: Id | None = Field(None, description="In whose name; needed when the token acts as the whole shop.")


class ResolutionIn(In):
    topic: Id | None = None


class SnoozeIn(In):
    until: datetime | None = Field(None, description="null: until they write.")


class UploadOut(Out):
    """A file for a message. Name its token in `attachments`; it works once, in this conversation."""

    token: str
    name: str
    type: str
    size: int
