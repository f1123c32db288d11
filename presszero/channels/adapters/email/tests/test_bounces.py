"""Bounces that are only prose, as many mail systems word them: found, of the right address, dead or not."""

from __future__ import annotations

import pytest

from presszero.channels.adapters.email.reading.bounces import dsn, verdict
from presszero.channels.adapters.email.reading.understand import understand

from .prose_of_providers import PROVIDERS
from .prose_of_servers import SERVERS

SYSTEMS = [*SERVERS, *PROVIDERS]


@pytest.mark.parametrize(
    ("sender", "subject", "extra", "recipient", "permanent", "body"),
    [each[1:] for each in SYSTEMS],
    ids=[each[0] for each in SYSTEMS],
)
def test_bounce(sender: str, subject: str, extra: str, recipient: str, permanent: bool, body: str) -> None:
    head = f"Return-Path: <>\nFrom: {sender}\nTo: shop@juniper.example\nSubject: {subject}\n{extra}"
    reading = understand(f"{head}\n{body}\n".encode())
    assert reading.kind == "bounce"
    assert reading.bounce
    assert (reading.bounce.recipient, reading.bounce.permanent) == (recipient, permanent)


@pytest.mark.parametrize(
    ("said", "permanent"),
    [
        ("550 5.1.1 User unknown", True),
        ("550 5.1.2 Host unknown", True),
        ("551 5.1.6 recipient has moved", True),
        ("554 5.7.1 <a@b>: Recipient address rejected: Access denied", True),
        ("450 4.1.1 <a@b>: Recipient address rejected: User unknown in local table", True),
        ("550 Requested action not taken: mailbox unavailable", True),
        ("556 domain does not accept mail", True),
        ("550 5.2.2 mailbox full", False),
        ("550 5.1.1 mailbox full", False),
        ("552 5.3.4 message size exceeds fixed maximum message size", False),
        ("550 5.7.1 Message rejected as spam", False),
        ("554 5.7.1 Relay access denied", False),
        ("550 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org", False),
        ("550 5.1.8 Domain of sender address example.org does not exist", False),
        ("450 4.2.0 Greylisted, try again later", False),
        ("450 4.1.1 user unknown, try again later", False),
        ("connect to mx.example.org[192.0.2.1]:25: Connection timed out", False),
        ("554 5.4.6 Too many hops", False),
        ("550 5.2.1 The email account that you tried to reach is disabled", False),
        ("", False),
    ],
)
def test_only_a_dead_address_is_permanent(said: str, permanent: bool) -> None:
    assert verdict.dead("", said) is permanent


def test_every_recipient_of_a_report_is_kept() -> None:
    report = (
        "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.example\nAction: delivered\nStatus: 2.1.5\n\n"
        "Original-Recipient: rfc822;c+3Dd@e.example\nFinal-Recipient: rfc822; x@inner.example\nAction: failed (x)\n"
        "Status: 5.1.1 (bad)\nDiagnostic-Code: smtp; 550\n no such user\n"
    )
    assert dsn.recipients(report) == [
        dsn.Recipient("a@b.example", "delivered", "2.1.5", ""),
        dsn.Recipient("c=d@e.example", "failed", "5.1.1", "550 no such user"),
    ]


def test_a_receipt_of_delivery_is_no_bounce() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx.example\nSubject: Successful Mail Delivery Report\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nDelivered.\n--b\n"
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.example\n"
        b"Action: delivered\nStatus: 2.0.0\n--b--\n"
    )
    reading = understand(raw)
    assert (reading.kind, reading.automatic, reading.bounce) == ("auto_reply", "receipt", None)
