"""Payment card numbers in words that people write, and how they are taken out. Pure, and linear in the text.

A number counts as a card when its digits stand together as cards are written, their length and first digits belong to
an issuer (ISO/IEC 7812), and the last one is right by Luhn's formula. Where a card is spoken of beside it, rarer
lengths and shapes count too; where a parcel or a telephone is, only the usual shape of a card does. Of what is found
four digits stay: •••• 1111. Security codes, PINs and magnetic stripes beside it leave nothing behind (PCI DSS 3.3).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MASK = "••••"
TRACK = "[magnetic stripe removed]"

# What may stand between two digits of one number: spaces of every kind, dashes, dots, marks without width.
_BETWEEN = r"[\s\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff\u00ad.\-\u2010-\u2015\u2212_/·*|,:>]"
_PLAIN = re.compile(rf"{_BETWEEN}{{1,4}}")
_TAG = rf"(?:<[^<>]{{0,300}}>|&(?:nbsp|ensp|emsp|thinsp|shy|zwnj|zwj|\#160|\#32|\#173|\#820[1-9]);|{_BETWEEN})"
_MARKUP = re.compile(rf"{_TAG}{{1,12}}")
_MARKUP_REACH = 600  # characters between two digits in HTML at most
_PLAIN_REACH = 4
_DIGITS = re.compile(r"\d+")
_WRITTEN_DIGIT = re.compile(r"&#(?:x(3[0-9])|(4[89]|5[0-7]));", re.IGNORECASE)
_ENOUGH = re.compile(r"\d(?:\D{0,600}?\d){12}", re.DOTALL)

_CLOSE = re.compile(r"\d(?:[\W_]{0,4}\d){12}")
_CALLED = re.compile(r"[cC](?:[vV][vVcC]|[sS][cC]|[aA][vV]2)")

_CARD_WORDS = re.compile(
    r"visa|master\s?card|amex|american express|maestro|discover|diners|\bjcb\b|union\s?pay|credit|debit|\bcc\b|\bpan\b"
    r"|cards?\b|karten?|tarjeta|\bcarte\b|\bcarta\b|cartão|kaart|kort\b|bankkort|cvv|cvc|\bexp(?:iry|ires|\.)?\b",
    re.IGNORECASE,
)
_OTHER_WORDS = re.compile(
    r"track|imei|meid|serial|\bs/?n\b|iban|\bean\b|gtin|isbn|\bupc\b|parcel|consignment|waybill|\bawb\b|sendung|paket"
    r"|seguimiento|colis|\bups\b|fedex|\bdhl\b|usps|barcode|\bsku\b|\bsim\b|iccid",
    re.IGNORECASE,
)
_PHONE_WORDS = re.compile(r"phone|\btel\b|telefon|teléfono|mobile|handy", re.IGNORECASE)  # never of 16 digits
_GLUED = re.compile(r"(?:visa|card|mastercard|amex|cc|mc|no|nr|number|pan|karte|tarjeta)$", re.IGNORECASE)
_FRACTION = re.compile(r"(?<!\d)\d[.]$")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,4})?\b")
_STRIPE = re.compile(r"%B\d{13,19}\^[^^\n]{2,40}\^\d{4}[^?\n]{0,80}\??|;\d{13,19}=\d{4}[^?\n]{0,40}\??")
_CODE = re.compile(
    r"\b(?:cvv2?|cvc2?|cav2|csc)\b(?:\s+(?:code|number|is))*[\s:=#.\-]{0,6}(\d{3,4})(?!\d)", re.IGNORECASE
)
_CODE_NEAR = re.compile(
    r"(?:security\s+(?:code|number)|\bcid\b|prüf(?:ziffer|nummer)|sicherheitscode|código\s+de\s+seguridad"
    r"|cryptogramme|last\s+three|back\s+of\s+(?:the|my)\s+card)\D{0,12}(\d{3,4})(?!\d)",
    re.IGNORECASE,
)
_PIN = re.compile(r"\bpin\b\D{0,10}(\d{4,6})(?!\d)", re.IGNORECASE)
_EXPIRY_AND_CODE = re.compile(r"\D{1,20}?\d{1,2}\s*[/\-.]\s*\d{2,4}\D{1,8}(\d{3,4})(?!\d)")
_NEAR = 160  # characters around a card in which a code is its code
_BESIDE = 48  # characters around a number whose words say what it is

_LENGTHS = range(13, 20)
_SHAPES = {(16,), (15,), (14,), (4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (19,), (6, 10), (8, 8), (4, 12)}


@dataclass(frozen=True, slots=True)
class Found:
    """A number in a text: from `start` to before `end`, and the places of its digits."""

    start: int
    end: int
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """Groups of digits with nothing but gaps between them; each as (start, end) in the text."""

    groups: list[tuple[int, int]]
    sums: tuple[list[int], list[int]]  # prefix sums of the digits: even places doubled, odd places doubled
    lengths: list[int]  # prefix sums of the groups' lengths
    digits: str


def found(text: str, *, markup: bool = False) -> list[Found]:
    """The card numbers in a text, in order. `markup`: tags may stand between the digits."""
    if len(text) < 13 or not _ENOUGH.search(text):
        return []
    ibans = [match.span() for match in _IBAN.finditer(text) if _is_iban(match.group())]
    cards: list[Found] = []
    for run in _runs(text, markup):
        cards += _cards(text, run, ibans, markup)
    return cards


def masked(text: str, *, markup: bool = False) -> tuple[str, int]:
    """The text without card numbers, security codes and stripes; how many were taken out."""
    if not possible(text, markup=markup):
        return text, 0
    if markup:
        text = _WRITTEN_DIGIT.sub(lambda m: chr(int(m[1], 16) if m[1] else int(m[2])), text)
    text, stripes = _STRIPE.subn(TRACK, text)
    cards = found(text, markup=markup)
    codes = _codes(text, cards)
    if not cards and not codes:
        return text, stripes
    cuts = [(card.start, card.end, _left(text, card)) for card in cards]
    cuts += [(start, end, "•" * (end - start)) for start, end in codes]
    return _cut(text, sorted(cuts)), stripes + len(cards) + len(codes)


def possible(text: str, *, markup: bool = False) -> bool:
    """A quick look: False where there is surely nothing to take out."""
    if _CLOSE.search(text) or _CALLED.search(text):
        return True
    return markup and bool(_ENOUGH.search(text) or _WRITTEN_DIGIT.search(text))


def is_card(digits: str, *, spoken_of: bool = False) -> bool:
    """Whether so many ASCII digits are a card's by issuer, length and last digit."""
    return _issued(digits, spoken_of) and _luhn(digits)


