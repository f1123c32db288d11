"""Going through the steps: each saves at once, may be put off, and loses nothing that was typed."""

from __future__ import annotations

import dns.resolver
import pytest
from django.test import Client

from presszero.channels.models import Line
from presszero.conversations.models import Macro
from presszero.launch.actions import finish, skip
from presszero.launch.answers import answers
from presszero.launch.models import DomainCheck, Trial
from presszero.merchants.models import Brand, Hours, Merchant
from presszero.team.models import Invitation
from tests import cast

BY_HAND = {
    "way": "fetch",
    "password": "secret",
    "imap": "imap.juniper.example",
    "imap_security": "",
    "smtp": "smtp.juniper.example:587",
    "smtp_security": "",
}


@pytest.fixture(autouse=True)
def no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here asks the world: a machine without a resolver, as some are."""

    def none(*given: object, **more: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "Resolver", none)


@pytest.fixture
def bare(shop: cast.Shop) -> cast.Shop:
    """A shop without a line."""
    shop.line.delete()
    return shop


def state(shop: cast.Shop, step: str) -> str:
    return str(Merchant.objects.get(id=shop.merchant.id).setup.get("steps", {}).get(step, ""))


def test_a_mailbox_by_its_servers_is_kept_sealed_and_tried(bare: cast.Shop, rosa: Client) -> None:
    answer = rosa.post("/setup/mailbox", {**BY_HAND, "address": "Hello@Juniper.example"})
    assert (answer.status_code, answer["Location"]) == (302, "/setup/mailbox?said=saved")
    line = Line.objects.get(kind="email")
    assert line.address == "hello@juniper.example"
    assert line.settings["imap"] | {"folder": ""} == {
        "host": "imap.juniper.example", "port": 993, "security": "tls", "user": "Hello@Juniper.example", "folder": "",
    }  # fmt: skip
    assert (line.settings["smtp"]["port"], line.settings["smtp"]["security"]) == (587, "starttls")
    assert line.secrets["imap_password"] == line.secrets["smtp_password"] == "secret"
    assert "secret" not in str(line.settings)
    assert Trial.objects.get().line == line and DomainCheck.objects.get().domain == "juniper.example"
    assert state(bare, "mailbox") == "done"


def test_the_servers_of_a_large_provider_are_known(bare: cast.Shop, rosa: Client) -> None:
    rosa.post("/setup/mailbox", {"way": "fetch", "address": "juniper.boots@gmail.com", "password": "app password"})
    line = Line.objects.get(kind="email")
    assert line.settings["imap"]["host"] == "imap.gmail.com" and line.settings["smtp"]["host"] == "smtp.gmail.com"


def test_servers_that_cannot_be_found_are_asked_for_and_nothing_typed_is_lost(bare: cast.Shop, rosa: Client) -> None:
    typed = {"way": "fetch", "address": "hello@juniper.example", "password": "never-shown"}
    answer = rosa.post("/setup/mailbox", typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and page.count("We could not find this out") == 2
    assert 'value="hello@juniper.example"' in page and "never-shown" not in page
    assert '<details class="first-servers" open>' in page
    assert not Line.objects.exists() and not Trial.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"password": ""}, "without it we cannot fetch"),
        ({"imap": "imap.juniper.example:none"}, "with :port behind it"),
        ({"address": "hello"}, "valid email"),
    ],
)
def test_a_mailbox_that_cannot_work_is_refused(bare: cast.Shop, rosa: Client, wrong: dict[str, str], says: str) -> None:
    answer = rosa.post("/setup/mailbox", {**BY_HAND, "address": "hello@juniper.example", **wrong})
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not Line.objects.exists()


def test_changing_a_mailbox_keeps_its_password_and_its_line(bare: cast.Shop, rosa: Client) -> None:
    rosa.post("/setup/mailbox", {**BY_HAND, "address": "hello@juniper.example"})
    rosa.post("/setup/mailbox", {**BY_HAND, "address": "hi@juniper.example", "password": ""})
    line = Line.objects.get(kind="email")
    assert line.address == "hi@juniper.example" and line.secrets["imap_password"] == "secret"


def test_an_address_of_another_line_is_not_taken_twice(shop: cast.Shop, rosa: Client) -> None:
    Line.objects.create(merchant=shop.merchant, brand=shop.brand, kind="email", address="two@juniper.example", name="x")
    answer = rosa.post("/setup/mailbox", {**BY_HAND, "address": "two@juniper.example"})
    assert answer.status_code == 422 and "a line of yours already" in answer.content.decode()


def test_one_tap_sets_the_week_and_lines_without_hours_get_it(shop: cast.Shop, rosa: Client) -> None:
    Line.objects.filter(id=shop.line.id).update(hours=None)
    assert rosa.post("/setup/hours", {"week": "shop", "timezone": "Europe/Berlin"})["Location"] == "/setup/look"
    row = Hours.objects.get()
    assert row.weekly["sat"] == [["10:00", "18:00"]] and "sun" not in row.weekly and row.timezone == "Europe/Berlin"
    assert Line.objects.get(kind="email").hours_id == row.id


def test_a_week_of_ones_own_that_is_wrong_says_where(shop: cast.Shop, rosa: Client) -> None:
    given = {"week": "own", "timezone": "Europe/London", "mon": "9 to 5", "tue": "09:00-12:00"}
    answer = rosa.post("/setup/hours", given)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Write it like 09:00-17:30" in page and 'value="9 to 5"' in page
    assert Hours.objects.get().weekly == {}


def test_the_look_is_shown_before_it_is_kept(shop: cast.Shop, rosa: Client) -> None:
    given = {"name": "Juniper", "colour": "#ffee00", "signature": "{{ agent.name }} <b>", "phone": "0113 496 0000"}
    drawn = rosa.post(
        "/setup/look/preview", {**given, "mail_template": "<p>{{ body }}</p>{{ signature }}<script>alert(1)</script>"}
    )
    page = drawn.content.decode()
    assert "--brand:#ffee00;--on:#101615" in page and "0113 496 0000" in page and "Rosa Juniper" in page
    assert "<script" not in page and "sandbox" in drawn["Content-Security-Policy"]
    assert Brand.objects.get().colour != "#ffee00"
    assert "A colour such as" in rosa.post("/setup/look/preview", {**given, "colour": "red;}"}).content.decode()
    assert rosa.post("/setup/look", given)["Location"] == "/setup/web"
    assert (Brand.objects.get().colour, Brand.objects.get().phone) == ("#ffee00", "0113 496 0000")


def test_form_and_chat_are_there_once_however_often_they_are_switched_on(shop: cast.Shop, rosa: Client) -> None:
    for site in ("", "juniper.example/boots?x=1", "https://www.juniper.example"):
        assert rosa.post("/setup/web", {"form": "1", "chat": "1", "site": site}).status_code == 302
    lines = {line.kind: line for line in Line.objects.filter(kind__in=("form", "chat"))}
    assert len(lines) == 2 and Line.objects.count() == 3
    assert lines["chat"].settings["sites"] == ["https://juniper.example", "https://www.juniper.example"]
    page = rosa.get("/setup/web").content.decode()
    assert f"/form/{lines['form'].token}" in page and f"data-shop=&#34;{lines['chat'].token}" in page
    wrong = rosa.post("/setup/web", {"chat": "1", "site": "javascript:alert(1)"})
    assert wrong.status_code == 422 and "javascript:alert(1)" in wrong.content.decode()


def test_several_people_are_invited_at_once(shop: cast.Shop, rosa: Client) -> None:
    Merchant.objects.filter(id=shop.merchant.id).update(alone=True)
    answer = rosa.post(
        "/setup/people", {"emails": "a@juniper.example, b@juniper.example\nmaya@juniper.example", "role": "agent"}
    )
    page = answer.content.decode()
    assert not Merchant.objects.get(id=shop.merchant.id).alone
    assert {row.email for row in Invitation.objects.all()} == {"a@juniper.example", "b@juniper.example"}
    assert page.count("/invitations/") >= 2 and "in your team already" in page
    wrong = rosa.post("/setup/people", {"emails": "a@juniper.example nonsense", "role": "agent"})
    assert wrong.status_code == 422 and "nonsense" in wrong.content.decode()
    assert Invitation.objects.count() == 2


def test_alone_after_all(shop: cast.Shop, rosa: Client) -> None:
    assert rosa.post("/setup/people", {"alone": "1"})["Location"] == "/setup/answers"
    assert Merchant.objects.get(id=shop.merchant.id).alone


def test_the_ticked_answers_are_kept_once(shop: cast.Shop, rosa: Client) -> None:
    Macro.objects.create(merchant=shop.merchant, name=answers()[0].name, text="Mine.")
    for _ in range(2):
        assert (
            rosa.post("/setup/answers", {"keep": ["where", "late", "thanks", "nothing-like-it"]})["Location"]
            == "/readiness"
        )
    kept = {row.name: row for row in Macro.objects.filter(merchant=shop.merchant)}
    assert len(kept) == 3 and kept[answers()[0].name].text == "Mine."
    assert kept["Glad it is settled"].actions == {"resolve": True}
    assert all("{{ customer.first_name }}" in each.text for each in answers())
    assert len({each.key for each in answers()}) == len(answers()) == 12


@pytest.mark.parametrize("step", ["mailbox", "hours", "look", "web", "people", "answers"])
def test_every_step_can_be_put_off_without_a_word_filled_in(shop: cast.Shop, rosa: Client, step: str) -> None:
    assert rosa.get(f"/setup/{step}").status_code == 200
    assert rosa.post(f"/setup/{step}", {"later": "1"}).status_code == 302
    assert state(shop, step) == "skipped"
    finish(step, by=shop.team["rosa"])
    skip(step, by=shop.team["rosa"])
    assert state(shop, step) == "done"


def test_only_an_admin_sets_up(shop: cast.Shop, tomas: Client) -> None:
    assert {tomas.get(f"/setup/{step}").status_code for step in ("mailbox", "hours", "look", "web")} == {403}
