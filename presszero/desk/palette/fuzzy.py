"""Typed letters found in a name: every typed word at a word's beginning, inside one, or scattered in order.

The browser does the same for what stands on the page (desk/fuzzy.js); both mark what was found.
"""

from __future__ import annotations

from dataclasses import dataclass

Pieces = tuple[tuple[str, bool], ...]  # text, and whether it was typed

_BEGINS, _INSIDE, _SCATTERED = 4.0, 2.0, 1.0


@dataclass(frozen=True)
class Hit:
    """The higher the score the better; `pieces` together are the text."""

    score: float
    pieces: Pieces


def hit(typed: str, text: str) -> Hit | None:
    """None when one of the typed words is not in the text. Nothing typed hits everything, with nothing marked."""
    marks, score, small = set[int](), 0.0, text.lower()
    if len(small) != len(text):  # a letter that becomes two would shift the marks
        small = text
    for word in typed.lower().split():
        found = _found(word, small)
        if found is None:
            return None
        score += found[0] * len(word)
        marks |= found[1]
    return Hit(score - len(text) / 100, _pieces(text, marks))


def _found(word: str, text: str) -> tuple[float, set[int]] | None:
    at = _word_beginning(word, text)
    if at >= 0:
        return _BEGINS, set(range(at, at + len(word)))
    at = text.find(word)
    if at >= 0:
        return _INSIDE, set(range(at, at + len(word)))
    return _scattered(word, text)


def _word_beginning(word: str, text: str) -> int:
    at = text.find(word)
    while at > 0 and text[at - 1].isalnum():
        at = text.find(word, at + 1)
    return at


def _scattered(word: str, text: str) -> tuple[float, set[int]] | None:
    """In order, close together, from the beginning of a word on; two letters so would be in everything."""
    if len(word) < 3:
        return None
    at = _word_beginning(word[0], text)
    marks = {at}
    for letter in word[1:] if at >= 0 else "":
        at = text.find(letter, at + 1)
        if at < 0:
            return None
        marks.add(at)
    spread = max(marks) - min(marks) + 1
    return (_SCATTERED * len(word) / spread, marks) if len(word) <= spread <= 2 * len(word) else None


def _pieces(text: str, marks: set[int]) -> Pieces:
    pieces: list[tuple[str, bool]] = []
    for at, letter in enumerate(text):
        marked = at in marks
        if pieces and pieces[-1][1] == marked:
            pieces[-1] = (pieces[-1][0] + letter, marked)
        else:
            pieces.append((letter, marked))
    return tuple(pieces)
