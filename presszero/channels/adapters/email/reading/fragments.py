"""Files that are not quite mails: with an mbox line or a mark before them, or only the body of one."""

from __future__ import annotations

import re

_LEADING = re.compile(rb"^(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n|[ \t]*\r(?!\n))*")
_MBOX = re.compile(rb"^>?From [^\r\n]{1,300}(?:\r\n|\n|\r)")
_FIELD = re.compile(rb"^([!-9;-~]{1,76})[ \t]*:")
_KNOWN = frozenset(
    b"""received message-id return-path mime-version content-type content-transfer-encoding delivered-to dkim-signature
    x-mailer list-id references in-reply-to x-received arc-seal authentication-results received-spf user-agent
    envelope-to resent-from auto-submitted x-original-to x-failed-recipients x-mozilla-status precedence
    thread-topic""".split()
)
_USUAL = frozenset(b"from to date subject cc reply-to sender".split())
_HTML = re.compile(
    rb"(?is)^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?"
    rb"<(?:!doctype\s+html|html|head|body|div|p|table|span|br|blockquote|font|meta|style)\b"
)


def as_mail(raw: bytes, filename: str = "") -> bytes:
    """The bytes of a mail: without mbox line, byte order mark or leading blank lines; a bare body gets a header."""
    raw = raw[_LEADING.match(raw).end() :]  # type: ignore[union-attr]  # the expression matches the empty string
    mbox = _MBOX.match(raw)
    if mbox:
        raw = raw[mbox.end() :]
    if b"\n" not in raw[:100_000] and b"\r" in raw[:100_000]:
        raw = raw.replace(b"\r", b"\n")
    if has_header(raw):
        return raw
    kind = b"text/html" if filename.lower().endswith((".html", ".htm")) or _HTML.match(raw[:4096]) else b"text/plain"
    return b"MIME-Version: 1.0\nContent-Type: " + kind + b"\nContent-Transfer-Encoding: 8bit\n\n" + raw


def has_header(raw: bytes) -> bool:
    """Whether the first lines are a mail's header and not the first lines of somebody's text."""
    names, lines = [], raw[:20_000].splitlines()
    for at, line in enumerate(lines[:400]):
        if not line.strip():
            break
        if line[:1] in b" \t" and at:
            continue
        field = _FIELD.match(line)
        if not field and at == 0:
            return False
        if field:
            names.append(field.group(1).lower())
        elif len(names) < 2:
            return False
    seen = set(names)
    if b"sent" in seen and not seen & _KNOWN:
        return False  # an old mail's head, as Outlook writes it above a quote
    if len(seen) == 1 and len(names) == 1:
        return seen <= {b"subject"} or (seen <= {b"from"} and b"@" in lines[0])
    if seen & _KNOWN:
        return True
    addressed = any(b"@" in line for line in lines[: len(names)])
    return len(seen & _USUAL) >= 2 and (addressed or {b"subject", b"date"} <= seen)
