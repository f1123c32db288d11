"""A customer's mail program: writes mails as such programs do, and hands them to the shop's own SMTP door."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime, formataddr, getaddresses, make_msgid

from django.utils.translation import gettext as _

from presszero.core.refusal import Refused
from presszero.core.text import clean, one_line
from presszero.host.ports import SMTP, bind_address

from .cast import SHOP_SERVER, Person
from .mailbox import Mail, keep


@dataclass(frozen=True)
class Letter:
    """What somebody writes. `answers` is the mail it answers; `files` are (name, content type, bytes)."""

    text: str
    subject: str = ""
    to: str = ""
    answers: Mail | None = None
    files: Sequence[tuple[str, str, bytes]] = field(default_factory=tuple)


def compose(who: Person, letter: Letter, at: datetime | None = None) -> EmailMessage:
    """The mail, with the headers an ordinary program writes and the words it answers quoted below."""
    at = at or datetime.now(UTC)
    mail = EmailMessage(policy=POLICY)
    mail["From"] = formataddr((who.name, who.address))
    mail["To"] = _to(letter)
    mail["Subject"] = one_line(letter.subject, 300) or _subject(letter)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain=who.address.rpartition("@")[2])
    answered = letter.answers.message if letter.answers else None
    if answered is not None and answered.get("Message-ID"):
        earlier = str(answered.get("References", "")).split()
        mail["In-Reply-To"] = str(answered["Message-ID"])
        mail["References"] = " ".join([*earlier, str(answered["Message-ID"])][-20:])
    mail.set_content(_words(letter))
    for name, kind, content in letter.files:
        main, _slash, sub = (kind or "application/octet-stream").partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub or "octet-stream", filename=name)
    return mail


def vouched(mail: EmailMessage, who: Person) -> bytes:
    """The bytes as the shop's receiving mail server hands them on: its finding on the sender on top."""
    domain = who.address.rpartition("@")[2]
    verdict = f"dmarc=pass header.from={domain}" if who.domain_confirms else "dmarc=none"
    return f"Authentication-Results: {SHOP_SERVER}; {verdict}\r\n".encode() + mail.as_bytes(policy=POLICY)


def send(who: Person, letter: Letter) -> None:
    """By SMTP, to our own door; the sender keeps a copy. Raises Refused with what the door said."""
    mail = compose(who, letter)
    to = [address for _name, address in getaddresses([str(mail["To"])]) if address]
    host = bind_address()
    try:
        with smtplib.SMTP("127.0.0.1" if host == "0.0.0.0" else host, SMTP.port, timeout=20) as door:  # noqa: S104
            door.sendmail(who.address, to, vouched(mail, who))
    except smtplib.SMTPResponseException as why:
        said = why.smtp_error.decode("utf-8", "replace") if isinstance(why.smtp_error, bytes) else str(why.smtp_error)
        raise Refused(_("The shop's door did not take it: %(said)s") % {"said": one_line(said, 300)}) from why
    except (smtplib.SMTPException, OSError) as why:
        raise Refused(_("The shop's door does not answer."), _("Is the mail process running?")) from why
    keep(who.address, mail.as_bytes(policy=POLICY), "sent")


def _to(letter: Letter) -> str:
    if letter.answers is None:
        return one_line(letter.to, 320)
    message = letter.answers.message
    return str(message.get("Reply-To") or message.get("From") or letter.to)


def _subject(letter: Letter) -> str:
    given = letter.answers.subject if letter.answers else ""
    return given if not given or given.lower().startswith("re:") else f"Re: {given}"


def _words(letter: Letter) -> str:
    text = clean(letter.text, 100_000).strip()
    if letter.answers is None:
        return f"{text}\n"
    name = letter.answers.sender[0] or letter.answers.sender[1]
    when = format_datetime(letter.answers.at) if letter.answers.at else ""
    quoted = "\n".join(f"> {line}" for line in letter.answers.text.strip().splitlines())
    return f"{text}\n\nOn {when}, {name} wrote:\n{quoted}\n"
