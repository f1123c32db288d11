"""Walks a mail's parts: what is its text, what are its files. Limits were checked on the raw bytes before."""

from __future__ import annotations

import binascii
import quopri
from dataclasses import dataclass, field
from email.generator import BytesGenerator
from email.message import Message
from email.policy import compat32
from io import BytesIO

from presszero.channels.vocabulary import Attachment

from . import calendars, charsets, clean, flowed, headers, sniff, winmail

MAX_DEPTH = 30
MAX_TEXT_BYTES = 8 * 1024 * 1024  # of one text part; the raw mail keeps all
_REPORTS = ("message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
            "message/feedback-report", "text/rfc822-headers", "message/global-headers")  # fmt: skip


@dataclass(slots=True)
class Block:
    """One stretch of the body, in the two ways it may have come. Either may be ""."""

    plain: str = ""
    html: str = ""


@dataclass(slots=True)
class Parts:
    """A mail taken apart. `reports` and `originals` are for bounces: (type, text) and returned messages."""

    blocks: list[Block] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reports: list[tuple[str, str]] = field(default_factory=list)
    originals: list[Message] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)


def taken_apart(message: Message) -> Parts:
    """Never raises for what a mail contains; a part that cannot be decoded is kept as the bytes it came as."""
    parts = Parts()
    parts.blocks = _blocks(message, parts, 0, first=True)
    return parts


def _blocks(part: Message, parts: Parts, depth: int, first: bool) -> list[Block]:
    if depth > MAX_DEPTH:
        return []
    kind, params = headers.parameters(headers.raw(part, "Content-Type") or "text/plain")
    if kind in _REPORTS:
        parts.reports.append((kind, _report_text(part)))
        return []
    if kind in ("message/rfc822", "message/global", "message/news"):
        return _enclosed(part, parts)
    if part.is_multipart():
        return _several(part, kind, parts, depth, first)
    return _leaf(part, kind or "text/plain", params, parts, first)


def _several(part: Message, kind: str, parts: Parts, depth: int, first: bool) -> list[Block]:
    children = [each for each in part.get_payload() if isinstance(each, Message)]
    blocks: list[Block] = []
    for child in children:
        blocks += _blocks(child, parts, depth + 1, first and not blocks)
    if kind != "multipart/alternative":
        return blocks
    plain = "\n".join(block.plain for block in blocks if block.plain and not block.html)
    html = "".join(block.html for block in blocks if block.html)
    if html and not plain.strip():
        plain = "\n".join(block.plain for block in blocks if block.plain)
    return [Block(plain, html)] if plain or html else []


def _leaf(part: Message, kind: str, params: dict[str, str], parts: Parts, first: bool) -> list[Block]:
    disposition, extra = headers.parameters(headers.raw(part, "Content-Disposition"))
    filename = clean.filename(extra.get("filename") or params.get("name") or "")
    content = decoded(part)
    is_text = kind in ("text/plain", "text/html", "text", "plain/text", "text/enriched", "")
    if is_text and disposition != "attachment" and (first or not filename):
        return [_text_block(content, kind, params)]
    if kind == "text/calendar" or filename.lower().endswith(".ics"):
        words = calendars.in_words(content)
        parts.attachments.append(_attachment(part, content, kind, filename or "invitation.ics", disposition))
        return [Block(words)] if words else []
    if kind in ("application/ms-tnef", "application/vnd.ms-tnef") or filename.lower() == "winmail.dat":
        inside = winmail.opened(content)
        if inside:
            parts.attachments += [_found(name, data) for name, data in inside.files]
            return [Block(inside.text, inside.html)] if inside.text or inside.html else []
    parts.attachments.append(_attachment(part, content, kind, filename, disposition))
    return []


def _text_block(content: bytes, kind: str, params: dict[str, str]) -> Block:
    content, declared = content[:MAX_TEXT_BYTES], params.get("charset", "")
    if kind == "text/html":
        return Block(html=clean.body(charsets.decode(content, declared or _meta_charset(content))))
    text = clean.body(charsets.decode(content, declared))
    if params.get("format", "").lower() == "flowed":
        text = flowed.joined(text, delsp=params.get("delsp", "").lower() == "yes")
    return Block(plain=text)


