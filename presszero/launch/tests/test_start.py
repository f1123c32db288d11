"""The first page of an installation opens to whoever holds its key, once."""

from __future__ import annotations

import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from presszero.launch import key
from presszero.launch.views.start import WRONG_KEYS
from presszero.merchants.models import Brand, Hours, Merchant
from presszero.team.models import Membership, Person, Session, Throttle
from tests import cast

GIVEN = {
    "shop": "Juniper & Co.",
    "name": "Rosa Juniper",
    "email": "rosa@juniper.example",
    "password": "boots in the rain",
    "size": "alone",
    "phone": "+44 113 496 0000",
    "timezone": "Europe/London",
    "language": "en-GB",
}

pytestmark = pytest.mark.django_db


def test_the_key_founds_a_shop_signs_in_and_is_used_up(home: Path) -> None:
    found, browser = key.ready(), Client()
    assert found and stat.S_IMODE(key.path().stat().st_mode) == 0o600
    assert browser.get(f"/start?key={found}").status_code == 200
    answer = browser.post("/start", {**GIVEN, "key": found})
    assert (answer.status_code, answer["Location"]) == (302, "/setup/mailbox")
    shop = Merchant.objects.get()
    assert (shop.name, shop.alone, shop.timezone, shop.currency) == ("Juniper & Co.", True, "Europe/London", "GBP")
    assert Brand.objects.get().phone == "+44 113 496 0000" and Hours.objects.get().weekly
    assert Membership.objects.get().role == "admin" and browser.get("/setup/mailbox").status_code == 200
    assert not key.path().exists()
    other = Client()
    assert other.post("/start", {**GIVEN, "key": found, "shop": "Second"})["Location"] == "/sign-in"
    assert Merchant.objects.count() == 1


@pytest.mark.parametrize("given", ["", "guessed", "\x00", "ü" * 50])
def test_without_the_key_it_says_where_the_key_is_and_founds_nothing(home: Path, given: str) -> None:
    key.ready()
    for answer in (Client().get("/start", {"key": given}), Client().post("/start", {**GIVEN, "key": given})):
        assert answer.status_code == 403
        assert b"presszero manage setup_link" in answer.content
    assert not Merchant.objects.exists() and not Person.objects.exists() and not Session.objects.exists()


def test_an_empty_file_is_no_key(home: Path) -> None:
    key.path().write_text("")
    assert Client().get("/start?key=").status_code == 403
    assert not key.opens("")


def test_guessing_ends_and_the_right_key_still_opens(home: Path) -> None:
    found = key.ready()
    answers = [Client().get("/start?key=guess").status_code for _ in range(WRONG_KEYS.most + 2)]
    assert answers == [403] * WRONG_KEYS.most + [429] * 2
    assert Client().get(f"/start?key={found}").status_code == 200
    assert Throttle.objects.filter(key__startswith=WRONG_KEYS.name).exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"password": "short"}, "too short"),
        ({"email": "nowhere"}, "valid email"),
        ({"shop": " "}, "required"),
        ({"size": "crowd"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(home: Path, wrong: dict[str, str], says: str) -> None:
    found = key.ready()
    answer = Client().post("/start", {**GIVEN, **wrong, "key": found})
    assert answer.status_code == 422 and not Merchant.objects.exists()
    page = answer.content.decode()
    assert says in page
    assert all(f'value="{GIVEN[name]}"' in page for name in ("name", "phone", "timezone"))
    assert GIVEN["password"] not in page and key.opens(found)


def test_with_a_shop_there_is_nothing_to_begin(home: Path) -> None:
    cast.juniper()
    assert key.ready() == "" and not key.path().exists()
    assert Client().get("/start?key=x")["Location"] == "/sign-in"


def test_an_empty_desk_leads_to_the_start(home: Path) -> None:
    assert Client().get("/", follow=True).redirect_chain[-1][0] == "/start"
    cast.juniper()
    assert Client().get("/", follow=True).redirect_chain[-1][0] == "/sign-in"


def test_the_link_is_shown_again_until_the_shop_is_there(home: Path) -> None:
    first, second = StringIO(), StringIO()
    call_command("setup_link", stdout=first)
    call_command("setup_link", stdout=second)
    assert first.getvalue() == second.getvalue() and key.path().read_text().strip() in first.getvalue()
    cast.juniper()
    with pytest.raises(CommandError, match="a shop here already"):
        call_command("setup_link")


def test_a_shop_can_be_founded_from_the_command_line(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key.ready()
    monkeypatch.setenv("PRESSZERO_PASSWORD", "boots in the rain")
    said = StringIO()
    call_command("found_shop", "Juniper", email="r@juniper.example", name="Rosa", timezone="Europe/London", stdout=said)
    assert Merchant.objects.get().timezone == "Europe/London" and "Juniper is open" in said.getvalue()
    assert not key.path().exists()
    with pytest.raises(CommandError, match="no time zone"):
        call_command("found_shop", "Second", email="s@juniper.example", name="Sam", timezone="London")