def _runs(text: str, markup: bool) -> Iterator[_Run]:
    gap, reach = (_MARKUP, _MARKUP_REACH) if markup else (_PLAIN, _PLAIN_REACH)
    groups: list[tuple[int, int]] = []
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        near = groups and start - groups[-1][1] <= reach
        if groups and not (near and gap.fullmatch(text, groups[-1][1], start)):
            yield from _run(text, groups)
            groups = []
        groups.append((start, end))
    yield from _run(text, groups)


def _run(text: str, groups: list[tuple[int, int]]) -> Iterator[_Run]:
    digits = "".join(str(int(one)) for start, end in groups for one in text[start:end])
    if len(digits) < 13:
        return
    even, odd, lengths = [0], [0], [0]
    for at, one in enumerate(digits):
        value = int(one)
        twice = value * 2 - 9 if value > 4 else value * 2
        even.append(even[-1] + (value if at % 2 else twice))
        odd.append(odd[-1] + (twice if at % 2 else value))
    for start, end in groups:
        lengths.append(lengths[-1] + end - start)
    yield _Run(groups, (even, odd), lengths, digits)


def _cards(text: str, run: _Run, ibans: Sequence[tuple[int, int]], markup: bool) -> Iterator[Found]:
    first = 0
    while first < len(run.groups):
        last = _ends(text, run, first, ibans, markup)
        if last is None:
            first += 1
            continue
        places = [at for start, end in run.groups[first : last + 1] for at in range(start, end)]
        yield Found(places[0], places[-1] + 1, tuple(places))
        first = last + 1


def _ends(text: str, run: _Run, first: int, ibans: Sequence[tuple[int, int]], markup: bool) -> int | None:
    """The last group of the card that begins with group `first`; None when none does. At most 19 groups are tried."""
    if run.digits[run.lengths[first]] not in "23456" or _in_one_of(ibans, run.groups[first][0]):
        return None
    begin, best = run.lengths[first], None
    for size in _LENGTHS:
        last = bisect_left(run.lengths, begin + size, first, min(first + 20, len(run.lengths))) - 1
        if last + 1 >= len(run.lengths) or run.lengths[last + 1] != begin + size or not _sums_up(run, first, last):
            continue  # no group ends there, or the last digit is not right
        if _issued(run.digits[begin : begin + size], True) and _reads_as_card(text, run, first, last, markup):
            best = last
    return best


def _sums_up(run: _Run, first: int, last: int) -> bool:
    begin, end = run.lengths[first], run.lengths[last + 1]
    sums = run.sums[end % 2]  # the last digit is not doubled
    return (sums[end] - sums[begin]) % 10 == 0


