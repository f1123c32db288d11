"""Telephone numbers: one spelling for each, E.164, and where a number is from. Wraps Google's public data.

Two questions are asked of a number. What is written down, or comes to us, must be *possible*: as long as its country's
numbers are, for countries open new ranges before the data knows. What we ring must be *assigned*: in a range that
somebody has been given, for one that nobody has can only cost. Numbers set aside for films count as assigned: they are
nobody's, ringing one costs nothing, and the demo's customers have them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import phonenumbers
from babel.core import get_global
from phonenumbers import timezone as zones

_NOWHERE = "Etc/Unknown"
_E164 = re.compile(r"\+[1-9]\d{3,14}")
_FILMS = re.compile(r"\+447700900\d{3}")  # mobile numbers that films may show, which the data calls unassigned
_NOWHERE_ON_EARTH = "001"  # satellites, and international networks that bill as they like

_COSTLY = frozenset(
    {
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        phonenumbers.PhoneNumberType.PAGER,
        phonenumbers.PhoneNumberType.VOICEMAIL,
        phonenumbers.PhoneNumberType.UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A possible number. `country`: ISO 3166, "" where nobody can tell; `costly`: for whoever rings it, or may be."""

    e164: str
    country: str
    assigned: bool  # in a range that somebody has been given
    costly: bool  # more than a call, by its kind; or where nobody can tell
    extension: bool = False  # something is keyed in after it


def read(text: str, region: str = "") -> Phone | None:
    """What was written; None for what is no number. `region`: ISO 3166, where "020 …" is dialled."""
    try:
        found = phonenumbers.parse(text[:60], region.upper() or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(found):
        return None
    written = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    if _FILMS.fullmatch(written):
        return Phone(written, "GB", True, False, bool(found.extension))
    country = phonenumbers.region_code_for_number(found) or ""
    costly = country in ("", _NOWHERE_ON_EARTH) or phonenumbers.number_type(found) in _COSTLY
    return Phone(written, country, phonenumbers.is_valid_number(found), costly, bool(found.extension))


def e164(text: str, region: str = "") -> str:
    """From any spelling "+442079460018"; "" for what is no number. `region` as `read` has it."""
    found = read(text, region)
    return found.e164 if found else ""


def shown(number: str) -> str:
    """As people read it: "+44 20 7946 0018". What is no number in E.164 stays as it is, mail addresses too."""
    if not _E164.fullmatch(number):
        return number
    try:
        found = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def dialled_from(number: str) -> int:
    """The country's dialling code of an E.164 number: 44, 1; 0 when there is none."""
    try:
        return phonenumbers.parse(number[:60], None).country_code or 0
    except phonenumbers.NumberParseException:
        return 0


def country_of(number: str) -> str:
    """ISO 3166 of an E.164 number; "" where nobody can tell."""
    found = read(number)
    return found.country if found else ""


def is_country(code: str) -> bool:
    """Whether numbers of that country, ISO 3166, are known."""
    return code in phonenumbers.SUPPORTED_REGIONS


def zones_of(number: str) -> tuple[str, ...]:
    """Every time zone (IANA) that an E.164 number may be in by its code and area; () where nobody can tell."""
    try:
        found = zones.time_zones_for_number(phonenumbers.parse(number[:60], None))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(each for each in found if each != _NOWHERE)


@cache
def region_of_zone(zone: str) -> str:
    """The country whose clock a time zone is: "GB" of "Europe/London"; "" of UTC and the like."""
    named = get_global("zone_territories").get(zone, "")
    return str(named) if len(str(named)) == 2 else ""
