"""Handing a mail to an SMTP server, step by step, so that we always know whether it may have been taken.

Before the last byte of DATA nothing was taken: whatever breaks there is tried again under the same Message-ID. From
the moment the content begins to flow until the answer, a break means `unknown`.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from presszero.channels.vocabulary import Sent
from presszero.core.text import one_line

from . import reach
from .addresses import Mailbox
from .compose import Composed
from .oauth.asking import xoauth2

_CHUNK = 64 * 1024
_SIGN_IN = "Needs reconnecting: sign-in"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for one step, and for the whole exchange; the answer to DATA may take what is left of the whole."""

    step: float = 10.0
    total: float = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where to hand mail in. `security`: none · starttls · tls."""

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = ""
    check_certificate: bool = True
    name: str = ""  # how we introduce ourselves
    bearer: str = ""  # access of a signed-in mailbox, instead of the password

    @classmethod
    def of(cls, settings: Mapping[str, Any], secrets: Mapping[str, str], domain: str) -> Server:
        """From a line's settings["smtp"] and secrets["smtp_password"]. Raises ValueError for a port that is none."""
        given = settings.get("smtp") or {}
        security = str(given.get("security") or "starttls")
        port = int(given.get("port") or {"none": 25, "tls": 465}.get(security, 587))
        check = given.get("check_certificate", True) is not False
        user, password = str(given.get("user") or ""), secrets.get("smtp_password", "")
        bearer = secrets.get("oauth_access", "") if settings.get("oauth") else ""
        return cls(str(given.get("host") or ""), port, security, user, password, check, domain, bearer)


class _Refused(Exception):
    """The server's answer to a step was not the one we need."""

    def __init__(self, code: int, text: bytes, step: str) -> None:
        self.code = code
        self.sentence = f"{step}: {code} {one_line(text.decode('utf-8', 'replace'), 400)}"
        super().__init__(self.sentence)


class _Connection(smtplib.SMTP):
    """smtplib over a socket that we opened to a checked address."""

    def __init__(self, server: Server, patience: Patience) -> None:
        self._server = server
        super().__init__(timeout=patience.step, local_hostname=server.name or "localhost")
        self._host = server.host  # the name starttls checks the certificate against

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = reach.connect(host, port, timeout)
        if self._server.security != "tls":
            return plain
        return tls(self._server.check_certificate).wrap_socket(plain, server_hostname=host)


def send(mail: Composed, server: Server, writing: Callable[[], None], patience: Patience | None = None) -> Sent:
    """Hands it over. Never raises for what the server or the network does."""
    patience = patience or Patience()
    written = False

    def now_writing() -> None:
        nonlocal written
        writing()
        written = True

    try:
        connection = _Connection(server, patience)
    except (OSError, ValueError) as why:
        return Sent("later", reason=_sentence(why))
    clock = threading.Timer(patience.total, _hang_up, [connection])
    clock.daemon = True
    clock.start()
    try:
        return _exchange(connection, mail, server, now_writing)
    except _Refused as why:
        return _judge(why)
    except (OSError, smtplib.SMTPException, ValueError) as why:
        return Sent("unknown" if written else "later", reason=_sentence(why))
    finally:
        clock.cancel()
        connection.close()


def tls(check_certificate: bool) -> ssl.SSLContext:
    """TLS 1.2 or newer, with the certificate checked unless the merchant said not to."""
    context = ssl.create_default_context()
    if not check_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _exchange(connection: _Connection, mail: Composed, server: Server, writing: Callable[[], None]) -> Sent:
    _introduce(connection, server)
    if mail.needs_smtputf8 and not connection.has_extn("smtputf8"):
        return Sent("refused", reason="Our mail server cannot write to an address with such letters before the @.")
    options = ["SMTPUTF8", "BODY=8BITMIME"] if mail.needs_smtputf8 else []
    if connection.has_extn("size"):
        options.append(f"size={len(mail.raw)}")
    envelope_from = "" if mail.automatic else mail.sender.spec
    _expect(connection.mail(envelope_from, options), "Sender")
    refusals = _name_recipients(connection, mail.recipients)
    _expect(connection.docmd("DATA"), "Content", 354)
    writing()
    _write(connection, mail.raw)
    code, text = connection.getreply()
    _expect((code, text), "Content")
    _say_goodbye(connection)
    named = " Not taken for: " + "; ".join(refusals) if refusals else ""
    return Sent("accepted", reason=f"{code} {one_line(text.decode('utf-8', 'replace'), 300)}{named}")


