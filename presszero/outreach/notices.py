"""The kinds of messages that we write first: what each is for, whether it is on, and in whose words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from presszero.merchants.models import Brand, Merchant
from presszero.promises.models import Keeping

from .default_words import LANGUAGES, Words, known
from .models import Notice, Purpose

ASKS = "expectation_asked"  # on or off with promises.Keeping.ask_after_order


@dataclass(frozen=True, slots=True)
class Kind:
    """`on`: whether it is sent before anybody has said so. A shop's own mails usually say what the others would."""

    name: Callable[[], str]
    when: Callable[[], str]
    on: bool = False
    choices: tuple[str, ...] = ()  # what may be offered with it, best first; see choices.offered
    purpose: str = Purpose.SERVICE


KINDS: Mapping[str, Kind] = {
    "late": Kind(
        lambda: _("It comes late"),
        lambda: _("We expect to miss the day we had said."),
        on=True,
        choices=("new_day", "credit", "replace", "cancel", "person"),
    ),
    "wanted_sooner": Kind(
        lambda: _("They need it sooner"),
        lambda: _("They said by when they need it, and as things stand it comes later."),
        on=True,
        choices=("fine", "cancel", "person"),
    ),
    "new_day": Kind(lambda: _("A new day"), lambda: _("Another day was agreed."), on=True),
    "callback_missed": Kind(
        lambda: _("A call we missed"),
        lambda: _("We said that we would call, and the time has passed."),
        on=True,
        choices=("person",),
    ),
    "expectation_asked": Kind(
        lambda: _("By when do you need it?"),
        lambda: _("An order was placed: one tap tells us by when they need it."),
        choices=("days",),
    ),
    "order_placed": Kind(lambda: _("Order received"), lambda: _("An order was placed.")),
    "sent": Kind(lambda: _("On its way"), lambda: _("A parcel left you.")),
    "out_for_delivery": Kind(lambda: _("Comes today"), lambda: _("A parcel is on the van.")),
    "delivered": Kind(lambda: _("Delivered"), lambda: _("Every parcel of the order is there.")),
    "refund_made": Kind(lambda: _("Money back"), lambda: _("A refund went out.")),
    "back_in_stock": Kind(lambda: _("Back in stock"), lambda: _("Something they waited for can be sent again.")),
}


def purpose_of(notice: str) -> str:
    """Why such a message is written; the merchant's own kinds are service."""
    kind = KINDS.get(notice)
    return str(kind.purpose) if kind else str(Purpose.SERVICE)


def is_on(merchant_id: int, notice: str, brand: Brand | None = None) -> bool:
    """Whether such messages are sent for a brand: its own row says so, else the row of all brands, else we do."""
    if notice == ASKS:
        return Keeping.objects.filter(merchant_id=merchant_id, ask_after_order=True).exists()
    rows = list(Notice.objects.filter(merchant_id=merchant_id, kind=notice).only("brand_id", "on", "merchant_id"))
    own = [row for row in rows if brand is not None and row.brand_id == brand.id]
    said = own or [row for row in rows if row.brand_id is None]
    if said:
        return any(row.on for row in said)
    kind = KINDS.get(notice)
    return kind.on if kind else False


def words_for(merchant_id: int, notice: str, language: str, brand: Brand | None = None) -> Words:
    """The merchant's words in this language, those of the brand before those of all; else ours.

    An own kind that was not written in this language is read in the one it was written in first.
    """
    ours = LANGUAGES[known(language) or "en"].kinds.get(notice)
    rows = list(Notice.objects.filter(merchant_id=merchant_id, kind=notice).order_by("id"))
    fitting = [row for row in rows if row.brand_id in (None, brand.id if brand else None)]
    best = max(fitting, key=lambda row: (_speaks(row, language), row.brand_id is not None, -row.id), default=None)
    if best is None or (not _speaks(best, language) and ours is not None):
        return ours or LANGUAGES["en"].kinds["new_day"]
    frame = ours or LANGUAGES[known(best.language) or "en"].kinds["new_day"]
    return Words(best.subject or frame.subject, best.text, frame.next, frame.open)


def language_for(merchant: Merchant, wanted: str) -> str:
    """One that we have words in: theirs, else the merchant's first, else English."""
    tried = (known(wanted), *(known(code) for code in merchant.languages))
    return next((code for code in tried if code), "en")


def _speaks(row: Notice, language: str) -> bool:
    return row.language == language or bool(known(row.language)) and known(row.language) == known(language)
