"""Whose words these are, and where a sentence and its clauses begin and end. Positions stay those of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .lexicon import Lexicon

# Lines of an earlier mail, and the line that introduces them; whatever stands between quotation marks.
_EARLIER = re.compile(r"^[ \t]*(?:>|\|).*$", re.MULTILINE)
_INTRODUCED = re.compile(
    r"^.{0,120}\b(?:wrote|schrieb|escribió|a écrit)\b.{0,80}:[ \t]*$"
    r"|^-{2,}[ \t]*(?:original message|ursprüngliche nachricht|mensaje original).*$|^(?:from|von|de):[ \t].*@.*$",
    re.MULTILINE | re.IGNORECASE,
)
_SPOKEN = re.compile(r"[\"“”„«»‟][^\"“”„«»‟\n]{1,300}[\"“”„«»‟]")
_STOP = re.compile(r"[.!?…]+(?=\s|$)|\n+|(?=¿)")
_LAST_WORD = re.compile(r"([^\W\d_]+|\d+)$")


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a text, from `start` on."""

    text: str
    start: int


def own_words(text: str) -> str:
    """The text with what somebody else said blanked out."""
    introduced = _INTRODUCED.search(text)
    if introduced:
        text = text[: introduced.start()] + " " * (len(text) - introduced.start())
    return _SPOKEN.sub(_blank, _EARLIER.sub(_blank, text))


def sentences(text: str, lexicon: Lexicon) -> Iterator[Piece]:
    """With the mark that ends them."""
    start = 0
    for stop in _STOP.finditer(text):
        if stop[0].startswith(".") and _goes_on(text, stop.start(), stop.end(), lexicon):
            continue
        if text[start : stop.end()].strip():
            yield Piece(text[start : stop.end()], start)
        start = stop.end()
    if text[start:].strip():
        yield Piece(text[start:], start)


def clauses(sentence: Piece, lexicon: Lexicon) -> list[Piece]:
    """Its parts; what joins them stands at the beginning of the later one."""
    found, start = [], 0
    for joint in lexicon.clauses.finditer(sentence.text):
        if joint.start() > start:
            found.append(Piece(sentence.text[start : joint.start()], sentence.start + start))
            start = joint.start()
    found.append(Piece(sentence.text[start:], sentence.start + start))
    return found


def is_question(sentence: Piece) -> bool:
    return "?" in sentence.text[-4:] or sentence.text.lstrip().startswith("¿")


def _goes_on(text: str, stop: int, end: int, lexicon: Lexicon) -> bool:
    """A full stop after a number or an abbreviation ends nothing, unless a line ends there."""
    before = _LAST_WORD.search(text, max(0, stop - 20), stop)
    if before is None:
        return False
    after = text[end : end + 2].strip(" ")
    if before[0].isdigit():
        return len(before[0]) <= 2 and bool(after) and (after[0].isalnum())
    return before[0].casefold() in lexicon.abbreviations and bool(after)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
