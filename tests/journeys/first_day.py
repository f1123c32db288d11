"""Whoever opens a shop: their hands on the pages, counted, and the mail server they have already."""

from __future__ import annotations

import imaplib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from playwright.sync_api import Locator, Page

from presszero.intake.mail.tests.test_dovecot import Dovecot
from tests.ports import free_ports

PASSWORD = "secret"


class Hands:
    """Finds everything by the words on it, and counts what is filled in, ticked or pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.done = page, list[str]()

    def fill(self, label: str, words: str) -> None:
        self._use(f"{label}: {words}", self.page.get_by_label(label, exact=True)).fill(words)

    def pick(self, label: str) -> None:
        self._use(label, self.page.get_by_role("radio", name=label)).check()

    def choose(self, label: str, option: str) -> None:
        self._use(f"{label}: {option}", self.page.get_by_label(label, exact=True)).select_option(label=option)

    def press(self, label: str) -> None:
        self._use(label, self.page.get_by_role("button", name=label, exact=True)).click()

    def go_on(self, label: str) -> None:
        self._use(label, self.page.get_by_role("link", name=label, exact=True)).click()

    def unfold(self, label: str) -> None:
        self._use(label, self.page.locator("summary").filter(has_text=label)).click()

    def _use(self, what: str, found: Locator) -> Locator:
        self.done.append(what)
        return found


class PostOffice:
    """A mail server as a provider runs one: SMTP that asks for a password, and what it takes lies in a real Dovecot."""

    def __init__(self, home: Path, address: str) -> None:
        self.address, self.imap = address, Dovecot(home)
        self._door = Controller(
            self,
            hostname="127.0.0.1",
            port=free_ports(1)[0],
            authenticator=self._knows,
            auth_required=True,
            auth_require_tls=False,
        )

    @property
    def smtp_port(self) -> int:
        return int(self._door.port)

    @property
    def imap_port(self) -> int:
        return self.imap.port

    def start(self) -> None:
        self.imap.start()
        self._door.start()

    def stop(self) -> None:
        self._door.stop()
        self.imap.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        for address in envelope.rcpt_tos:
            box = imaplib.IMAP4("127.0.0.1", self.imap_port, 5)
            box.login(address, PASSWORD)
            box.append("INBOX", "", imaplib.Time2Internaldate(time.time()), bytes(envelope.original_content or b""))
            box.logout()
        return "250 2.0.0 Taken"

    def _knows(self, server: SMTP, session: Session, envelope: Envelope, way: str, given: object) -> AuthResult:
        known = LoginPassword(self.address.encode(), PASSWORD.encode())
        return AuthResult(success=given == known, handled=False)  # the server itself says no


@contextmanager
def post_office(address: str) -> Iterator[PostOffice]:
    """Running for as long as the block, in a folder that Dovecot's own user may enter."""
    home = Path(tempfile.mkdtemp(prefix="dovecot"))
    if os.geteuid() == 0:
        home.chmod(0o755)
    office = PostOffice(home, address)
    office.start()
    try:
        yield office
    finally:
        office.stop()
        shutil.rmtree(home, ignore_errors=True)
