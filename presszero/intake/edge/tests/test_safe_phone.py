"""The app is down, and so is the database: whoever calls still reaches somebody, or leaves a message."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from presszero.channels.models import Line
from tests.ports import free_port
from tests.twiml.provider import Provider

from .conftest import EdgeProcess, Shop, Tap

pytestmark = pytest.mark.slow

ACCOUNT, TOKEN = "AC" + "1" * 32, "a provider's token"


def phone_line(shop: Shop, account: str = ACCOUNT, **more: str) -> Line:
    line = Line(merchant=shop.merchant, kind="phone", address="+442079460042", name="x", brand=shop.kiosk.brand)
    line.settings = {"driver": "hosted", "provider": "twilio", "account": account, **more}
    line.keep_secrets({"auth_token": TOKEN, "old_auth_token": "the one before"})
    line.save()
    return line


@pytest.fixture
def provider(start_edge: Callable[..., EdgeProcess], shop: Shop, tap: Tap) -> Iterator[Provider]:
    """One that finds the edge at our address, and nobody where the app was."""
    line = phone_line(shop, in_need="+447700900123")
    edge = start_edge()
    dead = f"127.0.0.1:{free_port()}"
    origin = f"http://127.0.0.1:{edge.port}"
    made = Provider(ACCOUNT, TOKEN, origin, lambda path: origin[7:] if path.startswith("/safe/") else dead)
    made.voice_url, made.fallback_url = f"{origin}/hosted/{line.token}/voice", f"{origin}/safe/{line.token}"
    status, _text = made.post(made.fallback_url, {"AccountSid": ACCOUNT, "CallSid": "CA1"})
    assert status == 200
    tap.cut()
    yield made
    made.close()


def test_a_caller_reaches_the_number_for_need_and_then_leaves_a_message(provider: Provider) -> None:
    caller = provider.call("+4930901820", "+442079460042")
    assert "putting you through" in caller.last and caller.where == "Gather"
    for _ in range(9):
        if caller.where == "Dial":
            break
        caller.wait()
    assert caller.where == "Dial" and caller.documents[-1].count("+447700900123") == 1, "the number for need rings"
    caller.wait()
    assert "leave a message" in caller.last
    caller.wait()
    assert caller.where == "Record"
    caller.speak(9)
    assert caller.status == "completed" and caller.recordings and not caller.lost


def test_zero_tries_us_again_at_once_and_a_talk_in_need_ends_the_call(provider: Provider) -> None:
    caller = provider.call("+4930901820", "+442079460042")
    before = len(caller.documents)
    caller.press("0")
    assert len(caller.documents) == before + 1 and caller.where == "Gather" and not caller.lost
    caller.wait()
    caller.wait()
    assert caller.where == "Dial"
    caller.go(caller.at.get("action", "") if caller.at is not None else "", DialCallStatus="completed")
    assert caller.status == "completed"


def test_h1_the_safe_address_answers_only_the_lines_own_provider(provider: Provider) -> None:
    fields = {"AccountSid": ACCOUNT, "CallSid": "CA1"}
    url = provider.fallback_url
    signature = provider.sign(url, fields)
    assert provider.post(url, fields)[0] == 200
    assert provider.post(url, {**fields, "AccountSid": "AC" + "2" * 32})[0] == 403, "another account"
    assert provider.post(url, {**fields, "CallSid": "CA2"}, **{"X-Twilio-Signature": signature})[0] == 403
    assert provider.post(f"{url}?again=9", fields, **{"X-Twilio-Signature": signature})[0] == 403
    assert provider.post(url, fields, Host="evil.example", **{"X-Forwarded-Proto": "https"})[0] == 200
    assert provider.post(url[:-4] + "abcd", fields)[0] in (404, 503)
    provider.token = "the one before"
    assert provider.post(url, fields)[0] == 200, "the token before holds until it is let go"
    provider.token = "guessed"
    assert provider.post(url, fields)[0] == 403
