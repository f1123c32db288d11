"""Sending through a provider's API: every answer and every break is told apart (F10–F13), and nothing is injected."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote_plus

import pytest

from presszero.channels.adapter import LineSettings
from presszero.channels.adapters.email.adapter import adapter
from presszero.channels.adapters.email.provider import sending
from presszero.channels.vocabulary import Attachment, Handle, Outgoing, Sent
from tests.serving import serving
from tests.waiting import crowded

from .mails_out import ANSWER, TOKEN, answer, line

Answer = Callable[[BaseHTTPRequestHandler], None]
GOOD = {"To": "ada@example.com", "MessageID": "pm-1", "ErrorCode": 0, "Message": "OK"}
INACTIVE = b'{"ErrorCode": 406, "Message": "You tried to send to a recipient that has been marked as inactive."}'


class Provider:
    """Speaks HTTP as told, and keeps every request it read."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answer: Answer = replying(200, json.dumps(GOOD).encode())


def replying(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@contextmanager
def running(provider: Provider) -> Iterator[str]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"] or 0))
        provider.got.append((handler.path, dict(handler.headers.items()), body))
        provider.answer(handler)

    with serving(answer) as address:
        yield f"{address}/"


@pytest.fixture
def provider() -> Provider:
    return Provider()


def postmark(url: str) -> LineSettings:
    return line({"provider": "postmark", "api_url": url}, {"server_token": "tok-secret"})


def send(url: str, out: Outgoing = ANSWER) -> tuple[Sent, int]:
    times = [0]

    def writing() -> None:
        times[0] += 1

    return adapter.send(out, postmark(url), writing), times[0]


def test_it_carries_all_that_a_mail_of_ours_carries(provider: Provider) -> None:
    out = answer(
        sender=Handle("email", "support@juniper.example", "Jüniper & Co."),
        attachments=(Attachment("Rechnung ä.pdf", "application/pdf", b"%PDF\r\n\x00"),),
        automatic=True,
    )
    with running(provider) as url:
        sent, times = send(url, out)
    assert (sent, times) == (Sent("accepted", provider_id="pm-1"), 1)
    path, headers, body = provider.got[0]
    said = json.loads(body)
    assert headers["X-Postmark-Server-Token"] == "tok-secret"
    assert str(make_header(decode_header(said["From"]))) == '"Jüniper & Co." <support@juniper.example>'
    assert said["ReplyTo"] == f"support+{TOKEN}@juniper.example"
    named = {each["Name"]: each["Value"] for each in said["Headers"]}
    assert named["Message-ID"] == f"<t.{TOKEN}.e1@juniper.example>"
    assert named["In-Reply-To"] == "<1@ada.example>"
    assert named["References"] == "<0@ada.example> <1@ada.example>"
    assert named["Auto-Submitted"] == "auto-replied"
    assert said["Metadata"] == {"presszero": ANSWER.our_id}
    assert said["Attachments"][0]["Name"] == "Rechnung ä.pdf"
    assert "<b>on its way</b>" in said["HtmlBody"]


def test_both_tries_carry_the_same_ids(provider: Provider) -> None:
    with running(provider) as url:
        send(url)
        send(url)
    first, second = (json.loads(body) for _, _, body in provider.got)
    assert first["Metadata"] == second["Metadata"]
    assert first["Headers"] == second["Headers"]


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (401, b"{}", "later"), (403, b"{}", "later"), (400, b"{}", "refused"), (422, b"{}", "refused"),
        (429, b"{}", "later"), (500, b"{}", "later"), (503, b"<html>", "later"), (502, b"<html>", "unknown"),
        (504, b"", "unknown"), (302, b"", "refused"), (200, b"<html>hello</html>", "unknown"), (200, b"", "unknown"),
        (200, b'{"error": "no"}', "unknown"),
        (200, INACTIVE, "unknown"), (422, INACTIVE, "refused"),
        (422, b'{"ErrorCode": 300, "Message": "Invalid From"}', "refused"),
    ],
)  # fmt: skip
def test_F11_every_answer_is_told_apart(provider: Provider, status: int, body: bytes, state: str) -> None:
    provider.answer = replying(status, body, Location="/elsewhere")
    with running(provider) as url:
        sent, _ = send(url)
    assert sent.state == state, sent
    assert len(provider.got) == 1
    assert sent.reason and "tok-secret" not in sent.reason
    assert sent.reason.startswith("Needs reconnecting") == (status in (401, 403))


