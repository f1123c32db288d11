"""What a store's adapter must be able to do. One folder under `stores/` holds one platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise

from presszero.channels.adapter import Request
from presszero.commerce.vocabulary import Ask, Done, News, Page, StoreOrder, StoreProduct


class StoreAway(Exception):
    """The store could not be asked just now; the text says why. `retry_after` in seconds where it said so."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class AccessLost(Exception):
    """The store does not know our token any more, or it lacks a right: a person has to connect it again."""


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """A store as an adapter sees it: no rows, no database."""

    id: int
    kind: str
    address: str
    currency: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in when connecting: drawn as a form."""

    key: str
    label: str | Promise  # through gettext_lazy
    help: str | Promise = ""
    secret: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """What the store says about itself when asked with the merchant's own keys."""

    name: str
    currency: str
    missing: tuple[str, ...] = ()  # rights that our token lacks, as the platform names them


@dataclass(frozen=True, slots=True)
class Can:
    """What the store does through its API; what it cannot is written down as a task for a person."""

    asks: frozenset[str]  # kinds of Ask
    part_refunds: bool = True
    idempotent: frozenset[str] = frozenset()  # kinds that the store drops when our key comes again
    counts_stock: bool = True
    carts: bool = False
    undoes: frozenset[str] = frozenset()  # kinds that can be taken back: {"address", "code", "draft"}


class StoreAdapter(Protocol):
    """`verify`, `event_id` and `lane_key` run at the door: quick, no network. The others may take their time.

    Whatever speaks to the network raises StoreAway or AccessLost and nothing else; `do`, `look` and `undo` answer.
    """

    kind: str
    name: str
    can: Can
    where: Field  # what its address is called: "juniper.myshopify.com"
    fields: Sequence[Field]  # what is filled in beside the address; `secret` ones are sealed
    # An adapter may have `steps`: how the merchant gets what the fields ask for, a sentence each, through gettext_lazy.

    def home(self, typed: str) -> str:
        """The address as we keep it, from what a person typed. Raises Refused with what one looks like."""

    def verify(self, request: Request, store: StoreSettings) -> None:
        """Raises channels.adapter.BadSignature unless the exact bytes were signed for this store.

        A store without its secret (it was disconnected) signs nothing.
        """

    def event_id(self, request: Request) -> str:
        """What makes this arrival unique at its store. At most 200 characters."""

    def lane_key(self, body: bytes) -> str:
        """Arrivals with one key (an order's id) are taken in the order they came."""

    def parse(self, body: bytes, headers: Mapping[str, str], store: StoreSettings) -> list[News]:
        """What one webhook says. Raises channels.adapter.Unreadable with a sentence for the merchant."""

    def check(self, store: StoreSettings) -> Checked:
        """Who answers at that address with those keys."""

    def subscribe(self, store: StoreSettings, url: str) -> None:
        """Has the store tell us of changes at `url`. Again is harmless."""

    def unsubscribe(self, store: StoreSettings, url: str) -> None:
        """No more of it; again is harmless."""

    def products(self, store: StoreSettings, cursor: str = "", since: datetime | None = None) -> Page:
        """A page of products, oldest change first; `cursor` "" begins, `since` leaves out what is unchanged."""

    def orders(self, store: StoreSettings, cursor: str = "", since: datetime | None = None) -> Page:
        """A page of orders, oldest change first; `cursor` "" begins, `since` leaves out what is unchanged."""

    def order(self, store: StoreSettings, external_id: str) -> StoreOrder | None:
        """One order as it stands; None when there is none."""

    def product(self, store: StoreSettings, external_id: str) -> StoreProduct | None:
        """One product as it stands; None when there is none."""

    def do(self, store: StoreSettings, ask: Ask, writing: Callable[[], None]) -> Done:
        """Does it. Never raises for what the store or the network does.

        Calls `writing` once, just before the first byte after which the store might act: a crash before that is tried
        again, a crash after it is `unknown`.
        """

    def look(self, store: StoreSettings, ask: Ask) -> Done | None:
        """Evidence for an `unknown`: what came of the ask with this key. None: surely nothing; `unknown`: not sure.

        Never raises for what the store or the network does.
        """

    def undo(self, store: StoreSettings, ask: Ask, done: Done) -> Done:
        """Takes back what `can.undoes` names."""
