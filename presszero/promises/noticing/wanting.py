"""By when they need it, in what customers write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from presszero.merchants.policy import Week

from .languages import lexicon_of
from .lexicon import Lexicon
from .speech import Piece, clauses, own_words, sentences
from .times import Asked, Named, named

LONGEST = 4_000  # characters that are looked at


@dataclass(frozen=True, slots=True)
class Wanted:
    """The last day that is still good; `firm`: needed by then, not only hoped for."""

    by_day: date
    firm: bool
    quote: str


def wanted(text: str, *, language: str, now: datetime, zone: ZoneInfo) -> list[Wanted]:
    """What they say they need, in the order it is said; nothing in a language that we do not know."""
    lexicon, asked = lexicon_of(language), Asked(now, zone, Week())
    if lexicon is None:
        return []
    found: list[Wanted] = []
    for sentence in sentences(own_words(text[:LONGEST]), lexicon):
        moments = named(sentence.text, lexicon.times, asked)
        for when in moments:
            one = _wanted(sentence, when, lexicon, asked)
            if one is not None:
                found.append(one)
    return found


def _wanted(sentence: Piece, when: Named, lexicon: Lexicon, asked: Asked) -> Wanted | None:
    near = _around(sentence, when, lexicon)
    firm = bool(lexicon.needs.search(near) or lexicon.occasions.search(near))
    if not firm and not lexicon.hopes.search(near):
        return None
    if not firm and lexicon.answers.search(near):
        return None
    day = when.day
    if lexicon.leaving.search(near) and not lexicon.needs.search(near):
        day -= timedelta(days=1)
    if day < asked.today:
        return None
    return Wanted(day, firm, when.said)


def _around(sentence: Piece, when: Named, lexicon: Lexicon) -> str:
    """The clause in which the moment stands; and the one before where it is that alone: "Needed by: 3 May"."""
    at = sentence.start + when.start
    parts = clauses(sentence, lexicon)
    place = next(n for n in reversed(range(len(parts))) if parts[n].start <= at)
    alone = place > 0 and parts[place].text.strip(" .!,;:") == when.said
    return f"{parts[place - 1].text} {parts[place].text}" if alone else parts[place].text
