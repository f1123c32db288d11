"""What a channel must be able to do. One folder under `adapters/` holds one channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .vocabulary import Arrived, Outgoing, Sent


class BadSignature(Exception):
    """The request was not signed by whoever holds the line's secret."""


class Unreadable(Exception):
    """What arrived cannot be understood; the text of the error is shown in the quarantine."""


@dataclass(frozen=True, slots=True)
class Request:
    """A webhook as it came in: the exact bytes, and what the signature covers."""

    method: str
    url: str  # the public URL, built from configuration, never from the Host header
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    query: str = ""


@dataclass(frozen=True, slots=True)
class LineSettings:
    """A line as an adapter sees it: no rows, no database."""

    id: int
    kind: str
    address: str  # support@juniper.example, +44 20 …, or the custom line's name
    name: str  # what the customer reads as the sender
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]
    token: str = ""  # of the address where its provider reports to


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the channel can carry; the composer shows it, the outbox honours it."""

    html: bool = False
    subject: bool = False
    attachments: bool = False
    max_text: int = 100_000  # characters
    max_attachment_bytes: int = 0  # of all files of one message
    max_files: int = 0  # 0: as many as you like
    kinds: frozenset[str] = frozenset()  # content types of files; empty: any
    addresses: bool = False  # files go as addresses of ours; then the adapter has `links(line, number, files)`
    copies: bool = False  # Cc
    undo_seconds: int = 0  # how long a send is held so that it can be taken back
    idempotent: bool = False  # the other side drops a repeated `our_id`, so an unsure send may be tried again
    answers: bool = True  # something can be sent this way; a web form only brings things in
    live: bool = False  # they see it while they are here, or when they come back
    window_hours: int = 0  # after their last words; then it takes nothing freely written. 0: never closes
    person_window_hours: int = 0  # the same for what a person wrote, where the channel makes that difference
    trusted_clock: bool = False  # `sent_at` is the provider's clock: late messages take their place in time


class Adapter(Protocol):
    """Five verbs. `verify`, `event_id` and `lane_key` run at the door and must be quick and need no database."""

    kind: str
    handle_kind: str
    can: Abilities

    def verify(self, request: Request, line: LineSettings) -> None:
        """Raises BadSignature unless the exact bytes were signed for this line."""

    def event_id(self, request: Request) -> str:
        """What makes this arrival unique on its line. At most 200 characters."""

    def lane_key(self, body: bytes) -> str:
        """Arrivals with one key are split in the order they came; "" where only the line's order is known."""

    def parse(self, body: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Arrived]:
        """Everything in one arrival, in order. Raises Unreadable with a sentence for the merchant."""

    def send(self, out: Outgoing, line: LineSettings, writing: Callable[[], None]) -> Sent:
        """Hands it to the provider. Never raises for what the provider or the network does.

        Calls `writing` once, just before the first byte after which the provider might take it: a crash before that
        is tried again, a crash after it is `unknown`.
        """
