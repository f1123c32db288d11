"""Setting up a chat: whose pages show it, what it says, and the secret that the shop signs with."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from presszero.audit.models import Record
from presszero.channels.models import Line
from presszero.desk.forms.chat import origin
from tests import cast

from .conftest import At, words

FIELDS = {
    "name": "Shop chat",
    "first_reply_minutes": 5,
    "next_reply_minutes": 30,
    "sites": "https://juniper.example",
    "colour": "#335577",
    "position": "left",
    "speaks_en": "1",
}


def filled(shop: cast.Shop, **changes: Any) -> dict[str, Any]:
    return {**FIELDS, "brand": shop.brand.id, "hours": shop.hours.id, **changes}


def made(rosa: At, shop: cast.Shop, **changes: Any) -> Line:
    answer = rosa.client.post("/settings/lines/new/chat", filled(shop, **changes))
    assert answer.status_code == 302, words(answer)
    return Line.objects.get(merchant=shop.merchant, kind="chat")


def test_a_chat_is_made_with_all_that_was_asked(rosa: At, shop: cast.Shop) -> None:
    row = made(
        rosa,
        shop,
        sites="https://Juniper.example/boots\nhttp://localhost:8000, www.juniper.example",
        greeting_en="Hi  there",
        leave_words_en="Back soon",
        invite_text_0_en="Can we help?",
        invite_page_0="/boots/*",
        invite_seconds_0=20,
        invite_cart_0="100",
        privacy="juniper.example/privacy",
        phone="+44 20 1234",
    )
    assert row.settings["sites"] == ["https://juniper.example", "http://localhost:8000", "https://www.juniper.example"]
    assert row.settings["texts"]["en"] == {"greeting": "Hi there", "leave_words": "Back soon"}
    (rule,) = row.settings["invitations"]
    assert (rule["text"], rule["page"], rule["seconds"], rule["cart"]) == ("Can we help?", "/boots/*", 20, 100.0)
    assert (row.settings["colour"], row.settings["position"], row.settings["languages"]) == ("#335577", "left", ["en"])
    assert row.settings["privacy"] == "https://juniper.example/privacy"
    assert (row.name, row.first_reply_minutes, row.address) == (
        "Shop chat",
        5,
        f"chat.{row.merchant_id}.{shop.brand.id}",
    )
    assert Record.objects.filter(verb="line.add", subject=f"line:{row.id}").exists()


def test_its_page_shows_the_tag_to_copy_and_what_was_kept(rosa: At, shop: cast.Shop) -> None:
    row = made(rosa, shop, greeting_en="Hi <b>there</b>")
    page = rosa.client.get(f"/settings/lines/{row.id}").content.decode()
    assert f"data-shop=&#34;{row.token}&#34;" in page
    assert 'data-copies="script"' in page
    assert "Hi &lt;b&gt;there&lt;/b&gt;" in page


def test_saving_keeps_what_the_form_does_not_show(rosa: At, shop: cast.Shop) -> None:
    row = made(rosa, shop, greeting_en="Hello", invite_text_0_en="Help?")
    row.settings["texts"]["en"]["privacy"] = "Our notice"
    row.settings["other"] = 1
    row.save()
    number = row.settings["invitations"][0]["id"]
    rosa.client.post(f"/settings/lines/{row.id}", filled(shop, greeting_en="", invite_text_0_en="Help now?"))
    row.refresh_from_db()
    assert row.settings["texts"]["en"] == {"privacy": "Our notice"}
    assert (row.settings["other"], row.settings["invitations"][0]["id"]) == (1, number)


def test_an_invitation_speaks_every_language_it_was_given(rosa: At, shop: cast.Shop) -> None:
    shop.merchant.languages = ["de", "en-GB"]
    shop.merchant.save()
    row = made(rosa, shop, invite_text_0_de="Fragen?", invite_text_0_en="Questions?")
    assert row.settings["invitations"][0]["text"] == {"de": "Fragen?", "en": "Questions?"}
    shop.merchant.languages = ["de"]
    shop.merchant.save()
    page = rosa.client.get(f"/settings/lines/{row.id}").content.decode()
    assert 'value="Fragen?"' in page and 'value="Questions?"' in page


def test_a_second_chat_of_one_brand_stands_beside_the_first(rosa: At, shop: cast.Shop) -> None:
    for name in ("One", "Two"):
        assert rosa.client.post("/settings/lines/new/chat", filled(shop, name=name)).status_code == 302
    assert Line.objects.filter(kind="chat").values("address").distinct().count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"sites": "http://juniper.example"},
        {"sites": "https://*.juniper.example"},
        {"colour": "red; }"},
        {"position": "middle"},
        {"invite_page_0": "/boots"},
        {"invite_text_0_en": "Help?", "invite_page_0": "boots"},
        {"invite_text_0_en": "Help?", "invite_seconds_0": "-1"},
        {"greeting_en": "x" * 301},
        {"privacy": "javascript:alert(1)"},
        {"phone": "call me"},
        {"first_reply_minutes": 0},
    ],
)
def test_what_makes_no_sense_is_sent_back_with_a_sentence(rosa: At, shop: cast.Shop, wrong: dict[str, Any]) -> None:
    answer = rosa.client.post("/settings/lines/new/chat", filled(shop, **wrong))
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.content.decode()
    assert not Line.objects.filter(kind="chat").exists()


def test_i11_only_exact_sites_served_safely_may_show_it() -> None:
    assert origin("https://JUNIPER.example:443/boots?x#y") == "https://juniper.example"
    assert origin("https://juniper.example:8443") == "https://juniper.example:8443"
    assert origin("münchen.example") == "https://xn--mnchen-3ya.example"
    for wrong in (
        "http://juniper.example",
        "ftp://juniper.example",
        "javascript:alert(1)",
        "https://*.example",
        "https://a@juniper.example",
        "https://juniper.example:99999",
        "https://juniper.example; script-src *",
        "https://juniper.example'",
        "https://[::1",
        "https://",
        "com",
        "'self'",
        "*",
        "null",
    ):
        with pytest.raises(ValidationError):
            origin(wrong)


def test_a_secret_is_shown_once_and_the_one_it_replaced_holds_until_let_go(rosa: At, shop: cast.Shop) -> None:
    row = made(rosa, shop)

    def replaced() -> str:
        page = rosa.client.post(f"/settings/lines/{row.id}/secret").content.decode()
        found = re.search(r'id="secret" readonly value="([\w-]{43})"', page)
        assert found and row.token in page
        row.refresh_from_db()
        return found[1]

    first = replaced()
    assert row.secrets == {"identity": first, "old_identity": ""}
    second = replaced()
    assert row.secrets == {"identity": second, "old_identity": first}
    page = rosa.client.get(f"/settings/lines/{row.id}").content.decode()
    assert first not in page and second not in page
    assert "Let the old one go" in page
    assert rosa.client.delete(f"/settings/lines/{row.id}/secret").status_code == 204
    row.refresh_from_db()
    assert row.secrets == {"identity": second, "old_identity": ""}
    assert Record.objects.filter(verb="line.secret").count() == 3


def test_only_an_admin_sets_up_a_chat(shop: cast.Shop) -> None:
    for name in ("maya", "tomas"):
        assert At(shop.team[name]).open("/settings/lines/new/chat").status_code == 403
