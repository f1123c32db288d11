"""Who is written to, and who is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from presszero.promises.policy import Words, asks_for_silence, deserves_one, folded, may_be_written_to, standing

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WORDS = Words(
    at=NOW - timedelta(seconds=20), automatic="", proof="seen", history=False, silence=False, begins_wait=True
)


def test_a_person_who_begins_to_wait_is_told() -> None:
    assert deserves_one(WORDS, NOW)


@pytest.mark.parametrize(
    "but",
    [
        {"automatic": "auto_reply"},
        {"automatic": "list"},
        {"automatic": "verification"},
        {"automatic": "own"},
        {"automatic": "flood"},
        {"proof": "refuted"},
        {"history": True},
        {"silence": True},
        {"begins_wait": False},
        {"at": NOW - timedelta(hours=13)},
    ],
)
def test_nobody_else_is(but: dict[str, Any]) -> None:
    assert not deserves_one(replace(WORDS, **but), NOW)


@pytest.mark.parametrize(
    "address",
    [
        "mailer-daemon@mail.example",
        "MAILER-DAEMON@mail.example",
        "postmaster@mail.example",
        "no-reply@shop.example",
        "noreply@shop.example",
        "donotreply@shop.example",
        "do-not-reply@shop.example",
        "orders-noreply@shop.example",
        "bounce+77@lists.example",
        "bounces-1=ada@lists.example",
        "owner-boots@lists.example",
        "boots-request@lists.example",
        "notifications@git.example",
        "root@localhost",
        "@example.com",
        "nothing",
    ],
)
def test_m10_a_mailbox_that_nobody_reads_gets_nothing(address: str) -> None:
    assert not may_be_written_to(address)


@pytest.mark.parametrize(
    ("via", "envelope_from", "head"),
    [
        ("smtp", "", b"From: ada@example.com\r\n\r\nHello"),
        ("lmtp", "<>", b"From: ada@example.com\r\n\r\nHello"),
        ("imap", "", b"Return-Path: <>\r\nFrom: ada@example.com\r\n\r\nHello"),
        ("smtp", "ada@example.com", b"x-auto-response-suppress: DR, OOF, AutoReply\r\n\r\nHello"),
        ("smtp", "ada@example.com", b"From: a@b.c\nX-Auto-Response-Suppress: All\n\nHello"),
    ],
)
def test_m10_a_mail_may_ask_that_no_machine_answers(via: str, envelope_from: str, head: bytes) -> None:
    assert asks_for_silence(via, envelope_from, head)


@pytest.mark.parametrize(
    ("via", "envelope_from", "head"),
    [
        ("smtp", "ada@example.com", b"From: ada@example.com\r\n\r\nX-Auto-Response-Suppress: All"),
        ("imap", "", b"Return-Path: <ada@example.com>\r\n\r\nHello"),
        ("smtp", "ada@example.com", b"X-Auto-Response-Suppress: DR, RN\r\n\r\nHello"),  # receipts only
    ],
)
def test_other_mail_does_not(via: str, envelope_from: str, head: bytes) -> None:
    assert not asks_for_silence(via, envelope_from, head)


@pytest.mark.parametrize("address", ["ada@example.com", "norea.plyson@example.com", "rootbeer@example.com"])
def test_people_do(address: str) -> None:
    assert may_be_written_to(address)


def test_the_spellings_of_one_mailbox_are_one() -> None:
    assert folded("Ada+boots@Example.com") == folded("ada@example.com") == "ada@example.com"
    assert folded("a.d.a@googlemail.com") == folded("ada+1@gmail.com") == "ada@gmail.com"
    assert folded("a.da@example.com") != folded("ada@example.com")


def test_how_a_promise_stands() -> None:
    assert standing(NOW + timedelta(hours=2), False, NOW) == "fine"
    assert standing(NOW + timedelta(minutes=20), False, NOW) == "at_risk"
    assert standing(NOW - timedelta(minutes=1), False, NOW) == "broken"
    assert standing(NOW + timedelta(hours=2), True, NOW) == "broken"
