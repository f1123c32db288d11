"""What is left: red where customers get no answer, amber where it could be safer, and the next step beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from presszero.channels.models import Line
from presszero.launch.checks import Check, Level, left
from presszero.launch.models import DomainCheck, Trial
from presszero.launch.queries import readiness, sections, things_left
from presszero.mailroom.models import Quarantine
from presszero.merchants.models import Merchant
from presszero.team.models import SecondFactor
from tests import cast

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday


def look(shop: cast.Shop, part: str, subject: str) -> Check:
    merchant = Merchant.objects.get(id=shop.merchant.id)
    section = next(each for each in sections(merchant, NOW) if each.name == part)
    return next(check for check in section.checks if check.subject == subject)


def tried(shop: cast.Shop, **more: object) -> Trial:
    return Trial.objects.create(merchant=shop.merchant, line=shop.line, by="system", started_at=NOW, **more)


def test_a_line_is_answered_when_somebody_is_there_in_hours_that_are_set(shop: cast.Shop) -> None:
    mail = shop.line.address
    assert look(shop, mail, "Answered").level is Level.AMBER  # the cast's hours are always
    shop.hours.weekly = {"mon": [["09:00", "17:00"]]}
    shop.hours.save()
    found = look(shop, mail, "Answered")
    assert found.level is Level.GREEN and "We usually answer within an hour." in found.says
    for member in shop.team.values():
        member.role = "read_only"
        member.save()
    assert look(shop, mail, "Answered").level is Level.RED


def test_a_line_that_is_paused_or_in_trouble_is_red(shop: cast.Shop) -> None:
    Line.objects.filter(id=shop.line.id).update(trouble="Fetching mail: refused.")
    assert look(shop, shop.line.address, "Open").says == "Fetching mail: refused."
    Line.objects.filter(id=shop.line.id).update(paused_at=NOW)
    found = look(shop, shop.line.address, "Open")
    assert found.level is Level.RED and found.step and found.step.href == f"/settings/lines/{shop.line.id}"


def test_what_became_of_the_last_test_message(shop: cast.Shop) -> None:
    mail = shop.line.address
    assert look(shop, mail, "Test message").level is Level.RED
    row = tried(shop)
    assert look(shop, mail, "Test message").running == f"/readiness/lines/{shop.line.id}"
    Trial.objects.filter(id=row.id).update(started_at=NOW - timedelta(minutes=10))
    assert "nothing is sent from here" in look(shop, mail, "Test message").says
    tried(shop, outcome="failed", reason="535 no")
    assert look(shop, mail, "Test message").says == "535 no"
    tried(shop, outcome="passed", left_at=NOW)
    assert look(shop, mail, "Test message").level is Level.GREEN


def test_what_the_dns_said_is_shown_with_what_to_do(shop: cast.Shop) -> None:
    mail, domain = shop.line.address, shop.line.address.partition("@")[2]
    assert look(shop, mail, "Mail DNS").level is Level.AMBER
    found = [{"subject": "SPF", "level": "wrong", "says": "None.", "mend": "Add a record."}]
    row = DomainCheck.objects.create(
        merchant=shop.merchant, domain=domain, selector="presszero", asked_at=NOW, checked_at=NOW, findings=found
    )
    check = look(shop, mail, "SPF")
    assert (check.level, check.mend) == (Level.RED, "Add a record.")
    DomainCheck.objects.filter(id=row.id).update(asked_at=NOW + timedelta(seconds=1))
    assert look(shop, mail, "Mail DNS").running


def test_ways_that_are_not_there_are_named(shop: cast.Shop) -> None:
    assert look(shop, "Ways to reach you", "Chat").level is Level.AMBER
    shop.line.delete()
    check = look(shop, "Ways to reach you", "E-mail")
    assert check.level is Level.RED and check.step and check.step.href == "/setup/mailbox"


def test_a_form_counts_as_shown_once_somebody_came_through_it(shop: cast.Shop) -> None:
    name = shop.form.name
    assert look(shop, name, "On your site").level is Level.AMBER
    cast.Browser("Ada").fills(shop, "Do the Fells run small?")
    assert look(shop, name, "On your site").level is Level.GREEN


def test_an_acknowledgement_that_is_off_is_said(shop: cast.Shop) -> None:
    assert look(shop, shop.line.address, "Acknowledgement").level is Level.GREEN
    shop.line.settings = {**shop.line.settings, "acknowledge": {"on": False}}
    shop.line.save()
    assert look(shop, shop.line.address, "Acknowledgement").level is Level.AMBER


def test_admins_without_a_second_factor_are_named(shop: cast.Shop) -> None:
    assert "Rosa Juniper" in look(shop, "People", "Sign-in").says
    SecondFactor.objects.create(person=shop.team["rosa"].person, sealed=b"", confirmed_at=NOW)
    assert look(shop, "People", "Sign-in").level is Level.GREEN


def test_what_waits_on_this_machine_is_said(shop: cast.Shop, home: Path) -> None:
    assert look(shop, "This installation", "Back-ups").level is Level.AMBER
    taken = {"taken": datetime.now(UTC).isoformat(), "folder": "/backups/one"}
    (home / "last-backup.json").write_text(json.dumps(taken))
    assert look(shop, "This installation", "Back-ups").level is Level.GREEN
    (home / "spool" / "0").mkdir(parents=True)
    (home / "spool" / "0" / "1.frames").write_bytes(b"x" * 2000)
    assert look(shop, "This installation", "Spool").level is Level.RED
    cast.deliver(shop.line, b"From: eve@x.example\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 1)
    cast.work()
    waiting = Quarantine.objects.filter(merchant=shop.merchant, closed_at=None).count()
    assert (look(shop, "This installation", "Held back").level is Level.RED) == bool(waiting)


def test_another_shops_rows_change_nothing(shop: cast.Shop, home: Path) -> None:
    before = [(s.name, s.checks) for s in sections(shop.merchant, NOW)]
    other = cast.thistle()
    Trial.objects.create(merchant=other.merchant, line=other.line, by="system", outcome="failed", reason="x")
    Line.objects.filter(id=other.line.id).update(paused_at=NOW)
    assert [(s.name, s.checks) for s in sections(shop.merchant, NOW)] == before


def test_ten_lines_ask_no_more_than_one(shop: cast.Shop, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(10):
        Line.objects.create(
            merchant=shop.merchant, brand=shop.brand, kind="email", address=f"{number}@juniper.example", name="x"
        )
    with django_assert_max_num_queries(25):
        sections(Merchant.objects.get(id=shop.merchant.id), NOW)


def test_the_desk_says_how_many_things_are_left(shop: cast.Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_counted", {})
    assert things_left(shop.merchant) is None  # nobody set it up here
    shop.merchant.setup = {"steps": {}}
    count = things_left(shop.merchant)
    assert count == left(sections(shop.merchant, timezone.now())) and count


def test_opening_is_written_down_once(shop: cast.Shop, rosa: Client, words: Callable[[object], str]) -> None:
    assert "Ready to open?" in words(rosa.get("/readiness"))
    rosa.post("/readiness/launch")
    first = Merchant.objects.get(id=shop.merchant.id).launched_at
    rosa.post("/readiness/launch")
    assert first and Merchant.objects.get(id=shop.merchant.id).launched_at == first
    assert "Open since" in words(rosa.get("/readiness"))


def test_all_may_read_and_only_leads_act(shop: cast.Shop) -> None:
    from .conftest import at_desk

    maya = at_desk(shop.maya)
    page = maya.get("/readiness")
    assert page.status_code == 200 and b"Open for customers" not in page.content
    for path in ("launch", "trials", f"lines/{shop.line.id}/trial", f"lines/{shop.line.id}/domain"):
        assert maya.post(f"/readiness/{path}").status_code == 403
    assert not Trial.objects.exists() and not Merchant.objects.get(id=shop.merchant.id).launched_at


def test_a_test_of_every_line_begins_one_each_and_no_second_beside_it(shop: cast.Shop, tomas: Client) -> None:
    kinds = {shop.line.kind, shop.form.kind, shop.chat.kind}
    for _ in range(2):
        assert tomas.post("/readiness/trials")["Location"] == "/readiness"
    assert {row.line.kind for row in Trial.objects.all()} == kinds and Trial.objects.count() == 3
    part = tomas.get(f"/readiness/lines/{shop.line.id}", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" in part and "It is on its way." in part