def _meta_charset(content: bytes) -> str:
    head = content[:2048].lower()
    at = head.find(b"charset=")
    return (
        head[at + 8 : at + 60].strip(b" \"'").split(b'"')[0].split(b"'")[0].decode("ascii", "ignore") if at > 0 else ""
    )


def _enclosed(part: Message, parts: Parts) -> list[Block]:
    payload = part.get_payload() if part.is_multipart() else None
    inner = payload[0] if isinstance(payload, list) and payload and isinstance(payload[0], Message) else None
    if inner is None:
        content = decoded(part)
        parts.attachments.append(Attachment("message.eml", "message/rfc822", content))
        return []
    parts.originals.append(inner)
    _, extra = headers.parameters(headers.raw(part, "Content-Disposition"))
    title = clean.filename(extra.get("filename") or headers.text(inner, "Subject")) or "message"
    name = title if title.lower().endswith(".eml") else f"{title[:140]}.eml"
    parts.attachments.append(Attachment(name, "message/rfc822", _bytes(inner)))
    return []


def _report_text(part: Message) -> str:
    payload = part.get_payload() if part.is_multipart() else None
    if isinstance(payload, list):  # Python reads a delivery status as a list of header blocks
        groups = [
            "\n".join(f"{key}: {headers.unfolded(str(value))}" for key, value in each.raw_items())
            + "\n"
            + charsets.guess(decoded(each))
            for each in payload
            if isinstance(each, Message)
        ]
        return clean.body("\n\n".join(groups))
    return clean.body(charsets.guess(decoded(part)))


def decoded(part: Message) -> bytes:
    """The part's bytes after its transfer encoding; as they came where the encoding is unknown or broken."""
    if part.is_multipart():
        return _bytes(part)
    encoding = headers.raw(part, "Content-Transfer-Encoding").strip().strip('"').lower()
    raw = _undecoded(part)
    if encoding.startswith("base64"):
        return headers.unbase64(raw)
    if encoding.startswith("quoted-printable"):
        return quopri.decodestring(raw)
    return _uudecoded(raw) if encoding in ("x-uuencode", "uuencode", "uue", "x-uue") else raw


def _undecoded(part: Message) -> bytes:
    """The bytes as they stand. Python would decode them on the way by whatever charset the part names ("idna")."""
    bare = Message(policy=compat32)
    bare.__dict__["_payload"] = part.__dict__.get("_payload")
    found = bare.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _uudecoded(raw: bytes) -> bytes:
    out = []
    for line in raw.splitlines():
        if line.startswith((b"begin ", b"end")) or not line:
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(out)


def _bytes(message: Message) -> bytes:
    out = BytesIO()
    try:
        BytesGenerator(out, mangle_from_=False, policy=compat32).flatten(message)
    except (UnicodeError, ValueError, KeyError, TypeError, AttributeError):
        return out.getvalue()
    return out.getvalue()


def _attachment(part: Message, content: bytes, kind: str, filename: str, disposition: str) -> Attachment:
    content_id = clean.line(headers.raw(part, "Content-ID")).strip("<> ")[:300]
    inline = disposition == "inline" or (bool(content_id) and disposition != "attachment")
    sniffed = sniff.content_type(content, kind, filename)
    return Attachment(filename or _named(sniffed), sniffed, content, content_id, inline)


def _found(name: str, content: bytes) -> Attachment:
    kind = sniff.content_type(content, "", name)
    return Attachment(name or _named(kind), kind, content)


_SUFFIXES = {"jpeg": "jpg", "plain": "txt", "svg+xml": "svg", "octet-stream": "bin", "pgp-signature": "asc"}


def _named(kind: str) -> str:
    subtype = kind.rpartition("/")[2]
    suffix = _SUFFIXES.get(subtype, subtype)
    return f"file.{suffix}" if len(suffix) <= 5 else "file"
