"""Call me: a place kept from a page, and a promise beside it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from presszero.calls.models import Callback
from presszero.channels.models import Entry, Line
from presszero.conversations.models import Conversation
from presszero.frontdoor.ring import views
from presszero.frontdoor.ring.hours import slots
from presszero.merchants.policy import Week
from presszero.promises.models import Promise
from presszero.timeline.reactions import consume_all
from tests import cast
from tests.cast import Shop

NOON = datetime(2026, 3, 4, 12, 10, tzinfo=UTC)  # a Wednesday


def asks(line: Line, **given: str) -> str:
    answer = Client().post(f"/call/{line.token}", {"number": "+44 7400 123456", "when": "", **given})
    return f"{answer.status_code} {answer.content.decode()}"


def test_whoever_asks_keeps_a_place_and_has_a_promise(shop: Shop, line: Line) -> None:
    consume_all()  # listeners begin at the present
    assert "We call you" in Client().get(f"/call/{line.token}").content.decode()
    assert asks(line, name="Ada", about="The left boot squeaks").startswith("200 ")
    row = Callback.objects.get(merchant=shop.merchant)
    assert (row.number, row.state, row.call_id) == ("+447400123456", "waits", None)
    cast.work()
    while consume_all():
        pass
    row.refresh_from_db()
    talk = Conversation.objects.get(merchant=shop.merchant)
    assert row.conversation_id == talk.id
    assert Entry.objects.get(merchant=shop.merchant).text == "The left boot squeaks"
    made = Promise.objects.get(merchant=shop.merchant, id=row.promise_id or 0)
    assert (made.conversation_id, made.due_at) == (talk.id, row.due_at)


def test_asking_again_is_the_same_place(shop: Shop, line: Line) -> None:
    asks(line)
    first = Callback.objects.get(merchant=shop.merchant)
    assert asks(line, about="Again").startswith("200 ")
    again = Callback.objects.get(merchant=shop.merchant)
    assert (again.id, again.since) == (first.id, first.since)


def test_an_hour_is_picked_from_those_offered(shop: Shop, line: Line) -> None:
    page = Client().get(f"/call/{line.token}").content.decode()
    offered = re.findall(r'<option value="(\d{4}-[^"]+)"', page)
    assert asks(line, when=offered[3]).startswith("200 ")
    row = Callback.objects.get(merchant=shop.merchant)
    assert row.wished_from == datetime.fromisoformat(offered[3])
    assert row.due_at > row.wished_from
    assert asks(line, when="2020-01-01T04:00:00+00:00").startswith("422 ")


@pytest.mark.parametrize(
    "number", ["", "hello", "+44 909 879 0000", "+1 900 555 0100", "+881 612 345 678", "+49 30 1234567"]
)
def test_h5_numbers_that_cost_more_or_lie_elsewhere_are_refused_and_nothing_is_kept(
    shop: Shop, line: Line, number: str
) -> None:
    said = asks(line, number=number)
    assert said.startswith("422 ") and 'role="alert"' in said
    assert not Callback.objects.filter(merchant=shop.merchant).exists()
    assert not Entry.objects.filter(merchant=shop.merchant).exists()


def test_h5_one_network_cannot_fill_the_queue(shop: Shop, line: Line) -> None:
    answers = [asks(line, number=f"+44 7400 1234{n:02d}")[:3] for n in range(views.WISHES.most + 2)]
    assert answers == ["200"] * views.WISHES.most + ["429"] * 2
    assert Callback.objects.filter(merchant=shop.merchant).count() == views.WISHES.most


def test_what_leads_nowhere_looks_the_same(shop: Shop, line: Line) -> None:
    line.paused_at = timezone.now()
    line.save()
    paused, unknown = Client().get(f"/call/{line.token}"), Client().get("/call/nobody")
    assert (paused.status_code, unknown.status_code) == (404, 404)
    assert Client().get(f"/call/{shop.chat.token}").status_code == 404


def test_half_hours_lie_in_open_time_and_not_too_soon() -> None:
    week = Week("Europe/Berlin", {"wed": [["09:00", "14:00"]], "thu": [["10:00", "11:00"]]})
    found = [each.strftime("%a %H:%M") for each in slots(week, NOON)]
    assert found[:3] == ["Wed 13:30", "Thu 10:00", "Thu 10:30"]
    always = list(slots(Week("Europe/London"), NOON))
    assert all(8 <= each.hour < 20 for each in always)
    assert min(always) - NOON >= timedelta(minutes=15)


def test_a_number_that_only_takes_calls_promises_none(shop: cast.Shop, line: Line) -> None:
    line.settings = {"driver": "sip"}
    line.save()
    shown = Client().get(f"/call/{line.token}")
    for page in (f"{shown.status_code} {shown.content.decode()}", asks(line)):
        assert page.startswith("404 ") and "only takes calls" in page
    assert f"/call/{line.token}" not in Client().get(f"/talk/{line.token}").content.decode()
    assert not Callback.objects.exists()
