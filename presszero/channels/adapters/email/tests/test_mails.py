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
