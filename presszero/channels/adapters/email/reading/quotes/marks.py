"""What lines are: quoted, the line above a quote, header fields of an old mail, a delimiter."""

from __future__ import annotations

import re

from . import phrases, words

LOOKED_AT = 400  # characters of a line that are looked at

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]")
_QUOTED = re.compile(r"^\s{0,4}(?:[>＞]|&gt;)")
_TRIM = " \t*_#>|-"
_COLON = (":", "：", "﹕")


def _alternatives(table: tuple[str, ...]) -> str:
    return "|".join(re.escape(each) for each in sorted(set(table), key=len, reverse=True))


_VERB = re.compile(
    rf"(?<![^\W\d_])(?:{_alternatives(words.WROTE)})(?![^\W\d_])|写道|寫道|写到|님이 작성|のメール|書きました", re.I
)
_VERB_ENDS = tuple({each.strip(".:") for each in words.WROTE} | {"写道", "寫道", "작성"})
_OPENER = re.compile(rf"^(?:{_alternatives(words.OPENERS)})(?![^\W\d_])", re.I)
_YEAR = re.compile(r"(?<!\d)(?:19[89]\d|20[0-5]\d|25[4-9]\d)(?!\d)|[\u0660-\u0669\u06f0-\u06f9]{4}")
_TIME = re.compile(
    r"(?<!\d)\d{1,2}\s?[:.h時시点时]\s?\d{2}(?!\d)|\d{1,2}\s?[ap]\.?m|[\u0660-\u0669]{1,2}:[\u0660-\u0669]{2}", re.I
)
_SHORT_DATE = re.compile(r"(?<!\d)\d{1,4}[-./]\s?\d{1,2}[-./]\s?\d{2,4}(?!\d)|\d{4}\s?[年년]|\d{1,2}\s?[月월]")
_DAY_MONTH = re.compile(
    r"(?<!\d)\d{1,2}(?:st|nd|rd|th|\.|er|º)?\s+(?:de\s+|of\s+)?[^\W\d_]{3,12}|[^\W\d_]{3,12}\.?\s+\d{1,2}(?!\d)"
)
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]{1,100}(?:@|\(at\)| at )[^\s<>()\[\]\"',;:]{1,100}\.[a-z0-9-]{2,20}", re.I)
_QUOTING = re.compile(
    r"^(?:quoting|zitat von|citando|citat fra|citerar|citation de|cytowanie|citáció|цитирую)\s.{1,150}:$", re.I
)
_NAMED = re.compile(r"<\s?[^<>@\s]{1,100}@[^<>\s]{1,100}>")
_OWN_WORDS = re.compile(
    r"\b(?:i|we) (?:wrote|said|have written|replied|asked)\b|\bich (?:schrieb|habe)|j['’]ai écrit|"
    r"\b(?:my|our|your|please|mein|ihre|meine|bitte|votre|notre)\b",
    re.I,
)
_DASHES = frozenset("-–—_=*─━")
_BANNER = re.compile(
    r"^\W{0,4}(?:caution|warning|external|attention|achtung|this (?:e-?mail|message) (?:originated|was sent) from)"
    r"\b.{0,80}(?:outside|external|extern\b|außerhalb|unknown sender)",
    re.I,
)
_DAVID = re.compile(r"^\W*original message processed by ", re.I)
_LABELS = {
    kind: _alternatives(table)
    for kind, table in (
        ("from", words.FROM),
        ("sent", words.SENT),
        ("to", words.TO),
        ("subject", words.SUBJECT),
        ("other", words.OTHER),
    )
}
_BY_LABEL: dict[str, set[str]] = {}
for _kind, _table in (
    ("from", words.FROM),
    ("sent", words.SENT),
    ("to", words.TO),
    ("subject", words.SUBJECT),
    ("other", words.OTHER),
):
    for _word in _table:
        _BY_LABEL.setdefault(_word.rstrip(":").strip(), set()).add(_kind)
_LABEL = re.compile(r"^[\s>*_|•-]{0,12}([^\W\d_][^:：<>@\d]{0,28}?)[\s*_]{0,4}[:：](?!//)[\s*_]{0,4}(.*)$")
_IN_LINE = re.compile(
    rf"(?<![^\W\d_])(?:{_LABELS['sent']}|{_LABELS['to']}|{_LABELS['subject']})[*_]{{0,2}}\s?[*_]{{0,2}}[:：]", re.I
)
_RULE = re.compile(r"^[\s>]*(?:[-_=~*#+–—─━]\s?){3,}\s*$")
_DASHED = re.compile(
    r"^[\s>*]*[-–—_=*─━]{2,}\s*([^\s\-–—_=*─━].{1,80}?)\s*:?\s*[-–—_=*─━]{2,}[\s*:]*$|^[\s>*]*[-–—_=─━]{4,}\s*([^\s\-].{1,60}?)\s*:?\s*$"
)
_ORIGINAL = re.compile(rf"(?:{_alternatives(phrases.ORIGINAL)})", re.I)
_FORWARDED = re.compile(rf"(?:{_alternatives(phrases.FORWARDED)})", re.I)
_ABOVE = re.compile(rf"(?:{_alternatives(phrases.REPLY_ABOVE)})", re.I)


