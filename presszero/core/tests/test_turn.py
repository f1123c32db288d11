"""TURN: what is written down, and what is lent of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from presszero.core.turn import lent, servers

UNTIL = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_addresses_are_read_as_words_or_as_a_browser_takes_them() -> None:
    assert servers("") == []
    assert servers("turn:turn.example:3478, turns:turn.example:443?transport=tcp") == [
        {"urls": ["turn:turn.example:3478", "turns:turn.example:443?transport=tcp"]}
    ]
    given = '[{"urls": "turn:[2001:db8::1]", "username": "a", "credential": "b"}]'
    assert servers(given) == [{"urls": ["turn:[2001:db8::1]"], "username": "a", "credential": "b"}]


@pytest.mark.parametrize("text", ["turn.example", "http://turn.example", "turn:", "[{", '[{"url": "turn:x"}]', "[7]"])
def test_what_is_no_address_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"[.]$"):
        servers(text)


def test_a_password_is_made_for_whoever_calls_and_holds_for_a_while() -> None:
    (made,) = lent(servers("turn:turn.example"), "secret", "member-7", UNTIL)
    assert made["username"] == f"{int(UNTIL.timestamp())}:member-7"
    known = hmac.new(b"secret", made["username"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(made["credential"]) == known
    fixed = servers('[{"urls": "turn:x", "username": "a", "credential": "b"}]')
    assert lent(fixed, "secret", "member-7", UNTIL) == fixed


def test_a_browser_is_told_of_no_relay_that_it_has_no_password_for() -> None:
    assert lent(servers("turn:turn.example"), "", "page", UNTIL) == []
    assert lent(servers("stun:stun.example"), "", "page", UNTIL) == [{"urls": ["stun:stun.example"]}]
