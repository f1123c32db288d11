"""Raw bytes to a Reading: every step in order. Runs in the parsing child; raises nothing a mail could cause."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from . import authentication, automatic, bounces, charsets, clean, headers, html, limits, parts, tokens, warnings
from .bounces import find
from .fragments import as_mail
from .quotes.fresh import Fresh, fresh
from .quotes.line import Line, lines_of
from .shape import AUTO_REPLY, BOUNCE, MESSAGE, Authentication, Party, Reading, quarantine

__all__ = ["bounces", "understand"]

MAX_TEXT = 1_000_000  # characters of text that are kept
MAX_HTML = 5_000_000


def understand(raw: bytes, trusted: tuple[str, ...] = (), filename: str = "") -> Reading:
    """Reads one mail. `trusted`: names of our own receiving servers. Any failure is a quarantined reading."""
    try:
        raw = as_mail(raw, filename)
        refusal = limits.refuse(raw)
        if refusal:
            return quarantine(refusal, glimpse(raw))
        return _read(message_from_bytes(raw, policy=compat32), trusted)
    except RecursionError:
        return quarantine("The mail is nested too deeply.", glimpse(raw))
    except MemoryError:
        return quarantine("The mail needs too much memory.")
    except Exception as problem:  # the last net: a hostile mail must become a visible item, never a traceback
        return quarantine(f"The mail could not be read ({type(problem).__name__}).", glimpse(raw))


def glimpse(raw: bytes) -> Reading:
    """Sender, subject and id as far as a look at the first bytes shows, for what must not be parsed."""
    head = re.split(rb"\r?\n\r?\n", raw[: limits.MAX_HEADER_BYTES], maxsplit=1)[0]

    def first(name: bytes) -> str:
        found = re.search(rb"(?im)^" + name + rb":[ \t]*([^\r\n]{0,2000}(?:\r?\n[ \t][^\r\n]{0,2000}){0,5})", head)
        return clean.line(headers.words(charsets.guess(found.group(1)))) if found else ""

    sender = headers.addresses(first(b"from")[:2000])
    ids = headers.identifiers(first(b"message-id"))
    return Reading(
        sender=sender[0] if sender else Party(),
        subject=first(b"subject")[:500],
        message_id=ids[0] if ids else "",
        date=headers.date(first(b"date")),
    )


def _read(message: Message, trusted: tuple[str, ...]) -> Reading:
    taken = parts.taken_apart(message)
    reading = _envelope(message, trusted)
    text, new, page = _words(taken, message, reading.subject)
    bounce = find.find(message, taken, text, reading.subject)
    why = "" if bounce else automatic.reason(message, reading.sender, reading.subject, text)
    kind = BOUNCE if bounce else AUTO_REPLY if why in ("auto_reply", "receipt", "complaint") else MESSAGE
    originals = find.original_ids(taken, text) if kind != MESSAGE else ()
    return replace(
        reading,
        kind=kind,
        text=text[:MAX_TEXT],
        new_text=new.text[:MAX_TEXT],
        html=page[:MAX_HTML],
        attachments=tuple(taken.attachments),
        bounce=bounce,
        original_ids=originals,
        automatic="bounce" if bounce else why,
        tokens=tokens.candidates(message, originals),
    )


def _envelope(message: Message, trusted: tuple[str, ...]) -> Reading:
    senders = headers.parties(message, "From")
    sender = next((each for each in senders if each.address), senders[0] if senders else Party())
    reply_to = headers.parties(message, "Reply-To")
    ids = headers.identifiers(headers.raw(message, "Message-ID"))
    parents = headers.identifiers(headers.raw(message, "In-Reply-To"))
    path = headers.raw(message, "Return-Path") if message.get("Return-Path") is not None else None
    return Reading(
        sender=sender,
        senders=senders[:20],
        reply_to=reply_to[:20],
        to=headers.parties(message, "To"),
        cc=headers.parties(message, "Cc"),
        subject=headers.text(message, "Subject")[:2000],
        message_id=ids[0] if ids else "",
        in_reply_to=parents[0] if parents else "",
        references=headers.identifiers(headers.raw(message, "References")),
        date=headers.date(headers.raw(message, "Date")),
        delivered_to=tokens.delivered_to(message),
        return_path=clean.line(path).strip("<> ") if path is not None else None,
        authentication=authentication.judge(message, sender, trusted) if trusted else Authentication(),
        warnings=warnings.about(message, senders, reply_to),
        language_hint=clean.line(headers.raw(message, "Content-Language"))[:20],
    )


def _words(taken: parts.Parts, message: Message, subject: str) -> tuple[str, Fresh, str]:
    """(all of the text, what is new in it, the HTML as sent)."""
    plain: list[Line] = []
    page: list[str] = []
    rendered: list[Line] = []
    any_html = False
    for block in taken.blocks:
        from_html = html.lines(block.html) if block.html else []
        own = lines_of(block.plain[:MAX_TEXT]) if block.plain.strip() else from_html
        plain += ([Line("")] if plain else []) + own
        rendered += ([Line("")] if rendered else []) + (from_html or own)
        any_html = any_html or bool(block.html and block.plain.strip())
        page.append(block.html or (_as_html(block.plain) if block.plain.strip() else ""))
    if not any(line.text.strip() for line in plain):
        plain = _enclosed(taken)
    new = fresh(plain, subject)
    if any_html and not new.folded:
        new = _second_opinion(new, fresh(rendered, subject))
    text = clean.body("\n".join(line.text for line in plain)).strip("\n")
    has_html = any(block.html for block in taken.blocks)
    return text, replace(new, text=clean.body(new.text)), clean.body("<hr>".join(page)) if has_html else ""


def _second_opinion(plain: Fresh, rendered: Fresh) -> Fresh:
    """The plain part showed no quote; its HTML twin may mark one. Only a shorter, non-empty answer counts."""
    if rendered.folded and rendered.text and len(rendered.text) < len(plain.text) * 0.9:
        return rendered
    return plain


def _as_html(plain: str) -> str:
    escaped = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<pre>{escaped}</pre>"


def _enclosed(taken: parts.Parts) -> list[Line]:
    """A mail that only carries other mails: the first of them is shown under its own head."""
    if not taken.originals or taken.reports:
        return []
    inner = taken.originals[0]
    inside = parts.taken_apart(inner)
    head = [
        f"{name}: {headers.text(inner, name)}" for name in ("From", "Date", "Subject", "To") if headers.raw(inner, name)
    ]
    lines = [
        Line("---------- Forwarded message ----------", "forward"),
        *[Line(each, "forward") for each in head],
        Line(""),
    ]
    for block in inside.blocks:
        lines += lines_of(block.plain) if block.plain.strip() else html.lines(block.html)
    return [Line(line.text, "forward") for line in lines]
