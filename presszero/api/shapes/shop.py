"""What a shop is made of, what happened in it, and where it tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from .kinds import In, Out, Paging


class LineOut(Out):
    """An address of ours. `trouble` is a sentence while something is wrong with it."""

    id: int
    kind: str
    address: str
    name: str
    brand_id: int
    team_id: int | None
    paused: bool
    trouble: str


class TopicOut(Out):
    id: int
    name: str
    retired: bool


class TagOut(Out):
    id: int
    name: str
    colour: str
    retired: bool


class TeamOut(Out):
    id: int
    name: str
    members: list[int]


class MemberOut(Out):
    """Somebody who works here."""

    id: int
    name: str
    role: Literal["read_only", "agent", "lead", "admin"]
    teams: list[int]


class MacroOut(Out):
    id: int
    name: str
    text: str
    language: str
    shortcut: str
    steps: list[dict[str, Any]]


class ViewOut(Out):
    """A list that somebody keeps; its filter works at /conversations too."""

    id: int
    name: str
    shared: Literal["nobody", "team", "everybody"]
    team_id: int | None
    filter: dict[str, Any]
    order: str


class EventOut(Out):
    """A fact. `data` holds ids, numbers and words of ours, never a person's."""

    id: int
    kind: str
    at: datetime
    actor: str
    customer_id: int | None
    conversation_id: int | None
    data: dict[str, Any]


class EventQuery(Paging):
    kind: str = Field("", max_length=60, description="Only facts of this kind.")
    conversation: int | None = Field(None, ge=1, le=2**63 - 1)
    customer: int | None = Field(None, ge=1, le=2**63 - 1)


class Events(Out):
    """A page of facts, oldest first. `next_cursor` is always there: keep it, and ask again from it later."""

    data: list[EventOut]
    next_cursor: str
    next: str


class SearchQuery(Paging):
    q: str = Field(min_length=1, max_length=200)


class WebhookOut(Out):
    """An address of yours that is told what happens here."""

    id: int
    name: str
    url: str
    events: list[str]
    enabled: bool
    disabled_why: Literal["", "by hand", "gone", "failing"]
    failing_since: datetime | None
    failure: str
    succeeded_at: datetime | None
    created_at: datetime


class WebhookMade(WebhookOut):
    """With its secret, which is shown this once."""

    secret: str


class WebhookIn(In):
    url: str = Field(min_length=1, max_length=2000)
    events: list[str] = Field(min_length=1, max_length=60)
    name: str = Field("", max_length=80)


class WebhookChange(In):
    """What is to change; what is left out stays."""

    url: str | None = Field(None, min_length=1, max_length=2000)
    events: list[str] | None = Field(None, min_length=1, max_length=60)
    name: str | None = Field(None, max_length=80)
    enabled: bool | None = None


class TriedOut(Out):
    at: datetime
    took_ms: int
    status: int | None
    error: str
    answer: str


class ToldOut(Out):
    """One thing told to a webhook, and what became of it. `id` is the number in its address here."""

    id: int
    webhook_id: str
    type: str
    state: Literal["waits", "sending", "delivered", "failed", "dropped"]
    tries: int
    created_at: datetime
    next_at: datetime | None
    history: list[TriedOut]


class Nothing(In):
    """An empty body."""


class UploadQuery(BaseModel):
    filename: str = Field(min_length=1, max_length=255, description="What it is called.")
    member: int | None = Field(
        None, ge=1, le=2**63 - 1, description="In whose name; needed when the token acts as the whole shop."
    )
