"""Who may give what: said in sentences, changed by an admin, written down; rates, exceptions and own remedies."""

from __future__ import annotations

import pytest

from presszero.audit.models import Record
from presszero.remedies import actions
from presszero.remedies.models import ExchangeRate, Limit, OwnRemedy
from tests.walls.everything import browser

from .stage import Stage, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Stage:
    return stage()


def test_the_table_reads_as_sentences_and_one_is_changed(scene: Stage) -> None:
    desk = browser(scene.shop.team["rosa"])
    assert (
        "Agents may give anything up to £50.00 at once, £150.00 a day."
        in desk.get("/settings/authority").content.decode()
    )
    row = Limit.objects.get(merchant=scene.merchant, role="agent", kind="any")
    form = {"whose": "agent", "kind": "any", "allowed": "1", "each": "80", "day": "", "share": "20", "may_pass": "1"}
    shown = desk.post("/settings/authority/sentence", form).content.decode()
    assert "Agents may give anything up to £80.00 at once, 20 % of an order’s value." in shown
    assert "make an exception" in shown
    row.refresh_from_db()
    assert row.each == 5000  # a sentence shown changes nothing
    assert desk.post(f"/settings/authority/limits/{row.id}", form | {"each": "much"}).status_code == 422
    desk.post(f"/settings/authority/limits/{row.id}", form)
    row.refresh_from_db()
    assert (row.each, row.day, row.share, row.may_pass) == (8000, None, 20, True)
    written = Record.objects.get(verb="limit.set", subject=f"limit:{row.id}")
    assert (written.before or {})["each"] == 5000 and (written.after or {})["each"] == 8000


def test_a_person_has_a_sentence_of_their_own_and_loses_it(scene: Stage) -> None:
    desk = browser(scene.shop.team["rosa"])
    form = {"whose": f"member:{scene.shop.maya.id}", "kind": "refund", "allowed": "1", "each": "120"}
    desk.post("/settings/authority/limits/new", form)
    order = scene.order(9000)
    assert actions.preview(scene.ask("refund", order, 9000), scene.maya).decision.allowed
    row = Limit.objects.get(member=scene.shop.maya)
    desk.post(f"/settings/authority/limits/{row.id}/removal")
    assert not actions.preview(scene.ask("refund", order, 9000), scene.maya).decision.allowed
    assert browser(scene.shop.maya).get("/settings/authority").status_code == 403


def test_a_rate_makes_limits_hold_in_another_currency(scene: Stage) -> None:
    desk = browser(scene.shop.team["rosa"])
    order = scene.order(4000, currency="USD")
    assert not actions.preview(scene.ask("refund", order, 4000), scene.maya).decision.allowed
    assert desk.post("/settings/authority/rates", {"currency": "usd", "rate": "none"}).status_code == 422
    desk.post("/settings/authority/rates", {"currency": "usd", "rate": "0,79"})
    assert actions.preview(scene.ask("refund", order, 4000), scene.maya).decision.allowed
    desk.post(f"/settings/authority/rates/{ExchangeRate.objects.get().id}/removal")
    assert not ExchangeRate.objects.exists()


def test_a_limit_that_is_passed_often_is_proposed_and_adopted(scene: Stage) -> None:
    for n in range(5):
        order = scene.order(30000)
        actions.give(scene.ask("refund", order, 28000 + n), scene.tomas, f"k{n}", "Torn", pass_rule=True)
    desk = browser(scene.shop.team["rosa"])
    words = desk.get("/settings/exceptions").content.decode()
    assert "Make it £290.00" in words and "Torn" in words and "<rect" in words
    assert desk.post("/settings/exceptions/adoptions", {"name": "each:any:lead:1"}).status_code == 404
    desk.post("/settings/exceptions/adoptions", {"name": "each:any:lead:29000"})
    row = Limit.objects.get(merchant=scene.merchant, role="lead", kind="any")
    assert (row.each, row.may_pass, row.may_grant) == (29000, True, True)


def test_a_remedy_of_ones_own_is_built_and_its_secret_shown_once(scene: Stage) -> None:
    desk = browser(scene.shop.team["rosa"])
    form = {
        "name": "A repair", "says": "The cobbler mends it", "message": "Send them in.", "webhook": "",
        "label": ["Which shoe", "What it costs", ""], "kind": ["choice", "money", "text"],
        "choices": ["Left, right", "", ""], "required": ["1", "0", "0"], "key": ["", "", ""],
    }  # fmt: skip
    assert desk.post("/settings/remedies/new", form).status_code == 302
    row = OwnRemedy.objects.get()
    assert [each["label"] for each in row.fields] == ["Which shoe", "What it costs"]
    assert row.fields[0]["choices"] == ["Left", "right"] and row.amount_field == row.fields[1]["key"]
    sheet = browser(scene.shop.maya).get(f"/conversations/{scene.conversation.id}/remedies/new?kind=own:{row.id}")
    assert "Which shoe" in sheet.content.decode() and "The cobbler mends it" in sheet.content.decode()
    told = desk.post(f"/settings/remedies/{row.id}", form | {"webhook": "https://hooks.example.com/repairs"})
    assert "Copy the secret now" in told.content.decode()
    assert "Copy the secret now" not in desk.get(f"/settings/remedies/{row.id}").content.decode()
    desk.post(f"/settings/remedies/{row.id}/retirement")
    assert desk.get(f"/settings/remedies/{row.id}").status_code == 404
