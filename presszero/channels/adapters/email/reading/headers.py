"""Header fields: encoded words, addresses, ids, dates and parameters, read in linear time and without ever raising.

Python's own decoders take seconds for 20,000 encoded words and recurse on parentheses, so these are ours.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.message import Message
from email.utils import parsedate_tz
from urllib.parse import unquote_to_bytes

from . import charsets, clean
from .shape import Party

MAX_VALUE = 100_000  # characters of one header that are read at all
MAX_PARTIES = 500
MAX_IDS = 1_000

_FOLD = re.compile(r"\r?\n[ \t]?|\r")
_WORD = re.compile(r"=\?([A-Za-z0-9_.:*$+-]{1,60})\?([bBqQ])\?((?:[^?\r\n]|\?(?!=)){0,2000}?)\?=(\s+(?==\?))?")
_BRACKETED = re.compile(r"<\s*([^<>]{1,998}?)\s*>")
_ADDRESS = re.compile(r"[^\s<>()\",;:]{1,256}@[^\s<>()\",;:]{1,255}")
_SPACE = re.compile(r"\s+")


def raw(message: Message, name: str) -> str:
    """The first header of that name, unfolded, 8-bit bytes decoded; encoded words still encoded."""
    return next(every(message, name), "")


def every(message: Message, name: str) -> Iterator[str]:
    """All headers of that name, topmost first, as `raw`."""
    wanted = name.lower()
    for key, value in message.raw_items():
        if key.lower() == wanted:
            yield unfolded(str(value))


def unfolded(value: str) -> str:
    value = value[:MAX_VALUE]
    if not value.isascii():  # surrogates stand for bytes, as Python's parser keeps them
        value = charsets.guess(value.encode("utf-8", "surrogateescape"))
    return _FOLD.sub(" ", value).strip(" \t")


def text(message: Message, name: str) -> str:
    """The first header of that name as one readable line."""
    return clean.line(words(raw(message, name)))


def words(value: str) -> str:
    """Decodes encoded words. Bytes of neighbours with one charset are joined first: some cut inside a character."""
    if "=?" not in value:
        return value
    out: list[str] = []
    at, pending, charset = 0, b"", ""
    for found in _WORD.finditer(value):
        if found.start() != at or found.group(1).lower() != charset:
            out.append(charsets.decode(pending, charset) if pending else "")
            pending = b""
        out.append(value[at : found.start()])
        charset = found.group(1).lower()
        pending += _word_bytes(found.group(2), found.group(3))
        at = found.end()
    out += [charsets.decode(pending, charset) if pending else "", value[at:]]
    return "".join(out)


def _word_bytes(encoding: str, payload: str) -> bytes:
    if encoding in "qQ":
        return quopri.decodestring(payload.encode("utf-8", "replace").replace(b" ", b"=20"), header=True)
    return unbase64(payload.encode("ascii", "ignore"))


def unbase64(payload: bytes) -> bytes:
    """Base64 with whatever does not belong there left out, and a cut end mended."""
    payload = re.sub(rb"[^A-Za-z0-9+/]", b"", payload.partition(b"=")[0] if payload.count(b"=") <= 2 else payload)
    if len(payload) % 4 == 1:
        payload = payload[:-1]
    try:
        return base64.b64decode(payload + b"=" * (-len(payload) % 4))
    except (binascii.Error, ValueError):
        return b""


def parties(message: Message, name: str) -> tuple[Party, ...]:
    """Everyone named in the headers of that name, in order, at most 500."""
    found: list[Party] = []
    for value in every(message, name):
        found += addresses(value)
    return tuple(found[:MAX_PARTIES])


def addresses(value: str) -> list[Party]:
    """Reads `"Ada" <ada@x>, (comment) b@x, group: c@x, d@x;` one character at a time, so nothing can make it slow."""
    if "@" not in value and "=?" in value:
        value = words(value)
    return [party for party in (_party(*piece) for piece in _pieces(value[:MAX_VALUE])) if party][:MAX_PARTIES]


def _pieces(value: str) -> Iterator[tuple[str, str, str]]:
    """(text outside, inside of <>, inside of ()) of each address in a list."""
    outside: list[str] = []
    bracket: list[str] = []
    comment: list[str] = []
    quoted = escaped = angle = False
    depth = 0
    for char in value:
        target = comment if depth else bracket if angle else outside
        if escaped:
            target.append(char)
            escaped = False
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = char != '"'
            if quoted:
                target.append(char)
            else:
                target.append("\x01")
        elif char == '"' and not depth and not angle:
            quoted = True
            target.append("\x01")
        elif char == "(" and not angle:
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif depth:
            comment.append(char)
        elif char == "<":
            angle = True
        elif char == ">" and angle:
            angle = False
        elif char in ",;" and not angle:
            yield "".join(outside), "".join(bracket), "".join(comment)
            outside, bracket, comment = [], [], []
        elif char == ":" and not angle and "@" not in "".join(outside[-80:]):
            outside = []  # the name of a group
        else:
            target.append(char)
    yield "".join(outside), "".join(bracket), "".join(comment)


def _party(outside: str, bracket: str, comment: str) -> Party | None:
    shown = outside.replace("\x01", "")
    if not bracket and "@" in outside:
        found = _ADDRESS.search(words(shown)) if "@" in shown else None
        bracket = found.group() if found else shown
        shown = "" if not found else words(shown).replace(bracket, " ", 1)
    elif not bracket and shown.strip() and " " not in shown.strip():
        bracket, shown = shown, ""  # MAILER-DAEMON
    name = clean.name(words(shown).strip().strip("'")) or clean.name(words(comment))
    address = _SPACE.sub("", clean.name(words(bracket))).removeprefix("mailto:").strip("'\"<>")[:320]
    return Party(name[:500], address) if name or address else None


def identifiers(value: str) -> tuple[str, ...]:
    """Message-IDs in a header, without brackets, in order, each once."""
    found = [_SPACE.sub("", each) for each in _BRACKETED.findall(value)]
    if not found:
        found = [each for each in value.replace(",", " ").split() if "@" in each or len(value.split()) == 1]
    return tuple(dict.fromkeys(clean.line(each).strip("<>")[:998] for each in found if each.strip("<>")))[:MAX_IDS]


def date(value: str) -> datetime | None:
    """The Date header, aware; None where it is no date. A missing zone is taken as UTC."""
    try:
        fields = parsedate_tz(value[:200])
        if not fields:
            return datetime.fromisoformat(value.strip()[:40]).astimezone(UTC) if value[:4].isdigit() else None
        offset = timedelta(seconds=fields[9] or 0)
        zone = timezone(offset) if abs(offset) < timedelta(hours=24) else UTC
        return datetime(*fields[:5], min(fields[5], 59), tzinfo=zone)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """("text/plain", {"charset": "utf-8"}) of a Content-Type or Content-Disposition; RFC 2231 pieces joined."""
    kind, *rest = _split(value[:20_000])
    plain: dict[str, str] = {}
    extended: dict[str, dict[int, tuple[str, bool]]] = {}
    for each in rest[:200]:
        key, equals, content = each.partition("=")
        key, content = key.strip().lower(), _unquoted(content.strip())
        if not equals or not key:
            continue
        base, star, number = key.partition("*")
        if not star:
            plain.setdefault(base, words(content))
        else:
            index = number.rstrip("*")
            extended.setdefault(base, {})[int(index) if index.isdigit() and len(index) < 4 else 0] = (
                content,
                key.endswith("*"),
            )
    plain.update({base: _joined(pieces) for base, pieces in extended.items()})
    return kind.strip().lower(), plain


def _split(value: str) -> list[str]:
    out: list[str] = []
    current: list[str] = []
    quoted = escaped = False
    for char in value:
        if char == ";" and not quoted:
            out.append("".join(current))
            current = []
            continue
        if char == '"' and not escaped:
            quoted = not quoted
        escaped = char == "\\" and not escaped
        current.append(char)
    return [*out, "".join(current)]


def _unquoted(content: str) -> str:
    if len(content) >= 2 and content[0] == content[-1] == '"':
        return re.sub(r"\\(.)", r"\1", content[1:-1])
    return content.strip('"')


def _joined(pieces: dict[int, tuple[str, bool]]) -> str:
    charset, out = "", b""
    for order, (content, encoded) in sorted(pieces.items()):
        if order == 0 and encoded and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)
        out += unquote_to_bytes(content) if encoded else content.encode("utf-8", "surrogateescape")
    return words(charsets.decode(out, charset))
