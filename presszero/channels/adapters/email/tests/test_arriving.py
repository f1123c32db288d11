"""From a raw mail to what arrived: identity, reply address, tokens, bounces, and headers that must mean nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from presszero.channels.adapter import LineSettings
from presszero.channels.adapters.email import scan
from presszero.channels.adapters.email.adapter import adapter
from presszero.channels.vocabulary import DeliveryReported, MessageArrived, Proof, Unread

SAMPLES = Path(__file__).parents[1] / "samples"
TOKEN = "0123456789abcdef0123456789abcdef"
QUESTION = (SAMPLES / "question.eml").read_bytes()


def line(**settings: Any) -> LineSettings:
    return LineSettings(7, "email", "support@juniper.example", "Juniper", settings, {})


def parsed(raw: bytes, headers: dict[str, str] | None = None, **settings: Any) -> Any:
    (one,) = adapter.parse(raw, {"via": "lmtp", **(headers or {})}, line(**settings))
    return one


def with_header(name: str, value: str, raw: bytes = QUESTION) -> bytes:
    return f"{name}: {value}\r\n".encode() + raw


def test_M9_headers_of_ours_or_of_other_desks_mean_nothing() -> None:
    plain = parsed(QUESTION)
    for name, value in (
        ("X-PressZero-Conversation", "1042"),
        ("X-PressZero-Token", TOKEN),
        ("X-PressZero-State", "resolved"),
        ("RT-Send-CC", "evil@x.example"),
        ("RT-Ticket", "1042"),
        ("X-Auto-Response-Token", TOKEN),
        ("X-Priority", "urgent"),
        ("Importance", "high"),
        ("X-Forwarded-Verified", "true"),
    ):
        marked = parsed(with_header(name, value))
        assert replace(marked, external_id="") == replace(plain, external_id=""), name


def test_M8_only_our_own_receiving_server_is_believed() -> None:
    assert parsed(QUESTION).proof is Proof.CLAIMED
    assert parsed(QUESTION, authserv_id="other.example").proof is Proof.CLAIMED
    known = parsed(QUESTION, authserv_id="mx.juniper.example")
    assert known.proof is Proof.VERIFIED
    assert known.proof_reason == "DMARC passed at mx.juniper.example"
    failed = QUESTION.replace(b"dmarc=pass", b"dmarc=fail")
    assert parsed(failed, authserv_id="mx.juniper.example").proof is Proof.REFUTED


@pytest.mark.parametrize(
    ("via", "peer", "settings", "proof"),
    [
        ("smtp", "203.0.113.9", {}, Proof.VERIFIED),  # a documentation address is nobody's: private
        ("smtp", "8.8.8.8", {}, Proof.CLAIMED),
        ("smtp", "8.8.8.8", {"relays": ["8.8.8.8"]}, Proof.VERIFIED),
        ("smtp", "127.0.0.1", {}, Proof.VERIFIED),
        ("smtp", "", {}, Proof.CLAIMED),
        ("imap", "", {}, Proof.VERIFIED),
    ],
)
def test_M8_whoever_comes_to_our_door_from_outside_cannot_bring_a_verdict(
    via: str, peer: str, settings: dict[str, Any], proof: Proof
) -> None:
    found = parsed(QUESTION, {"via": via, "peer": peer}, authserv_id="mx.juniper.example", **settings)
    assert found.proof is proof


def test_M13_an_answer_asked_to_another_domain_is_shown_and_said() -> None:
    elsewhere = parsed(with_header("Reply-To", "victim@bank.example"))
    assert elsewhere.reply_to.address == "victim@bank.example"
    assert any("another domain" in sentence and "victim@bank.example" in sentence for sentence in elsewhere.warnings)
    nearby = parsed(with_header("Reply-To", "ada.private@ada.example"))
    assert nearby.reply_to.address == "ada.private@ada.example"
    assert nearby.warnings == ()
    assert parsed(with_header("Reply-To", "Ada <ADA@ada.example>")).reply_to is None
    assert parsed(QUESTION).reply_to is None


def test_M13_several_senders_and_a_shown_address_are_said() -> None:
    two = QUESTION.replace(b"Ada Kowalski <Ada@ada.example>", b"a <x@x.example>, b <y@y.example>")
    assert parsed(two).sender.address == "x@x.example"
    assert parsed(two).warnings
    disguised = QUESTION.replace(b"Ada Kowalski <", b'"boss@juniper.example" <')
    assert any("Ada@ada.example" in sentence for sentence in parsed(disguised).warnings)


def test_tokens_of_the_envelope_come_first_and_keep_their_case() -> None:
    other = "f" * 32
    raw = with_header("Delivered-To", f"support+{other}@juniper.example")
    assert parsed(raw, {"envelope_to": f"support+{TOKEN}@juniper.example"}).tokens[:2] == (TOKEN, other)
    assert parsed(QUESTION, {"envelope_to": f"support+{TOKEN.upper()}@juniper.example"}).tokens == ()
    assert parsed(QUESTION, {"envelope_to": "support+x@juniper.example, support@juniper.example"}).tokens == ()


def test_a_bounce_reports_what_bounced() -> None:
    report = parsed((SAMPLES / "bounce.eml").read_bytes())
    assert isinstance(report, DeliveryReported)
    assert (report.state, report.permanent, report.recipient) == ("failed", True, "ada@example.com")
    assert report.message_ids == (f"t.{TOKEN}.e1@juniper.example",)
    assert TOKEN in report.tokens
    assert "User unknown" in report.reason


def test_a_bounce_of_several_is_a_report_for_each() -> None:
    more = b"Final-Recipient: rfc822; ben@example.com\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n"
    more += b"--r1\r\nContent-Type: message"
    raw = (SAMPLES / "bounce.eml").read_bytes().replace(b"--r1\r\nContent-Type: message/rfc822", more + b"/rfc822")
    found = adapter.parse(raw, {"via": "smtp"}, line())
    assert [each.recipient for each in found if isinstance(each, DeliveryReported)] == [
        "ada@example.com",
        "ben@example.com",
    ]
    assert len({each.external_id for each in found}) == 2


def test_our_own_mail_is_known_for_ours_and_a_trial_is_nobodys_message() -> None:
    own = QUESTION.replace(b"Ada Kowalski <Ada@ada.example>", b"<Support+x@Juniper.example>")
    assert parsed(own).automatic == "own"
    trial = own.replace(b"<1042-1@ada.example>", b"<trial-" + TOKEN.encode() + b"@juniper.example>")
    assert adapter.parse(trial, {"via": "smtp"}, line()) == []
    foreign = QUESTION.replace(b"<1042-1@ada.example>", b"<trial-" + TOKEN.encode() + b"@juniper.example>")
    assert isinstance(parsed(foreign), MessageArrived)


def test_a_mail_that_cannot_be_read_shows_who_and_what() -> None:
    deep = b"".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n".encode() for n in range(1000))
    bomb = parsed(b"From: Eve <Eve@x.example>\r\nSubject: Boom\r\nMessage-ID: <b@x>\r\n" + deep)
    assert isinstance(bomb, Unread)
    assert (bomb.sender.lower(), bomb.subject) == ("eve@x.example", "Boom")
    assert bomb.external_id.startswith("b@x:") and bomb.reason.endswith(".")


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (b"From: Ada <ADA@x.example>\r\n\r\n", "ada@x.example"),
        (b"From: ada@x.example (Ada)\r\n\r\n", "ada@x.example"),
        (b'From: "evil@y.example" <ada@x.example>\r\n\r\n', "ada@x.example"),
        (b'from : "a\\" <b@c.example>" ,\r\n\t<ada@x.example>\r\n\r\n', "b@c.example"),
        (b"Subject: x\r\n\r\nFrom: ada@x.example\r\n", ""),
        (b"X-From: a@b.example\nFROM:ada@x.example\n\n", "ada@x.example"),
        (b"", ""),
        (b"From: \xff\x00\xfe@@@<><>", ""),
        (b"From: " + b"a" * 200_000, ""),
    ],
)
def test_the_lane_is_the_senders(raw: bytes, key: str) -> None:
    assert adapter.lane_key(raw) == key


def test_the_id_of_a_mail_is_its_message_id_and_its_bytes() -> None:
    assert scan.external_id(QUESTION).startswith("1042-1@ada.example:")
    assert scan.external_id(QUESTION) != scan.external_id(QUESTION + b" ")
    for raw in (b"", b"Message-ID: <" + b"x" * 5000 + b">\r\n\r\n", b"Message-ID: <\x00\xff>\r\n\r\n"):
        assert len(scan.external_id(raw)) <= 200 and "\x00" not in scan.external_id(raw)
