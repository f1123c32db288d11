"""From an Outgoing to the bytes of a mail.

The headers are written here, line by line, from values that are one clean line each; only the body's structure is left
to the standard library. So no text of anybody's can become a header (M14).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import dkim

from presszero.channels.vocabulary import Attachment, Handle, Outgoing
from presszero.core.text import clean, one_line

from .addresses import BadAddress, Mailbox, mailbox, shown

_POLICY = SMTP.clone(cte_type="7bit")  # every relay on the way carries it, whatever it announces
_ID = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,240}")  # printable, no space, no angle brackets
_PLACE = re.compile(r"https?://[A-Za-z0-9.:\[\]_~/%+=-]{1,400}")  # nothing that could end the header or the address
_MAX_REFERENCES = 20
_OWN_STRUCTURE = ("message", "multipart")  # kinds that may not be carried as opaque bytes


class CannotSign(Exception):
    """The line's DKIM key is not one; the text says so."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail ready to be handed over, and to whom."""

    raw: bytes
    sender: Mailbox
    recipients: tuple[Mailbox, ...]
    automatic: bool

    @property
    def needs_smtputf8(self) -> bool:
        return any(box.needs_smtputf8 for box in (self.sender, *self.recipients))


@dataclass(frozen=True, slots=True)
class Signing:
    """A DKIM key (PEM, RSA) and the selector its public half is published under."""

    selector: str
    domain: str
    key: str


def compose(out: Outgoing, at: datetime, signing: Signing | None = None) -> Composed:
    """Raises BadAddress or CannotSign."""
    sender = mailbox(out.sender.address)
    recipients = tuple(mailbox(handle.address) for handle in out.to)
    if not recipients:
        raise BadAddress("There is nobody to send this to.")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers(out, at))
    raw = head.encode("utf-8") + body(out).as_bytes(policy=_POLICY)
    if signing:
        raw = _signed(raw, signing)
    return Composed(raw, sender, recipients, out.automatic)


def headers(out: Outgoing, at: datetime) -> Iterator[tuple[str, str]]:
    """Everything but the body's own headers, each value clean and folded."""
    yield "From", shown(out.sender.name, mailbox(out.sender.address))
    yield "To", _people(out.to)
    if copies(out):
        yield "Cc", _people(copies(out))
    if out.reply_to:
        yield "Reply-To", shown(out.sender.name, mailbox(out.reply_to))
    yield "Subject", _text("Subject", out.subject)
    yield "Date", format_datetime(at)
    yield "Message-ID", f"<{_id(out.message_id) or _id(out.our_id)}>"
    yield from _threading(out)
    leave = out.extra.get("unsubscribe", "")
    if out.automatic or leave:
        # RFC 3834 §5: a reply by a machine, or what it wrote by itself
        yield "Auto-Submitted", "auto-generated" if leave else "auto-replied"
        yield "X-Auto-Response-Suppress", "All"
    if _PLACE.fullmatch(leave):
        yield "List-Unsubscribe", f"<{leave}>"
        if leave.startswith("https:"):  # RFC 8058 §3.1: one click needs an address that nobody can read on the way
            yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def body(out: Outgoing) -> EmailMessage:
    """text, or text and html as alternatives, inline images beside the html, files after both."""
    message = EmailMessage(policy=_POLICY)
    message.set_content(clean(out.text) or " ")
    inline = [part for part in out.attachments if out.html and part.inline and _id(part.content_id)]
    if out.html:
        message.add_alternative(clean(out.html), subtype="html")
    for part in inline:
        _add_inline(message, part)
    for part in out.attachments:
        if part not in inline:
            maintype, subtype = kind(part)
            message.add_attachment(part.content, maintype, subtype, cte="base64", filename=filename(part))
    return message


def copies(out: Outgoing) -> tuple[Handle, ...]:
    """Others the same words went to, openly: each gets a mail of their own, and sees the rest as Cc."""
    own = {handle.address.lower() for handle in out.to} | {out.sender.address.lower()}
    named = (address.strip() for address in out.extra.get("also_to", "").split(","))
    return tuple(Handle("email", address) for address in named if address and address.lower() not in own)


def _people(handles: tuple[Handle, ...]) -> str:
    return ",\r\n ".join(shown(handle.name, mailbox(handle.address)) for handle in handles)


def _threading(out: Outgoing) -> Iterator[tuple[str, str]]:
    if _id(out.in_reply_to):
        yield "In-Reply-To", f"<{_id(out.in_reply_to)}>"
    known = [f"<{_id(each)}>" for each in out.references if _id(each)]
    if len(known) > _MAX_REFERENCES:
        known = [known[0], *known[1 - _MAX_REFERENCES :]]
    if known:
        yield "References", "\r\n ".join(known)


def _id(text: str) -> str:
    """A message id without angle brackets, or "" when it could not stand in a header."""
    text = text.strip().strip("<>")
    return text if _ID.fullmatch(text) else ""


def _text(name: str, value: str) -> str:
    line = one_line(value)
    if line.isascii() and len(line) < 70:
        return line
    charset = "us-ascii" if line.isascii() else "utf-8"
    return Header(line, charset, header_name=name, maxlinelen=76).encode(linesep="\r\n")


def _add_inline(message: EmailMessage, part: Attachment) -> None:
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    maintype, subtype = kind(part)
    cid = f"<{_id(part.content_id)}>"
    html.add_related(
        part.content, maintype, subtype, cte="base64", cid=cid, filename=filename(part), disposition="inline"
    )


def kind(part: Attachment) -> tuple[str, str]:
    main, _, sub = part.content_type.lower().partition("/")
    if not re.fullmatch(r"[a-z0-9.+-]{1,60}", main) or not re.fullmatch(r"[a-z0-9.+_-]{1,100}", sub):
        return "application", "octet-stream"
    return ("application", "octet-stream") if main in _OWN_STRUCTURE else (main, sub)


def filename(part: Attachment) -> str:
    return one_line(part.filename, 200).replace('"', "'") or "file"


def _signed(raw: bytes, signing: Signing) -> bytes:
    named = [b"from", b"to", b"cc", b"reply-to", b"subject", b"date", b"message-id", b"in-reply-to", b"references"]
    named += [b"mime-version", b"content-type", b"auto-submitted"]
    named += [b"list-unsubscribe", b"list-unsubscribe-post"]  # RFC 8058 §4: the signature must cover both
    there = [name for name in named if re.search(rb"(?mi)^" + name + rb":", raw.partition(b"\r\n\r\n")[0])]
    try:
        signature: bytes = dkim.sign(
            raw,
            signing.selector.encode("idna"),
            signing.domain.encode("idna"),
            signing.key.encode(),
            include_headers=there,
        )
    except Exception as why:  # dkimpy lets ASN.1, binascii and its own errors through
        raise CannotSign(f"The DKIM key of {signing.domain} cannot be used: {one_line(str(why), 200)}") from why
    return signature + raw
