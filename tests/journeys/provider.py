"""The mail server that a shop sends through, and every customer's mailbox behind it."""

from __future__ import annotations

import asyncio
import email
import email.policy
import threading
from dataclasses import dataclass
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import free_ports

from .house import until

BUSY = "@busy.example"  # whose mail server takes only so many, until it goes on


@dataclass(frozen=True)
class Taken:
    """One mail that was accepted."""

    sender: str
    recipients: tuple[str, ...]
    mail: EmailMessage
    raw: bytes

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        assert part, "a mail without a plain part"
        return str(part.get_content())


class Provider:
    """Accepts every mail and keeps it."""

    def __init__(self) -> None:
        self._taken: list[Taken] = []
        self._lock = threading.Lock()
        self.takes: int | None = None  # mails to busy ones; None: all of them
        self._door = Controller(self, hostname="127.0.0.1", port=free_ports(1)[0])

    @property
    def port(self) -> int:
        return int(self._door.port)

    def start(self) -> Provider:
        self._door.start()
        return self

    def stop(self) -> None:
        self._door.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = bytes(envelope.original_content or b"")
        while any(to.endswith(BUSY) for to in envelope.rcpt_tos) and self._is_full():
            await asyncio.sleep(0.05)
        read = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
        with self._lock:
            self._taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), read, raw))
        return "250 2.0.0 Taken"

    def _is_full(self) -> bool:
        with self._lock:
            taken = sum(each.recipients[0].endswith(BUSY) for each in self._taken)
        return self.takes is not None and taken >= self.takes

    def mails(self, to: str) -> list[Taken]:
        """What lies in somebody's mailbox, oldest first; what we said at once and by ourselves is in `first_words`."""
        with self._lock:
            return [taken for taken in self._taken if to in taken.recipients and not _replied_by_itself(taken)]

    def first_words(self, to: str) -> list[Taken]:
        """The acknowledgements in somebody's mailbox, oldest first."""
        with self._lock:
            return [taken for taken in self._taken if to in taken.recipients and _replied_by_itself(taken)]

    def everything(self, to: str) -> list[Taken]:
        """Both, oldest first."""
        with self._lock:
            return [taken for taken in self._taken if to in taken.recipients]

    def wait_for(self, to: str, many: int = 1, seconds: float = 25) -> Taken:
        """The newest of at least so many mails to an address."""
        until(lambda: len(self.mails(to)) >= many, seconds, f"mail number {many} to {to}")
        return self.mails(to)[-1]


def _replied_by_itself(taken: Taken) -> bool:
    return str(taken.mail["Auto-Submitted"] or "") == "auto-replied"
