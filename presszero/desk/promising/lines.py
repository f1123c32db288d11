"""A promise, what they expect, and where the two differ, in a line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from presszero.core.actor import from_code
from presszero.insights import days
from presszero.merchants.models import Merchant
from presszero.promises.days import day_of
from presszero.promises.models import Expectation, Gap, Kind, Promise, PromiseKind, State, Where
from presszero.team.queries import members_of
from presszero.ui.formats import dated

OWN = "own:"
# state → a tag's kind and its icon
_LOOKS = {
    State.OPEN: ("", "clock"),
    State.AT_RISK: ("w", "alert"),
    State.KEPT: ("g", "check"),
    State.BROKEN: ("l", "close"),
    State.WITHDRAWN: ("", "undo"),
    State.RENEGOTIATED: ("", "swap"),
}
ICONS = {
    Kind.ANSWER: "mail",
    Kind.DELIVERY: "truck",
    Kind.CALLBACK: "phone",
    Kind.REFUND: "coin",
    Kind.RESTOCK: "box",
    Kind.REPAIR: "settings",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One promise. `kind` as a tag's: w doubtful · l too late · g kept; `because` says why it is doubtful."""

    row: Promise
    what: str
    icon: str
    when: str
    state: str
    kind: str
    state_icon: str
    because: str
    said: str
    overdue: bool

    @property
    def id(self) -> int:
        return self.row.id


@dataclass(frozen=True, slots=True)
class Names:
    """What has to be looked up once for many lines: own kinds, colleagues, and the zone in which days are counted."""

    zone: ZoneInfo
    kinds: Mapping[str, str]
    people: Mapping[int, str]
    now: datetime


def names(merchant: Merchant) -> Names:
    """Read once a page."""
    kinds = {f"{OWN}{each.id}": each.name for each in PromiseKind.objects.filter(merchant=merchant)}
    people = {each.id: each.first_name for each in members_of(merchant)}
    return Names(days.zone_of(merchant.timezone), kinds, people, timezone.now())


def lines(rows: Iterable[Promise], known: Names) -> list[Line]:
    return [line(row, known) for row in rows]


def line(row: Promise, known: Names) -> Line:
    """One promise as it stands now."""
    state = State(row.state)
    kind, icon = _LOOKS[state]
    return Line(
        row=row,
        what=kind_word(row.kind, known.kinds),
        icon=ICONS.get(Kind(row.kind), "flag") if row.kind in Kind.values else "flag",
        when=by_when(row.due_at, row.whole_day, known),
        state=_("kept late") if state == State.BROKEN and row.kept_at else str(State(row.state).label).lower(),
        kind=kind,
        state_icon=icon,
        because=because(row) if state == State.AT_RISK else "",
        said=_said(row, known),
        overdue=row.is_open and row.due_at < known.now,
    )


def kind_word(kind: str, own: Mapping[str, str]) -> str:
    """What kind of promise it is, in a word or two."""
    return str(Kind(kind).label) if kind in Kind.values else own.get(kind, _("Promise"))


def by_when(due_at: datetime, whole_day: bool, known: Names) -> str:
    """Short: "today", "today 15:00", "Fri 27 Nov", "Fri 27 Nov 15:00"."""
    local = due_at.astimezone(known.zone)
    day = day_word(day_of(due_at, known.zone), known)
    return day if whole_day else f"{day} {date_format(local, 'H:i')}"


def day_word(day: date, known: Names) -> str:
    """ "today", "tomorrow", "yesterday", "Fri 27 Nov", and the year where it is another."""
    today = day_of(known.now, known.zone)
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    return near.get((day - today).days) or dated(day, "D j M" if day.year == today.year else "D j M Y")


def because(row: Promise) -> str:
    """Why it is doubtful, in a few words."""
    return {
        "forecast": _("the parcel will hardly make it"),
        "clock": _("nothing was done yet"),
        "person": _("somebody doubts it"),
        "unheard": _("no word that it arrived"),
    }.get(row.risk_because, "")


def _said(row: Promise, known: Names) -> str:
    """Who said it, and where: "Maya, in our message"."""
    by = from_code(row.by)
    where = str(Where(row.where).label) if row.where in Where.values else ""
    who = known.people.get(by.id or 0, "") if by.kind == "member" else ""
    return ", ".join(part for part in (who, where) if part)


@dataclass(frozen=True, slots=True)
class Believed:
    """What they expect, in words: "needs it by Sat 28 Nov"."""

    row: Expectation
    words: str
    source: str
    quote: str


def believed(row: Expectation, known: Names) -> Believed:
    """One expectation as it stands."""
    by = {"day": day_word(row.by_day, known)}
    words = _("Needs it by %(day)s") % by if row.firm else _("Expects it by %(day)s") % by
    return Believed(row, words, str(Expectation.Source(row.source).label), row.quote)


@dataclass(frozen=True, slots=True)
class Differs:
    """A gap: what it is, and the days that do not agree, as (word, day) pairs."""

    row: Gap
    what: str
    days: Sequence[tuple[str, str]]
    chance: str


def differs(row: Gap, known: Names) -> Differs:
    """One gap as it stands."""
    told = ((_("expected"), row.expected), (_("promised"), row.promised), (_("will be"), row.planned))
    pairs = [(word, day_word(day, known)) for word, day in told if day]
    chance = _("%(n)d %% in time") % {"n": round(row.chance * 100)} if row.chance is not None else ""
    return Differs(row, str(Gap.Kind(row.kind).label), pairs, chance)


def own_kinds(merchant: Merchant) -> list[PromiseKind]:
    """Those in use, by name."""
    return list(PromiseKind.objects.filter(merchant=merchant, off_at=None).order_by("name"))
