"""Card numbers that somebody says: a transcriber writes them as digits, or as the words they are. Pure.

Digits are found as everywhere; here words of the languages that we speak are read as digits first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from presszero.core.cards import MASK, is_card, masked

_SAID = {
    **dict.fromkeys(("zero", "oh", "o", "nought", "null", "cero"), "0"),
    **dict.fromkeys(("one", "eins", "ein", "uno", "un"), "1"),
    **dict.fromkeys(("two", "zwei", "zwo", "dos"), "2"),
    **dict.fromkeys(("three", "drei", "tres"), "3"),
    **dict.fromkeys(("four", "vier", "cuatro"), "4"),
    **dict.fromkeys(("five", "fünf", "cinco"), "5"),
    **dict.fromkeys(("six", "sechs", "seis"), "6"),
    **dict.fromkeys(("seven", "sieben", "siete"), "7"),
    **dict.fromkeys(("eight", "acht", "ocho"), "8"),
    **dict.fromkeys(("nine", "neun", "nueve"), "9"),
}
_AGAIN = {"double": 2, "triple": 3, "doppel": 2, "doble": 2}
_WORD = re.compile(r"[^\W_]+")
_LONGEST, _SHORTEST = 19, 13  # digits of a card


def without_cards(text: str) -> str:
    """The text without card numbers, however they stand in it."""
    text = masked(text)[0]
    cuts = [span for run in _runs(text) for span in _cards(run)]
    for start, end in reversed(cuts):
        text = text[:start] + MASK + text[end:]
    return text


def _runs(text: str) -> Iterator[list[tuple[str, int, int]]]:
    """Digits said one after the other: each digit with the place of its word."""
    run: list[tuple[str, int, int]] = []
    times = 1
    for found in _WORD.finditer(text):
        word = found[0].casefold()
        digits = word if word.isascii() and word.isdigit() else _SAID.get(word, "")
        if digits:
            run += [(digit, *found.span()) for digit in digits * times]
            times = 1
        elif word in _AGAIN:
            times = _AGAIN[word]
        else:
            yield run
            run, times = [], 1
    yield run


def _cards(run: list[tuple[str, int, int]]) -> Iterator[tuple[int, int]]:
    """Where cards stand in a run, from the first: as long as each can be."""
    digits, at = "".join(digit for digit, _start, _end in run), 0
    while at + _SHORTEST <= len(run):
        sizes = range(min(_LONGEST, len(run) - at), _SHORTEST - 1, -1)
        size = next((size for size in sizes if is_card(digits[at : at + size])), 0)
        if size:
            yield run[at][1], run[at + size - 1][2]
        at += size or 1
