"""Outgoing mails of the cast."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from presszero.channels.adapter import LineSettings
from presszero.channels.vocabulary import Handle, Outgoing

TOKEN = "0123456789abcdef0123456789abcdef"

ANSWER = Outgoing(
    our_id="0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b",
    message_id=f"t.{TOKEN}.e1@juniper.example",
    sender=Handle("email", "support@juniper.example", "Juniper & Co."),
    to=(Handle("email", "ada@example.com", "Ada Kowalski"),),
    text="Your order is on its way.\n.\nA line that starts a mailbox: From here.\n",
    html="<p>Your order is <b>on its way</b>.</p>",
    subject="Re: Where is order 1042?",
    reply_to=f"support+{TOKEN}@juniper.example",
    in_reply_to="1@ada.example",
    references=("0@ada.example", "1@ada.example"),
)


def answer(**changes: Any) -> Outgoing:
    return replace(ANSWER, **changes)


def line(settings: dict[str, Any] | None = None, secrets: dict[str, str] | None = None) -> LineSettings:
    return LineSettings(7, "email", "support@juniper.example", "Juniper & Co.", settings or {}, secrets or {})


def smtp_line(port: int, **smtp: Any) -> LineSettings:
    return line({"smtp": {"host": "127.0.0.1", "port": port, "security": "none", **smtp}})
