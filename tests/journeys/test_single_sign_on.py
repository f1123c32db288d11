"""A team signs in with the account it has at work, at a real provider."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from presszero.team.models import Identity, Session
from tests.cast import Shop

from .desk import PASSWORD, Desk
from .house import House
from .open_id import SECRET, open_id

pytestmark = pytest.mark.slow


def test_a_shop_sets_up_its_provider_and_its_people_come_in_by_it(
    house: House, shop: Shop, sit_down: Callable[..., Desk]
) -> None:
    maya, rosa = shop.maya.person, shop.team["rosa"].person
    domain = maya.email.partition("@")[2]
    people = {
        "maya": {"email": maya.email, "email_verified": True, "name": maya.name},
        "eve": {"email": rosa.email, "email_verified": False, "name": "Eve"},
    }
    with open_id(f"{house.origin}/sign-in/back", people) as issuer:
        admin = sit_down(shop.team["rosa"])
        set_up(admin, issuer, domain)
        window = sit_down()
        window.page.goto("/sign-in")
        window.page.get_by_label("E-mail").fill(maya.email)
        with window.forgiving():
            window.page.get_by_role("button", name="Continue with Work").click()
            say_who(window, "maya")
        expect(window.page).to_have_url(re.compile("/desk/mine"))
        window.is_live()
        session = Session.objects.filter(person=maya, provider__isnull=False).get()
        assert session.merchant == shop.merchant
        assert Identity.objects.get(merchant=shop.merchant).subject == "maya"
        forger = sit_down()
        with forger.forgiving():
            forger.page.goto(f"/sign-in/with/{shop.merchant.slug}")
            forger.page.get_by_role("button", name="Continue with Work").click()
            say_who(forger, "eve")
            expect(forger.page.get_by_role("alert")).to_contain_text("does not know this account")
        assert not Session.objects.filter(person=rosa, provider__isnull=False).exists()


def set_up(admin: Desk, issuer: str, domain: str) -> None:
    page = admin.page
    page.goto("/settings/sign-in")
    page.get_by_label("Name", exact=True).fill("Work")
    page.get_by_label("Issuer").fill(issuer)
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("status").filter(has_text="We reached it.")).to_contain_text(issuer)
    page.get_by_label("Client id").fill("press-zero")
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_label("Your mail domains").fill(domain)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def say_who(desk: Desk, login: str) -> None:
    """The provider's own pages: a name, and that it is fine to go on. What those lack is none of our business."""
    page = desk.page
    with desk.forgiving():
        page.locator("input[name=login]").fill(login)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign-in").click()
        page.get_by_role("button", name="Continue").click()
