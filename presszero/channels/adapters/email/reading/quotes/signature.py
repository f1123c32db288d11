"""Where a signature begins: the "-- " line, "Sent from my phone", a company's notice at the end."""

from __future__ import annotations

import re

from . import marks, phrases

_STRICT = re.compile(r"^-- ?$")
_LOOSE = re.compile(r"^\s{0,3}(?:--|—|––|——|__|-=-|- -|\*\*|~~|\.\.)\s*$")
_DEVICE_WORDS = "|".join(re.escape(each) for each in sorted(set(phrases.DEVICE), key=len, reverse=True))
_DEVICE = re.compile(rf"^(?:{_DEVICE_WORDS}|from my .{{1,20}}$|sent by \S+$|[^\W\d_]+ from mobile$)", re.I)
_APP = re.compile(
    r"\b(?:outlook|bluemail|yahoo mail|gmail|aqua ?mail|proton ?mail|spark|edison|thunderbird|nine|mail)\b.{0,30}?"
    r"\b(?:for|para|pour|für|per|voor|för|til|til|dla|pro|pre|için|для|на|auf|su|sur|on|na|az|untuk|cho|para o|di)"
    r"\b.{0,20}"
    r"\b(?:ios|android|iphone|ipad|windows|mac|macos|mobile)\b\W*$|"
    r"^yahoo mail: search, organi[sz]e|(?:ios|android|iphone) ?(?:版|용|için|用) ?(?:的 ?)?outlook|"
    r"通过我的.{1,20}发送$|从我的.{1,20}发送$",
    re.I,
)
_SENTENCE = re.compile(
    r"(?i)\b(?:is|was|are|were|than|because|which|that|yesterday|tomorrow|could|should|would)\b|[.!?]\s+[^\W\d_]{2,}.{40,}"
)
_DEVICE_END = re.compile(
    r"(?:gönderildi|送信|发送|發送|보냄|보낸 메일|küldve|з мого|via mobile|sent from mobile|送信しました)"
    r"[.。!\s*_)\]]*$"
    r"|(?:iphone|ipad|android|samsung|galaxy|outlook|blackberry|mobile|handy|smartphone|móvil|telefon)\S{0,12} "
    r"(?:gesendet|verschickt|versendet|verzonden|verstuurd|küldve|gönderildi|skickat|sendt)[.!\s]*$",
    re.I,
)
_NOTICE = re.compile(rf"^[\s\W_]{{0,6}}(?:{'|'.join(re.escape(each) for each in phrases.DISCLAIMER)})", re.I)
_CONTACT = re.compile(
    r"(?:https?://|www\.|@|\+\d[\d\s()./-]{6,}|(?:tel|fax|phone|mobile?|mob|cell|direct|office|telefon|téléphone|t|m|p|f|e|w)[.:]\s?[\d+(hw])",
    re.I,
)

_URL = re.compile(r"<?\(?https?://[^\s<>()]{1,300}>?\)?")
_LINK = re.compile(r"[\[\]<>]{1,2}")

MAX_AFTER_DEVICE = 3  # lines that may follow "Sent from my iPhone" and still belong to it
MAX_AFTER_LOOSE = 16
MAX_AFTER_RULE = 14


def strict(line: str) -> bool:
    return bool(_STRICT.match(line))


def device(line: str) -> bool:
    """ "Sent from my iPhone" and its like: short, and the whole line."""
    if len(line) > 400 or not line.strip():
        return False
    text = marks.seen(line).strip()
    text = _LINK.sub("", _URL.sub("", text)).strip()
    bare = text.strip("*_-–—·.<>()[]|~\"'«»“”\u200e\u200f ")
    if not bare or len(text) > 130 or len(bare.split()) > 16 or bare.endswith("?") or _SENTENCE.search(bare):
        return False
    if _DEVICE.match(bare) or _APP.search(bare) and len(bare.split()) < 11:
        return True
    return len(bare) < 80 and bool(_DEVICE_END.search(bare))


def begins(lines: list[str]) -> int:
    """The index of the first signature line in a stretch of own words; len(lines) where there is none."""
    later = _counts_of_later_text(lines)
    for at, line in enumerate(lines):
        if line == "-- " or strict(line) and later[at] <= MAX_AFTER_LOOSE:
            return at
        if later[at] > MAX_AFTER_LOOSE or not line.strip():
            continue
        if _LOOSE.match(line) and later[at] <= MAX_AFTER_LOOSE and _is_address_block(lines[at + 1 :]):
            return at
        if later[at] <= MAX_AFTER_DEVICE and device(line):
            return at
        if marks.rule(line) and at and later[at] <= MAX_AFTER_RULE and _is_ruled_off(line, lines[at + 1 :]):
            return at
        if _NOTICE.match(line) and at and later[at] <= MAX_AFTER_LOOSE and not lines[at - 1].strip():
            return at
    return len(lines)


def _counts_of_later_text(lines: list[str]) -> list[int]:
    """How many lines of text follow each line; device lines do not count."""
    counts, seen = [0] * len(lines), 0
    for at in range(len(lines) - 1, -1, -1):
        counts[at] = seen
        if lines[at].strip():
            seen += seen > MAX_AFTER_LOOSE or not device(lines[at])
    return counts


def _is_address_block(after: list[str]) -> bool:
    """After a dash that is not quite "-- ": short lines, or a company's notice."""
    text = [line.strip() for line in after if line.strip()]
    if not text or any(_NOTICE.match(line) for line in text):
        return True
    return max(len(line) for line in text) <= 100 or any(_CONTACT.search(line) for line in text)


def _is_ruled_off(rule: str, after: list[str]) -> bool:
    """After a mere rule only what is surely no more message: contact lines, a notice, or a few words right below it."""
    text = [line.strip() for line in after if line.strip()]
    if not text or any(_NOTICE.match(line) for line in text):
        return True
    longest = max(len(line) for line in text)
    if any(_CONTACT.search(line) for line in text[:7]) and max(len(line) for line in text[:7]) <= 120:
        return True
    right_below = bool(after and after[0].strip()) and len(rule.strip()) >= 10
    return len(text) <= 5 and longest <= 60 and right_below or ("——" in rule and len(text) <= 4 and longest <= 16)