def _reads_as_card(text: str, run: _Run, first: int, last: int, markup: bool) -> bool:
    start, end = run.groups[first][0], run.groups[last][1]
    shape = tuple(b - a for a, b in run.groups[first : last + 1])
    before, after = text[max(0, start - _BESIDE) : start], text[end : end + _BESIDE]
    spoken_of = bool(_CARD_WORDS.search(before) or _CARD_WORDS.search(after))
    digits = run.digits[run.lengths[first] : run.lengths[last + 1]]
    if not _issued(digits, spoken_of) or not _stands_alone(before, after, spoken_of) or len(set(digits)) == 1:
        return False
    alone = first == 0 and last == len(run.groups) - 1
    if spoken_of:
        return shape in _SHAPES or alone or set(shape) <= {1} or shape[:-1] == (4,) * (len(shape) - 1)
    if _OTHER_WORDS.search(before) or (len(digits) < 16 and _PHONE_WORDS.search(before)):
        return shape in ((4, 4, 4, 4), (4, 6, 5)) and alone
    if not markup and text.count("\n", start, end) > 1:
        return False
    if len(run.digits) > 19 and run.digits[0] == "9" and len(shape) > 1:
        return False  # a parcel of USPS, in groups of four
    return shape in _SHAPES or (alone and set(shape) <= {1}) or (alone and set(shape) <= {2})


def _issued(digits: str, spoken_of: bool) -> bool:
    """Whether these first digits and this length are some issuer's. Ranges of ISO/IEC 7812 as the schemes publish."""
    size, two, four = len(digits), int(digits[:2]), int(digits[:4])
    if digits[0] == "4":
        return size == 16 or (spoken_of and size in (13, 19))
    if 51 <= two <= 55 or 2221 <= four <= 2720 or 2200 <= four <= 2204:  # Mastercard, Mir
        return size == 16
    if two in (34, 37):  # American Express
        return size == 15
    if two in (36, 38, 39) or 300 <= int(digits[:3]) <= 305:  # Diners Club
        return size == 14 or (two == 36 and size == 16 and spoken_of)
    if 3528 <= four <= 3589 or four == 6011 or two == 65 or 644 <= int(digits[:3]) <= 649 or two == 62:
        return size == 16 or (spoken_of and 16 < size <= 19)
    return spoken_of and two in (50, 56, 57, 58, 60, 61, 63, 66, 67, 68, 69, 81, 82) and 13 <= size <= 19


def _stands_alone(before: str, after: str, spoken_of: bool) -> bool:
    """Not inside a longer word or number; words such as "Visa" may touch it. After # only where a card is spoken of."""
    if after[:1].isalnum() or before[-1:] == "+" or _FRACTION.search(before):
        return False
    if before[-1:] == "#":
        return spoken_of
    return not before[-1:].isalnum() or bool(_GLUED.search(before))


def _luhn(digits: str) -> bool:
    total = 0
    for at, one in enumerate(reversed(digits)):
        value = int(one) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_iban(written: str) -> bool:
    plain = re.sub(r"\s", "", written)
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _in_one_of(spans: Sequence[tuple[int, int]], place: int) -> bool:
    at = bisect_right(spans, place, key=lambda span: span[0]) - 1
    return at >= 0 and spans[at][0] <= place < spans[at][1]


def _codes(text: str, cards: Sequence[Found]) -> list[tuple[int, int]]:
    """Where security codes and PINs stand: those called so wherever they are, the others only beside a card."""
    spans = {match.span(1) for match in _CODE.finditer(text)}
    for card in cards:
        begin, end = max(0, card.start - _NEAR), min(len(text), card.end + _NEAR)
        for pattern in (_CODE_NEAR, _PIN):
            spans |= {match.span(1) for match in pattern.finditer(text, begin, end)}
        if after := _EXPIRY_AND_CODE.match(text, card.end, end):
            spans.add(after.span(1))
    return [(a, b) for a, b in spans if not any(card.start < b and a < card.end for card in cards)]


def _left(text: str, card: Found) -> str:
    """What is left of a card: its last four digits, and the tags that stood between."""
    kept = set(card.places[-4:])
    between = "".join(re.findall(r"<[^<>]*>", text[card.start : card.end]))
    if not between:
        return f"{MASK} {''.join(text[at] for at in card.places[-4:])}"
    gone = set(card.places) - kept
    rest = "".join("" if at in gone else text[at] for at in range(card.start, card.end))
    return f"{MASK} {rest}"


def _cut(text: str, cuts: Sequence[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for start, end, instead in cuts:
        if start < at:
            continue  # a code inside what was cut already
        parts += [text[at:start], instead]
        at = end
    return "".join([*parts, text[at:]])
