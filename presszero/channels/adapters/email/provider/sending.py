"""Handing a mail to a provider's API, through anymail's backends over a session of our own.

Ours knows when the connection stood, so that a break before it is tried again and a break after it is `unknown`; it
follows no redirects, checks addresses when it connects, and the whole has one limit of time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from typing import Any

import requests
from anymail.backends.base_requests import AnymailRequestsBackend
from anymail.exceptions import AnymailError, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from presszero.channels.adapter import LineSettings
from presszero.channels.vocabulary import Attachment, Outgoing, Sent
from presszero.core.text import clean, one_line

from .. import compose, reach
from ..addresses import mailbox, plainly
from .catalogue import PROVIDERS, Provider

TOTAL = 60.0  # seconds
STEP = 10.0


def sends_through(line: LineSettings) -> Provider | None:
    """The provider whose API carries this line's mail; None when it goes by SMTP."""
    provider = PROVIDERS.get(str(line.settings.get("provider", "")))
    if provider is None or not provider.backend or not all(line.secrets.get(name) for name in provider.sending_secrets):
        return None
    return provider


def send(out: Outgoing, at: datetime, line: LineSettings, writing: Callable[[], None]) -> Sent:
    """Hands it over. Raises BadAddress; never for what the provider or the network does."""
    provider = sends_through(line)
    assert provider is not None
    message = _message(out, at, provider)
    attempt = _Attempt(provider, message, line, writing)
    thread = threading.Thread(target=attempt.run, daemon=True, name=f"send-{line.id}")
    thread.start()
    thread.join(TOTAL)
    if attempt.failed:
        raise attempt.failed
    return attempt.sent or Sent(attempt.unsure, reason=f"{provider.name} did not answer within {TOTAL:.0f} seconds.")


class _Attempt:
    """One call of the provider, on a thread of its own: an answer that drips for ever is abandoned."""

    def __init__(self, provider: Provider, message: Any, line: LineSettings, writing: Callable[[], None]) -> None:
        self.provider, self.message, self.line, self.writing = provider, message, line, writing
        self.written = False
        self.sent: Sent | None = None
        self.failed: Exception | None = None

    @property
    def unsure(self) -> str:
        return "unknown" if self.written else "later"

    def run(self) -> None:
        try:
            self.sent = self._post()
        except Exception as why:  # ours, not the provider's: told to the caller's thread
            self.failed = why

    def _post(self) -> Sent:
        backend: AnymailRequestsBackend = get_connection(self.provider.backend, **_options(self.provider, self.line))
        backend.session = _session(self._connected)
        try:
            backend.send_messages([self.message])
        except AnymailRecipientsRefused as why:
            return Sent("refused", reason=one_line(str(why), 400))
        except AnymailRequestsAPIError as why:
            return self._judge(why)
        except (AnymailError, ImproperlyConfigured) as why:
            return Sent("refused", reason=one_line(f"{self.provider.name}: {why}", 400))
        except (LookupError, TypeError, AttributeError) as why:  # an answer that anymail did not expect
            return Sent(self.unsure, reason=f"{self.provider.name} answered in a way we cannot read ({why}).")
        finally:
            backend.session.close()
        return self._taken()

    def _taken(self) -> Sent:
        """The provider answered well; whether it says that it took the mail is another matter."""
        status = self.message.anymail_status
        provider_id = one_line(str(status.message_id or ""), 300)
        if provider_id or {"sent", "queued"} & set(status.status or ()):
            return Sent("accepted", provider_id=provider_id)
        said, code = getattr(status.esp_response, "text", ""), getattr(status.esp_response, "status_code", 200)
        state = "refused" if 400 <= code < 500 else "unknown"
        return Sent(state, reason=one_line(f"{self.provider.name} does not say that it took the mail: {said}", 400))

    def _connected(self) -> None:
        self.writing()
        self.written = True

    def _judge(self, why: AnymailRequestsAPIError) -> Sent:
        """By the provider's status; without one the connection broke."""
        answer, said = why.response, one_line(f"{self.provider.name}: {why}", 400)
        if answer is None:
            return Sent(self.unsure, reason=said)
        code = answer.status_code
        if code in (401, 403):
            return Sent("later", reason=f"Needs reconnecting: {said}")  # about us: it goes once that is put right
        if code in (429, 500, 503):
            return Sent("later", reason=said, retry_after=_seconds(answer.headers.get("Retry-After", "")))
        if code >= 500 or code < 300:
            return Sent("unknown", reason=said)
        return Sent("refused", reason=said)


def _message(out: Outgoing, at: datetime, provider: Provider) -> Any:
    """The same mail as `compose` makes, in the shape that anymail takes apart for the provider."""
    structural = {"From", "To", "Cc", "Reply-To", "Subject", "Date"}
    headers = {n: v.replace("\r\n", "") for n, v in compose.headers(out, at) if n not in structural}
    message: Any = EmailMultiAlternatives(
        subject=one_line(out.subject),
        body=clean(out.text) or " ",
        from_email=plainly(out.sender.name, mailbox(out.sender.address)),
        to=[plainly(handle.name, mailbox(handle.address)) for handle in out.to],
        cc=[mailbox(handle.address).spec for handle in compose.copies(out)],
        reply_to=[mailbox(out.reply_to).spec] if out.reply_to else None,
        headers={**headers, **provider.headers},
    )
    if out.html:
        message.attach_alternative(clean(out.html), "text/html")
    for part in out.attachments:
        message.attach(_part(part, bool(out.html)))
    message.metadata = {"presszero": out.our_id}  # comes back in reports: evidence for a send we were unsure of
    return message


def _part(part: Attachment, beside_html: bool) -> MIMEBase:
    found = MIMEBase(*compose.kind(part))
    found.set_payload(part.content)
    encode_base64(found)
    inline = beside_html and part.inline and bool(part.content_id)
    found.add_header("Content-Disposition", "inline" if inline else "attachment", filename=compose.filename(part))
    if inline:
        found["Content-ID"] = f"<{one_line(part.content_id, 200).strip('<>')}>"
    return found


def _options(provider: Provider, line: LineSettings) -> dict[str, Any]:
    options = {name: line.secrets[name] for name in provider.sending_secrets}
    options |= {name: str(line.settings[name]) for name in provider.sending_settings if line.settings.get(name)}
    return {**options, "timeout": STEP, "ignore_unsupported_features": True}


def _session(connected: Callable[[], None]) -> requests.Session:
    session = _Session()
    session.trust_env = False
    adapter = _Adapter(connected)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class _Session(requests.Session):
    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().request(*args, **{**kwargs, "allow_redirects": False})


class _Adapter(HTTPAdapter):
    """Connects to checked addresses only, and says when a connection stands."""

    def __init__(self, connected: Callable[[], None]) -> None:
        self._connected = connected
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        connected = self._connected

        class Plain(_Checked, HTTPConnection):
            def connect(self) -> None:
                super().connect()
                connected()

        class Secure(_Checked, HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                connected()

        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain}),
            "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": Secure}),
        }


class _Checked:
    """Opens its socket where `reach` allows."""

    def _new_conn(self) -> Any:
        try:
            return reach.connect(self._dns_host, self.port, STEP)  # type: ignore[attr-defined]
        except OSError as why:
            raise NewConnectionError(self, str(why)) from why  # type: ignore[arg-type]


def _seconds(retry_after: str) -> float | None:
    return float(retry_after) if retry_after.isdecimal() and len(retry_after) < 7 else None
