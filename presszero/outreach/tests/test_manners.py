"""How a merchant writes first, as an admin sets it, and the screens of batches as a lead meets them."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from django.test import Client

from presszero.audit.models import Record
from presszero.outreach.explaining import about, lately
from presszero.outreach.gate import may_contact
from presszero.outreach.models import Batch, Manners, Suppression
from presszero.team.models import Membership
from tests import cast
from tests.walls.everything import browser
from tests.walls.writing_first import WORDS

from .conftest import Stage

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PATH = "/settings/writing-first"
GOOD = {
    "quiet_from": "21:00",
    "quiet_to": "08:30",
    "a_day": "1",
    "a_week": "4",
    "prefer": ["email", "pigeon", "email"],
    "postal_address": "12 Orchard Street\r\nLeeds",
    "credit": "10.50",
    "person_from": "",
}


def at(member: Membership) -> Client:
    return browser(member)


def test_rules_are_kept_with_what_they_were(stage: Stage) -> None:
    rosa = at(stage.shop.team["rosa"])
    assert rosa.post(PATH, GOOD).status_code == 302
    row = Manners.objects.get()
    assert (row.quiet_from, row.quiet_to, row.a_day, row.a_week) == (time(21), time(8, 30), 1, 4)
    assert (row.prefer, row.credit, row.person_from) == (["email"], 1050, None)
    kept = Record.objects.get(verb="manners.changed")
    assert kept.before and kept.after
    assert (kept.before["quiet_from"], kept.after["quiet_from"]) == ("20:00", "21:00")
    rosa.post(PATH, GOOD)
    assert Record.objects.filter(verb="manners.changed").count() == 1  # nothing changed, nothing to record
    assert "12 Orchard Street" in rosa.get(PATH).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"quiet_from": "late"}, {"a_day": "-1"}, {"a_week": "0"}, {"a_day": "999"}, {"credit": "much"}, {"a_day": "²"}],
)
def test_what_makes_no_sense_is_said_and_loses_nothing(stage: Stage, wrong: dict[str, str]) -> None:
    shown = at(stage.shop.team["rosa"]).post(PATH, {**GOOD, **wrong})
    assert shown.status_code == 422 and "12 Orchard Street" in shown.content.decode()
    assert not Manners.objects.exists()


def test_a_pause_holds_everything_until_it_ends(stage: Stage) -> None:
    rosa = at(stage.shop.team["rosa"])
    rosa.post(f"{PATH}/pause", {"on": "1"})
    assert may_contact(stage.ada, "email", "service", NOON).rule == "paused"
    rosa.post(f"{PATH}/pause", {"on": "0"})
    assert may_contact(stage.ada, "email", "service", NOON).yes
    assert list(Record.objects.values_list("verb", flat=True)) == ["manners.paused", "manners.resumed"]


def test_addresses_are_left_alone_and_written_to_again(stage: Stage) -> None:
    rosa = at(stage.shop.team["rosa"])
    rosa.post(f"{PATH}/addresses", {"address": " Ada@Example.com "})
    row = Suppression.objects.get()
    assert (row.kind, row.address, row.why) == ("email", "ada@example.com", "person")
    assert "ada@example.com" in rosa.get(PATH).content.decode()
    rosa.post(f"{PATH}/addresses/{row.id}/lifting")
    assert may_contact(stage.ada, "email", "service", NOON).rule != "suppressed"
    assert rosa.post(f"{PATH}/addresses", {"address": "a"}).status_code == 422


def test_why_was_nothing_sent_is_found_by_name_address_and_order(stage: Stage) -> None:
    cast.ada().order(stage.shop)
    may_contact(stage.ada, "email", "marketing", NOON)
    may_contact(stage.ada, "email", "marketing", NOON, rehearsal=True)
    for words in ("Ada", "ada@exam", "#1042", "1042"):
        assert [told.row.rule for told in about(stage.shop.merchant, words)] == ["no_consent", "no_consent"], words
    assert about(stage.shop.merchant, "Ben") == [] == about(cast.thistle().merchant, "Ada")
    assert lately(stage.shop.merchant, NOON) == [("They did not say yes to this.", 1)]
    assert "They did not say yes" in at(stage.shop.team["rosa"]).get(f"{PATH}?who=1042").content.decode()


def test_a_lead_writes_a_batch_and_loses_no_word_of_it(stage: Stage) -> None:
    tomas = at(stage.shop.tomas)
    wrong = tomas.post("/outreach/new", {**WORDS, "state": "sent", "text": "No day in it", "then": "rehearse"})
    assert wrong.status_code == 422 and "No day in it" in wrong.content.decode()
    cast.ada().order(stage.shop)
    said = tomas.post("/outreach/new", {**WORDS, "state": "sent", "then": "rehearse"})
    row = Batch.objects.get()
    assert said["Location"].startswith(f"/outreach/{row.id}")
    assert row.rehearsal["picks"] == [[stage.ada.id, stage.ada.orders.get().id]]
    assert "every 1s" in tomas.get(f"/outreach/{row.id}/now").content.decode()
    assert tomas.post(f"/outreach/{row.id}/start").status_code == 422  # nobody has counted yet
    assert "Storm" in tomas.get("/outreach").content.decode()
