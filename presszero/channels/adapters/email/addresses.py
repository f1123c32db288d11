"""An address as it may stand in a header and on an SMTP line, or a refusal: nothing in between (M14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.header import Header

import idna

from presszero.core.text import one_line

_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f<>()\[\]\\,;:\"@]{1,64}")
FOLD = "\r\n"
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


class BadAddress(ValueError):
    """Nothing can be sent there; the text says why."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """local@domain; the domain in ASCII (IDNA), the local part as its owner writes it."""

    local: str
    domain: str

    @property
    def spec(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def needs_smtputf8(self) -> bool:
        return not self.local.isascii()


def mailbox(address: str) -> Mailbox:
    """Raises BadAddress for whatever is not one plain address."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(address) > 320:
        raise BadAddress(f"{one_line(address, 100)!r} is not an e-mail address that we can write to.")
    return Mailbox(local, _ascii_domain(domain))


def shown(name: str, box: Mailbox) -> str:
    """`Ada Kowalski <ada@example.com>` for a header: quoted or encoded as the name needs, always on one line."""
    name = one_line(name, 120)
    if not name:
        return box.spec
    if not name.isascii():
        return f"{Header(name, 'utf-8', maxlinelen=75, header_name='Reply-To').encode(linesep=FOLD)} <{box.spec}>"
    phrase = name if _PHRASE.fullmatch(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{phrase} <{box.spec}>"


def plainly(name: str, box: Mailbox) -> str:
    """The same for a program that encodes by itself."""
    name = one_line(name, 120)
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + f'" <{box.spec}>' if name else box.spec


def _ascii_domain(domain: str) -> str:
    try:
        plain = idna.encode(domain.rstrip("."), uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError) as why:
        raise BadAddress(f"{one_line(domain, 100)!r} is not the name of a mail domain.") from why
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", plain):
        raise BadAddress(f"{one_line(domain, 100)!r} is not the name of a mail domain.")
    return plain
