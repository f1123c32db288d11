"""Press Zero as an app: it can be installed, says when it is offline, and tells of what waits once it may."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Browser, expect

from presszero.alerts.models import Alert, AlertChoice
from tests.cast import Shop

from .desk import Desk
from .house import House, until


def test_it_can_be_installed_and_has_a_page_without_a_network(shop: Shop, sit_down: Callable[..., Desk]) -> None:
    desk = sit_down(shop.maya)
    page = desk.page
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    asked = desk.context.new_cdp_session(page)
    manifest = asked.send("Page.getAppManifest")
    assert manifest["errors"] == []
    # An incognito window, which tests use, can never install: that is the one reason left.
    found = asked.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [each["errorId"] for each in found if each["errorId"] != "in-incognito"] == []
    stored = page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map((each) => new URL(each.url).pathname)))).flat()"
    )
    assert [path for path in stored if not re.match(r"/offline$|/assets/", path)] == []
    with desk.forgiving():
        desk.context.set_offline(True)
        page.goto("/desk/mine")
        expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
        assert shop.merchant.name not in page.content()
        desk.context.set_offline(False)
        page.get_by_role("link", name="Try again").click()
    expect(page).to_have_url(re.compile("/desk/mine"))


def test_a_member_turns_alerts_on_and_tries_one(house: House, shop: Shop, whole_browser: Browser) -> None:
    desk = Desk(house, whole_browser).enters(shop.maya)
    desk.context.grant_permissions(["notifications"])
    page = desk.page
    page.goto("/me/alerts")
    expect(page.get_by_text("This browser shows alerts.")).to_be_visible()
    page.get_by_label("On this screen").check()
    page.get_by_label("A soft sound").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert AlertChoice.objects.get(member=shop.maya).desktop
    with page.expect_response(re.compile("/me/alerts/new")):  # where it stands before
        page.goto("/desk/mine")
    desk.is_live()
    token = desk.context.request
    csrf = next(each["value"] for each in desk.context.cookies() if each.get("name") == "csrftoken")
    tried = token.post("/me/alerts/trial", headers={"X-CSRFToken": csrf, "Referer": desk.house.origin})
    assert tried.ok
    until(lambda: Alert.objects.filter(member=shop.maya, what="trial").exists())
    look = (
        "() => document.dispatchEvent(new Event('nudged'))"  # again: one that comes while the page looks is not heard
    )
    shown = "async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((each) => each.title)"
    until(lambda: page.evaluate(look) or "This is how it looks" in page.evaluate(shown), what="the notification")
    expect(page.locator("html")).to_have_attribute("data-chimed", "1")
    desk.leave()
    assert not desk.complaints
