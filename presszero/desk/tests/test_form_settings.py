"""Setting up a web form: topics, fields, texts, sites, and where its answers go out."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from presszero.channels.adapter import Request
from presszero.channels.adapters.form.asking import Field, Topic, topics
from presszero.channels.models import Line
from presszero.channels.registry import adapter
from presszero.channels.signing import signed_headers
from tests import cast
from tests.walls.everything import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def rosa(shop: cast.Shop) -> Client:
    return browser(shop.team["rosa"])


def filled(shop: cast.Shop, **more: Any) -> dict[str, Any]:
    return {
        "name": "Contact form",
        "brand": shop.brand.id,
        "hours": shop.hours.id,
        "first_reply_minutes": 60,
        "next_reply_minutes": 240,
        "answers_from": shop.line.id,
        "sites": "https://juniper.example\nwww.juniper.example/contact",
        "topic_0": "Late delivery",
        "label_0_0": "Order number",
        "kind_0_0": "order",
        "required_0_0": "1",
        "help_0_0": "On your invoice.",
        "label_0_1": "Which foot?",
        "kind_0_1": "choice",
        "choices_0_1": "Left\nRight\n\nLeft",
        "title_en": "Write to us",
        **more,
    }


def test_a_form_is_added_changed_and_shown_with_its_link_and_tag(shop: cast.Shop, rosa: Client) -> None:
    added = rosa.post("/settings/lines/new/form", filled(shop))
    line = Line.objects.get(merchant=shop.merchant, kind="form")
    assert added.status_code == 302 and added["Location"].startswith(f"/settings/lines/{line.id}")
    assert line.settings["sites"] == ["https://juniper.example", "https://www.juniper.example"]
    assert line.settings["answers_from"] == shop.line.id and line.settings["texts"]["en"]["title"] == "Write to us"
    wanted = (
        Field("0-0", "Order number", "order", True, "On your invoice."),
        Field("0-1", "Which foot?", "choice", choices=("Left", "Right")),
    )
    assert topics(line.settings) == (Topic("Late delivery", wanted),)
    page = rosa.get(f"/settings/lines/{line.id}").content.decode()
    assert f"/form/{line.token}" in page and f"form.js&#34; data-form=&#34;{line.token}" in page
    assert 'value="Late delivery"' in page and 'name="topic_1"' in page and 'name="label_0_3"' in page
    rosa.post(f"/settings/lines/{line.id}", filled(shop, topic_1="Wrong size", label_0_1="", choices_0_1=""))
    line.refresh_from_db()
    assert [(t.name, len(t.fields)) for t in topics(line.settings)] == [("Late delivery", 1), ("Wrong size", 0)]
    assert Client().get(f"/form/{line.token}").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"choices_0_1": " \n"}, "Which ones are there to choose from?"),
        ({"label_0_0": ""}, "What is this field called?"),
        ({"topic_0": ""}, "What is this topic called?"),
        ({"topic_1": "Late delivery"}, "There is a topic of this name already."),
        ({"sites": "http://juniper.example"}, "must begin with https://"),
        ({"sites": "https://*"}, "is not the address of a site"),
        ({"kind_0_0": "password"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    shop: cast.Shop, rosa: Client, wrong: dict[str, str], said: str
) -> None:
    answer = rosa.post("/settings/lines/new/form", filled(shop, **wrong))
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Line.objects.filter(kind="form").exists()


def test_answers_never_go_out_from_another_merchants_line(shop: cast.Shop, rosa: Client) -> None:
    theirs = cast.thistle().line
    answer = rosa.post("/settings/lines/new/form", filled(shop, answers_from=theirs.id))
    assert answer.status_code == 422 and not Line.objects.filter(kind="form").exists()


def test_two_forms_of_one_brand_stand_side_by_side(shop: cast.Shop, rosa: Client) -> None:
    for name in ("Contact form", "Returns"):
        assert rosa.post("/settings/lines/new/form", filled(shop, name=name)).status_code == 302
    assert Line.objects.filter(merchant=shop.merchant, kind="form").values("address").distinct().count() == 2


def test_a_program_of_theirs_signs_with_a_secret_that_is_shown_once(shop: cast.Shop, rosa: Client) -> None:
    line = shop.form
    page = rosa.post(f"/settings/lines/{line.id}/secret").content.decode()
    line.refresh_from_db()
    secret = line.secrets["secret"]
    assert secret in page and f"/in/form/{line.token}" in page
    assert secret not in rosa.get(f"/settings/lines/{line.id}").content.decode()
    body = b'{"id": "1", "sender": "v-1", "text": "From our own form"}'
    signed = Request("POST", "", signed_headers("1", int(time.time()), body, secret), body)
    adapter("form").verify(signed, line.for_adapter())
