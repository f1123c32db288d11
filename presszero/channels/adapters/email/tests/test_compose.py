"""What we compose is a mail that any program reads, and that no text of anybody's can break (M14, M15)."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from presszero.channels.adapters.email.addresses import BadAddress, mailbox
from presszero.channels.adapters.email.compose import CannotSign, Signing, compose
from presszero.channels.vocabulary import Attachment, Handle, Outgoing

from .mails_out import ANSWER, TOKEN, answer

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ALLOWED = {
    "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "x-auto-response-suppress", "mime-version", "content-type", "content-transfer-encoding", "dkim-signature",
}  # fmt: skip


def parsed(out: Outgoing) -> EmailMessage:
    found = email.message_from_bytes(compose(out, AT).raw, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def header_names(raw: bytes) -> list[str]:
    """As a stranger's parser sees them: by raw lines, bare CR and LF counting as ends of lines."""
    head = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n\n")[0]
    lines = [line for line in head.split(b"\n") if not line.startswith((b" ", b"\t"))]
    return [line.split(b":")[0].decode().lower() for line in lines]


def test_it_carries_text_html_and_the_thread() -> None:
    mail = parsed(ANSWER)
    assert mail["From"] == '"Juniper & Co." <support@juniper.example>'
    assert mail["To"] == "Ada Kowalski <ada@example.com>"
    assert mail["Reply-To"] == f'"Juniper & Co." <support+{TOKEN}@juniper.example>'
    assert mail["Message-ID"] == f"<t.{TOKEN}.e1@juniper.example>"
    assert mail["In-Reply-To"] == "<1@ada.example>"
    assert mail["References"].split() == ["<0@ada.example>", "<1@ada.example>"]
    assert mail["Date"] == "Sat, 21 Nov 2026 12:00:00 +0000"
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and plain.get_content().replace("\r\n", "\n") == ANSWER.text
    assert html is not None and "<b>on its way</b>" in html.get_content()
    assert "Auto-Submitted" not in mail


def test_files_and_inline_images_arrive_byte_for_byte() -> None:
    png, raw = b"\x89PNG\r\n\x1a\n" + bytes(range(256)), bytes(range(256)) * 40
    mail = parsed(
        answer(
            html='<img src="cid:logo@juniper">',
            attachments=(
                Attachment("logo.png", "image/png", png, "logo@juniper", inline=True),
                Attachment("Rechnung März.pdf", "application/pdf", raw),
                Attachment("forwarded.eml", "message/rfc822", b"Subject: x\r\n\r\ny"),
            ),
        )
    )
    files = list(mail.iter_attachments())
    assert [(f.get_filename(), f.get_content_type()) for f in files] == [
        ("Rechnung März.pdf", "application/pdf"),
        ("forwarded.eml", "application/octet-stream"),
    ]
    assert files[0].get_content() == raw
    related = next(part for part in mail.walk() if part.get_content_type() == "multipart/related")
    image = next(part for part in related.walk() if part.get_content_type() == "image/png")
    assert image["Content-ID"] == "<logo@juniper>"
    assert image.get_content() == png


def test_every_line_is_short_ascii_and_ends_in_crlf() -> None:
    raw = compose(answer(text="ä" * 5000 + "\n" + "x" * 5000, subject="Straße " * 100), AT).raw
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_an_automatic_answer_says_so() -> None:
    mail = parsed(answer(automatic=True))
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"


def test_M14_no_text_becomes_a_header() -> None:
    evil = "x\r\nBcc: evil@x.example\r\n\r\n<script>\n\rX-Evil: 1\x0bX-Evil: 2\x85X-Evil: 3\u2028X-Evil: 4"
    out = answer(
        subject=evil,
        sender=Handle("email", "support@juniper.example", evil),
        to=(Handle("email", "ada@example.com", evil),),
        in_reply_to="a@b>\r\nBcc: evil@x.example",
        references=("a@b\r\nBcc: evil@x.example", "ok@x"),
        attachments=(Attachment(evil + ".txt", "text/plain\r\nX-Evil: 5", b"x", f"c\r\nX-Evil: 6 {evil}", True),),
    )
    raw = compose(out, AT).raw
    assert set(header_names(raw)) <= ALLOWED
    assert header_names(raw).count("subject") == 1
    for part in email.message_from_bytes(raw, policy=default).walk():
        assert {name.lower() for name, _ in part.items()} <= ALLOWED | {"content-disposition", "content-id"}
    assert "<a@b" not in raw.decode()


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.text(max_size=80), st.text(max_size=80))
def test_M14_whatever_is_typed(subject: str, name: str, filename: str) -> None:
    out = answer(
        subject=subject,
        to=(Handle("email", "ada@example.com", name),),
        text=subject,
        attachments=(Attachment(filename, "text/plain", b"x"),),
    )
    raw = compose(out, AT).raw
    assert set(header_names(raw)) <= ALLOWED
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert email.message_from_bytes(raw, policy=default)["Message-ID"] == f"<{ANSWER.message_id}>"


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.com\r\nBcc: evil@x.example",
        "ada@example.com, evil@x.example",
        "ada@example.com>\r\nRCPT TO:<evil@x.example",
        "ada example@x.example",
        "<ada@example.com>",
        "@example.com",
        "ada@",
        "ada",
        "",
        "ada@-bad-.example",
        "ada@exa mple.com",
        "ada\x00@example.com",
    ],
)
def test_M14_an_address_that_is_more_than_an_address_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        compose(answer(to=(Handle("email", address),)), AT)
    with pytest.raises(BadAddress):
        compose(answer(reply_to=address or " "), AT)


def test_M15_each_recipient_sees_only_who_was_openly_written_to() -> None:
    out = answer(extra={"also_to": "ben@example.org, ada@example.com", "thread": "secret-thread-key"})
    mail = parsed(out)
    assert mail["Cc"] == "ben@example.org"
    assert "Bcc" not in mail
    assert b"secret-thread-key" not in compose(out, AT).raw


def test_foreign_domains_and_names_are_written_for_every_server() -> None:
    out = answer(to=(Handle("email", "ada@bücher.example", "Ąda Żółć " * 12),))
    composed = compose(out, AT)
    assert composed.recipients[0].spec == "ada@xn--bcher-kva.example"
    assert not composed.needs_smtputf8
    shown = str(make_header(decode_header(email.message_from_bytes(composed.raw)["To"])))
    assert shown == ("Ąda Żółć " * 12).strip() + " <ada@xn--bcher-kva.example>"
    assert mailbox("用户@例え.jp").needs_smtputf8


def test_a_dkim_signature_that_verifies() -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])
    raw = compose(ANSWER, AT, Signing("pz1", "juniper.example", pem)).raw
    asked: list[bytes] = []

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    assert dkim.verify(raw, dnsfunc=look_up)
    assert asked[0].rstrip(b".") == b"pz1._domainkey.juniper.example"
    assert not dkim.verify(raw.replace(b"on its way", b"lost by us"), dnsfunc=look_up)
    assert not dkim.verify(raw.replace(b"support+", b"evil+"), dnsfunc=look_up)


def test_a_key_that_is_none_is_named() -> None:
    with pytest.raises(CannotSign, match="DKIM key of juniper.example"):
        compose(ANSWER, AT, Signing("pz1", "juniper.example", "not a key"))
