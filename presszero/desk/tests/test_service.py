"""The page about service: what it shows, what opens behind its numbers, who may see it, and saying what things cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from freezegun import freeze_time

from presszero.audit.models import Record
from presszero.insights.letters import wants
from presszero.insights.models import Cost, Worked
from presszero.insights.tests.october import NOW, October
from presszero.insights.tests.october import at as moment
from presszero.insights.tests.world import World
from presszero.insights.working import MOST
from tests import cast

from .conftest import At, words

pytestmark = pytest.mark.slow

PAGE = "/insights/service?month=2026-10"
_ROW = re.compile(r'<a class="row[^"]*" id="c(\d+)"')
_LINK = re.compile(r'href="(/insights/service/conversations\?[^"]*)"')


@pytest.fixture
def october(shop: cast.Shop) -> October:
    made = October(World(shop))
    made.worked()
    made.gave()
    made.settled()
    made.bought()
    return made


@freeze_time(NOW)
def test_every_number_opens_its_conversations(october: October, rosa: At) -> None:
    october.priced()
    body = rosa.open(PAGE).content.decode()
    assert "£322.10" in body and "£103.40" in body and "£184.00" in body
    links = {unescape(link) for link in _LINK.findall(body)}
    assert len(links) >= 10
    for link in links:
        page = rosa.open(link)
        assert page.status_code == 200 and _ROW.findall(page.content.decode()), link
    bought = rosa.open("/insights/service/conversations?month=2026-10&what=bought%3A30").content.decode()
    assert sorted(map(int, _ROW.findall(bought))) == sorted([october.parcel.id, october.boots.id])


@freeze_time(NOW)
def test_nothing_yet_too_little_and_enough_are_said_plainly(october: October, rosa: At) -> None:
    assert "Nothing happened in this month" in words(rosa.open("/insights/service?month=2026-08"))
    assert "Nobody has said yet what an hour of work costs" in words(rosa.open(PAGE))
    october.priced()
    page = words(rosa.open(PAGE))
    assert "Nobody has been drawn yet" in page and "too little to tell" in page
    october.drawn(october.parcel, True, moment(8))
    assert "1 of 30 customers held out: too little to tell; about " in words(rosa.open(PAGE))
    october.many(90, 3, spend=1000)
    found = rosa.open(PAGE)
    assert 'class="reach"' in found.content.decode()
    assert "It may be nothing" in words(found) or "Suggestions brought" in words(found)


@freeze_time(NOW)
def test_it_shows_sums_and_nobodys_name(october: October, rosa: At) -> None:
    october.priced()
    inner = rosa.open(PAGE).content.decode().partition('class="day service"')[2].partition("</main>")[0]
    assert "Hands at work" in inner
    assert "Maya" not in inner and "Tomas" not in inner


@freeze_time(NOW)
@pytest.mark.parametrize("asked", ["2026-12", "soon", "0001-01", "2026-10-01"])
def test_a_month_that_cannot_be_is_refused_in_words(rosa: At, asked: str) -> None:
    for path in ("/insights/service", "/insights/service/conversations"):
        assert rosa.client.get(path, {"month": asked, "what": "settled"}).status_code == 422


@freeze_time(NOW)
@pytest.mark.parametrize("what", ["", "all", "bought:7", "bought:", "labour:pigeon", "topic:0", "topic:x", "settled:1"])
def test_what_is_no_number_is_not_found(rosa: At, what: str) -> None:
    got = rosa.client.get("/insights/service/conversations", {"month": "2026-10", "what": what})
    assert got.status_code == 404


@freeze_time(NOW)
def test_it_is_for_leads_who_see_the_whole(october: October, maya: At, at: Callable[[str], At]) -> None:
    assert maya.open(PAGE).status_code == 403
    assert at("tomas").open(PAGE).status_code == 200 and "Stop the letters" not in words(at("tomas").open(PAGE))
    type(at("tomas").member).objects.filter(id=at("tomas").member.id).update(sees_all=False)
    assert at("tomas").open(PAGE).status_code == 403


@freeze_time(NOW)
def test_an_admin_stops_the_letters_and_has_them_again(october: October, rosa: At) -> None:
    for wanted in ("0", "1"):
        rosa.client.post("/insights/letter", {"wanted": wanted})
        assert wants(rosa.member) is (wanted == "1")


@freeze_time(NOW)
def test_a_beat_of_a_page_is_counted(october: October, maya: At, at: Callable[[str], At]) -> None:
    Worked.objects.all().delete()
    spent = {"spent": [f"{october.parcel.id}:15", "x:9", f"{october.boots.id}:-3", "999999999999:4", "7"]}
    assert maya.client.post("/insights/work", spent).status_code == 204
    found = Worked.objects.get()
    assert (found.member_id, found.seconds, found.conversation_id) == (maya.member.id, 15, october.parcel.id)
    assert maya.client.post("/insights/work", {"spent": f"{october.parcel.id}:99999"}).status_code == 204
    assert Worked.objects.get().seconds <= 15 + MOST


@freeze_time(NOW)
def test_costs_are_said_from_a_day_on_and_taken_back(october: October, rosa: At) -> None:
    said = {"since": "2026-10-01", "hour": "24.00", "month": "", "contact-email": "0.5"}
    assert rosa.client.post("/settings/costs", said).status_code == 302
    assert {row.what: row.minor for row in Cost.objects.all()} == {"hour": 2400, "contact:email": 50}
    rosa.client.post("/settings/costs", said)
    assert Cost.objects.count() == 2  # what has not changed is not said again
    page = words(rosa.open("/settings/costs"))
    assert "£24.00" in page and "1 Oct 2026" in page and "Rosa Juniper" in page
    row = Cost.objects.get(what="hour")
    assert rosa.client.post(f"/settings/costs/{row.id}/removal").status_code == 302
    assert not Cost.objects.filter(what="hour").exists()
    assert list(Record.objects.filter(verb__startswith="cost.").values_list("verb", flat=True)) == [
        *("cost.set", "cost.set", "cost.remove")
    ]


@freeze_time(NOW)
@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"since": "2026-10-01", "hour": "lots"}, "This is no amount"),
        ({"since": "2026-10-01", "hour": "-3"}, "never below nothing"),
        ({"since": "soon", "hour": "24"}, "Pick the day"),
        ({"hour": "24"}, "Pick the day"),
        ({"since": "1900-01-01", "hour": "24"}, "no day that a rate can begin on"),
    ],
)
def test_what_is_no_rate_is_said_and_nothing_is_lost(rosa: At, said: dict[str, str], why: str) -> None:
    page = rosa.client.post("/settings/costs", said)
    assert page.status_code == 422 and why in words(page) and f'value="{said["hour"]}"' in page.content.decode()
    assert not Cost.objects.exists()