def test_F11_retry_after_is_honoured(provider: Provider) -> None:
    provider.answer = replying(429, b"{}", Retry_After="77")
    with running(provider) as url:
        assert send(url)[0].retry_after == 77


def test_F12_dropped_after_it_was_read_is_unknown(provider: Provider) -> None:
    provider.answer = lambda handler: handler.connection.close()
    with running(provider) as url:
        sent, times = send(url)
    assert (sent.state, times, len(provider.got)) == ("unknown", 1, 1)


def test_F13_nobody_there_is_later_and_nothing_was_begun() -> None:
    for url in ("http://127.0.0.1:1/", "http://no-such-host.invalid/", "https://127.0.0.1:1/"):
        sent, times = send(url)
        assert (sent.state, times) == ("later", 0)


@pytest.mark.slow
def test_F10_hanging_and_dripping_cost_a_bounded_time(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "TOTAL", 0.7)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(30):
            handler.wfile.write(b"x")
            time.sleep(0.1)

    for behaviour in (drip, lambda handler: time.sleep(2)):
        provider.answer = behaviour
        with running(provider) as url:
            started = time.monotonic()
            sent, times = send(url)
            assert (sent.state, times) == ("unknown", 1)
            assert time.monotonic() - started < 1.5 * crowded()


def test_M14_nothing_is_injected(provider: Provider) -> None:
    evil = "x\r\nBcc: evil@x.example\r\n\r\ny"
    out = answer(
        subject=evil,
        sender=Handle("email", "support@juniper.example", evil),
        to=(Handle("email", "ada@example.com", evil),),
        attachments=(Attachment(evil, "text/plain", b"x"),),
    )
    with running(provider) as url:
        assert send(url, out)[0].state == "accepted"
    said = json.loads(provider.got[0][2])
    for value in (said["Subject"], said["From"], said["To"], said["Attachments"][0]["Name"]):
        assert "\r" not in value and "\n" not in value
    assert "Bcc" not in said
    assert send("http://127.0.0.1:1/", answer(to=(Handle("email", "a@b.c, d@e.f"),)))[0].state == "refused"


def test_S1_the_address_of_the_api_is_checked(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSZERO_ALLOW_PRIVATE_HOSTS", "0")
    with running(provider) as url:
        assert send(url)[0].state == "later"
    assert provider.got == []


SPARKPOST = {"id": "sp-1", "total_accepted_recipients": 1, "total_rejected_recipients": 0}


@pytest.mark.parametrize(
    ("name", "secrets", "settings", "good"),
    [
        ("mailgun", {"api_key": "k"}, {"sender_domain": "juniper.example"}, {"id": "<mg-1@x>", "message": "Queued."}),
        ("sendgrid", {"api_key": "k"}, {}, None),
        ("brevo", {"api_key": "k"}, {}, {"messageId": "<br-1@x>"}),
        ("resend", {"api_key": "k"}, {}, {"id": "re-1"}),
        ("mailersend", {"api_token": "k"}, {}, None),
        ("sparkpost", {"api_key": "k"}, {}, {"results": SPARKPOST}),
        ("mandrill", {"api_key": "k"}, {}, [{"email": "ada@example.com", "status": "sent", "_id": "ma-1"}]),
    ],
)  # fmt: skip
def test_other_providers_take_it_too(
    provider: Provider, name: str, secrets: dict[str, str], settings: dict[str, str], good: object
) -> None:
    provider.answer = replying(
        200 if good else 202,
        json.dumps(good).encode() if good else b"",
        X_Message_Id="x-1",
        Content_Type="text/html" if good is None else "application/json",
    )
    with running(provider) as url:
        given = line({"provider": name, "api_url": url, **settings}, secrets)
        sent = adapter.send(ANSWER, given, lambda: None)
    assert sent.state == "accepted", sent
    assert sent.provider_id
    sent_body = unquote_plus(provider.got[0][2].decode())
    assert "on its way" in sent_body and TOKEN in sent_body


def test_without_the_providers_secret_the_line_sends_by_smtp() -> None:
    given = line({"provider": "postmark", "smtp": {"host": "127.0.0.1", "port": 1, "security": "none"}}, {})
    sent = adapter.send(ANSWER, given, lambda: None)
    assert sent.state == "later" and "127.0.0.1:1" in sent.reason
