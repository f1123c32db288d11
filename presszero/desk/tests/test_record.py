"""The record as admins read it, and who looked at whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from presszero.audit.actions import chain, record
from presszero.audit.models import Look, Record
from tests import cast
from tests.walls.everything import browser


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def rosa(shop: cast.Shop) -> Client:
    return browser(shop.team["rosa"])


def test_a_change_reads_as_a_sentence_with_before_and_after(shop: cast.Shop, rosa: Client) -> None:
    rosa.post(f"/settings/people/{shop.maya.id}/role", {"role": "lead"})
    shown = rosa.get("/settings/record").content.decode()
    assert "Rosa Juniper" in shown and "changed a role: Maya Okafor" in shown
    assert "<del>agent</del><ins>lead</ins>" in shown


def test_it_is_asked_by_person_kind_and_day(shop: cast.Shop, rosa: Client) -> None:
    for member, verb in ((shop.maya, "macro.save"), (shop.tomas, "line.save")):
        record(verb, "x:1", by=member.actor, merchant=shop.merchant, after={"name": verb.upper()})
    today, tomorrow = timezone.localdate(), timezone.localdate() + timedelta(days=1)
    for asked, found in (
        ("", {"MACRO.SAVE", "LINE.SAVE"}),
        (f"who=member:{shop.maya.id}", {"MACRO.SAVE"}),
        ("kind=line", {"LINE.SAVE"}),
        (f"from={today}&to={today}", {"MACRO.SAVE", "LINE.SAVE"}),
        (f"from={tomorrow}", set()),
    ):
        shown = rosa.get(f"/settings/record?{asked}").content.decode()
        assert {each for each in ("MACRO.SAVE", "LINE.SAVE") if f": {each}" in shown} == found, asked
    assert rosa.get("/settings/record?from=soon").status_code == 404


def test_pages_follow_one_another_without_a_gap(shop: cast.Shop, rosa: Client) -> None:
    for number in range(120):
        record("macro.save", "x:1", by=shop.maya.actor, merchant=shop.merchant, after={"name": f"n{number}."})
    seen, path = [], "/settings/record"
    while path:
        shown = rosa.get(path).content.decode()
        seen += [n for n in range(120) if f": n{n}." in shown]
        path = (
            f"/settings/record?before={shown.partition('before=')[2].partition(chr(34))[0]}"
            if "before=" in shown
            else ""
        )
    assert sorted(seen) == list(range(120))


def test_the_sheet_runs_nothing_and_is_on_record(shop: cast.Shop, rosa: Client) -> None:
    record(
        "macro.save", "x:1", by=shop.maya.actor, merchant=shop.merchant, after={"name": "=HYPERLINK(1)"}, why="@SUM(1)"
    )
    got = rosa.get("/settings/record.csv")
    assert got["Content-Type"].startswith("text/csv")
    assert '"@SUM' not in got.content.decode() and '"=HYP' not in got.content.decode()
    assert "HYPERLINK" in got.content.decode()
    assert Record.objects.filter(verb="record.export").count() == 1


def test_a_changed_row_shows(shop: cast.Shop, rosa: Client) -> None:
    for _ in range(3):
        record("macro.save", "x:1", by=shop.maya.actor, merchant=shop.merchant)
    chain(shop.merchant)
    assert "Unbroken since" in rosa.get("/settings/record/chain").content.decode()
    assert "3 rows looked at now" in rosa.get("/settings/record/chain").content.decode()


def test_gd9_who_looked_at_a_customer_is_kept_once_an_hour_and_shown_to_leads(shop: cast.Shop) -> None:
    row = cast.the(cast.ada().writes(shop, "Where is it?")).conversation
    path = f"/customers/{row.customer_id}"
    for _ in range(3):
        browser(shop.maya).get(path)
        browser(shop.maya).get(f"{path}/panel?beside={row.id}")
    look = Look.objects.get()
    assert (look.member_id, look.customer_id) == (shop.maya.id, row.customer_id)
    assert "Who looked" not in browser(shop.maya).get(path).content.decode()
    shown = browser(shop.tomas).get(path).content.decode()
    assert "Who looked" in shown and "Maya Okafor" in shown
    Look.objects.update(hour=look.hour - timedelta(hours=1))
    browser(shop.maya).get(path)
    assert Look.objects.filter(member_id=shop.maya.id).count() == 2


def test_it_is_for_admins_alone(shop: cast.Shop) -> None:
    for path in ("/settings/record", "/settings/record.csv", "/settings/record/chain"):
        assert browser(shop.tomas).get(path).status_code == 403