def _introduce(connection: _Connection, server: Server) -> None:
    """Greeting, EHLO, TLS, sign-in. Never falls back to plain text when TLS was asked for."""
    _expect(connection.connect(server.host, server.port), "Greeting")
    connection.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        if not connection.has_extn("starttls"):
            raise smtplib.SMTPException(f"{server.host} offers no encryption (STARTTLS).")
        _expect(connection.starttls(context=tls(server.check_certificate)), "Encryption")
        connection.ehlo_or_helo_if_needed()
    if server.user:
        try:
            _sign_in(connection, server)
        except smtplib.SMTPAuthenticationError as why:
            text = why.smtp_error if isinstance(why.smtp_error, bytes) else str(why.smtp_error).encode()
            raise _Refused(why.smtp_code, text, _SIGN_IN) from why


def _sign_in(connection: _Connection, server: Server) -> None:
    """With the password, or by SASL XOAUTH2, where a challenge means no and is answered with nothing."""
    if not server.bearer:
        connection.login(server.user, server.password)
        return

    def answer(challenge: bytes | None = None) -> str:
        return "" if challenge else xoauth2(server.user, server.bearer)

    connection.auth("XOAUTH2", answer)


def _name_recipients(connection: _Connection, recipients: tuple[Mailbox, ...]) -> list[str]:
    """Refusals of some, while at least one is taken; raises _Refused when none is."""
    refusals: list[_Refused] = []
    for box in recipients:
        code, text = connection.rcpt(box.spec)
        if code not in (250, 251):
            refusals.append(_Refused(code, text, box.spec))
    if len(refusals) == len(recipients):
        raise min(refusals, key=lambda each: each.code)  # one that may still be taken later keeps the whole alive
    return [each.sentence for each in refusals]


def _write(connection: _Connection, raw: bytes) -> None:
    """The content, dot-stuffed and ended (RFC 5321 §4.5.2), a piece at a time so that each has its own timeout."""
    quoted = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r\n|\r|\n", b"\r\n", raw))
    if not quoted.endswith(b"\r\n"):
        quoted += b"\r\n"
    for at in range(0, len(quoted), _CHUNK):
        connection.send(quoted[at : at + _CHUNK])
    connection.send(b".\r\n")
    assert connection.sock is not None
    connection.sock.settimeout(None)  # the clock of the whole exchange ends the wait


def _expect(answer: tuple[int, bytes], step: str, wanted: int | None = None) -> None:
    code, text = answer
    if code == -1:
        raise smtplib.SMTPServerDisconnected(f"{step}: the server hung up.")
    if code != wanted if wanted else not 200 <= code < 300:
        raise _Refused(code, text, step)


def _judge(why: _Refused) -> Sent:
    """5xx is for good, anything else may be different later (RFC 5321 §4.2.1). Both say that the mail was not taken.

    A refused sign-in or greeting is about us and not about the mail: it goes out once that is put right.
    """
    about_us = why.sentence.startswith((_SIGN_IN, "Greeting"))
    return Sent("refused" if 500 <= why.code < 600 and not about_us else "later", reason=why.sentence)


def _say_goodbye(connection: _Connection) -> None:
    """The mail is theirs by now: nothing that happens here may change the answer."""
    try:
        connection.sock.settimeout(1)  # type: ignore[union-attr]
        connection.docmd("QUIT")
    except (OSError, smtplib.SMTPException, ValueError):
        return


def _hang_up(connection: _Connection) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _sentence(why: BaseException) -> str:
    if isinstance(why, ssl.SSLCertVerificationError):
        return f"The mail server's certificate is not valid: {why.verify_message}"
    return one_line(str(why), 400) or type(why).__name__
