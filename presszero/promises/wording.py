"""From a line's hours and a moment to the words a customer reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from presszero.channels.wording import fill
from presszero.core.refusal import Refused
from presszero.merchants.policy import DAYS, Week, is_open, open_between

from .languages import LANGUAGES, Language, in_words

MAX_OWN = 1000  # characters of a merchant's own words
VARIABLES = ("answer.when", "answer.by", "brand.name")
_PROMISING = ("answer.when", "answer.by")
_ANY = re.compile(r"\{\{(.{0,80}?)\}\}|\{%|\{#", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is said, and which moment is named; `by` None: none can be."""

    now: datetime
    by: datetime | None
    week: Week


@dataclass(frozen=True, slots=True)
class Voice:
    """In which language, for which brand, and with which words of the merchant's own ("": ours)."""

    code: str
    brand: str
    own: str = ""

    @property
    def language(self) -> Language:
        return LANGUAGES[self.code]


class UnknownVariable(Refused):
    """Something in double braces that stands for nothing here, or could be anything."""


def acknowledgement(moment: Moment, voice: Voice) -> str:
    """Thanks, and when we answer: in the merchant's own words, or in ours."""
    language = voice.language
    ours = f"{language.thanks} {when(moment, language)}"
    if not voice.own or moment.by is None:
        return ours
    values = {
        "answer.when": when(moment, language),
        "answer.by": by(moment, language),
        "brand.name": voice.brand,
    }
    return fill(voice.own, values)


def when(moment: Moment, language: Language) -> str:
    """The sentence that says when we answer, and why not sooner."""
    if moment.by is None:
        return language.unknown
    local = moment.now.astimezone(_zone(moment.week))
    said = _reason(moment.week, moment.now, local, language)
    return said.format(by=by(moment, language), day=language.days[local.weekday()])


def by(moment: Moment, language: Language) -> str:
    """The moment itself: "Monday 10:30"."""
    zone = _zone(moment.week)
    return in_words(moment.by.astimezone(zone), moment.now.astimezone(zone), language) if moment.by else ""


def later(moment: Moment, language: Language) -> str:
    """We cannot make it: sorry, and the new moment."""
    return f"{language.later} {language.open.format(by=by(moment, language))}"


def check_own(text: str) -> str:
    """A merchant's own words, ready to be kept. Raises UnknownVariable, Refused."""
    words = text.strip()
    if len(words) > MAX_OWN:
        raise Refused(_("At most %(n)d characters, so that it is read.") % {"n": MAX_OWN}, _("Make it shorter."))
    for found in _ANY.finditer(words):
        if (found[1] or "").strip() not in VARIABLES:
            allowed = ", ".join("{{ " + name + " }}" for name in VARIABLES)
            raise UnknownVariable(
                _("%(what)s stands for nothing here.") % {"what": found[0][:40]},
                _("Use %(those)s.") % {"those": allowed},
            )
    named = {found[1].strip() for found in _ANY.finditer(words)}
    if words and not named.intersection(_PROMISING):
        raise Refused(_("These words do not say when you answer."), _("Put {{ answer.when }} where the time belongs."))
    return words


def _reason(week: Week, now: datetime, local: datetime, language: Language) -> str:
    if is_open(week, now):
        return language.open
    if not week.weekly.get(DAYS[local.weekday()]):
        return language.weekend
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if local.date() in week.holidays or not open_between(week, start, start + timedelta(days=1)):
        return language.holiday
    return language.night


def _zone(week: Week) -> ZoneInfo:
    return ZoneInfo(week.timezone)
