"""What a payment provider must be able to do, and the few words that all of them speak. Frozen, no rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from presszero.channels.adapter import Request
from presszero.commerce.stores.adapter import Field
from presszero.commerce.vocabulary import Address, Done, StoreRefund
from presszero.core.money import Money


class ProviderAway(Exception):
    """The provider could not be asked just now; the text says why.

    `retry_after` in seconds where it said so; `unsure` when it may have acted all the same.
    """

    def __init__(self, sentence: str, retry_after: float | None = None, unsure: bool = False) -> None:
        super().__init__(sentence)
        self.retry_after, self.unsure = retry_after, unsure


class KeysRefused(Exception):
    """The provider does not know our keys any more, or they lack a right: a person has to enter new ones."""


class NotDone(Exception):
    """The provider understood, and will not: asking again changes nothing. The text is its sentence."""


@dataclass(frozen=True, slots=True)
class PaySettings:
    """A pay account as an adapter sees it: no rows, no database."""

    id: int
    kind: str
    name: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a bill. `price` of one, minor units."""

    title: str
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Bill:
    """What a page at the provider is to be paid for. `key` is the same for every try to open that one page."""

    key: str
    draft: str  # the draft's own key, put where the provider will show it again
    currency: str
    total: int
    items: tuple[Item, ...]
    seller: str  # whose order it is, in the customer's eyes
    closes_at: datetime
    back: str  # where the customer goes once they have paid
    cancelled: str  # and where they go when they leave without paying
    language: str = "en"


@dataclass(frozen=True, slots=True)
class PayPage:
    """The provider's own page for a bill."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a page stands. `state`: open · pending (the bank takes days) · paid · failed · ended (nobody paid)."""

    state: str
    currency: str = ""
    amount: int = 0  # minor units
    payment: str = ""  # the provider's id of it: what a refund names
    method: str = "card"
    label: str = ""  # "Visa •••• 4242"
    instrument: str = ""  # the same card, the same word
    at: datetime | None = None
    name: str = ""
    ship_to: Address | None = None
    refunds: tuple[StoreRefund, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """A webhook says that a draft was paid."""

    draft: str
    page: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class LookAt:
    """A webhook says that something about a page or a payment changed: it is looked at."""

    page: str = ""
    payment: str = ""


PayNews = Settled | LookAt


class PayAdapter(Protocol):
    """`verify`, `event_id` and `lane_key` run at the door: quick, no network; `parse` has no network either.

    `check`, `subscribe`, `begin`, `find` and `end` raise ProviderAway, KeysRefused, NotDone or channels' Unreadable,
    and nothing else; `refund` and `look` answer.
    """

    kind: str
    name: str
    has_page: bool  # it is paid at the provider's page; else the merchant's words say how
    fields: Sequence[Field]

    def verify(self, request: Request, account: PaySettings) -> None:
        """Raises channels.adapter.BadSignature unless the exact bytes were signed for this account."""

    def event_id(self, request: Request) -> str: ...

    def lane_key(self, body: bytes) -> str: ...

    def parse(self, body: bytes, headers: Mapping[str, str], account: PaySettings) -> list[PayNews]:
        """What one webhook says. Raises channels.adapter.Unreadable."""

    def check(self, account: PaySettings) -> str:
        """The name that the provider has for whoever holds these keys."""

    def subscribe(self, account: PaySettings, url: str) -> str:
        """Has the provider tell us of changes at `url`; the secret that signs them."""

    def begin(self, account: PaySettings, bill: Bill) -> PayPage:
        """Opens the page of a bill; the same key again is the same page."""

    def find(self, account: PaySettings, page: str) -> Standing:
        """How a page stands now."""

    def end(self, account: PaySettings, page: str) -> None:
        """Closes a page that nobody has paid; again is harmless."""

    def refund(self, account: PaySettings, payment: str, amount: Money, key: str, writing: Callable[[], None]) -> Done:
        """Gives so much of a payment back. Never raises for what the provider or the network does.

        Calls `writing` once, just before the first byte after which the provider might act.
        """

    def look(self, account: PaySettings, payment: str, key: str) -> Done | None:
        """Evidence for a refund that is unknown. None: surely nothing; `unknown`: not sure. Never raises."""
