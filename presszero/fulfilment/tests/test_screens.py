"""The settings' pages: connecting a carrier, its trouble, its secret, and how well we foretell."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from presszero.audit.models import Record
from presszero.fulfilment.carriers.connecting import ails
from presszero.fulfilment.duty import think_over
from presszero.fulfilment.models import Carrier
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from presszero.team.models import Membership
from tests import cast, goods, parcels


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


def at(member: Membership) -> Client:
    client = Client()
    client.cookies[COOKIE] = start_session(member.person, Browser("203.0.113.9", "Firefox"), timezone.now()).token
    return client


def words(client: Client, url: str, status: int = 200, **form: str) -> str:
    answer = client.post(url, form, follow=True) if form else client.get(url)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def test_a_carrier_is_connected_in_three_steps(shop: cast.Shop) -> None:
    rosa = at(shop.team["rosa"])
    assert "EasyPost" in words(rosa, "/settings/carriers")
    assert "at least 16" in words(rosa, "/settings/carriers/new/easypost", 422, secret="short")
    assert not Carrier.objects.exists()
    page = words(rosa, "/settings/carriers/new/easypost", secret="a secret of sixteen", name="From Leeds")
    row = Carrier.objects.get()
    assert f"/in/easypost/{row.token}" in page and "From Leeds" in page and "a secret of sixteen" not in page
    assert "already" in words(
        rosa, "/settings/carriers/new/easypost", 422, secret="a secret of sixteen", name="From Leeds"
    )
    ails(row, "It names no parcel.")
    assert "It names no parcel." in words(rosa, f"/settings/carriers/{row.id}")
    assert "trouble" in words(rosa, "/settings/carriers")
    assert "is let go" in words(rosa, f"/settings/carriers/{row.id}/end", yes="1")
    row.refresh_from_db()
    assert row.paused_at and not row.secrets and words(rosa, f"/settings/carriers/{row.id}", 404)
    verbs = Record.objects.filter(merchant=shop.merchant).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["carrier.connect", "carrier.disconnect"]


def test_a_secret_of_ours_is_shown_once(shop: cast.Shop) -> None:
    rosa = at(shop.team["rosa"])
    page = words(rosa, "/settings/carriers/new/generic", name="Warehouse")
    (first,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", page))
    row = Carrier.objects.get()
    assert "whsec_" not in words(rosa, f"/settings/carriers/{row.id}")
    (second,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", words(rosa, f"/settings/carriers/{row.id}/secret", yes="1")))
    row.refresh_from_db()
    assert row.secrets == {"secret": second, "old_secret": first} and first != second


def test_how_well_we_foretell_is_drawn_and_told(shop: cast.Shop) -> None:
    tomas = at(shop.tomas)
    assert "Too few parcels" in words(tomas, "/settings/forecasts")
    parcels.history(shop, 60)
    think_over(shop.merchant, timezone.now())
    page = words(tomas, "/settings/forecasts")
    assert "Tried on your past" in page and "<circle" in page and "Parcel North" in page and "4.0 days" in page
    assert at(shop.maya).get("/settings/forecasts").status_code == 403


def test_an_order_shows_its_way(shop: cast.Shop) -> None:
    cast.ada().known(shop)
    row = cast.ada().order(shop, store=shop.shop)
    parcels.scanned(shop, row.shipments.get(), "attempted", timezone.now(), place="York, GB", words="<b>Nobody</b>")
    page = words(at(shop.maya), f"/orders/{row.id}")
    assert "Nobody was there" in page and "York, GB" in page and "&lt;b&gt;Nobody" in page
    assert 'class="wrong" aria-current="step"' in page
    assert goods.order("1042").number in page
