"""Texts handed to a provider on a real socket, which answers as providers do: well, badly, late, and not at all."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest
from pytest_django import Settings

from presszero.channels.adapters.sms import account
from presszero.channels.adapters.sms.adapter import adapter
from presszero.channels.vocabulary import Handle, Outgoing, Sent
from presszero.core import http

from .provider import ADA, NUMBER, Handler, Provider, line, reply, running

OUR_ID = "0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b"


@pytest.fixture(autouse=True)
def this_machine(settings: Settings) -> None:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]


def out(text: str = "Your order is on its way.") -> Outgoing:
    return Outgoing(OUR_ID, "id", Handle("sms", NUMBER, "Juniper"), (Handle("phone", ADA),), text)


def sends(provider: Provider, text: str = "Hello") -> Sent:
    with running(provider) as base:
        return adapter.send(out(text), line(base), lambda: None)


def test_it_goes_from_our_number_and_is_reported_under_our_id(settings: Settings) -> None:
    provider = Provider()
    sent = sends(provider, "News.\n\n-- \nAnswer STOP to get no more.")
    (text,) = provider.sent
    assert (sent.state, sent.provider_id) == ("accepted", text.sid)
    assert (text.sender, text.to, text.body) == (NUMBER, ADA, "News.\nAnswer STOP to get no more.")
    assert text.callback == f"{settings.ORIGIN}/in/sms/token?our_id={OUR_ID}"
    assert provider.asked[0][2]["authorization"].startswith("Basic ")


def answers(status: int, said: Any, **headers: str) -> Provider:
    provider = Provider()

    def misbehave(handler: Handler, fields: dict[str, str]) -> bool:
        reply(handler, status, said, **headers)
        return True

    provider.misbehave = misbehave
    return provider


@pytest.mark.parametrize(
    ("status", "said", "state", "refusal"),
    [
        (400, {"code": 21610, "message": "unsubscribed"}, "refused", "opted_out"),
        (400, {"code": 21211, "message": "invalid"}, "refused", "dead"),
        (400, {"code": 21614, "message": "not mobile"}, "refused", "dead"),
        (400, {"code": 21617, "message": "too long"}, "refused", ""),
        (400, {"code": 77777, "message": "new"}, "refused", ""),
        (429, {"code": 20429, "message": "slow down"}, "later", ""),
        (429, b"slow down", "later", ""),
        (500, {"code": 20500, "message": "oh"}, "later", ""),
        (503, b"<html>busy</html>", "later", ""),
        (502, b"<html>bad gateway</html>", "unknown", ""),
        (200, b"<html>welcome to the hotel</html>", "unknown", ""),
    ],
)
def test_what_it_answers_is_judged(status: int, said: Any, state: str, refusal: str) -> None:
    sent = sends(answers(status, said))
    assert (sent.state, sent.refusal) == (state, refusal), sent
    assert sent.reason


@pytest.mark.parametrize(
    "answer", [(401, {"code": 20003}), (403, b"no"), (400, {"code": 21606}), (400, {"code": 30034})]
)
def test_what_is_the_lines_own_fault_says_that_it_needs_reconnecting(answer: tuple[int, Any]) -> None:
    sent = sends(answers(*answer))
    assert sent.state == "refused" and sent.reason.startswith("Needs reconnecting: ")


def test_it_waits_as_long_as_it_is_asked_to() -> None:
    assert sends(answers(429, {"code": 20429}, Retry_After="17")).retry_after == 17


def test_f12_taken_and_cut_off_is_unknown_and_never_a_failure() -> None:
    provider = Provider()

    def misbehave(handler: Handler, fields: dict[str, str]) -> bool:
        provider.takes(fields)
        handler.connection.shutdown(socket.SHUT_RDWR)
        return True

    provider.misbehave = misbehave
    assert sends(provider).state == "unknown"
    assert len(provider.sent) == 1


def test_without_an_account_it_says_what_to_do() -> None:
    sent = adapter.send(out(), replace(line(), settings={}, secrets={}), lambda: None)
    assert sent.state == "refused" and sent.reason.startswith("Needs reconnecting")


def test_s1_an_account_in_our_own_network_is_not_asked(settings: Settings) -> None:
    settings.HTTP_MAY_REACH = []
    for base in ("http://127.0.0.1:1", "http://169.254.169.254", "http://[::1]:80"):
        sent = adapter.send(out(), line(base), lambda: None)
        assert sent.state == "refused" and "private network" in sent.reason


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:6379/x",
        "https://twilio.com.evil.example/x",
        "https://evil.example/api.twilio.com",
        "http://api.twilio.com/without-tls",
        "file:///etc/passwd",
        "https://api.twilio.com@evil.example/x",
        "//api.twilio.com/x",
        "",
    ],
)
def test_h8_files_are_fetched_from_where_the_provider_keeps_them_alone(url: str) -> None:
    with pytest.raises(http.NotAllowed):
        account.asking_for(line(), url)


def test_h8_our_key_goes_to_the_api_and_nowhere_else() -> None:
    own = account.asking_for(line(), "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1")
    assert "Authorization" in own.headers
    assert not account.asking_for(line(), "https://mms.twiliocdn.com/AC1/x.jpg").headers
