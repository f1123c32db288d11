"""One mailbox folder over IMAP: what is new, its bytes, and waiting for more. No database.

Mails are read with BODY.PEEK[], so that nothing in the mailbox changes. Anything odd the server says raises, and the
caller begins again with a fresh connection from its own cursor: nothing here is remembered across connections.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from io import BufferedReader
from typing import Any, cast

from imap_tools import BaseMailBox, MailBoxFolderManager
from imap_tools.errors import ImapToolsError

from . import reach
from .scan import header
from .smtp import tls

SECONDS = 30.0  # for the server to say anything at all
MAX_MAIL = 50 * 1024 * 1024  # bytes; of a larger one only the head is fetched
BATCH_BYTES = 8 * 1024 * 1024
BATCH_MAILS = 50
_SIZES_AT_ONCE = 500
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})\b")
_WHEN = re.compile(rb'INTERNALDATE "([^"]{20,40})"')

# What a mailbox's server or network may do to us. Besides its own errors imaplib lets these through on strange input.
Failure = (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError, LookupError, TypeError, AttributeError)


class NotHandedOver(OSError):
    """The server lists mails that it does not hand over."""

    def __init__(self, uids: Sequence[int]) -> None:
        self.uids = tuple(uids)
        super().__init__(f"The server did not hand over {len(uids)} of the mails that it lists.")


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is. `security`: none · starttls · tls. `after`: "" keeps · "delete" · "move:FOLDER"."""

    host: str
    port: int
    security: str
    user: str
    password: str
    folder: str = "INBOX"
    after: str = ""
    history_days: int = 7  # of the mail that was there before the line; -1 is all of it
    check_certificate: bool = True
    bearer: str = ""  # access of a signed-in mailbox, instead of the password

    @classmethod
    def of(cls, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> Account | None:
        """From settings["imap"] and secrets["imap_password"] or ["oauth_access"]; None where nothing is fetched."""
        given = settings.get("imap") or {}
        if not given.get("host"):
            return None
        security = str(given.get("security") or "tls")
        return cls(
            str(given["host"]),
            int(given.get("port") or (993 if security == "tls" else 143)),
            security,
            str(given.get("user") or ""),
            secrets.get("imap_password", ""),
            str(given.get("folder") or "INBOX"),
            str(given.get("after") or settings.get("after") or ""),
            int(given.get("history_days", 7)),
            given.get("check_certificate", True) is not False,
            secrets.get("oauth_access", "") if settings.get("oauth") else "",
        )


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the mailbox holds it. `came`: when the server says it came in; aware, or None."""

    uid: int
    raw: bytes
    came: datetime | None


class Folder:
    """An open connection with one folder selected."""

    def __init__(self, account: Account, seconds: float = SECONDS) -> None:
        """Connects, signs in, selects. Raises one of Failure."""
        self._account = account
        self._exist: int | None = None  # how many mails the server last said there are, before we looked
        self._box = _Box(account, seconds)
        try:
            self._enter()
        except BaseException:
            self.close()
            raise

    def cut(self) -> None:
        """From another thread: whoever waits on this connection has its end."""
        with contextlib.suppress(OSError, AttributeError):
            self._box.client.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """By the thread that uses it."""
        self.cut()
        with contextlib.suppress(OSError, AttributeError):
            self._box.client.shutdown()

    def uids_after(self, uid: int) -> list[int]:
        """UIDs above `uid`, ascending."""
        self._exist = self._said_to_exist() or self._exist
        return [each for each in self._search(f"UID {uid + 1}:*") if each > uid]  # "n:*" always names the last one

    def uids_since(self, day: date) -> list[int]:
        """UIDs of mails that came on that day or later, ascending."""
        return self._search(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")

    def next_uid(self) -> int:
        """A UID that no mail of today has yet."""
        return max(self._search("ALL"), default=0) + 1

    def batches(self, uids: Sequence[int]) -> Iterator[list[int]]:
        """The UIDs in order, in groups that are small enough to fetch and store at once."""
        for at in range(0, len(uids), _SIZES_AT_ONCE):
            some = uids[at : at + _SIZES_AT_ONCE]
            sizes = self._sizes(some)
            yield from _grouped(some, sizes)

    def fetch(self, uids: Sequence[int]) -> list[Fetched]:
        """The mails that are still there. Raises NotHandedOver when the server keeps back one that it lists."""
        sizes = self._sizes(uids)
        usual = [uid for uid in uids if sizes.get(uid, 0) <= MAX_MAIL]
        found = list(self._bodies(usual)) if usual else []
        found += [self._head_only(uid, sizes[uid]) for uid in uids if sizes.get(uid, 0) > MAX_MAIL]
        absent = set(uids) - {each.uid for each in found}
        if absent:
            still = absent & set(self._search("UID " + _set(absent)))
            if still:
                raise NotHandedOver(sorted(still))
        return sorted(found, key=lambda each: each.uid)

    def message_ids(self, uids: Sequence[int]) -> dict[int, str]:
        """The Message-ID of each, without angle brackets; "" where it has none."""
        found: dict[int, str] = {}
        for at in range(0, len(uids), _SIZES_AT_ONCE):
            asked = "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
            for prefix, body in self._answers(uids[at : at + _SIZES_AT_ONCE], asked):
                uid = _number(_UID, prefix)
                if uid is not None:
                    found[uid] = header(body, "Message-ID").strip("<> ")
        return found

    def wait(self, seconds: float) -> bool:
        """Until the server says that something happened, or the time is over. False when it cannot tell (no IDLE)."""
        if b"IDLE" not in self._capabilities():
            return False
        said = self._said_to_exist()
        if said is not None and said != self._exist:  # it came while we asked for something, and is not said again
            self._exist = said
            return True
        with self._box.idle as idle:
            if not self._said_already():
                idle.poll(timeout=seconds)
        return True

    def put_away(self, uids: Sequence[int]) -> None:
        """Deletes or moves what is stored by now, if the line says so."""
        if not uids or not self._account.after:
            return
        named = [str(uid) for uid in uids]
        self._exist = None
        if self._account.after == "delete":
            self._box.delete(named)
        elif self._account.after.startswith("move:"):
            self._box.move(named, self._account.after.removeprefix("move:"))

    def _enter(self) -> None:
        box, account = self._box, self._account
        if account.security == "starttls":
            box.client.starttls(tls(account.check_certificate))
        if account.bearer:
            box.xoauth2(account.user, account.bearer, initial_folder=None)
        elif account.user.isascii() and account.password.isascii():
            box.login(account.user, account.password, initial_folder=None)
        else:
            box.login_utf8(account.user, account.password, initial_folder=None)
        MailBoxFolderManager.set(box.folder, account.folder, readonly=not account.after)
        box.client._get_capabilities()  # servers tell more once signed in
        said = box.client.response("UIDVALIDITY")[1]
        if not said or not said[-1]:
            raise imaplib.IMAP4.error("The server does not say whether its numbering is still valid (UIDVALIDITY).")
        self.uid_validity = int(said[-1])

    def _said_to_exist(self) -> int | None:
        """How many mails the server said there are since we asked this last; None when it said nothing of it."""
        said = self._box.client.response("EXISTS")[1]
        return int(said[-1]) if said and said[-1] else None

    def _said_already(self) -> bool:
        """Whether something came together with the server's yes: nobody who waits for the network hears of it."""
        client = self._box.client
        before = client.sock.gettimeout()
        client.sock.settimeout(0)
        try:
            return bool(cast(BufferedReader, client.file).peek(1))
        except ssl.SSLWantReadError:
            return False
        finally:
            client.sock.settimeout(before)

    def _capabilities(self) -> tuple[bytes, ...]:
        return tuple(str(each).upper().encode() for each in self._box.client.capabilities)

    def _search(self, criteria: str) -> list[int]:
        self._box.client.response("SEARCH")  # what was said before is not the answer
        kind, said = self._box.client.uid("SEARCH", criteria)
        if kind != "OK":
            raise imaplib.IMAP4.error(f"The server cannot search: {said!r:.200}")
        return sorted({int(each) for part in said if part for each in part.split()})

    def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        kind, said = self._box.client.uid("FETCH", _set(uids), "(UID RFC822.SIZE)")
        if kind != "OK":
            raise imaplib.IMAP4.error(f"The server does not say how large its mails are: {said!r:.200}")
        found = {}
        for part in said:
            line = part if isinstance(part, bytes) else b"".join(part) if part else b""
            uid, size = _number(_UID, line), _number(_SIZE, line)
            if uid is not None and size is not None:
                found[uid] = size
        return found

    def _bodies(self, uids: Sequence[int]) -> Iterator[Fetched]:
        wanted = set(uids)
        for prefix, body in self._answers(uids, "(UID INTERNALDATE BODY.PEEK[])"):
            uid = _number(_UID, prefix)
            if uid in wanted:
                yield Fetched(uid, body, _came(prefix))

    def _answers(self, uids: Sequence[int], what: str) -> Iterator[tuple[bytes, bytes]]:
        """(everything said beside the literal, the literal) of each FETCH answer; the UID may stand on either side."""
        kind, said = self._box.client.uid("FETCH", _set(uids), what)
        if kind != "OK":
            raise imaplib.IMAP4.error(f"The server does not hand over its mails: {said!r:.200}")
        for place, part in enumerate(said):
            if isinstance(part, tuple):
                after = said[place + 1] if place + 1 < len(said) and isinstance(said[place + 1], bytes) else b""
                yield part[0] + b" " + after, part[1]

    def _head_only(self, uid: int, size: int) -> Fetched:
        answers = list(self._answers([uid], "(UID INTERNALDATE BODY.PEEK[HEADER])"))
        if not answers:
            raise NotHandedOver([uid])
        prefix, head = answers[0]
        sentence = f"This mail has {size // 1024 // 1024} MB, too many to be fetched. Please look into the mailbox."
        return Fetched(uid, stand_in(head, sentence), _came(prefix))


def stand_in(head: bytes, sentence: str) -> bytes:
    """A small mail with the head of one that cannot be had, and a sentence for a body."""
    mail = EmailMessage(policy=SMTP)
    for name in ("From", "To", "Subject", "Date"):
        mail[name] = header(head, name) or ("unknown@mailbox.invalid" if name == "From" else "")
    message_id = header(head, "Message-ID").strip("<> ")
    lines = [f"Message-ID: <{message_id}>".encode("ascii", "replace")] if message_id else []
    mail.set_content(sentence)
    return b"\r\n".join([*lines, mail.as_bytes()])


class _Client(imaplib.IMAP4):
    """imaplib over a socket to a checked address, which takes no literal that no mail can be."""

    def __init__(self, account: Account, seconds: float) -> None:
        self._account = account
        super().__init__(account.host, account.port, seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = reach.connect(self.host, self.port, min(timeout or SECONDS, 10.0))
        plain.settimeout(timeout)
        if self._account.security == "tls":
            return tls(self._account.check_certificate).wrap_socket(plain, server_hostname=self.host)
        return plain

    def read(self, size: int) -> bytes:
        if size > MAX_MAIL + 1024 * 1024:
            raise self.abort(f"The server announced {size} bytes at once.")
        found = super().read(size)
        if len(found) < size:
            raise self.abort("The connection ended in the middle of a mail.")
        return found


class _Box(BaseMailBox):
    def __init__(self, account: Account, seconds: float) -> None:
        self._account, self._seconds = account, seconds
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _Client(self._account, self._seconds)


def sentence_of(why: BaseException) -> str:
    """What went wrong with a mailbox, for the merchant."""
    if isinstance(why, ssl.SSLCertVerificationError):
        return f"The mailbox's certificate is not valid: {why.verify_message}"
    if isinstance(why, ImapToolsError) and "Login" in type(why).__name__:
        return "The mailbox refuses our sign-in."
    return re.sub(r"\s+", " ", str(why))[:300] or type(why).__name__


def _grouped(uids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    group: list[int] = []
    total = 0
    for uid in uids:
        size = sizes.get(uid, 0)
        if group and (total + size > BATCH_BYTES or len(group) >= BATCH_MAILS):
            yield group
            group, total = [], 0
        group.append(uid)
        total += size
    if group:
        yield group


def _set(uids: Iterable[int]) -> str:
    """1:3,7 for 1, 2, 3, 7."""
    parts: list[list[int]] = []
    for uid in sorted(uids):
        if parts and uid == parts[-1][1] + 1:
            parts[-1][1] = uid
        else:
            parts.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in parts)


def _number(pattern: re.Pattern[bytes], text: bytes) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None


def _came(prefix: bytes) -> datetime | None:
    found = _WHEN.search(prefix)
    if not found:
        return None
    try:
        return datetime.strptime(found[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
    except (ValueError, UnicodeDecodeError):
        return None
