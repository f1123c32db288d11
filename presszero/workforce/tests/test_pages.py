"""The pages of staffing and of who waits, as a lead and others open them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from freezegun import freeze_time

import config.urls as _all  # before time stands still: a library reads types from the clock's module
from presszero.audit.models import Record
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from presszero.team.models import Membership
from presszero.workforce.models import Plan, Shift
from tests import cast

from .planted import Waits

assert _all.urlpatterns
NOW = datetime(2026, 11, 18, 12, 10, tzinfo=UTC)  # a Wednesday
WEEK = "week=2026-11-23&kind=call"


@pytest.fixture
def shop(db: None) -> cast.Shop:
    with freeze_time(NOW, tick=False):
        yield cast.juniper()


@pytest.fixture
def waits(shop: cast.Shop) -> Waits:
    return Waits(shop)


def browser(member: Membership) -> Client:
    client = Client()
    client.cookies[COOKIE] = start_session(member.person, Browser("203.0.113.9", "t"), timezone.now()).token
    return client


def test_a_week_is_planned_kept_and_exported(shop: cast.Shop, waits: Waits):
    waits.past(date(2026, 10, 19), 30, 150)
    lead, maya = browser(shop.tomas), shop.maya
    page = lead.get(f"/workforce/staffing?{WEEK}").content.decode()
    assert "What if we add one?" in page and "is shortest" in page
    kept = lead.post(
        "/workforce/roster", {"week": "2026-11-23", "kind": "call", "every": "1", f"s-{maya.id}-0": "9-17:30"}
    )
    assert kept.status_code == 302
    assert Shift.objects.get(member=maya).spans == [["09:00", "17:30"]]
    assert Record.objects.filter(verb="roster.changed", subject=f"member:{maya.id}").count() == 1
    rows = lead.get(f"/workforce/staffing.csv?{WEEK}").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + 7 * 48
    at_ten, at_eight = (
        next(r for r in rows if r.startswith(f'"2026-11-23","{clock}"')) for clock in ("10:30", "08:00")
    )
    ten, eight = ([cell.strip('"') for cell in row.split(",")] for row in (at_ten, at_eight))
    assert 8 < float(ten[3]) < 25  # expected: a Monday of 150 calls, busiest now
    assert (ten[5], eight[5]) == ("1", "0") and int(ten[6]) >= int(ten[7]) >= 2
    monday = lead.get(f"/workforce/staffing?{WEEK}").content.decode()
    assert 'value="09:00–17:30"' in monday


def test_one_week_alone_may_differ_and_a_proposal_is_taken_over(shop: cast.Shop, waits: Waits):
    waits.past(date(2026, 10, 26), 22, 60)
    lead, maya = browser(shop.tomas), shop.maya
    Shift.objects.create(merchant=shop.merchant, member=maya, weekday=0, spans=[["09:00", "17:00"]])
    lead.post("/workforce/roster", {"week": "2026-11-23", "kind": "call", "every": "", f"s-{maya.id}-0": ""})
    assert Shift.objects.get(member=maya, on=date(2026, 11, 23)).spans == []
    assert Shift.objects.get(member=maya, on=None).spans == [["09:00", "17:00"]]
    assert lead.post("/workforce/proposal", {"week": "2026-11-23", "kind": "call"}).status_code == 302
    proposed = Shift.objects.filter(on__isnull=False).exclude(spans=[])
    assert {shift.on.isocalendar().week for shift in proposed} == {48} and proposed.count() >= 6


def test_what_cannot_be_read_is_kept_on_the_page_and_nothing_is_written(shop: cast.Shop, waits: Waits):
    lead, maya = browser(shop.tomas), shop.maya
    typed = {"week": "2026-11-23", "kind": "call", f"s-{maya.id}-0": "9-17", f"s-{maya.id}-1": "early"}
    answer = lead.post("/workforce/roster", typed)
    assert answer.status_code == 422 and 'value="early"' in answer.content.decode()
    assert not Shift.objects.exists()
    plan = lead.post("/workforce/plan", {"week": "2026-11-23", "kind": "call", "level": "120", "occupancy": "85"})
    assert plan.status_code == 422 and not Plan.objects.exists()
    for wrong in ("week=never", "week=2036-01-01"):
        assert lead.get(f"/workforce/staffing?{wrong}").status_code == 422
    assert lead.get("/workforce/staffing?kind=smoke").status_code == 404


def test_the_plan_counts(shop: cast.Shop, waits: Waits):
    waits.past(date(2026, 10, 26), 22, 150)
    lead = browser(shop.tomas)
    before = lead.get(f"/workforce/staffing.csv?{WEEK}").content
    wanted = {"level": "95", "within": "10", "handling": "600", "patience": "60", "occupancy": "70", "shrinkage": "20"}
    assert lead.post("/workforce/plan", {"week": "2026-11-23", "kind": "call", **wanted}).status_code == 302
    plan = Plan.objects.get()
    assert (plan.level, plan.within_seconds, plan.handling_seconds, plan.shrinkage) == (0.95, 10, 600, 0.2)
    after = lead.get(f"/workforce/staffing.csv?{WEEK}").content
    most = [max(int(r.split(b",")[6].strip(b'"')) for r in sheet.splitlines()[1:]) for sheet in (before, after)]
    assert most[1] > most[0]


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.fixture
def morning(shop: cast.Shop, waits: Waits) -> dict[str, int]:
    """Something behind every number: the number as it is asked for → a conversation behind it."""
    late = waits.waits(ago(400), "Ada Kowalski", due_at=ago(100))
    waits.waits(ago(20), "Ben Ruiz", kind="chat", due_at=NOW + timedelta(seconds=280))
    quick = waits.waits(ago(3000), left="answered", left_at=ago(2980), due_at=ago(2700))
    slow = waits.waits(ago(3000), left="answered", left_at=ago(2000), due_at=ago(2700))
    gone = waits.waits(ago(3000), left="abandoned", left_at=ago(2900), cart_value=4200, currency="GBP")
    waits.waits(ago(3000), left="callback", left_at=ago(2900))
    call = waits.call(ago(300), "talking")
    waits.talks(call, shop.maya, ago(250))
    menu = waits.call(ago(15), "menu", [("entered", "hello"), ("entered", "orders")])
    zero = waits.call(ago(900), "ended", zero_at=ago(880), zero_node="hello", ended_at=ago(100))
    waits.is_here(shop.maya, NOW)
    waits.is_here(shop.tomas, NOW, ready=False, reason="lunch")
    behind = {"waiting": late, "in-time": quick, "late": slow, "gave-up:call": gone, "came::22": slow}
    calls = {"menu:orders": menu, "zero:hello": zero, "talking": call}
    return {what: row.conversation_id for what, row in {**behind, **calls}.items() if row.conversation_id}


def test_who_waits_is_on_the_wall_and_on_the_board(shop: cast.Shop, morning: dict[str, int]):
    lead = browser(shop.tomas)
    wall = lead.get("/workforce/wall").content.decode()
    assert 'data-theme="dark"' in wall and "Ada" in wall and "Kowalski" not in wall
    board = lead.get("/workforce/board").content.decode()
    for seen in ("6:40", "orders", "talking", "Lunch", "50 %", "£42.00 left in carts", "Listen in"):
        assert seen in board, seen
    for part in ("wall", "board"):
        moved = lead.get(f"/workforce/{part}/now").content.decode()
        assert moved.strip().startswith('<div id="now"') and "6:40" in moved
    rows = lead.get("/workforce/waits.csv?day=2026-11-18").content.decode("utf-8-sig").splitlines()
    assert '"2026-11-18","11:00","call","4","2","1","1","1","510.0"' in rows


def test_every_number_opens_what_it_was_counted_from(shop: cast.Shop, morning: dict[str, int]):
    lead = browser(shop.tomas)

    def behind(what: str) -> str:
        return lead.get(f"/workforce/conversations?day=2026-11-18&what={what}").content.decode()

    for what, conversation in morning.items():
        assert f"/conversations/{conversation}" in behind(what), what
    assert f"/conversations/{morning['late']}" not in behind("in-time")
    for nothing in ("smoke", "came:call:77", "gave-up:mail"):
        assert lead.get(f"/workforce/conversations?what={nothing}").status_code == 404


def test_whoever_sees_some_queues_sees_no_sums_and_an_agent_no_board(shop: cast.Shop):
    part = shop.member("rob", "agent", "rob@juniper.example")
    Membership.objects.filter(id=part.id).update(sees_all=False)
    assert browser(part).get("/workforce/wall").status_code == 403
    assert browser(shop.maya).get("/workforce/wall").status_code == 200
    assert browser(shop.maya).get("/workforce/board").status_code == 403
    assert browser(shop.maya).get("/workforce/staffing").status_code == 403
    for nowhere in ("day=2026-11-19", "day=never"):
        assert browser(shop.tomas).get(f"/workforce/board?{nowhere}").status_code == 422
