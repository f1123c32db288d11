"""Mails of many languages, programs and servers, each read as a person would read it. Written for these tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from presszero.channels.adapters.email.reading.understand import understand

MAILS = Path(__file__).parent / "mails"
EXPECTED: dict[str, dict[str, Any]] = json.loads((MAILS / "expected.json").read_text())


def test_every_mail_has_an_expectation() -> None:
    assert {path.name for path in MAILS.glob("*.eml")} == set(EXPECTED)
    assert len(EXPECTED) >= 60


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_mail_is_understood(name: str) -> None:
    reading, wanted = understand((MAILS / name).read_bytes()), EXPECTED[name]
    assert reading.kind == wanted["kind"], reading
    assert reading.automatic == wanted.get("automatic", "")
    if "new_text" in wanted:
        assert reading.new_text.split() == wanted["new_text"].split()
    if "bounce" in wanted:
        assert reading.bounce
        assert reading.bounce.recipient == wanted["bounce"]["recipient"]
        assert reading.bounce.permanent is wanted["bounce"]["permanent"]
        assert reading.bounce.reason


@pytest.mark.parametrize("name", sorted(name for name, wanted in EXPECTED.items() if wanted["kind"] == "bounce"))
def test_a_bounce_leads_back_to_what_bounced(name: str) -> None:
    raw = (MAILS / name).read_bytes()
    reading = understand(raw)
    returned = b"<t.abcdefghij.1@juniper.example>" in raw
    assert ("t.abcdefghij.1@juniper.example" in reading.original_ids) is returned
    assert ("abcdefghij" in reading.tokens) is returned


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (
            "Ada <ada@example.com>",
            "Delivery problem",
            "My parcel could not be delivered to the recipient ben@example.org.",
        ),
        ("Ada <ada@example.com>", "Undelivered parcel", "Returned to sender! My address does not exist, they say."),
        (
            "Parcels <noreply@parcel.example>",
            "Delivery attempt failed",
            "The recipient ada@example.com was not at home.",
        ),
        ("delivery@parcel.example", "Delivery failed", "Delivery to the recipient failed. Ask ada@example.com."),
        ("Ada <ada@example.com>", "Fwd: Undelivered Mail Returned to Sender", "<a@b.example>: 550 5.1.1 user unknown"),
        ("Ada <ada@example.com>", "Your mail could not be delivered?", "My mailbox is full. Send it to a@b.example."),
        ("postmaster@corp.example", "Question about an invoice", "Our recipient needs one: a@b.example."),
        ("Ada <ada@example.com>", "Vacation house: four chairs", "Are they in stock?"),
        ("Ada <ada@example.com>", "Absence of screws", "The box holds none."),
    ],
)
def test_what_people_and_carriers_write_is_no_bounce_and_no_auto_reply(sender: str, subject: str, body: str) -> None:
    raw = f"From: {sender}\nTo: support@juniper.example\nSubject: {subject}\n\n{body}\n"
    reading = understand(raw.encode())
    assert (reading.kind, reading.automatic) == ("message", "")
