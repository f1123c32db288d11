"""Which numbers we may ring, and how often. Pure.

A number is dialled in its international form or not at all; numbers that cost whoever rings them more than a call are
never dialled, whatever a merchant allows; and only countries the merchant named are. Caps bound what anybody who got
in, or who types strangers' numbers into our pages, could cost.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from presszero.core.phones import Phone, read, shown
from presszero.core.refusal import Refused

MEMBER_HOUR = 60  # calls one member begins in an hour
MERCHANT_HOUR = 600  # all of them together
NUMBER_DAY = 12  # the same number, by all of them
HANDS = 6  # times one call is passed on to a number or a member
BACK_DAY = 3  # times a day one number may ask to be called back
BACK_OPEN = 200  # call-backs of a merchant that wait at once
LONGEST = 40  # characters typed


class Undialable(Refused):
    """No number, or none we may ring."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may be rung. `country`: ISO 3166; `shown`: as people read it."""

    e164: str
    country: str
    shown: str


@dataclass(frozen=True, slots=True)
class Dialled:
    """How often was dialled already."""

    by_member: int = 0  # within the hour
    by_all: int = 0  # within the hour
    to_number: int = 0  # within the day


def dialable(typed: str, home: str, countries: Collection[str]) -> Number:
    """The number behind what was typed. `home`: the country of numbers without one, "" unknown. Raises Undialable."""
    found = _understood(typed, home)
    written = shown(found.e164)
    if found.costly:
        raise Undialable(
            _("%(number)s costs more than a call, so it is never dialled from here.") % {"number": written},
            _("Ask them for a plain landline or mobile number."),
        )
    allowed = set(countries) or {home}
    if found.country not in allowed:
        raise Undialable(
            _("Calls to %(number)s (%(country)s) are not allowed here.")
            % {"number": written, "country": found.country},
            _("An admin can add the country to the phone line."),
        )
    return Number(found.e164, found.country, written)


def within_caps(done: Dialled) -> None:
    """Raises Undialable when it is enough for now."""
    if done.to_number >= NUMBER_DAY:
        raise Undialable(_("This number was called many times today."), _("Write to them, or try tomorrow."))
    if done.by_member >= MEMBER_HOUR or done.by_all >= MERCHANT_HOUR:
        raise Undialable(_("That is a great many calls within an hour."), _("Wait a little before the next one."))


def callback_cap(asked_today: int, open_now: int) -> Undialable | None:
    """Why a number's wish to be called back is one too many; None while it is not."""
    if asked_today >= BACK_DAY:
        return Undialable(_("This number asked for several calls today."), _("We will reach you at the one we keep."))
    if open_now >= BACK_OPEN:
        return Undialable(_("Too many people wait for a call just now."), _("Leave a message, or write to us."))
    return None


def _understood(typed: str, home: str) -> Phone:
    wrong = Undialable(
        _("“%(typed)s” is no phone number we know.") % {"typed": typed[:LONGEST]},
        _("Type it with its country, such as +44 20 7946 0018."),
    )
    if not typed.strip() or len(typed) > LONGEST or any(sign in typed for sign in "@;:"):
        raise wrong
    found = read(typed, home)
    if found is None or not found.assigned or found.extension:
        raise wrong
    return found
