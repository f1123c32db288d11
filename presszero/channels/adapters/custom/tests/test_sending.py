"""Replies reach the program signed and under one id, and every way of failing is told apart (F10–F13, H7)."""

from __future__ import annotations

import base64
import json
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from presszero.channels.adapter import LineSettings
from presszero.channels.adapters.custom import sending
from presszero.channels.adapters.custom.adapter import adapter
from presszero.channels.signing import verify
from presszero.channels.vocabulary import Attachment, Handle, Outgoing, Sent
from tests.waiting import crowded

from .program import Program, reply, running

OUT = Outgoing(
    our_id="0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b",
    message_id="t.abc.e1@presszero.invalid",
    sender=Handle("custom", "Kiosk", "Juniper & Co."),
    to=(Handle("custom", "ada-7781", "Ada"),),
    text="On its way.",
    extra={"thread": "kiosk-visit-55"},
)


@pytest.fixture(autouse=True)
def own_machine(settings: Any) -> None:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]


@pytest.fixture
def program() -> Program:
    return Program()


def line(url: str) -> LineSettings:
    return LineSettings(3, "custom", "Kiosk", "Kiosk", {"reply_url": url}, {"secret": "s3cret", "old_secret": "old"})


def send(url: str, out: Outgoing = OUT) -> tuple[Sent, int]:
    times = [0]

    def writing() -> None:
        times[0] += 1

    return adapter.send(out, line(url), writing), times[0]


def test_H7_it_arrives_signed_and_under_our_id(program: Program) -> None:
    program.answer = lambda handler: reply(handler, 202, b'{"id": "k-9"}')
    with running(program) as url:
        sent, times = send(url)
        assert (sent, times) == (Sent("accepted", provider_id="k-9"), 1)
        send(url)
    (headers, body), (again, _) = program.got
    assert verify(headers, body, ["s3cret"], time.time()) == OUT.our_id == again["webhook-id"]
    said = json.loads(body)
    assert (said["our_id"], said["thread"], said["text"]) == (OUT.our_id, "kiosk-visit-55", "On its way.")
    assert said["to"] == [{"address": "ada-7781", "name": "Ada"}]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "accepted"), (204, "accepted"), (301, "refused"), (302, "refused"), (400, "refused"), (401, "refused"),
        (403, "refused"), (404, "refused"), (408, "later"), (410, "refused"), (422, "refused"), (429, "later"),
        (500, "later"), (502, "later"), (503, "later"),
    ],
)  # fmt: skip
def test_F11_every_answer_is_told_apart(program: Program, status: int, state: str) -> None:
    program.answer = lambda handler: reply(handler, status, b"<html>no</html>", Location="/elsewhere")
    with running(program) as url:
        sent, _ = send(url)
    assert sent.state == state
    assert len(program.got) == 1  # a redirect is not followed
    assert sent.reason.startswith("Needs reconnecting") == (status in (401, 403))


def test_F11_retry_after_is_honoured(program: Program) -> None:
    with running(program) as url:
        program.answer = lambda handler: reply(handler, 429, Retry_After="77")
        assert send(url)[0].retry_after == 77
        program.answer = lambda handler: reply(handler, 503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")
        assert send(url)[0].retry_after == 0
        program.answer = lambda handler: reply(handler, 503, Retry_After="soon")
        assert send(url)[0].retry_after is None


def test_F12_dropped_after_it_was_read_is_unknown(program: Program) -> None:
    program.answer = lambda handler: handler.connection.close()
    with running(program) as url:
        sent, times = send(url)
    assert (sent.state, times, len(program.got)) == ("unknown", 1, 1)
    assert adapter.can.idempotent  # so the outbox sends it again, under the same webhook-id


@pytest.mark.slow
def test_F10_a_program_that_hangs_or_drips_costs_a_bounded_time(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.6)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(30):
            handler.wfile.write(b"x")
            time.sleep(0.1)

    for answer in (drip, lambda handler: time.sleep(2)):
        program.answer = answer
        with running(program) as url:
            started = time.monotonic()
            assert send(url)[0].state == "unknown"
            assert time.monotonic() - started < 1.5 * crowded()


def test_F13_nobody_there_is_tried_later() -> None:
    assert send("http://127.0.0.1:1/replies")[0].state == "later"
    assert send("http://no-such-host.invalid/replies")[0].state == "later"


def test_an_answer_that_is_no_json_is_still_an_answer(program: Program) -> None:
    for body in (b"OK", b"[1]", b'{"id": {"a": 1}}', b"[" * 100_000):
        program.answer = lambda handler, body=body: reply(handler, 200, body)
        with running(program) as url:
            assert send(url)[0] == Sent("accepted")


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "gopher://x/", "http://169.254.169.254/", "http://[::1]:1/"])
def test_S1_private_and_strange_addresses_are_not_called(url: str, settings: Any) -> None:
    settings.HTTP_MAY_REACH = []
    sent, _ = send(url)
    assert sent.state == "refused"


def test_S1_without_leave_our_own_machine_is_not_called(program: Program, settings: Any) -> None:
    settings.HTTP_MAY_REACH = []
    with running(program) as url:
        assert send(url)[0].state == "refused"
    assert program.got == []


def test_a_file_travels_whole(program: Program) -> None:
    content = bytes(range(256))
    out = Outgoing(
        **{**{f: getattr(OUT, f) for f in OUT.__slots__}, "attachments": (Attachment("a.bin", "x/y", content),)}
    )
    with running(program) as url:
        assert send(url, out)[0].state == "accepted"
    (file,) = json.loads(program.got[0][1])["attachments"]
    assert base64.b64decode(file["base64"]) == content
