"""The demo's telephone network: Twilio's interface, for the demo shop's own account alone."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from presszero.core.refusal import Refused
from presszero.demo import handset, network
from presszero.demo.cast import ADA, SHOP_SLUG, Person
from presszero.merchants.models import Merchant
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The demo shop has a number; the account's key, as the adapter sends it. Nobody is reported to."""
    settings.DEMO = True
    monkeypatch.setenv("PRESSZERO_HOME", str(tmp_path))
    monkeypatch.setattr(network, "_report", lambda text: None)
    shop = cast.juniper()
    Merchant.objects.filter(id=shop.merchant.id).update(slug=SHOP_SLUG)
    line = network.open_number(shop.brand, shop.hours)
    plain = f"{network.ACCOUNT}:{line.secrets['auth_token']}".encode()
    return f"Basic {base64.b64encode(plain).decode()}"


def test_a_text_of_the_shops_lies_on_the_customers_telephone_and_in_the_list(key: str) -> None:
    where = f"{network.PATH}/Messages.json"
    fields = {"To": ADA.phone, "From": network.NUMBER, "Body": "On its way"}
    answer = Client().post(where, fields, headers={"Authorization": key})
    assert answer.status_code == 201 and answer.json()["status"] == "queued"
    assert [(text.body, text.mine) for text in network.texts(ADA.phone)] == [("On its way", False)]
    asked = {"From": network.NUMBER, "DateSent>": "2020-01-01"}
    (row,) = Client().get(where, asked, headers={"Authorization": key}).json()["messages"]
    assert (row["sid"], row["to"], row["direction"]) == (answer.json()["sid"], ADA.phone, "outbound-api")


@pytest.mark.parametrize(("to", "body", "code"), [("hello", "Hi", 21211), ("+447700900123", "x" * 1601, 21617)])
def test_it_refuses_as_a_provider_does(key: str, to: str, body: str, code: int) -> None:
    fields = {"To": to, "From": network.NUMBER, "Body": body}
    answer = Client().post(f"{network.PATH}/Messages.json", fields, headers={"Authorization": key})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_without_the_key_nothing_is_read_or_sent_and_outside_the_demo_there_is_nothing(
    key: str, settings: Settings
) -> None:
    where = f"{network.PATH}/Messages.json"
    for wrong in ("", "Basic AAAA", key[:-2]):
        assert Client().get(where, headers={"Authorization": wrong}).status_code == 401
    settings.DEMO = False
    assert Client().get(where, headers={"Authorization": key}).status_code == 404
    assert Client().get("/pretend/texts").status_code == 404


def test_the_telephone_shows_what_it_holds_and_a_closed_door_is_said(key: str, settings: Settings) -> None:
    settings.ORIGIN = "http://127.0.0.1:9"  # where nobody listens
    assert "Your number here" in Client().get("/pretend/texts?as=ada@example.com").content.decode()
    with pytest.raises(Refused, match="door does not answer"):
        network.writes(ADA.phone, "Hello", [])
    page = Client().get("/pretend/texts/bubbles?as=ada@example.com").content.decode()
    assert "Hello" in page  # as a telephone keeps what it could not send
    assert Client().post("/pretend/texts/sending", {"as": "ada@example.com", "text": " "}).status_code == 422
    sam = Person("Sam Okafor", "sam@example.net")
    assert handset.number_of(sam).startswith("+447700900") and handset.number_of(sam) == handset.number_of(sam)