def seen(line: str) -> str:
    """The line as it is compared: without invisible characters, with plain spaces, not too long."""
    if line.isascii():
        return line[:LOOKED_AT].replace("\t", " ").rstrip()
    return _ODD_SPACE.sub(" ", _INVISIBLE.sub("", line[:LOOKED_AT])).rstrip()


def quoted(line: str) -> bool:
    return bool(_QUOTED.match(line))


def rule(line: str) -> bool:
    """A line of dashes, underscores or the like and nothing else."""
    return bool(_RULE.match(line))


def may_reply_above(text: str) -> bool:
    """Whether `reply_above` can hold for any line of the text; far quicker than asking each."""
    lowered = text.lower()
    return any(each in lowered for each in phrases.REPLY_ABOVE)


def reply_above(line: str) -> bool:
    """`-- reply above this line --`, in whichever language, as a line of its own."""
    return len(line) < 160 and bool(_ABOVE.search(line))


def ends_attribution(line: str) -> bool:
    """Cheap first look: could "On … wrote:" end here?"""
    bare = line.rstrip(" *_-–—>|")
    if _SHORT_DATE.match(line) or line[:7].lower() == "posted ":
        return True
    return bare.endswith(_COLON) or bare.lower().endswith(_VERB_ENDS) or (line.endswith(">") and "@" in line)


def attribution(joined: str) -> int:
    """How surely a line (or several joined) announces a quote: 0 no, 1 if a quote follows, 2 in any case."""
    text = joined.strip(_TRIM + " ").lstrip("[(«“\"' ")
    if not 6 <= len(text) <= LOOKED_AT:
        return 0
    verb, address = bool(_VERB.search(text)), bool(_ADDRESS.search(text))
    year, time = bool(_YEAR.search(text)), bool(_TIME.search(text))
    day = bool(_SHORT_DATE.search(text) or _DAY_MONTH.search(text))
    ends = text.rstrip("-– *_").endswith(_COLON)
    dated = (year and day) or (time and day)
    opened = bool(_OPENER.match(text)) or text[0].isdigit()
    if verb and dated and not _OWN_WORDS.search(text):
        closed = _closes_with_verb(text)
        if (
            closed
            and (opened or address or ends)
            or ends
            and (opened or address)
            or opened
            and address
            and text[-1] in ">)"
        ):
            return 2
    if ends and address and dated and (opened or _NAMED.search(text)) and not _OWN_WORDS.search(text):
        return 2
    if _QUOTING.match(text):
        return 2
    if ends and (verb or address or dated) and (year or time or day or verb):
        return 1
    if text[0].isdigit() and year and (address or "GMT" in text) or text.lower().startswith("posted by ") and day:
        return 1
    return 1 if verb and (dated or address) and _closes_with_verb(text) else 0


def _closes_with_verb(text: str) -> bool:
    last = max((found.end() for found in _VERB.finditer(text)), default=-1)
    return last >= 0 and not text[last:].strip(" .:：*_->]）)\u200f\u200e,")


def opens_attribution(line: str) -> bool:
    """Looks like the first of the several lines of an attribution: "On Thu, Jun 26," or a date alone."""
    text = line.strip(_TRIM + " ").lstrip("[(«“\"' ")
    if not text or len(text) > 120 or text.endswith((".", "!", "?", ":")) and not text[-3:-1].isalpha():
        return False
    dated = _YEAR.search(text) or _SHORT_DATE.search(text) or _DAY_MONTH.search(text) or _TIME.search(text)
    return bool(dated) and bool(_OPENER.match(text) or text[0].isdigit() or "@" in text)


def label(line: str) -> set[str]:
    """Which header fields of an old mail ("From", "Gesendet", "件名") this line may be; empty for none."""
    if ":" not in line[:48] and "：" not in line[:48]:
        return set()
    found = _LABEL.match(line)
    if not found:
        return set()
    return _BY_LABEL.get(found.group(1).strip(" *_").lower(), set())


def label_value(line: str) -> str:
    found = _LABEL.match(line)
    return found.group(2).strip() if found else ""


def labels_in(joined: str) -> int:
    """How many different header fields are run together in one line ("From: A Sent: B To: C Subject: D")."""
    return len({found.group().strip("*_ :：").lower() for found in _IN_LINE.finditer(joined)})


def banner(line: str) -> bool:
    """A mail server's warning above a mail from outside."""
    return bool(_BANNER.match(line))


def delimiter(line: str) -> str:
    """ "original", "forward", "dashed" (some words between dashes) or "" """
    if len(line) > 160:
        return ""
    start = line.lstrip(" >*")[:2]
    if start[:1] not in _DASHES and not line.rstrip().endswith(_COLON):
        return "original" if start in ("Or", "or") and _DAVID.match(line) else ""
    found = _DASHED.match(line)
    inner = (found.group(1) or found.group(2) or "").strip() if found else ""
    if inner:
        if _FORWARDED.search(inner):
            return "forward"
        whole = _ORIGINAL.search(inner)
        if whole and len(whole.group()) >= len(inner) - 12:
            return "original"
        return "dashed"
    bare = line.strip(_TRIM + " ").rstrip(":： ")
    if _FORWARDED.fullmatch(bare):
        return "forward"
    opened = _FORWARDED.match(bare)
    if opened and line.rstrip().endswith(_COLON) and len(opened.group()) > len(bare) - 4:
        return "forward"
    return "original" if len(bare) > 8 and _ORIGINAL.fullmatch(bare) and line.rstrip().endswith(_COLON) else ""
