"""Where somebody may be now, and so which clocks and which laws count: pure, from what is known of them.

The address they have things sent to comes first, then the telephone number, then the merchant's own clock. Somebody
who may be in several zones is asked of in all of them at once: the strictest counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global

from presszero.core import phones

from .areas import AREAS, DIALLED, NAMES, PROVINCES, ZONES


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Places for the law ("US-FL", "DE") and time zones for the clock; several where nobody can tell."""

    places: tuple[str, ...]
    zones: tuple[str, ...]

    @property
    def said(self) -> str:
        """As the record of decisions keeps it; at most 60 characters."""
        return (
            ", ".join(self.zones)[:60] if len(self.zones) < 3 else f"{len(self.zones)} zones ({self.zones[0]} …)"[:60]
        )


def whereabouts(*, zone: str, country: str, region: str, number: str, at_home: str) -> Whereabouts:
    """`zone`: what they told us; `number`: E.164; `at_home`: the merchant's zone, for those of whom nothing is known.

    Laws follow both the address and the number, clocks the best that is known of them.
    """
    by_address = _places_of(country, region)
    by_number = _places_of_number(number)
    places = tuple(dict.fromkeys([*by_address, *by_number]))
    if zone in _zones():
        return Whereabouts(places, (zone,))
    zones = _zones_of(by_address) or _zones_by_number(number, by_number)
    return Whereabouts(places, zones or ((at_home if at_home in _zones() else "UTC"),))


def _zones_by_number(number: str, places: tuple[str, ...]) -> tuple[str, ...]:
    """By the area code where the plan has one; a number of which nothing is known may be anywhere in its country."""
    known = tuple(zone for zone in phones.zones_of(number) if zone in _zones()) if number[:2] != "+1" else ()
    return known or _zones_of(places)


def _places_of(country: str, region: str) -> tuple[str, ...]:
    country = country.strip().upper()
    if not country:
        return ()
    word = region.strip().lower().replace(" ", "-")
    state = NAMES.get(word, word.removeprefix(f"{country.lower()}-").upper())
    place = f"{country}-{state}"
    if place in ZONES:
        return (place,)
    return _all_of(country)


def _places_of_number(number: str) -> tuple[str, ...]:
    digits = number.removeprefix("+")
    if not number.startswith("+") or not digits.isdecimal():
        return ()
    if digits.startswith("1"):
        area = digits[1:4]
        if area in AREAS:
            return (f"US-{AREAS[area]}",)
        if area in PROVINCES:
            return (f"CA-{PROVINCES[area]}",)
        return (*_all_of("US"), *_all_of("CA"))
    found = next((DIALLED[digits[:n]] for n in (3, 2, 1) if digits[:n] in DIALLED), ())
    return tuple(place for country in found for place in _all_of(country))


def _all_of(country: str) -> tuple[str, ...]:
    """A country whose parts have laws or clocks of their own is all of its parts while nobody knows which."""
    parts = tuple(sorted(place for place in ZONES if place.startswith(f"{country}-")))
    return parts or (country,)


def _zones_of(places: Iterable[str]) -> tuple[str, ...]:
    found = [zone for place in places for zone in (ZONES.get(place) or _of_country(place))]
    return tuple(dict.fromkeys(found))


@cache
def _of_country(country: str) -> tuple[str, ...]:
    """Every zone of a country, from the Unicode CLDR."""
    found = get_global("territory_zones").get(country, [])
    return tuple(zone for zone in found if zone in _zones())


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
