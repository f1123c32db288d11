"""How many texts a text is: networks carry 160 letters of the GSM alphabet, or 70 of any other, and fewer when joined.

The page counts the same as it is typed (desk/static/desk/segments.js); segments.json is what both are tested with.
"""

from __future__ import annotations

from dataclasses import dataclass

GSM, UCS2 = "GSM-7", "UCS-2"

# The GSM 7-bit default alphabet (3GPP TS 23.038 §6.2.1), and those of its extension that take two places.
ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")

_ALONE = {GSM: 160, UCS2: 70}
_JOINED = {GSM: 153, UCS2: 67}  # the rest says which part of how many it is


@dataclass(frozen=True, slots=True)
class Segments:
    """`units`: places taken, septets or 16-bit units; `count`: texts to pay for; `left`: places free in the last."""

    encoding: str
    units: int
    count: int
    left: int


def segments(text: str) -> Segments:
    """What a text costs. Nothing at all is no text, with a whole one left."""
    encoding = GSM if all(sign in ALPHABET or sign in EXTENSION for sign in text) else UCS2
    sizes = [_size(sign, encoding) for sign in text]
    units = sum(sizes)
    if units <= _ALONE[encoding]:
        return Segments(encoding, units, 1 if units else 0, _ALONE[encoding] - units)
    count, used = _joined(sizes, _JOINED[encoding])
    return Segments(encoding, units, count, _JOINED[encoding] - used)


def _joined(sizes: list[int], room: int) -> tuple[int, int]:
    """Texts needed, and places used of the last: a sign of two places is never torn apart."""
    count, used = 1, 0
    for size in sizes:
        if used + size > room:
            count, used = count + 1, 0
        used += size
    return count, used


def _size(sign: str, encoding: str) -> int:
    if encoding == GSM:
        return 2 if sign in EXTENSION else 1
    return 2 if ord(sign) > 0xFFFF else 1
