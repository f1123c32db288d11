"""From view to view, into a conversation, the settings and back: one document all the while, and the news follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, expect

from presszero.conversations.models import SavedView
from tests.cast import Shop

from .customer import Customer
from .desk import Desk
from .house import until

_ONE = "performance.getEntriesByType('navigation').length === 1 && window.began === 1"
_HERE = "#rail [aria-current] .word"
# Whatever waits for its turn in the page, an answer that has come among it, has had it.
_QUIET = "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => setTimeout(done)), 200))"
# Milliseconds from the key to what is drawn, beyond what the server takes for the same page in the same moment.
_QUICKEST = """async () => {
    const took = [], served = [];
    const hit = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    for (const key of ["w", "u", "t", "w", "u", "t"]) {
        const began = performance.now();
        const drawn = new Promise((done) => document.addEventListener("walked", done, { once: true }));
        hit("g");
        hit(key);
        await drawn;
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        took.push(performance.now() - began);
        const asked = performance.now();
        await (await fetch(location.href, { headers: { Accept: "text/html" } })).text();
        served.push(performance.now() - asked);
    }
    return Math.min(...took) - Math.min(...served);
}"""


@pytest.fixture
def busy(shop: Shop, ada: Customer, ben: Customer) -> Shop:
    """A shop with two matters, and a view of one of them."""
    ada.posts(shop, "Where is my order?", "Order 1042")
    ben.posts(shop, "When do you open?", "Opening hours")
    asks = {"field": "subject", "op": "contains", "value": "1042"}
    SavedView.objects.create(merchant=shop.merchant, by=shop.maya, name="Orders", filter=asks)
    return shop


@pytest.fixture
def desk(busy: Shop, sit_down: Callable[..., Desk]) -> Iterator[Desk]:
    """Maya's desk, which is one document to the end."""
    desk = sit_down(busy.maya)
    desk.page.evaluate("window.began = 1")
    yield desk
    assert desk.page.evaluate(_ONE), "a document was loaded on the way"


def test_five_views_back_and_forward(desk: Desk) -> None:
    page = desk.page
    for name, address in [("Waiting longest", "/desk/waiting"), ("Team", "/desk/team"), ("Snoozed", "/desk/snoozed")]:
        desk.go_to(name)
        expect(page).to_have_url(re.compile(f"{address}$"))
        expect(page).to_have_title(re.compile(f"^{name} · "))
        expect(page.locator(_HERE)).to_have_text(name)
        expect(page.locator("#rows")).to_be_focused()
    desk.press("g", "u")
    expect(page).to_have_url(re.compile("/desk/unassigned$"))
    expect(desk.row("Opening hours")).to_be_visible()
    desk.go_to("Orders")
    expect(page).to_have_url(re.compile(r"/views/\d+$"))
    expect(desk.row("Opening hours")).to_have_count(0)
    for address in ("/desk/unassigned", "/desk/snoozed"):
        page.go_back()
        expect(page).to_have_url(re.compile(f"{address}$"))
    page.go_forward()
    expect(page.get_by_role("region", name="Unassigned")).to_be_visible()
    expect(page.locator(_HERE)).to_have_text("Unassigned")
    assert page.evaluate(_QUICKEST) < 100


def test_into_a_conversation_and_back_with_the_news(busy: Shop, ada: Customer, desk: Desk) -> None:
    page = desk.page
    desk.go_to("Unassigned").open("Order 1042").reads("Where is my order?")
    ada.posts(busy, "It is urgent!", "Order 1042")
    desk.reads("It is urgent!")  # the stream followed into the conversation
    page.go_back()
    expect(page.get_by_text("Pick a conversation")).to_be_visible()
    expect(desk.row("Order 1042")).to_be_focused()  # back on the row that was open
    page.go_forward()
    desk.is_live().reads("It is urgent!")


@pytest.mark.parametrize("slow", ["list", "conversation"])
def test_of_two_choices_the_later_one_counts(desk: Desk, slow: str) -> None:
    """Chosen while the first is still on its way; the first one's answer comes last."""
    page = desk.page
    desk.go_to("Unassigned").open("Order 1042")
    row, view = desk.row("Opening hours"), desk.views.get_by_role("link", name=re.compile("^Unassigned"))
    first, then = (view, row) if slow == "list" else (row, view)
    held: list[Route] = []
    page.route(
        re.compile("/desk/unassigned$" if slow == "list" else r"/conversations/\d+\?in="),
        lambda route: held.append(route),
        times=1,
    )
    first.click()
    until(lambda: held or page.wait_for_timeout(20), what="the first choice")
    then.click()
    last = desk.talk.get_by_text("When do you open?") if slow == "list" else page.get_by_text("Pick a conversation")
    expect(last).to_be_visible()
    held[0].continue_()
    page.evaluate(_QUIET)
    expect(last).to_be_visible()


def test_to_the_settings_a_new_view_and_a_search(busy: Shop, ben: Customer, desk: Desk) -> None:
    page = desk.page
    desk.press("g", ",")
    expect(page.get_by_role("heading", name="Macros", exact=True)).to_be_visible()
    desk.press("g", "a")
    expect(page).to_have_url(re.compile("/me/alerts$"))
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="You").click()
    expect(page).to_have_url(re.compile("/me$"))
    desk.go_to("Unassigned").press("j", "Enter")
    expect(desk.talk).to_be_visible()
    ben.posts(busy, "Are you there?", "One more thing")
    expect(desk.row("One more thing")).to_be_visible()  # news came, into the list that is there now
    page.get_by_role("link", name="Make a view of this").click()
    page.get_by_label("What stands in it").fill("All that is nobody's")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(r"/views/\d+$"))
    expect(desk.views.get_by_role("link", name=re.compile("^All that is nobody's"))).to_be_visible()
    page.get_by_role("searchbox").fill("opening hours")
    expect(desk.row("One more thing")).to_have_count(0)
    desk.open("Opening hours")


def test_what_is_no_page_of_the_desk_is_loaded(shop: Shop, ada: Customer, sit_down: Callable[..., Desk]) -> None:
    desk = sit_down(shop.maya)
    page = desk.page
    page.context.clear_cookies()
    with desk.forgiving():
        desk.press("g", "w")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
