"""Members' pages at a provider: rung once they are there, awaited when loaded anew, and let out to nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from presszero.calls import phone
from presszero.calls.asking import ask
from presszero.calls.hosted import ringing
from presszero.calls.models import Call, Leg
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from presszero.team.models import Membership

from .house import House, talking
from .phone import Phone

KEY, SECRET = "SK0123456789", "the secret of a key, which is long enough to sign by"


@pytest.fixture
def place(house: House) -> House:
    """With a key, so that pages can be rung."""
    house.line.keep_secrets({"auth_token": house.provider.token, "api_key": KEY, "api_secret": SECRET})
    house.line.save()
    house.provider.signs_in = (KEY, SECRET)
    return house


def is_there(house: House, leg: Leg, *, takes: bool = False) -> None:
    """A window of theirs registered."""
    assert leg.member
    ask(leg.call, "again", {"takes": takes}, leg=leg, by=leg.member.actor)
    house.settle()


def in_talk(house: House) -> tuple[Phone, Phone, Leg]:
    house.on_duty(house.shop.maya, house.shop.tomas)
    caller = house.call()
    caller.press("0")
    house.settle()
    leg = house.leg()
    is_there(house, leg)
    return caller, house.answers(), leg


def test_a_page_is_rung_once_it_is_there_and_anew_in_each_window(place: House) -> None:
    place.on_duty()
    caller = place.call()
    caller.press("0")
    place.settle()
    leg = place.leg()
    assert not place.provider.calls_made, "nobody could answer yet"
    is_there(place, leg)
    first = place.provider.ringing("client:")
    is_there(place, leg)
    second = place.provider.ringing("client:")
    assert len(first) == len(second) == 1 and first != second and first[0].status == "canceled"
    leg.refresh_from_db()
    assert leg.ended_at is None, "the first ring was called off, not missed"
    maya = place.answers(place.shop.maya)
    is_there(place, leg)
    assert talking(caller, maya), "a window that was slower takes nothing"


def test_a_page_that_says_nothing_is_rung_all_the_same(place: House) -> None:
    place.on_duty()
    place.call().press("0")
    place.settle()
    Leg.objects.update(offered_at=timezone.now() - ringing.SHOWS_UP - timedelta(seconds=1))
    place.settle()
    assert len(place.provider.ringing("client:")) == 1, "the provider says how it is"


def test_a_page_that_is_loaded_anew_finds_its_caller(place: House) -> None:
    caller, maya, leg = in_talk(place)
    maya.hang_up()
    place.settle()
    leg.refresh_from_db()
    assert caller.status == "in-progress" and caller.room and leg.ended_at is None
    late = f"{place.provider.voice_url.partition('#')[0].removesuffix('/voice')}/legs/{leg.id}?room=1"
    status, said = place.provider.post(late, {**maya.fields, "CallStatus": "in-progress"})
    assert (status, "Hangup" in said, "Conference" in said) == (200, True, False), "what it had is not theirs any more"
    is_there(place, leg, takes=True)
    again = place.answers(place.shop.maya)
    assert talking(caller, again) and Leg.objects.count() == 1
    caller.hang_up()
    place.settle()
    assert place.row().ended == "served" and again.status == "completed"


def test_who_does_not_come_back_costs_the_caller_ten_seconds(place: House) -> None:
    caller, maya, leg = in_talk(place)
    maya.hang_up()
    place.settle()
    row = place.row()
    since = int((timezone.now() - ringing.BACK - timedelta(seconds=1)).timestamp())
    Call.objects.filter(id=row.id).update(dialog=row.dialog | {"away": {str(leg.id): since}})
    place.settle()
    leg.refresh_from_db()
    assert leg.ended == "lost" and "We lost the line" in " ".join(caller.heard)
    is_there(place, place.leg())
    assert talking(caller, place.answers())


def test_a_call_for_a_mobile_rings_in_no_page(place: House) -> None:
    place.on_duty()
    place.call().press("0")
    place.settle()
    now = timezone.now()
    [leg] = phone.shown(place.shop.maya, now)["legs"]
    assert leg["via"] == "client" and leg["token"]
    assert phone.shown(place.shop.maya, now)["legs"] == [leg], "drawn once, however often it is asked for"
    Leg.objects.update(via="mobile", number="+447700900555")
    [leg] = phone.shown(place.shop.maya, now)["legs"]
    assert leg["via"] == "mobile" and "token" not in leg


def test_only_pages_of_a_shop_with_such_a_line_may_connect_to_the_provider(place: House) -> None:
    assert policy(place.shop.maya) == "'self' wss://*.twilio.com"
    assert policy(place.shop.maya, "/nothing/here") == "'self'", "a page without a phone"
    place.line.settings = place.line.settings | {"provider": "signalwire"}
    place.line.save()
    assert policy(place.shop.maya) == "'self'", "no program of theirs"
    place.line.settings = {"driver": "sip"}
    place.line.save()
    assert policy(place.shop.maya) == "'self'"


def policy(member: Membership, path: str = "/desk/mine") -> str:
    client = Client()
    client.cookies[COOKIE] = start_session(member.person, Browser("127.0.0.1", "A test"), timezone.now()).token
    shown = client.get(path)
    return connects(shown.headers)


def connects(headers: object) -> str:
    found = re.search("connect-src ([^;]*);", headers["Content-Security-Policy"])
    assert found
    return found[1]
