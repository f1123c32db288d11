"""The customers' side of the mail: a small SMTP server that keeps what the shop sends, a file a mail.

`presszero demo` runs it. The demo shop's line hands its answers to it, as it would to any mail server.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import Envelope, Session

from presszero.core.text import one_line
from presszero.host.home import home
from presszero.host.ports import Door, bind_address

PRETEND = Door("the customers' mailboxes", "PRESSZERO_PRETEND_PORT", 2626)
MAX_MAIL = 40 * 1024 * 1024  # bytes
KEPT = 200  # mails of one mailbox and folder; the oldest go

_NAME = re.compile(r"\d{13,19}-[0-9a-f]{8}\Z")


@dataclass(frozen=True)
class Mail:
    """A mail in somebody's mailbox. `name` is the file's, `folder` inbox or sent."""

    name: str
    folder: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return one_line(str(self.message.get("Subject", "")), 300)

    @property
    def at(self) -> datetime | None:
        """When it was sent, as its Date says; None when that cannot be read."""
        with contextlib.suppress(ValueError, TypeError):
            found = parsedate_to_datetime(str(self.message["Date"]))
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        return None

    @property
    def sender(self) -> tuple[str, str]:
        found = getaddresses([str(self.message.get("From", ""))])
        return (one_line(found[0][0], 200), one_line(found[0][1], 320)) if found else ("", "")

    @property
    def text(self) -> str:
        """The plain words; those of the HTML part when there are no others."""
        part = self.message.get_body(("plain", "html"))
        return _content(part) if part else ""

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        return _content(part) if part else ""


def run(stop: threading.Event) -> None:
    """Takes mail until `stop` is set."""
    asyncio.run(_serve(stop))


def folder_of(address: str) -> Path:
    """Where somebody's mail lies. Their address never becomes part of a path."""
    return home() / "pretend" / sha256(address.strip().lower().encode("utf-8", "replace")).hexdigest()[:24]


def keep(address: str, raw: bytes, folder: str = "inbox") -> str:
    """Puts a mail into a mailbox, whole or not at all; its name there."""
    place = folder_of(address) / folder
    place.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns()}-{sha256(raw).hexdigest()[:8]}"
    unfinished = place / f".{name}"
    unfinished.write_bytes(raw)
    os.replace(unfinished, place / name)
    for old in sorted(path for path in place.iterdir() if _NAME.match(path.name))[:-KEPT]:
        old.unlink(missing_ok=True)
    return name


def mails(address: str) -> list[Mail]:
    """Inbox and sent together, newest first."""
    found = [(path, folder) for folder in ("inbox", "sent") for path in _files(address, folder)]
    found.sort(key=lambda each: each[0].name, reverse=True)
    return [Mail(path.name, folder, _read(path)) for path, folder in found[:100]]


def mail(address: str, folder: str, name: str) -> Mail | None:
    """One mail, None when there is no such."""
    path = folder_of(address) / folder / name
    if folder not in ("inbox", "sent") or not _NAME.match(name) or not path.is_file():
        return None
    return Mail(name, folder, _read(path))


class _Keeping:
    """What aiosmtpd calls: the name of the method is its."""

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        for address in envelope.rcpt_tos:
            await asyncio.to_thread(keep, address, bytes(cast(bytes, envelope.content)))
        return "250 Kept"


async def _serve(stop: threading.Event) -> None:
    def receiver() -> Server:
        return Server(_Keeping(), data_size_limit=MAX_MAIL, enable_SMTPUTF8=True, hostname="mail.example")

    server = await asyncio.get_running_loop().create_server(receiver, bind_address(), PRETEND.port)
    try:
        await asyncio.to_thread(stop.wait)
    finally:
        server.close()


def _files(address: str, folder: str) -> Iterator[Path]:
    place = folder_of(address) / folder
    if place.is_dir():
        yield from (path for path in place.iterdir() if _NAME.match(path.name))


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def _content(part: Any) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError, KeyError):
        return part.get_payload(decode=True).decode("utf-8", "replace") if part.get_payload(decode=True) else ""
