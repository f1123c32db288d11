"""E-mail's side of the contract: MailerSend's webhooks (it signs the body), raw mail by IMAP, sending by SMTP."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from presszero.channels.adapter import LineSettings, Request
from presszero.channels.tests.contract import Contract, OtherSide
from presszero.channels.vocabulary import Handle

from .mails_out import smtp_line
from .servers import Relay, relay

LINE = LineSettings(
    7,
    "email",
    "support@juniper.example",
    "Juniper & Co.",
    {"provider": "mailersend", "authserv_id": "mx.juniper.example"},
    {"inbound_secret": "mailersend-secret", "signing_secret": "mailersend-secret"},
)


def signed(body: bytes) -> Request:
    proof = hmac.new(b"mailersend-secret", body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "signature": proof}
    return Request("POST", "https://desk.juniper.example/in/email/token", headers, body)


def stored_headers(path: Path) -> Mapping[str, str]:
    return {"via": "imap"} if path.suffix == ".eml" else {"content-type": "application/json"}


@contextmanager
def other_side() -> Iterator[OtherSide]:
    taken = Relay()
    with relay(taken, data_size_limit=200_000_000) as port:
        yield OtherSide(
            smtp_line(port),
            lambda: [raw.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode() for raw in taken.accepted],
        )


CONTRACT = Contract(
    line=LINE,
    signed=signed,
    old=None,  # MailerSend's signature has no time
    stored_headers=stored_headers,
    is_posted=lambda path: path.suffix == ".json",
    other_side=other_side,
    recipient=Handle("email", "ada@example.com", "Ada Kowalski"),
)
