"""How a person is called and spoken to."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext as _

from presszero.core.refusal import Refused
from presszero.core.text import one_line

from ..models import Person


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    language: str  # BCP 47; "" is the browser's
    timezone: str  # IANA; "" is the merchant's


def change_profile(person: Person, profile: Profile) -> Person:
    """Refused for an empty name, a language we do not speak, a time zone nobody lives in."""
    name = one_line(profile.name, 120)
    if not name:
        raise Refused(_("Tell your team what to call you."))
    if profile.language and profile.language not in dict(settings.LANGUAGES):
        raise Refused(_("That language is not spoken here yet."))
    if profile.timezone and profile.timezone not in available_timezones():
        raise Refused(_("That time zone is not known."))
    person.name, person.language, person.timezone = name, profile.language, profile.timezone
    person.save(update_fields=["name", "language", "timezone"])
    return person
