"""What we wrote first, as the desk shows it; and how often we wrote before they asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from presszero.merchants.models import Merchant

from .models import Choice, Outreach, State
from .notices import KINDS


@dataclass(frozen=True, slots=True)
class Tap:
    """A choice, and when they took it."""

    label: str
    at: datetime | None = None
    undone: bool = False


@dataclass(frozen=True, slots=True)
class First:
    """A message that we wrote first. `state`: waits · refused · sent · answered; `because` says why it waits or not."""

    row: Outreach
    name: str
    state: str
    because: str
    person: str  # why one of us is on it, "" for nobody
    taps: tuple[Tap, ...] = ()

    @property
    def chosen(self) -> Tap | None:
        return next((each for each in self.taps if each.at and not each.undone), None)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def percent(self) -> int | None:
        """None where there was nothing to count."""
        return round(100 * self.count / self.of) if self.of else None


def firsts(merchant_id: int, entry_ids: Collection[int]) -> dict[int, First]:
    """Of these entries, those that we wrote first, with what they could choose and chose."""
    if not entry_ids:
        return {}
    rows = Outreach.objects.filter(merchant_id=merchant_id, entry_id__in=entry_ids).prefetch_related("choices")
    return {row.entry_id or 0: _first(row, sorted(row.choices.all(), key=lambda c: (c.position, c.id))) for row in rows}


def wrote_first(merchant: Merchant, since: datetime) -> Share:
    """Where something was to go wrong: how often they heard it from us before they asked."""
    rows = Outreach.objects.filter(merchant=merchant, at__gte=since, gap__isnull=False, asked_first__isnull=False)
    found = rows.aggregate(
        ours=Count("id", filter=Q(asked_first=False, sent_at__isnull=False)),
        theirs=Count("id", filter=Q(asked_first=True)),
    )
    return Share(found["ours"], found["ours"] + found["theirs"])


def name_of(row: Outreach) -> str:
    """What kind of message it is."""
    kind = KINDS.get(row.notice)
    return kind.name() if kind else _("Our message")


def person_words(because: str) -> str:
    """Why a person of ours is on it."""
    return {
        "worth": _("A person looks at it too: a customer of many orders"),
        "angry": _("A person looks at it too: their last words were angry"),
        "broken before": _("A person looks at it too: we broke our word to them before"),
        "no day": _("A person looks at it too: nobody can name a day yet"),
    }.get(because, "")


def _first(row: Outreach, choices: list[Choice]) -> First:
    state = {State.HELD: "waits", State.REFUSED: "refused", State.STOPPED: "refused", State.FAILED: "refused"}.get(
        State(row.state), "answered" if row.answered_at else "sent"
    )
    taps = tuple(Tap(each.label, each.taken_at, each.undone_at is not None) for each in choices)
    return First(row, name_of(row), state, row.because, person_words(row.needs_person), taps)
