"""Connecting a number to a provider: what is kept, what stays secret, and setting the addresses over there."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client
from django.utils import timezone

from presszero.audit.models import Record
from presszero.calls.hosted import rest
from presszero.channels.models import Line
from presszero.core.http import Asking, Fetched
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from presszero.team.models import Membership
from tests import cast

pytestmark = pytest.mark.django_db

ACCOUNT = {"provider": "twilio", "account": "AC" + "1" * 32, "auth_token": "first token", "in_need": "+44 7400 123456"}


@pytest.fixture
def line() -> Line:
    shop = cast.juniper()
    return Line.objects.create(
        merchant=shop.merchant, kind="phone", address="+442079460042", name="Phone", brand=shop.brand,
        settings={"driver": "hosted", "trunk": {"host": "kept"}},
    )  # fmt: skip


def rosa(line: Line, name: str = "rosa") -> Client:
    made = Client(headers={"Sec-Fetch-Site": "same-origin"})
    member = Membership.objects.get(merchant=line.merchant, person__email=f"{name}@juniper.example")
    made.cookies[COOKIE] = start_session(member.person, Browser("203.0.113.7", "Firefox"), timezone.now()).token
    return made


def test_an_account_is_kept_sealed_and_its_token_replaced_without_a_gap(line: Line) -> None:
    page, path = rosa(line), f"/settings/phone/numbers/{line.id}"
    assert page.post(f"{path}/provider", ACCOUNT).status_code == 302
    line.refresh_from_db()
    assert line.settings["account"] == ACCOUNT["account"] and line.settings["in_need"] == "+447400123456"
    assert line.settings["trunk"] == {"host": "kept"} and "token" not in str(line.settings)
    assert page.post(f"{path}/provider", {**ACCOUNT, "auth_token": "second token"}).status_code == 302
    assert page.post(f"{path}/provider", {**ACCOUNT, "auth_token": "", "api_key": "SK1"}).status_code == 302
    line.refresh_from_db()
    assert line.secrets == {"auth_token": "second token", "old_auth_token": "first token", "api_key": "SK1"}
    shown = page.get(path).content.decode()
    assert "second token" not in shown and "first token" not in shown and "Let go of it" in shown
    assert (
        f'action="{path}/provider"' in shown
        and f"/hosted/{line.token}/voice" in shown
        and f"/safe/{line.token}" in shown
    )
    assert page.post(f"{path}/old-token").status_code == 302
    line.refresh_from_db()
    assert "old_auth_token" not in line.secrets
    assert "token" not in " ".join(str((row.before, row.after)) for row in Record.objects.filter(verb="line.save"))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"account": "AC 1/../2"}, "letters, digits"),
        ({"auth_token": ""}, "tell your provider from a stranger"),
        ({"in_need": "+44 20 7946 0042"}, "must be another"),
        ({"in_need": "call me"}, "country’s code"),
        ({"provider": "signalwire"}, "name of your space"),
        ({"provider": "signalwire", "space": "evil.example"}, "ends with .signalwire.com"),
        ({"provider": "telnyx", "api_secret": "k"}, "public key"),
        ({"provider": "telnyx", "api_secret": "k", "public_key": "p"}, "TeXML application"),
    ],
)
def test_what_cannot_work_is_said_and_nothing_is_lost(line: Line, given: dict[str, str], says: str) -> None:
    answer = rosa(line).post(f"/settings/phone/numbers/{line.id}/provider", {**ACCOUNT, **given})
    assert answer.status_code == 422 and says in answer.content.decode()
    line.refresh_from_db()
    assert "account" not in line.settings and not line.sealed


def test_the_addresses_are_set_over_there(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Asking] = []
    rows: list[dict[str, Any]] = [{"sid": "PN1"}]

    def answers(asking: Asking, limits: object) -> Fetched:
        asked.append(asking)
        body = str({"incoming_phone_numbers": rows}).replace("'", '"').encode()
        return Fetched(200, {}, body, asking.url)

    monkeypatch.setattr(rest, "fetch", answers)
    page, path = rosa(line), f"/settings/phone/numbers/{line.id}"
    page.post(f"{path}/provider", ACCOUNT)
    assert page.post(f"{path}/connection").status_code == 302
    assert asked[0].url.endswith("/IncomingPhoneNumbers.json?PhoneNumber=%2B442079460042")
    given = parse_qs(asked[1].body.decode())
    assert given["VoiceFallbackUrl"][0].endswith(f"/safe/{line.token}") and asked[1].url.endswith("/PN1.json")
    rows.clear()
    assert page.post(f"{path}/connection").status_code == 422
    assert rosa(line, "maya").post(f"{path}/connection").status_code == 403
