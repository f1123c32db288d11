"""One's own page of alerts, what the open desk asks for, and the worker at the root."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from presszero.alerts.models import Alert, AlertChoice, Device
from presszero.audit.models import Record
from presszero.conversations.actions import assign
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from presszero.team.models import Membership
from tests import cast

from .conftest import react
from .service import PushService

At = Callable[[Membership], Client]


@pytest.fixture
def at() -> At:
    """A browser in which a member is signed in."""

    def made(member: Membership) -> Client:
        browser = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/130")
        browser.cookies[COOKIE] = start_session(member.person, Browser("203.0.113.7", "x"), timezone.now()).token
        return browser

    return made


CHOSEN = {"mine": "1", "mentions": "1", "desktop": "1", "says": "name", "quiet_from": "22:00", "quiet_to": "07:30"}


def test_what_is_chosen_is_kept_shown_and_written_down(shop: cast.Shop, at: At) -> None:
    browser = at(shop.maya)
    assert browser.post("/me/alerts", CHOSEN).status_code == 302
    choice = AlertChoice.objects.get(member=shop.maya)
    assert (choice.mine, choice.given, choice.desktop, choice.push) == (True, False, True, False)
    shown = browser.get("/me/alerts").content.decode()
    assert 'value="22:00"' in shown
    row = Record.objects.get(verb="alerts.choose")
    assert (row.before or {})["desktop"] is False
    assert (row.after or {})["desktop"] is True


def test_half_of_the_quiet_hours_is_refused_and_nothing_is_lost(shop: cast.Shop, at: At) -> None:
    answered = at(shop.maya).post("/me/alerts", CHOSEN | {"quiet_to": ""})
    assert answered.status_code == 422
    assert "Give both the beginning and the end" in answered.content.decode()
    assert 'value="22:00"' in answered.content.decode()
    assert not AlertChoice.objects.exists()


def test_a_browser_is_added_once_and_taken_away(shop: cast.Shop, at: At, service: PushService) -> None:
    browser, given = at(shop.maya), service.browser().subscription
    asked = {"endpoint": given.endpoint, "p256dh": given.p256dh, "auth": given.auth}
    assert [browser.post("/me/alerts/devices", asked).status_code for _ in range(2)] == [204, 204]
    device = Device.objects.get()
    assert device.name == "Firefox, Linux"
    assert given.endpoint.encode() not in bytes(device.sealed)
    assert at(shop.tomas).post(f"/me/alerts/devices/{device.id}/removal").status_code == 404
    assert browser.post(f"/me/alerts/devices/{device.id}/removal").status_code == 302
    assert not Device.objects.exists()
    bad = browser.post("/me/alerts/devices", asked | {"endpoint": "gopher://x"})
    assert bad.status_code == 422
    assert bad.json()["next_step"]


def test_the_open_desk_hears_only_what_is_new_and_only_if_asked(shop: cast.Shop, at: At) -> None:
    browser = at(shop.maya)
    assert browser.get("/me/alerts/new").json() == {"on": False}
    browser.post("/me/alerts", CHOSEN)
    begun = browser.get("/me/alerts/new").json()
    assert begun["alerts"] == []
    row = cast.the(cast.ada().writes(shop, "Late!", "Order 1042")).conversation
    assign(row, shop.maya, by=shop.tomas.actor)
    react()
    found = browser.get("/me/alerts/new", {"after": begun["newest"]}).json()
    assert [alert["title"] for alert in found["alerts"]] == ["Ada wrote"]
    assert browser.get("/me/alerts/new", {"after": found["newest"]}).json()["alerts"] == []
    assert browser.get("/me/alerts/new", {"after": "x' OR 1"}).status_code == 200
    assert at(shop.tomas).get("/me/alerts/new").json() == {"on": False}


def test_one_can_be_tried_once_something_is_on(shop: cast.Shop, at: At) -> None:
    browser = at(shop.maya)
    assert browser.post("/me/alerts/trial").status_code == 422
    browser.post("/me/alerts", CHOSEN)
    assert browser.post("/me/alerts/trial").status_code == 302
    assert Alert.objects.get().what == Alert.What.TRIAL


def test_the_worker_and_its_page_hold_nothing_of_anybody(shop: cast.Shop, at: At) -> None:
    signed_in = at(shop.maya)
    worker = signed_in.get("/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "no-cache" in worker["Cache-Control"]
    page = signed_in.get("/offline").content.decode()
    assert "What you wrote is kept" in page
    assert page == Client().get("/offline").content.decode()
    for name in (shop.merchant.name, "Maya", "csrf"):
        assert name not in page
