"""Customers as other programs see them. Notes about them are a shape of their own, behind a scope of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from .kinds import In, Out, Paging

Purpose = Literal["service", "marketing", "survey"]
FieldValues = dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=500)]]


class HandleOut(Out):
    """An address of theirs. `proof`: verified, seen, claimed, or refuted (somebody else used it)."""

    id: int
    kind: str
    address: str
    name: str
    proof: Literal["verified", "seen", "claimed", "refuted"]
    bounced_at: datetime | None


class CustomerOut(Out):
    """A person, however many addresses. `id` may change by a merge: the old one goes on to work."""

    id: int
    name: str
    language: str
    timezone: str
    preferred_channel: str
    fields: dict[str, str]
    handles: list[HandleOut]
    created_at: datetime


class HandleIn(In):
    """An address of theirs: an e-mail address for `email`, else what a channel calls them."""

    kind: Literal["email", "phone", "custom"]
    address: str = Field(min_length=1, max_length=320)
    name: str = Field("", max_length=200)


class CustomerIn(In):
    """A new customer, with at least one address."""

    name: str = Field("", max_length=200)
    language: str = Field("", max_length=12, description="BCP 47, such as `de`.")
    timezone: str = Field("", max_length=60, description="IANA, such as `Europe/London`.")
    preferred_channel: str = Field("", max_length=20)
    fields: FieldValues = Field(default_factory=dict, description="Own fields by key; see the settings.")
    handles: list[HandleIn] = Field(min_length=1, max_length=20)


class CustomerChange(In):
    """What is to change; what is left out stays."""

    name: str | None = Field(None, max_length=200)
    language: str | None = Field(None, max_length=12)
    timezone: str | None = Field(None, max_length=60)
    preferred_channel: str | None = Field(None, max_length=20)
    fields: FieldValues | None = None


class CustomerQuery(Paging):
    q: str = Field("", max_length=200, description="Part of a name or an address.")
    address: str = Field("", max_length=320, description="Exactly this address.")


class CustomerNoteOut(Out):
    """What the team should know about them. Never shown to customers."""

    id: int
    text: str
    by: str
    at: datetime


class CustomerNoteIn(In):
    text: str = Field(min_length=1, max_length=5000)


class ConsentOut(Out):
    """The word that counts now for a channel and a purpose."""

    id: int
    channel: str
    purpose: str
    given: bool
    at: datetime
    source: str


class ConsentIn(In):
    """A customer allows or forbids a purpose on a channel, said to your program."""

    channel: Literal["email", "phone", "sms", "chat"]
    purpose: Purpose
    given: bool
