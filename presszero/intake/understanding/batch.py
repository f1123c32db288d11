"""What is known of a batch while it is being understood. Plain objects: they are decided on before they have rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from presszero.channels.adapter import Abilities
from presszero.channels.models import Entry, Line
from presszero.channels.models import Thread as ThreadRow
from presszero.channels.vocabulary import MessageArrived
from presszero.conversations.models import Conversation as ConversationRow
from presszero.conversations.policy import Matter
from presszero.customers.models import Customer, Handle
from presszero.merchants.policy import Week

from ..payload import KeptFile

Address = tuple[str, str, bool]  # kind, address, and whether our own receiver refuted it


@dataclass(slots=True)
class Person:
    """The sender: a handle and the customer behind it, old or to be made."""

    handle: Handle
    customer: Customer
    root_id: int | None  # None while the customer has no row
    is_new: bool

    @property
    def key(self) -> int:
        """Names the customer within the batch, row or no row."""
        return self.root_id if self.root_id is not None else -id(self)


@dataclass(slots=True)
class Place:
    """A conversation, old or to be made."""

    row: ConversationRow
    customer_key: int
    name: int  # the row's id, or a negative number of our own
    is_new: bool = False
    changed: bool = False
    reopened: bool = False
    woken: bool = False
    flood: bool = False
    spam: bool = False  # it is from now on
    state_before: str = ""  # what "not spam" gives back

    def matter(self) -> Matter:
        return Matter(
            self.name,
            self.row.subject,
            self.row.last_at,
            self.row.state in (ConversationRow.State.RESOLVED, ConversationRow.State.SPAM),
            self.row.last_channel,
        )


@dataclass(slots=True)
class Strand:
    """A thread, old or to be made, with who takes part in it."""

    row: ThreadRow
    place: Place | None
    taking_part: dict[tuple[str, str], str]  # (kind, address) → standing
    joined: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)  # new: → (name, standing)
    is_new: bool = False
    moved: bool = False  # feeds another conversation from now on


@dataclass(slots=True)
class Item:
    """One message on its way."""

    arrival_id: int
    received_id: int
    arrived_at: datetime
    backfill: bool
    line: Line
    can: Abilities
    message: MessageArrived
    files: list[KeptFile]
    person: Person | None = None
    strand: Strand | None = None
    place: Place | None = None
    entry: Entry | None = None
    reason: str = ""
    answers: bool = False  # it goes on where we wrote to them: they name our token, or our message
    warnings: list[str] = field(default_factory=list)
    automatic: str = ""
    quiet: bool = False  # of spam: nobody is told of it

    @property
    def address(self) -> Address:
        return (self.message.sender.kind, self.message.sender.address, self.message.proof == "refuted")

    @property
    def at(self) -> datetime:
        """Its place in time: the provider's clock where that can be trusted, and for history; else when it came."""
        sent = self.message.sent_at
        if sent and sent <= self.arrived_at and (self.backfill or self.can.trusted_clock):
            return sent
        return self.arrived_at


@dataclass(slots=True)
class Batch:
    """Messages of one merchant, in order, and everything looked up for them."""

    merchant_id: int
    items: list[Item]
    weeks: dict[int, Week] = field(default_factory=dict)
    own_addresses: set[str] = field(default_factory=set)  # of our lines
    team_addresses: set[str] = field(default_factory=set)  # of people who work here
    topics: dict[str, int] = field(default_factory=dict)  # those that were picked, by name
    people: dict[Address, Person] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)  # by name
    by_token: dict[str, Strand] = field(default_factory=dict)
    by_key: dict[tuple[int, str], Strand] = field(default_factory=dict)
    by_message_id: dict[str, tuple[Strand, bool]] = field(default_factory=dict)  # and whether the message was ours
    flooded: set[str] = field(default_factory=set)  # domains over the limit
    blocked: set[tuple[str, str]] = field(default_factory=set)  # (kind, address) of senders

    def strands(self) -> Iterator[Strand]:
        """Every thread known, each once."""
        seen: set[int] = set()
        for strand in [*self.by_token.values(), *self.by_key.values(), *(s for s, _ in self.by_message_id.values())]:
            if id(strand) not in seen:
                seen.add(id(strand))
                yield strand

    def matters(self, person: Person) -> list[Matter]:
        return [place.matter() for place in self.places.values() if place.customer_key == person.key]
