"""Providers that keep the mail for us to fetch: whole, bounded, and our key stays with them (S5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from presszero.channels.adapter import LineSettings, Unreadable
from presszero.channels.adapters.email.adapter import adapter
from presszero.channels.adapters.email.provider import fetching
from presszero.channels.vocabulary import MessageArrived

from .posted import RAW, TO, mails
from .test_provider_sending import Provider, running

EVENT = json.dumps({"type": "email.received", "data": {"email_id": "re 1/2", "to": [TO]}}).encode()
LINE = LineSettings(
    7, "email", "support@juniper.example", "", {"provider": "resend"}, {"api_key": "k-secret", "inbound_secret": "s"}
)
JSON = {"content-type": "application/json"}


@pytest.fixture
def store() -> Provider:
    return Provider()


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Provider]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    provider = Provider()
    with running(provider) as url:
        monkeypatch.setattr(fetching, "RESEND", url)
        monkeypatch.setattr(fetching, "BREVO", url)
        yield provider


def giving(status: int, body: bytes) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def kept_at(url: str) -> bytes:
    return json.dumps({"raw": {"download_url": url}}).encode()


def test_S5_the_mail_is_fetched_whole_and_the_key_goes_to_the_provider_alone(api: Provider, store: Provider) -> None:
    store.answer = giving(200, RAW.encode())
    with running(store) as elsewhere:
        api.answer = giving(
            200, json.dumps({"raw": {"download_url": elsewhere.replace("127.0.0.1", "localhost")}}).encode()
        )
        (message,) = adapter.parse(EVENT, JSON, LINE)
    assert isinstance(message, MessageArrived)
    assert message.new_text.strip() == "Grüße, Ada"
    assert message.tokens == ("0123456789abcdef0123456789abcdef",)
    path, headers, _ = api.got[0]
    assert path == "/emails/receiving/re%201%2F2"
    assert headers["Authorization"] == "Bearer k-secret"
    assert "k-secret" not in repr(store.got)


def test_files_that_brevo_keeps_are_fetched(api: Provider) -> None:
    content = b"\x89PNG\r\n\x1a\n\x00\xff\n"
    api.answer = giving(200, content)
    post = mails()["brevo"]
    event = json.loads(post.body)
    event["items"][0]["Attachments"] = [{"Name": "a.png", "ContentType": "image/png", "DownloadToken": "t/1"}]
    (message,) = adapter.parse(json.dumps(event).encode(), JSON, post.line)
    assert isinstance(message, MessageArrived)
    assert [(file.filename, file.content) for file in message.attachments] == [("a.png", content)]
    assert api.got[0][0] == "/inbound/attachments/t%2F1"


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, b""), (500, b""), (302, b""), (200, b"<html>"), (200, b"[]"), (200, b'{"raw": {"download_url": 7}}')],
)
def test_what_cannot_be_fetched_waits_with_its_reason(api: Provider, status: int, body: bytes) -> None:
    api.answer = giving(status, body)
    with pytest.raises(Unreadable) as why:
        adapter.parse(EVENT, JSON, LINE)
    assert str(why.value).endswith(".") and "k-secret" not in str(why.value)


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "http://10.0.0.1/x", "file:///etc/passwd", "http://[::1]/"]
)
def test_S1_a_store_inside_the_network_is_not_asked(api: Provider, url: str) -> None:
    api.answer = giving(200, kept_at(url))
    with pytest.raises(Unreadable, match="could not be fetched"):
        adapter.parse(EVENT, JSON, LINE)
    assert len(api.got) == 1
