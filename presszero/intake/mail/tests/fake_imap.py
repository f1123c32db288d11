"""An IMAP server on a real socket that misbehaves as a test tells it to."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests import waiting

NOW = datetime.now(UTC)


@dataclass
class Mail:
    uid: int
    raw: bytes
    came: datetime = field(default_factory=lambda: datetime.now(UTC))


class Cut(Exception):
    """The test wants the connection to end here."""


class FakeImap:
    """`mails` are what the folder holds. A fault is a hook: it gets the session and may say or cut what it likes."""

    def __init__(self, *mails: Mail) -> None:
        self.mails = list(mails)
        self.validity = 42
        self.password = "secret"
        self.faults: dict[str, Callable[[Session, str], bool]] = {}  # by command; True: the hook has answered
        self.fetched: list[int] = []  # every UID whose body was asked for, in order
        self.logins = 0
        self.changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self.sessions: list[Session] = []

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def add(self, raw: bytes, came: datetime | None = None) -> Mail:
        with self.changed:
            mail = Mail(max((m.uid for m in self.mails), default=0) + 1, raw, came or datetime.now(UTC))
            self.mails.append(mail)
            self.changed.notify_all()
        return mail

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._listener.close()
        for session in self.sessions:
            session.cut()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            session = Session(self, client)
            self.sessions.append(session)
            threading.Thread(target=session.run, daemon=True).start()


class Session:
    def __init__(self, server: FakeImap, client: socket.socket) -> None:
        self.server, self.client = server, client
        self.file = client.makefile("rb")
        self.tag = ""

    def say(self, line: str | bytes) -> None:
        self.client.sendall((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def ok(self, text: str = "done") -> None:
        self.say(f"{self.tag} OK {text}")

    def cut(self, reset: bool = False) -> None:
        if reset:
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            self.client.shutdown(socket.SHUT_RDWR)
        self.client.close()

    def run(self) -> None:
        try:
            self.say("* OK hello")
            while line := self.file.readline().decode("utf-8", "replace").rstrip("\r\n"):
                self.tag, _, rest = line.partition(" ")
                self._command(rest)
        except (OSError, ValueError, Cut):
            self.cut()

    def _command(self, rest: str) -> None:
        name = rest.partition(" ")[0].upper()
        name = " ".join(rest.upper().split()[:2]) if name == "UID" else name
        fault = self.server.faults.get(name)
        if fault and fault(self, rest):
            return
        getattr(self, "do_" + name.lower().replace(" ", "_"), self._unknown)(rest)

    def _unknown(self, rest: str) -> None:
        self.say(f"{self.tag} BAD what")

    def do_capability(self, rest: str) -> None:
        self.say("* CAPABILITY IMAP4rev1 IDLE")
        self.ok()

    def do_login(self, rest: str) -> None:
        self.server.logins += 1
        if self.server.password in rest:
            self.ok()
        else:
            self.say(f"{self.tag} NO [AUTHENTICATIONFAILED] wrong")

    def do_examine(self, rest: str) -> None:
        self.say(f"* {len(self.server.mails)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.server.validity}] valid")
        self.ok("[READ-ONLY] selected" if rest.upper().startswith("EXAMINE") else "[READ-WRITE] selected")

    do_select = do_examine

    def do_uid_search(self, rest: str) -> None:
        found = [m.uid for m in self.server.mails if self._matches(m, rest)]
        self.say("* SEARCH " + " ".join(map(str, found)))
        self.ok()

    def _matches(self, mail: Mail, rest: str) -> bool:
        since = re.search(r"SINCE (\S+)", rest)
        if since:
            return mail.came.date() >= datetime.strptime(since[1], "%d-%b-%Y").date()
        wanted = re.search(r"SEARCH UID (\S+)", rest)
        return self._in(mail.uid, wanted[1]) if wanted else True

    def _in(self, uid: int, numbers: str) -> bool:
        last = max((m.uid for m in self.server.mails), default=0)
        for part in numbers.split(","):
            low, _, high = part.partition(":")
            ends = sorted([int(low), last if high == "*" else int(high or low)])
            if ends[0] <= uid <= ends[1]:
                return True
        return False

    def do_uid_fetch(self, rest: str) -> None:
        numbers = rest.split()[2]
        for place, mail in enumerate(list(self.server.mails), 1):
            if self._in(mail.uid, numbers):
                self.answer(place, mail, rest)
        self.ok()

    def answer(self, place: int, mail: Mail, rest: str) -> None:
        if "BODY.PEEK[]" in rest:
            self.server.fetched.append(mail.uid)
            self.say(self.head(place, mail))
            self.client.sendall(mail.raw)
            self.say(")")
        elif "HEADER" in rest:
            found = re.search(rb"(?mi)^message-id:[^\r\n]*", mail.raw.partition(b"\r\n\r\n")[0])
            head = mail.raw.partition(b"\r\n\r\n")[0] if "HEADER]" in rest else (found[0] if found else b"")
            head += b"\r\n\r\n"
            self.say(f"* {place} FETCH (UID {mail.uid} BODY[HEADER] {{{len(head)}}}")
            self.client.sendall(head)
            self.say(")")
        else:
            self.say(f"* {place} FETCH (UID {mail.uid} RFC822.SIZE {len(mail.raw)})")

    def head(self, place: int, mail: Mail) -> str:
        came = mail.came.strftime("%d-%b-%Y %H:%M:%S %z")
        return f'* {place} FETCH (UID {mail.uid} INTERNALDATE "{came}" BODY[] {{{len(mail.raw)}}}'

    def do_idle(self, rest: str) -> None:
        self.say("+ idling")
        known = len(self.server.mails)
        self.client.settimeout(0.02)
        try:
            while True:
                if len(self.server.mails) != known:
                    known = len(self.server.mails)
                    self.say(f"* {known} EXISTS")
                try:
                    if self.client.recv(100):
                        break
                    raise Cut
                except TimeoutError:
                    continue
        finally:
            self.client.settimeout(None)
        self.ok()

    def do_noop(self, rest: str) -> None:
        self.ok()

    def do_logout(self, rest: str) -> None:
        self.say("* BYE")
        self.ok()


def mail(number: int, body: str = "Hello") -> bytes:
    return (
        f"From: Ada <ada@example.com>\r\nTo: support@juniper.example\r\nSubject: Mail {number}\r\n"
        f"Message-ID: <{number}@ada.example>\r\n\r\n{body} {number}\r\n"
    ).encode()


def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    waiting.until(true, seconds)
