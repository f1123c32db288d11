"""E-mail as a channel: the five verbs, each in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from presszero.channels.adapter import Abilities, LineSettings, Request
from presszero.channels.limits import too_much
from presszero.channels.vocabulary import Arrived, Outgoing, Sent

from . import scan, smtp
from .addresses import BadAddress, mailbox
from .arrivals import arrived, trusted_servers
from .compose import CannotSign, Signing, compose
from .provider import sending, webhooks
from .provider.payloads import Posted
from .reading.reader import Reader

_READER = Reader()  # its child starts with the first mail

RAW = ("smtp", "lmtp", "imap", "import")  # values of Received.headers["via"] whose body is the mail itself


class Email:
    """kind "email". A line's settings: provider, smtp, imap, authserv_id, relays, dkim_selector."""

    kind = "email"
    handle_kind = "email"
    max_body = 70 * 1024 * 1024  # bytes of a webhook: a mail of 50 MB, encoded once more
    can = Abilities(
        html=True,
        subject=True,
        attachments=True,
        max_attachment_bytes=25 * 1024 * 1024,
        copies=True,
        undo_seconds=10,
    )

    def verify(self, request: Request, line: LineSettings) -> None:
        """Providers' webhooks only: SMTP, LMTP and IMAP do not come by HTTP."""
        webhooks.verify(request, line)

    def event_id(self, request: Request) -> str:
        return webhooks.event_id(request)

    def lane_key(self, body: bytes) -> str:
        return scan.lane_key(body)

    def parse(self, body: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Arrived]:
        """`headers` as the door stored them: via, envelope_from, envelope_to ("a@x, b@y"), peer; or a webhook's own."""
        if headers.get("via") in RAW:
            return _read(body, headers, line)
        found: list[Arrived] = []
        for each in webhooks.read(body, headers, line):
            if isinstance(each, Posted):
                found += _read(each.raw, {"via": "webhook", "envelope_to": ", ".join(each.recipients)}, line)
            else:
                found.append(each)
        return found

    def send(self, out: Outgoing, line: LineSettings, writing: Callable[[], None]) -> Sent:
        """By the provider's API where the line has the secrets for it, else by SMTP."""
        refused = too_much(out, self.can)
        if refused:
            return Sent("refused", reason=refused)
        now = datetime.now(UTC)
        try:
            if sending.sends_through(line):
                return sending.send(out, now, line, writing)
            domain = mailbox(line.address).domain
            server = smtp.Server.of(line.settings, line.secrets, domain)
            return smtp.send(compose(out, now, _signing(line, domain)), server, writing)
        except (BadAddress, CannotSign) as why:
            return Sent("refused", reason=str(why))
        except ValueError as why:
            return Sent("later", reason=f"The line's mail settings are not right: {why}")


def _read(raw: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Arrived]:
    reading = _READER.read(raw, trusted=trusted_servers(headers, line))
    return arrived(reading, raw, headers, line)


def _signing(line: LineSettings, domain: str) -> Signing | None:
    key, selector = line.secrets.get("dkim_key", ""), str(line.settings.get("dkim_selector", ""))
    return Signing(selector, domain, key) if key and selector else None


adapter = Email()
