"""Promises in what we write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from presszero.merchants.policy import Week

from ..days import end_of_day
from .languages import lexicon_of
from .lexicon import Lexicon
from .orders import Numbered, meant
from .speech import Piece, clauses, is_question, own_words, sentences
from .times import Asked, Named, named

_OF_ORDERS = ("delivery", "refund", "repair")
LONGEST = 20_000  # characters that are looked at


@dataclass(frozen=True, slots=True)
class Found:
    """A promise in a text: its words stand from `start` to `end`. `order_id`: which of the orders given, where told."""

    kind: str  # models.Kind
    due_at: datetime  # of a whole day: its end
    whole_day: bool
    start: int
    end: int
    quote: str
    order_id: int | None = None


def noticed(
    text: str,
    *,
    language: str,
    now: datetime,
    zone: ZoneInfo,
    orders: Sequence[Numbered] = (),
    week: Week | None = None,
) -> list[Found]:
    """What the writer of these words promises, in the order it is said; nothing in a language that we do not know.

    `orders` are those it may be about; `week` tells which days are worked on.
    """
    lexicon, asked = lexicon_of(language), Asked(now, zone, week or Week())
    if lexicon is None:
        return []
    found: list[Found] = []
    whole = meant(text, orders)
    for sentence in sentences(own_words(text[:LONGEST]), lexicon):
        for kind, when in _promises(sentence, lexicon, asked):
            order_id = (meant(sentence.text, orders) or whole) if kind in _OF_ORDERS else None
            found.append(_found(kind, when, sentence, zone, order_id))
    return _once(found)


def _promises(sentence: Piece, lexicon: Lexicon, asked: Asked) -> Iterator[tuple[str, Named]]:
    moments = [] if is_question(sentence) else named(sentence.text, lexicon.times, asked)
    if not moments:
        return
    parts = clauses(sentence, lexicon)
    doubtful = False
    for place, part in enumerate(parts):
        own = part.text.lstrip(" ,;:-–—(")
        if _begins(lexicon, own):
            doubtful = doubtful or place == 0
            continue
        inside = [each for each in moments if part.start <= sentence.start + each.start < part.start + len(part.text)]
        offered = place + 1 < len(parts) and lexicon.offers.match(parts[place + 1].text.lstrip(" ,;:-–—("))
        if inside and not doubtful and not offered:
            said = _said(parts, place, lexicon)
            kind = _kind(said, sentence, lexicon) if said else ""
            if kind:
                yield kind, inside[-1]


def _begins(lexicon: Lexicon, clause: str) -> bool:
    """Whether a clause says what may not come true."""
    return bool(lexicon.conditions.match(clause))


def _said(parts: list[Piece], place: int, lexicon: Lexicon) -> str:
    """The words that promise what this clause dates: its own, with those before it where it has no verb of ours."""
    own = parts[place].text
    if _bars(lexicon, own):
        return ""
    if lexicon.commits.search(own):
        return own
    before = parts[place - 1].text if place else ""
    if before and lexicon.commits.search(before) and not _bars(lexicon, before):
        return f"{before} {own}"
    return own if lexicon.certain.search(own) else ""


def _bars(lexicon: Lexicon, clause: str) -> bool:
    return any(pattern.search(clause) for pattern in (lexicon.hedges, lexicon.hours, lexicon.theirs))


def _kind(said: str, sentence: Piece, lexicon: Lexicon) -> str:
    """What is promised: by the words that date it, else by the whole sentence; an answer where it is we who will."""
    for words in (said, sentence.text):
        for kind, pattern in lexicon.kinds:
            if pattern.search(words):
                return kind
    return "answer" if lexicon.ours.search(said) else ""


def _found(kind: str, when: Named, sentence: Piece, zone: ZoneInfo, order_id: int | None) -> Found:
    start, whole = sentence.start + when.start, when.whole_day or kind == "delivery"
    due_at = end_of_day(when.day, zone) if whole else when.due_at
    return Found(kind, due_at, whole, start, start + len(when.said), when.said, order_id)


def _once(found: list[Found]) -> list[Found]:
    """The same thing promised twice for the same moment is one promise, and the last word on a kind counts."""
    kept: dict[tuple[str, int | None], Found] = {}
    for each in found:
        kept.pop((each.kind, each.order_id), None)
        kept[each.kind, each.order_id] = each
    return list(kept.values())
