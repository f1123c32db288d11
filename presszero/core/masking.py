"""Card numbers taken out of what carries words: files, mails, JSON. Pure; what cannot be read is left as it is."""

from __future__ import annotations

import base64
import binascii
import email
import json
import re
from collections.abc import Mapping
from email.header import Header, decode_header, make_header
from email.message import Message
from typing import Any

from .cards import MASK, is_card, masked, possible

_WORDS = re.compile(r"^(?:text/|message/|application/(?:json|xml|csv|rtf|xhtml|x-ndjson|har|ld\+json|javascript))")
_NAMED = re.compile(r"\.(?:txt|csv|tsv|eml|html?|json|xml|log|har|md|vcf|ics|rtf|ya?ml|ini|sql|ndjson)$", re.IGNORECASE)
_MARKUP = re.compile(r"html|xml", re.IGNORECASE)
_DEEP = 30  # objects within objects; what lies deeper is given up


def holds_words(content_type: str, filename: str = "") -> bool:
    """Whether a file is one whose words we read: text, CSV, mail, HTML. Pictures and PDFs are not looked into."""
    return bool(_WORDS.match(content_type.lower()) or _NAMED.search(filename))


def masked_file(content: bytes, content_type: str, filename: str = "") -> tuple[bytes, int]:
    """A file without card numbers; how many were taken out. Files without words come back as they are."""
    if not holds_words(content_type, filename):
        return content, 0
    if content_type == "message/rfc822" or filename.lower().endswith(".eml"):
        return masked_mail(content)
    return _bytes(content, markup=bool(_MARKUP.search(content_type) or re.search(r"\.html?$", filename, re.I)))


def masked_mail(raw: bytes) -> tuple[bytes, int]:
    """A raw mail without card numbers in its headers, words and files, whatever encoding carries them."""
    try:
        mail = email.message_from_bytes(raw)
        count = sum(_part(part) for part in mail.walk())
        kept = mail.as_bytes() if count else raw
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        kept, count = raw, 0
    plain, more = _bytes(kept, markup=False)  # what no part is: the words before the first, and what is broken
    return (plain, count + more) if count + more else (raw, 0)


def masked_json(raw: bytes) -> tuple[bytes, int]:
    """A JSON body without card numbers in any string, or in files that it carries as base64."""
    try:
        given = json.loads(raw)
        kept, count = _value(given, _DEEP)
    except (ValueError, RecursionError):
        return _bytes(raw, markup=False)
    return (json.dumps(kept).encode(), count) if count else (raw, 0)


def masked_raw(raw: bytes, *, mail: bool) -> tuple[bytes, int]:
    """What came to a door, without card numbers."""
    if mail:
        return masked_mail(raw)
    return masked_json(raw) if raw[:1].strip() in (b"{", b"[") else _bytes(raw, markup=False)


def masked_words(given: Mapping[str, Any], markup: tuple[str, ...] = ("html",)) -> tuple[dict[str, Any], int]:
    """A mapping of words, lists and mappings, each string without card numbers; those named in `markup` are HTML."""
    found, count = {}, 0
    for name, value in given.items():
        found[name], more = (
            masked(value, markup=True) if name in markup and isinstance(value, str) else _value(value, 9)
        )
        count += more
    return found, count


def _bytes(content: bytes, *, markup: bool) -> tuple[bytes, int]:
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    encoding = "utf-16" if wide else "utf-8" if _is_utf8(content) else "latin-1"
    text = content.decode(encoding, "replace")
    kept, count = masked(text, markup=markup)
    return (kept.encode(encoding, "replace"), count) if count else (content, 0)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _part(part: Message) -> int:
    count = sum(_header(part, name, str(value)) for name, value in list(part.items()))
    count += _filename(part)
    if part.is_multipart():
        return count
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return count
    kept, more = masked_file(content, part.get_content_type(), part.get_filename() or "")
    if more:
        del part["Content-Transfer-Encoding"]
        part["Content-Transfer-Encoding"] = "base64"
        part.set_payload(base64.encodebytes(kept).decode("ascii"))
    return count + more


def _header(part: Message, name: str, value: str) -> int:
    written = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        said = str(make_header(decode_header(written)))
    except (ValueError, LookupError):
        said = written
    kept, count = masked(said)
    if count:
        part.replace_header(name, Header(kept, "utf-8").encode())
    return count


def _filename(part: Message) -> int:
    kept, count = masked(part.get_filename() or "")
    if count:
        part.set_param("filename", kept, header="Content-Disposition", charset="utf-8")
        if part.get_param("name"):
            part.set_param("name", kept, charset="utf-8")
    return count


def _value(given: Any, depth: int) -> tuple[Any, int]:
    if isinstance(given, str):
        return _string(given)
    if isinstance(given, bool | float) or given is None:
        return given, 0
    if isinstance(given, int):
        return (f"{MASK} {str(given)[-4:]}", 1) if is_card(str(given)) else (given, 0)
    if depth == 0:
        return None, 1
    if isinstance(given, list | tuple):
        pairs = [_value(each, depth - 1) for each in given]
        return [kept for kept, _ in pairs], sum(count for _, count in pairs)
    found = {masked(key)[0]: _value(each, depth - 1) for key, each in given.items()}
    return {key: kept for key, (kept, _) in found.items()}, sum(count for _, count in found.values())


def _string(given: str) -> tuple[str, int]:
    if "\nMIME-Version:" in given or given.startswith(("Received:", "Return-Path:", "MIME-Version:")):
        kept, count = masked_mail(given.encode("utf-8", "surrogateescape"))
        return kept.decode("utf-8", "replace"), count
    if len(given) >= 20 and len(given) % 4 == 0 and (inside := _from_base64(given)) is not None:
        kept, count = masked_file(inside, "text/plain") if b"\x00" not in inside[:4000] else (inside, 0)
        return (base64.b64encode(kept).decode("ascii"), count) if count else (given, 0)
    return masked(given, markup="<" in given and ">" in given)


def _from_base64(given: str) -> bytes | None:
    if possible(given):
        return None  # digits in the open: it is what it seems
    try:
        return base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return None
