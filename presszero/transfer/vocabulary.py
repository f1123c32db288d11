"""What a file from elsewhere says, in our words. Sources translate into these; nothing after them knows a provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Where:
    """A record's place: which file of an archive, and its number in the whole, from 1."""

    place: str
    number: int
    cells: tuple[str, ...] = field(default=(), compare=False)  # of a table: as they stood, cards and all


@dataclass(frozen=True, slots=True)
class Record:
    """Something a file says. What the tables of another app say derives from this too."""


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody named in passing. The number elsewhere, or an address, says who it is."""

    external_id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ConsentFound:
    """What somebody allowed, or took back. `at` None: it is not known when, so it counts from now."""

    channel: str
    purpose: str
    given: bool
    at: datetime | None = None
    source: str = ""
    wording: str = ""


@dataclass(frozen=True, slots=True)
class PersonFound(Record):
    """A customer, or one of the team (`ours`)."""

    external_id: str
    name: str = ""
    handles: tuple[tuple[str, str], ...] = ()  # (kind, address), the first is the main one
    same_as: str = ""  # number of the customer they were found to be
    ours: bool = False
    language: str = ""
    timezone: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)  # label → value
    consents: tuple[ConsentFound, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class FileFound:
    """A file of a message. `member` is its place in the archive; "" when it lies elsewhere, and is not fetched."""

    name: str
    member: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class MessageFound:
    """Something said. `inbound` None: whoever asked is theirs, a colleague is ours. Not `public`: a note."""

    external_id: str
    author: Who
    at: datetime | None
    text: str
    html: str = ""
    public: bool = True
    inbound: bool | None = None
    files: tuple[FileFound, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationFound(Record):
    """A matter and what was said in it. `state`: open, snoozed, resolved or spam."""

    external_id: str
    requester: Who
    messages: tuple[MessageFound, ...]
    subject: str = ""
    state: str = "resolved"
    priority: int = 2
    assignee: Who = Who()
    team: str = ""
    topic: str = ""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    resolved_at: datetime | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True)
class MacroFound(Record):
    """A ready answer. `steps` name tags, teams and people by their words; they are found here when it is brought in."""

    external_id: str
    name: str
    text: str = ""
    steps: tuple[Mapping[str, Any], ...] = ()
    language: str = ""
    left_out: tuple[str, ...] = ()  # what of it we cannot do, in words


@dataclass(frozen=True, slots=True)
class WordFound(Record):
    """A tag or a topic."""

    kind: str  # tag · topic
    name: str


@dataclass(frozen=True, slots=True)
class Rejected(Record):
    """A row that cannot be taken in, why, and what stood in it."""

    kind: str
    reason: str
    external_id: str = ""
    raw: Any = None


class NotUnderstood(Exception):
    """A row, or a file, that is not what its source writes. The text is a sentence for whoever brings it in."""
