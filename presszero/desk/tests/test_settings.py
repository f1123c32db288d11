"""The settings: what they keep, what they refuse, and who may open them."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from presszero.audit.models import Record
from presszero.channels.models import Line
from presszero.conversations.models import Macro, Topic
from presszero.customers.models import OwnField
from presszero.mailroom.models import Quarantine
from presszero.merchants.models import Brand, Holiday, Hours
from tests import cast

from .conftest import At, words

ADMINS = ["shop", "brands", "hours", "lines", "reactions", "brands/new", "hours/new", "lines/new/email"]
LEADS = ["topics", "fields", "fields/new", "macros/new", "quarantine"]


@pytest.mark.parametrize("part", [*ADMINS, *LEADS, "macros"])
def test_who_may_open_what(shop: cast.Shop, part: str) -> None:
    allowed = {"maya": part == "macros", "tomas": part not in ADMINS, "rosa": True}
    for name, open_to in allowed.items():
        assert At(shop.team[name]).open(f"/settings/{part}").status_code == (200 if open_to else 403), name


def test_the_settings_begin_with_what_is_open(shop: cast.Shop) -> None:
    assert At(shop.maya).open("/settings").headers["Location"] == "/settings/macros"


def post(rosa: At, path: str, **fields: object) -> int:
    return rosa.client.post(f"/settings/{path}", fields).status_code


def test_a_macro_says_and_does(rosa: At, shop: cast.Shop) -> None:
    topic = Topic.objects.create(merchant=shop.merchant, name="Late")
    steps = [{"do": "topic", "topic": topic.id}, {"do": "priority", "priority": 3}, {"do": "resolve"}]
    assert post(rosa, "macros/new", name="Late parcel", text="Sorry", steps=json.dumps(steps)) == 302
    made = Macro.objects.get()
    assert (made.steps, made.actions) == (steps, {})
    assert post(rosa, f"macros/{made.id}/retirement") == 302
    made.refresh_from_db()
    assert made.retired_at and Record.objects.filter(verb="macro.retire").exists()


def test_a_macro_of_nothing_or_of_a_taken_name_is_refused(rosa: At, shop: cast.Shop) -> None:
    Macro.objects.create(merchant=shop.merchant, name="Bye", text="Bye")
    assert post(rosa, "macros/new", name="Empty", text=" ") == 422
    assert post(rosa, "macros/new", name="Bye", text="x") == 422
    foreign = Topic.objects.create(merchant=cast.thistle().merchant, name="Shears")
    steps = json.dumps([{"do": "topic", "topic": foreign.id}])
    assert post(rosa, "macros/new", name="X", text="x", steps=steps) == 422
    assert Macro.objects.count() == 1


def test_a7_only_named_fields_are_kept(rosa: At, shop: cast.Shop) -> None:
    other = cast.thistle().merchant
    post(rosa, "topics", name="Late", merchant=other.id, merchant_id=other.id, id=999, retired_at="2020-01-01")
    made = Topic.objects.get()
    assert (made.merchant, made.retired_at, made.id == 999) == (shop.merchant, None, False)
    fields = {"name": "J", "currency": "eur", "languages": "en", "timezone": "UTC", "slug": "stolen"}
    assert post(rosa, "shop", **fields) == 302
    shop.merchant.refresh_from_db()
    assert (shop.merchant.currency, shop.merchant.slug) == ("EUR", "juniper")


def test_hours_are_read_from_words_and_bad_ones_are_explained(rosa: At) -> None:
    usual = {"name": "Shop", "timezone": "Europe/London", "holidays": "2026-12-25 Christmas"}
    assert post(rosa, "hours/new", **usual, mon="09:00-12:30, 13:30-17:30", sat="10:00–24:00") == 302
    row = Hours.objects.get(name="Shop")
    assert row.weekly == {"mon": [["09:00", "12:30"], ["13:30", "17:30"]], "sat": [["10:00", "24:00"]]}
    assert Holiday.objects.get().name == "Christmas"
    for bad in ("9 to 5", "18:00-09:00", "09:00-25:00", "09:00-12:00, 11:00-14:00", "09:70-12:00"):
        assert post(rosa, "hours/new", **usual, mon=bad) == 422, bad
    assert post(rosa, "hours/new", **{**usual, "holidays": "Christmas"}) == 422
    assert post(rosa, "hours/new", **{**usual, "timezone": "Mars/Olympus"}) == 422
    assert Hours.objects.filter(name="Shop").count() == 1


def test_a_brand_needs_a_place_for_the_answer(rosa: At) -> None:
    fields = {"name": "Second", "colour": "#112233", "signature": "{{ agent.name }}"}
    assert post(rosa, "brands/new", **fields, mail_template="<p>nothing</p>") == 422
    assert post(rosa, "brands/new", **fields, mail_template="<div>{{ body }}<i>{{ signature }}</i></div>") == 302
    made = Brand.objects.get(name="Second")
    preview = rosa.open(f"/settings/brands/{made.id}/preview")
    assert "Rosa Juniper" in words(preview) and "sandbox" in preview.headers["Content-Security-Policy"]


def test_own_fields_keep_their_key(rosa: At) -> None:
    assert post(rosa, "fields/new", label="Shoe size", kind="choice") == 422
    assert post(rosa, "fields/new", label="Shoe size", kind="choice", choices_text="38\n39\n38\n") == 302
    made = OwnField.objects.get()
    assert (made.key, made.choices) == ("shoe_size", ["38", "39"])
    post(rosa, f"fields/{made.id}", label="Size", kind="number")
    made.refresh_from_db()
    assert (made.key, made.label) == ("shoe_size", "Size")


def line_fields(shop: cast.Shop, **more: object) -> dict[str, object]:
    usual = {"name": "Juniper", "brand": shop.brand.id, "hours": "", "first_reply_minutes": 60}
    return (
        usual
        | {
            "next_reply_minutes": 60,
            "address": "new@juniper.example",
            "smtp_security": "starttls",
            "imap_security": "tls",
        }
        | more
    )


def test_a_mail_line_keeps_its_secrets_sealed_and_unseen(rosa: At, shop: cast.Shop) -> None:
    fields = line_fields(shop, smtp_host="smtp.example", smtp_password="hush-hush", imap_host="imap.example")
    assert post(rosa, "lines/new/email", **fields) == 302
    row = Line.objects.get(address="new@juniper.example")
    assert row.secrets["smtp_password"] == "hush-hush" and b"hush" not in bytes(row.sealed)
    assert row.settings["smtp"]["host"] == "smtp.example"
    assert "hush-hush" not in rosa.open(f"/settings/lines/{row.id}").content.decode()
    post(rosa, f"lines/{row.id}", **line_fields(shop, smtp_host="smtp2.example", smtp_password=""))
    row.refresh_from_db()
    assert row.secrets["smtp_password"] == "hush-hush" and row.settings["smtp"]["host"] == "smtp2.example"
    assert not Record.objects.filter(after__icontains="hush").exists()


def test_an_address_is_one_line_only_and_foreign_brands_are_refused(rosa: At, shop: cast.Shop) -> None:
    assert post(rosa, "lines/new/email", **line_fields(shop, address=shop.line.address)) == 422
    foreign = cast.thistle().brand
    assert post(rosa, "lines/new/email", **line_fields(shop, brand=foreign.id)) == 422


def test_a_custom_line_shows_its_secret_once(rosa: At, shop: cast.Shop) -> None:
    page = rosa.client.post(
        "/settings/lines/new/custom", line_fields(shop, address="Kiosk", url="https://k.example/in")
    )
    row = Line.objects.get(kind="custom")
    assert row.settings == {"url": "https://k.example/in", "trusts_identity": False}
    secret = row.secrets["secret"]
    assert secret in page.content.decode() and f"/in/custom/{row.token}" in page.content.decode()
    assert secret not in rosa.open(f"/settings/lines/{row.id}").content.decode()
    rosa.client.post(f"/settings/lines/{row.id}/secret")
    row.refresh_from_db()
    assert row.secrets["secret"] != secret
    assert post(rosa, "lines/new/custom", **line_fields(shop, address="Other", url="javascript:alert(1)")) == 422


def test_a_line_is_paused_and_goes_on(rosa: At, shop: cast.Shop) -> None:
    rosa.asks(f"/settings/lines/{shop.line.id}/pause", "put")
    shop.line.refresh_from_db()
    assert shop.line.paused_at
    rosa.asks(f"/settings/lines/{shop.line.id}/pause", "delete")
    shop.line.refresh_from_db()
    assert shop.line.paused_at is None


def held(shop: cast.Shop) -> Quarantine:
    everybody = ", ".join(f"a{n}@example.com" for n in range(600))
    cast.deliver(shop.line, f"From: x@example.com\r\nTo: {everybody}\r\nSubject: <b>Hi\r\n\r\nHi".encode())
    cast.work()
    return Quarantine.objects.get()


def test_what_is_held_back_says_why_and_can_be_saved(shop: cast.Shop) -> None:
    item, tomas = held(shop), At(shop.tomas)
    page = tomas.open("/settings/quarantine")
    assert "500 addresses" in words(page) and "<b>Hi" not in page.content.decode()
    raw = tomas.open(f"/settings/quarantine/{item.id}/raw")
    assert raw.content.startswith(b"From: x@example.com") and "attachment" in raw.headers["Content-Disposition"]
    assert raw.headers["Content-Type"] == "application/octet-stream"


def test_trying_again_and_discarding(shop: cast.Shop) -> None:
    item, tomas = held(shop), At(shop.tomas)
    assert "Trying again" in words(tomas.asks(f"/settings/quarantine/{item.id}", "post"))
    cast.work()
    again = Quarantine.objects.get(closed_at=None)
    assert "Discarded" in words(tomas.asks(f"/settings/quarantine/{again.id}", "delete"))
    assert tomas.asks(f"/settings/quarantine/{again.id}", "delete").status_code == 422
    assert "Nothing is held back" in words(tomas.open("/settings/quarantine"))


def test_another_shops_settings_do_not_exist(rosa: At) -> None:
    other = cast.thistle()
    item = held(other)
    for path in (
        f"lines/{other.line.id}",
        f"brands/{other.brand.id}",
        f"hours/{other.hours.id}",
        f"brands/{other.brand.id}/preview",
        f"quarantine/{item.id}/raw",
    ):
        assert rosa.open(f"/settings/{path}").status_code == 404, path
    assert rosa.asks(f"/settings/quarantine/{item.id}", "delete").status_code == 404


def test_somebody_not_signed_in_is_asked_to(db: None) -> None:
    assert Client().get("/settings/lines").headers["Location"] == "/sign-in?next=%2Fsettings%2Flines"
