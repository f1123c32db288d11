"""Who they are, where to answer, how much it matters, and who may speak to the frame."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.house import until

from .shop_front import TOKEN, House
from .shopper import Visits


def test_closed_an_address_is_asked_for(played: House, shopper: Visits) -> None:
    played.open = False
    ada = shopper().visits()
    ada.opens()
    expect(ada.chat.get_by_text("We are back Monday at 09:00.").first).to_be_visible()
    ada.chat.get_by_role("button", name="Leave a message").click()
    ada.says("Late again")
    ada.chat.get_by_role("button", name="Yes, by e-mail").click()
    ada.chat.get_by_label("E-mail").fill("ada@example.com")
    ada.chat.get_by_label("Name").fill("Ada")
    ada.chat.get_by_role("button", name="Save").click()
    expect(ada.chat.get_by_text("Thank you, noted.")).to_be_visible()
    assert played.of("address")[0].body == {"email": "ada@example.com", "name": "Ada"}


def test_a_code_proves_and_a_wrong_one_says_so(played: House, shopper: Visits) -> None:
    ada = shopper().visits().opens()
    ada.chat.get_by_role("button", name="Already a customer?").click()
    ada.chat.get_by_label("E-mail").fill("ada@example.com")
    ada.chat.get_by_role("button", name="Send me the code").click()
    ada.chat.get_by_label("The six digits").fill("111 111")
    ada.chat.get_by_role("button", name="That is me").click()
    expect(ada.chat.get_by_text("This is not the code we sent. Try again.")).to_be_visible()
    ada.chat.get_by_label("The six digits").fill("424 242")
    ada.chat.get_by_role("button", name="That is me").click()
    expect(ada.box).to_be_visible()
    assert [each.body for each in played.of("code", "PUT")] == [{"code": "111111"}, {"code": "424242"}]


def test_how_much_it_matters_is_one_tap(played: House, shopper: Visits) -> None:
    wanted = (date.today() + timedelta(days=20)).isoformat()
    ada = shopper().visits().starts().says("My boots are late")
    ada.chat.get_by_role("button", name="It matters a lot").click()
    ada.chat.get_by_role("button", name="Say by when").click()
    ada.chat.get_by_label("By when").fill(wanted)
    ada.chat.get_by_label("In your own words").fill("We leave on Saturday.")
    ada.chat.get_by_role("button", name="Tell them").click()
    expect(ada.chat.get_by_text("Thank you, noted.")).to_be_visible()
    first, second = (each.body for each in played.of("wish"))
    assert first["matters"] == 3
    assert (second["matters"], second["needed_by"], second["words"]) == (3, wanted, "We leave on Saturday.")


def test_coming_back_they_say_whether_it_is_the_same_matter(played: House, shopper: Visits) -> None:
    played.visited = {"matter": {"subject": "Boots"}}
    ada = shopper().visits().starts().says("Hello")
    until(lambda: played.entries)
    played.entries[0]["at"] = "2026-01-05T09:00:00+00:00"
    ada.page.reload()
    ada.chat.get_by_role("button", name="Something else").click()
    ada.says("Socks now")
    until(lambda: len(played.entries) == 2)
    sent = {each.body["client_id"]: each.body["new_matter"] for each in played.of("messages")}
    assert list(sent.values()) == [False, True]


def test_a_signed_in_shopper_is_known_and_forgotten_again(played: House, shopper: Visits) -> None:
    ada = shopper().visits()
    ada.page.evaluate("PressZero('identify', () => Promise.resolve('a.signed.word'))")
    ada.page.wait_for_timeout(300)
    assert not played.of("identity"), "nobody is told who she is before she opens the chat"
    ada.opens()
    expect(ada.chat.get_by_role("heading", name="Hello Ada!")).to_be_visible()
    assert played.of("identity")[0].body == {"token": "a.signed.word"}
    expect(ada.chat.get_by_role("button", name="Already a customer?")).to_be_hidden()
    played.visited = {}
    ada.page.evaluate("PressZero('signOut')")
    until(lambda: played.of("identity", "DELETE"))
    expect(ada.chat.get_by_role("heading", name="Hello!")).to_be_visible()


def test_l3_only_the_shops_own_page_is_heard_and_only_it_is_told(played: House, shopper: Visits) -> None:
    """Words from another window, another origin, or a frame beside ours change nothing."""
    ada = shopper().visits()
    ada.page.evaluate("postMessage({ from: 'presszero', kind: 'close' }, location.origin)")
    ada.page.evaluate(
        "() => { const other = document.createElement('iframe'); other.srcdoc = `<script>parent.postMessage("
        "{ from: 'presszero', kind: 'invite', text: 'pay here' }, '*')</script>`; document.body.append(other); }"
    )
    ada.page.wait_for_timeout(300)
    assert ada.page.get_by_text("pay here").count() == 0

    played.sites.clear()  # as on a site that is none of the line's
    stranger = ada.context.new_page()
    stranger.goto(f"{played.origin}/chat/{TOKEN}")
    frame = "postMessage({ from: 'presszero', kind: 'identify', token: 'stolen' }, location.origin)"
    stranger.evaluate(frame)
    stranger.wait_for_timeout(300)
    assert not played.of("identity")
    script = ada.page.evaluate(
        "async (at) => (await fetch(at, { mode: 'no-cors' })).type", f"{played.origin}/widget.js"
    )
    assert script == "opaque"


def test_l3_a_page_that_is_no_site_of_the_line_cannot_frame_it(played: House, shopper: Visits) -> None:
    ada = shopper()
    played.sites[:] = ["https://shop.example"]
    ada.page.goto(ada.origin)
    ada.page.wait_for_timeout(2500)
    assert ada.page.get_by_role("button", name=re.compile("Chat with")).count() == 0
    ada.complaints.clear()  # the browser says which policy refused it


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["of-the-same-site", "of-another-site"])
def test_an_invitation_comes_by_its_rule_once_and_makes_no_visitor(played: House, shopper: Visits, host: str) -> None:
    played.host = host
    rule = {"id": "size", "page": "/boots*", "seconds": 0.2, "cart": 100, "days": 7, "text": "Not sure about the size?"}
    played.config = {"invitations": [rule]}
    ada = shopper().visits("/boots")
    ada.page.wait_for_timeout(500)
    assert ada.page.get_by_text("Not sure about the size?").count() == 0
    ada.page.evaluate("PressZero('page', { cart: { items: 1, total: '148.00', currency: 'GBP' } })")
    expect(ada.page.get_by_role("status").get_by_text("Not sure about the size?")).to_be_visible()
    ada.page.get_by_role("button", name="Not now").click()
    ada.visits("/boots").page.evaluate("PressZero('page', { cart: { items: 1, total: '148.00', currency: 'GBP' } })")
    ada.page.wait_for_timeout(500)
    assert ada.page.get_by_text("Not sure about the size?").count() == 0
    assert not [each for each in played.asked if each.method == "POST"]


def test_l5_a_script_of_the_shops_page_reads_nothing_of_the_talk(played: House, shopper: Visits) -> None:
    """Not the window's page, not its storage or cookies, and no word of it comes by message."""
    ada = shopper().visits()
    ada.page.evaluate("() => { window.heard = []; addEventListener('message', (e) => heard.push(e.data)); }")
    ada.starts().says("My number is 07700 900123")
    until(lambda: played.streams)
    played.says("Your order 1042 goes to 5 Mill Lane.")
    expect(ada.chat.locator(".theirs .bubble")).to_be_visible()
    frame = "[...document.querySelectorAll('div')].find((e) => e.shadowRoot).shadowRoot.querySelector('iframe')"
    assert ada.page.evaluate(f"{frame}.contentDocument") is None
    reach = f"() => {{ try {{ return String({frame}.contentWindow.localStorage); }} catch (e) {{ return e.name; }} }}"
    assert ada.page.evaluate(reach) == "SecurityError"
    assert "visitor" not in ada.page.evaluate("document.cookie")
    told = json.dumps(ada.page.evaluate("heard"))
    assert '"kind": "unread"' in told
    assert "07700" not in told and "1042" not in told and "v-1" not in told
