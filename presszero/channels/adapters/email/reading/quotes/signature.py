"""Where a signature begins: the "-- " line, "Sent from my phone", a company's notice at the end."""

from __future__ import annotations

import re

from . import marks, words

_STRICT = re.compile(r"^-- ?$")
_LOOSE = re.compile(r"^\s{0,3}(?:--|—|––|——|__|-=-|- -|\*\*|~~|\.\.)\s*$")
_DEVICE_WORDS = "|".join(re.escape(each) for each in sorted(set(words.DEVICE), key=len, reverse=True))
_DEVICE = re.compile(rf"^[\s\W_]{{0,12}}(?:{_DEVICE_WORDS})", re.I)
_DEVICE_END = re.compile(
    r"(?:gönderildi|送信|发送|發送|보냄|보낸 메일|küldve|з мого|via mobile|sent from mobile|from my (?:iphone|ipad|phone|android|blackberry)\S{0,3})[.。!\s*_)\]]*$"
    r"|(?:iphone|ipad|android|samsung|galaxy|outlook|blackberry|mobile|handy|smartphone|móvil|telefon)\S{0,12} (?:gesendet|verschickt|versendet|verzonden|verstuurd|küldve|gönderildi|skickat|sendt)[.!\s]*$",
    re.I,
)
_NOTICE = re.compile(rf"^[\s\W_]{{0,6}}(?:{'|'.join(re.escape(each) for each in words.DISCLAIMER)})", re.I)
_CONTACT = re.compile(
    r"(?:https?://|www\.|@|\+\d[\d\s()./-]{6,}|(?:tel|fax|phone|mobil|mob|cell|telefon|téléphone|t|m|p|f|e|w)[.:]\s?[\d+(hw])", re.I
)

MAX_AFTER_DEVICE = 3  # lines that may follow "Sent from my iPhone" and still belong to it
MAX_AFTER_LOOSE = 16
MAX_AFTER_RULE = 14


def strict(line: str) -> bool:
    return bool(_STRICT.match(line))


def device(line: str) -> bool:
    """"Sent from my iPhone" and its like: short, and the whole line."""
    text = marks.seen(line).strip()
    bare = text.strip("*_-–—·.<>()[]| ")
    if not bare or len(text) > 150 or len(bare.partition("<")[0].split()) > 14 or bare.endswith("?"):
        return False
    return bool(_DEVICE.match(bare)) or (len(bare) < 80 and bool(_DEVICE_END.search(bare)))


def begins(lines: list[str]) -> int:
    """The index of the first signature line in a stretch of own words; len(lines) where there is none."""
    later = _counts_of_later_text(lines)
    for at, line in enumerate(lines):
        if strict(line) and (line == "-- " or later[at] <= MAX_AFTER_LOOSE):
            return at
        if _LOOSE.match(line) and later[at] <= MAX_AFTER_LOOSE and _is_signature_tail(lines[at + 1 :], loose=True):
            return at
        if later[at] <= MAX_AFTER_DEVICE and device(line):
            return at
        if marks.rule(line) and later[at] <= MAX_AFTER_RULE and _is_signature_tail(lines[at + 1 :], loose=False):
            return at
        if _NOTICE.match(line) and at and later[at] <= MAX_AFTER_LOOSE and not lines[at - 1].strip():
            return at
    return len(lines)


def _counts_of_later_text(lines: list[str]) -> list[int]:
    counts, seen = [0] * len(lines), 0
    for at in range(len(lines) - 1, -1, -1):
        counts[at] = seen
        seen += bool(lines[at].strip())
    return counts


def _is_signature_tail(after: list[str], *, loose: bool) -> bool:
    """After a mere rule, only what looks like an address block or a notice; sentences stay."""
    text = [line.strip() for line in after if line.strip()]
    if not text:
        return True
    if any(_NOTICE.match(line) for line in text):
        return True
    contacts = sum(1 for line in text if _CONTACT.search(line))
    longest = max(len(line) for line in text)
    if loose:
        return longest <= 100 or contacts > 0
    return contacts > 0 and longest <= 120
