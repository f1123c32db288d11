"""A parcel's way and an order's day in words: what the desk draws beside an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from presszero.commerce.models import Order, Shipment
from presszero.ui.formats import dated

from .foretelling import CARRIER
from .models import Forecast, Scan
from .policy import OVER, where
from .queries import forecasts, scans_of
from .vocabulary import KNOWN, Stage

SURE, DOUBTFUL = 0.8, 0.5  # a probability that looks well, and one below which it looks late
_OVER = ("delivered", "returned", "nothing")
_STEPS = ("sent", "in_transit", "out_for_delivery", "delivered")
_AT = {"waiting": -1, "sent": 0, "in_transit": 1, "exception": 1, "out_for_delivery": 2, "delivered": 3}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four that every parcel goes through. `state`: done · now · wrong · ahead."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One scan in words: what it means, and the carrier's own sentence."""

    word: str
    at: datetime
    words: str
    place: str


@dataclass(frozen=True, slots=True)
class Way:
    """Where one parcel is, and what was scanned, newest first."""

    shipment: Shipment
    steps: tuple[Step, ...]
    word: str  # where it is now
    scans: list[Mark]

    @property
    def over(self) -> bool:
        """It is there, or back."""
        return self.shipment.state in OVER


@dataclass(frozen=True, slots=True)
class Track:
    """An order's day and its parcels' ways. Sentences are "" where nothing is known; `kind` as a tag's: g · w · l."""

    arrives: str = ""
    chance: str = ""
    kind: str = ""
    because: str = ""
    ways: list[Way] = field(default_factory=list)


def tracks(merchant_id: int, orders: Iterable[tuple[Order, Sequence[Shipment]]]) -> dict[int, Track]:
    """By order, for those with a parcel or a day to speak of: two statements, however many they are."""
    pairs = list(orders)
    known = forecasts(merchant_id, [order.id for order, _parcels in pairs])
    scans = scans_of(merchant_id, [each.id for _order, parcels in pairs for each in parcels])
    found = {}
    for order, parcels in pairs:
        ways = [way(each, scans.get(each.id, [])) for each in parcels if each.state not in ("waiting", "cancelled")]
        over = order.cancelled_at is not None or order.sent in _OVER
        if ways or (order.id in known and not over):
            found[order.id] = _track(None if over else known.get(order.id), ways)
    return found


def way(shipment: Shipment, scans: Sequence[Scan]) -> Way:
    """One parcel, drawn from its state and its scans (newest first)."""
    stands = where(list(scans))
    stage = stands[0] if stands else None
    wrong = shipment.state == "exception" or stage in (Stage.ATTEMPTED, Stage.RETURNING, Stage.EXCEPTION)
    at = _AT.get(shipment.state, 3)
    labels = (_("Sent"), _("Under way"), _("Out for delivery"), _("Delivered"))
    steps = tuple(Step(label, _state(n, at, wrong)) for n, label in enumerate(labels))
    word = stage_word(stage) if stage else labels[max(0, at)] if shipment.state != "returned" else _("Came back")
    marks = [Mark(_mark(each.stage), each.at, each.words, each.place) for each in scans]
    return Way(shipment, steps, word, marks)


def stage_word(stage: Stage) -> str:
    """What a stage is called."""
    return {
        Stage.ANNOUNCED: _("Label made"),
        Stage.ACCEPTED: _("Handed over"),
        Stage.IN_TRANSIT: _("Under way"),
        Stage.OUT_FOR_DELIVERY: _("Out for delivery"),
        Stage.PICKUP: _("Waits to be collected"),
        Stage.ATTEMPTED: _("Nobody was there"),
        Stage.DELIVERED: _("Delivered"),
        Stage.EXCEPTION: _("Something went wrong"),
        Stage.RETURNING: _("On its way back"),
        Stage.RETURNED: _("Came back"),
        Stage.CANCELLED: _("Cancelled"),
    }[stage]


def arrives(row: Forecast) -> str:
    """ "Arrives Tue 24 – Thu 26 Nov": by its end nine in ten are there.

    Where nothing was learned the carrier's word; the shop's own stands elsewhere.
    """
    if not row.parcels:
        return _("The carrier expects %(day)s") % {"day": _day(row.p50)} if row.group == CARRIER else ""
    if row.p50 == row.p90:
        return _("Arrives %(day)s") % {"day": _day(row.p50)}
    same = (row.p50.year, row.p50.month) == (row.p90.year, row.p90.month)
    first = dated(row.p50, "D j") if same else _day(row.p50)
    return _("Arrives %(first)s – %(last)s") % {"first": first, "last": _day(row.p90)}


def chance(row: Forecast) -> str:
    """ "87 % by Wed 25 Nov", of the day that was promised; "" where none was, or nothing is known."""
    if row.on_time is None or row.promised is None:
        return ""
    percent = min(99, max(1, round(row.on_time * 100)))
    return _("%(percent)s %% by %(day)s") % {"percent": percent, "day": _day(row.promised)}


def because(row: Forecast) -> str:
    """ "from 312 parcels by DHL to Spain"; "" where nothing was learned."""
    if not row.parcels:
        return ""
    by, _sep, lane = row.group.partition(" · ")
    told = {"num": row.parcels, "carrier": by.strip(), "country": country(lane.strip())}
    if told["carrier"] and told["country"]:
        said = ngettext(
            "from %(num)s parcel by %(carrier)s to %(country)s",
            "from %(num)s parcels by %(carrier)s to %(country)s",
            row.parcels,
        )
    elif told["carrier"]:
        said = ngettext("from %(num)s parcel by %(carrier)s", "from %(num)s parcels by %(carrier)s", row.parcels)
    else:
        said = ngettext("from %(num)s parcel", "from %(num)s parcels", row.parcels)
    return said % told


def country(code: str) -> str:
    """ "ES" → "Spain" in the reader's language; what is no code stays as it is."""
    try:
        names = Locale.parse((get_language() or "en").replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        return code
    return str(names.get(code, code))


def _track(row: Forecast | None, ways: list[Way]) -> Track:
    if row is None:
        return Track(ways=ways)
    kind = "" if row.on_time is None else "g" if row.on_time >= SURE else "w" if row.on_time >= DOUBTFUL else "l"
    return Track(arrives(row), chance(row), kind, because(row), ways)


def _mark(stage: str) -> str:
    return stage_word(Stage(stage)) if stage in KNOWN else stage


def _state(step: int, at: int, wrong: bool) -> str:
    if step < at or (step == at == len(_STEPS) - 1):
        return "done"
    return "ahead" if step > at else "wrong" if wrong else "now"


def _day(day: date) -> str:
    return dated(day, "D j M")
