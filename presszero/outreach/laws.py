"""What the laws of countries say of writing first, as data with the day each counts from. Engineering, not advice.

Hours are those of telephone numbers (texts and calls) for marketing and questions, by the recipient's own clock. Where
nothing is written down for a place, its country counts; where nothing is known of a country, `EVERYWHERE` does.

Sources: US 47 CFR 64.1200(c)(1); FL Stat. 501.616(6); OK Stat. 15-775C.4; WA RCW 19.158.110; MD Com. Law 14-4503;
CT Pub. Act 23-98; RI Gen. Laws 5-61-3.6; TX Bus. & Com. 301.051; MS Code 77-3-723; NJ Stat. 56:8-130. FR: the
operators' charter for commercial texts. CA: CRTC Unsolicited Telecommunications Rules III.24. IN: TRAI TCCCPR 2018.
Elsewhere the hours are what is held to be decent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta

Span = tuple[time, time]  # from · to, of one day; "to" itself is too late


@dataclass(frozen=True, slots=True)
class Week:
    """When a number may be written to or called, by the day of the week; None: not at all that day."""

    monday_to_friday: Span | None
    saturday: Span | None
    sunday: Span | None
    holidays: str = ""  # of this country nothing is sent on its public holidays

    def on(self, day: date) -> Span | None:
        """The hours of one day."""
        if self.holidays and day in public_holidays(self.holidays, day.year):
            return None
        return (self.monday_to_friday, self.saturday, self.sunday)[max(day.weekday() - 4, 0)]


@dataclass(frozen=True, slots=True)
class Law:
    """What counts in one place from one day on."""

    place: str  # ISO 3166: "US", "US-FL"; "" anywhere
    since: date
    hours: Week
    ask_for_service_texts: bool = False  # a number given with an order is not enough: they have to say yes
    a_day: int = 0  # most texts and calls to one number in 24 hours; 0: the law counts none


def _hours(start: int, end: int) -> Span:
    return time(start), time(end) if end < 24 else time.max


def _daily(start: int, end: int, holidays: str = "") -> Week:
    return Week(_hours(start, end), _hours(start, end), _hours(start, end), holidays)


_LONG_AGO = date(1992, 12, 20)  # the American rule is that old; the decent ones need no day
EVERYWHERE = Law("", _LONG_AGO, _daily(9, 20))
SERVICE = _daily(8, 21)  # even news of an order does not ring by night

LAWS: tuple[Law, ...] = (
    EVERYWHERE,
    Law("US", _LONG_AGO, _daily(8, 21), ask_for_service_texts=True),
    Law("US-FL", date(2021, 7, 1), _daily(8, 20), ask_for_service_texts=True, a_day=3),
    Law("US-OK", date(2022, 11, 1), _daily(8, 20), ask_for_service_texts=True, a_day=3),
    Law("US-WA", date(2022, 6, 9), _daily(8, 20), ask_for_service_texts=True),
    Law("US-MD", date(2024, 1, 1), _daily(8, 20), ask_for_service_texts=True, a_day=3),
    Law("US-CT", date(2023, 10, 1), _daily(9, 20), ask_for_service_texts=True),
    Law("US-NJ", date(2023, 12, 1), _daily(8, 20), ask_for_service_texts=True),
    Law("US-MS", date(2003, 7, 1), Week(_hours(8, 20), _hours(8, 20), None), ask_for_service_texts=True),
    Law(
        "US-RI",
        date(1999, 7, 1),
        Week(_hours(9, 18), _hours(10, 17), None),
        ask_for_service_texts=True,
    ),
    Law(
        "US-TX",
        date(2025, 9, 1),
        Week(_hours(9, 21), _hours(9, 21), _hours(12, 21)),
        ask_for_service_texts=True,
    ),
    Law(
        "CA",
        date(2008, 9, 30),
        Week((time(9), time(21, 30)), _hours(10, 18), _hours(10, 18)),
        ask_for_service_texts=True,
    ),
    Law("FR", date(2017, 1, 1), Week(_hours(8, 22), _hours(8, 22), None, holidays="FR")),
    Law("DE", _LONG_AGO, Week(_hours(8, 20), _hours(8, 20), None)),
    Law("AT", _LONG_AGO, Week(_hours(8, 20), _hours(8, 20), None)),
    Law("ES", _LONG_AGO, Week(_hours(9, 21), _hours(9, 21), None)),
    Law("IT", _LONG_AGO, Week(_hours(9, 20), _hours(10, 19), None)),
    Law("GB", _LONG_AGO, Week(_hours(8, 21), _hours(9, 21), None)),
    Law("IN", date(2019, 2, 28), _daily(10, 21)),
    Law("AU", _LONG_AGO, Week(_hours(9, 20), _hours(9, 17), None)),
)


def laws_of(places: Iterable[str], day: date) -> tuple[Law, ...]:
    """The law that counts on a day in each of these places ("US-FL", "DE"), none twice; EVERYWHERE for no place."""
    found = {law.place: law for law in (_law(place, day) for place in places or ("",))}
    return tuple(found[place] for place in sorted(found))


def public_holidays(country: str, year: int) -> frozenset[date]:
    """Those on which a charter forbids advertising; only France has one."""
    if country != "FR":
        return frozenset()
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    easter = easter_sunday(year)
    return frozenset(
        [*(date(year, month, day) for month, day in fixed), *(easter + timedelta(days=n) for n in (1, 39, 50))]
    )


def easter_sunday(year: int) -> date:
    """Gauss's rule in the form of Meeus, Jones and Butcher for the Gregorian calendar."""
    golden, century = year % 19, year // 100
    leap = century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15
    moon = leap % 30 - (leap % 30) // 28 * (1 - 29 // (leap % 30 + 1) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    month = 3 + (moon - weekday + 40) // 44
    return date(year, month, moon - weekday + 28 - 31 * (month // 4))


def _law(place: str, day: date) -> Law:
    for name in dict.fromkeys((place, place.partition("-")[0], "")):
        counts = [law for law in LAWS if law.place == name and law.since <= day]
        if counts:
            return max(counts, key=lambda law: law.since)
    return EVERYWHERE
