"""The web form without a browser: drawn, judged, stored once, thanked for."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from presszero.conversations.models import Message
from presszero.frontdoor.form import place as places
from presszero.frontdoor.form import ticket as tickets
from presszero.intake.quarantine import retry
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Quarantine, Received
from presszero.visitors import actions as visitors
from presszero.visitors.cookie import cookie_name
from tests import cast

from .form_filling import ADA, Browser, form_of, text_of, value, worked

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def shop() -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def browser(shop: cast.Shop) -> Browser:
    return Browser(form_of(shop))


def stored() -> list[dict[str, Any]]:
    return [json.loads(body_of(row)) for row in Received.objects.order_by("id")]


def test_it_is_drawn_with_its_topics_and_sets_no_cookie(browser: Browser) -> None:
    answer = browser.client.get(browser.address)
    page = answer.content.decode()
    assert answer.status_code == 200 and not answer.cookies
    assert "Late delivery" in page and "Juniper &amp; Co." in page
    assert "frame-ancestors https://juniper.example 'self'" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer


def test_what_is_sent_is_stored_before_it_is_thanked_for(browser: Browser) -> None:
    answer = browser.send(subject="Boots", phone="+44 7700 900123", files=[("sole.png", b"\x89PNG\r\n\x1a\n")])
    assert answer.status_code == 303 and answer["Location"].startswith(f"{browser.address}/thanks?for=")
    (said,) = stored()
    assert re.fullmatch(r"v-[0-9a-f]{32}", said["sender"]) and said["proof"] == "claimed"
    assert (said["name"], said["email"], said["phone"]) == ("Ada Kowalski", "ada@example.com", "+447700900123")
    assert said["attachments"][0]["filename"] == "sole.png"
    number = dict(said["fields"])["Number"]
    assert number in text_of(browser.client.get(answer["Location"]))
    message = cast.the(cast.work())
    assert message.entry.text.startswith("Where are my boots?") and number in message.entry.text
    assert message.entry.attachments.get().filename == "sole.png"
    browser.line.refresh_from_db()
    assert browser.line.heard_at is not None


def test_two_senders_are_two_people(browser: Browser) -> None:
    browser.send()
    browser.send(name="Ben", text="Hello")
    assert len({each["sender"] for each in stored()}) == 2


def test_pressing_send_twice_is_one_message(browser: Browser) -> None:
    ticket = browser.ticket()
    first, second = browser.send(ticket=ticket), browser.send(ticket=ticket)
    assert (first.status_code, second.status_code) == (303, 303)
    assert Received.objects.count() == 1


def test_going_back_and_writing_more_loses_neither(browser: Browser) -> None:
    ticket = browser.ticket()
    browser.send(ticket=ticket)
    again = browser.send(ticket=ticket, text="And my laces?")
    page = again.content.decode()
    assert again.status_code == 422 and "What you sent before is with us" in text_of(page)
    assert value(page, "text") == "And my laces?" and value(page, "ticket") != ticket
    assert browser.send(text="And my laces?").status_code == 303
    assert [each["text"] for each in stored()] == ["Where are my boots?", "And my laces?"]


def test_next_draws_the_fields_of_the_topic_and_keeps_what_was_typed(browser: Browser) -> None:
    page = browser.send(do="next", topic="Wrong size", text="They pinch", email="").content.decode()
    assert "Have you worn them?" in page and value(page, "text") == "They pinch"
    assert "is missing" not in text_of(page) and Received.objects.count() == 0
    assert re.search(r'value="Wrong size" checked', page)


def test_fields_of_a_topic_are_judged_and_stored_as_people_read_them(browser: Browser) -> None:
    given = {"topic": "Wrong size", "drawn": "Wrong size", "t-1-0": "41.5", "t-1-1": "Left", "t-1-2": "no"}
    assert browser.send(**given).status_code == 303
    assert stored()[0]["fields"][:3] == [["Your size", "41.5"], ["Which foot?", "Left"], ["Have you worn them?", "No"]]
    wrong = browser.send(**given | {"t-1-0": "big", "t-1-1": "Middle", "t-1-2": ""})
    page = text_of(wrong)
    assert wrong.status_code == 422 and "A number, please." in page and "Please choose one of these." in page


def test_a_topic_whose_fields_were_not_shown_is_asked_about_first(browser: Browser) -> None:
    answer = browser.send(topic="Wrong size")
    assert answer.status_code == 422 and "Your size" in text_of(answer) and Received.objects.count() == 0


def test_what_is_wrong_stands_beside_its_field_and_everything_is_kept(browser: Browser) -> None:
    given = {"text": "", "email": "ada@", "phone": "12", "matters": "3", "channel": "phone"}
    answer = browser.send(**given, needed_words="We leave", needed_date="2020-01-01")
    page = answer.content.decode()
    assert answer.status_code == 422 and Received.objects.count() == 0
    for name in ("text", "email", "phone", "needed_date"):
        field = re.search(rf'<[^>]*id="f-{name}"[^>]*>', page)
        assert field and 'aria-invalid="true"' in field[0] and f'aria-describedby="f-{name}-more"' in field[0]
        assert f'id="f-{name}-more"' in page and f'href="#f-{name}"' in page
    assert page.count("autofocus") == 1 and "autofocus" in (re.search(r'<[^>]*id="f-text"[^>]*>', page) or [""])[0]
    assert (value(page, "email"), value(page, "phone"), value(page, "needed_words")) == ("ada@", "12", "We leave")
    assert re.search(r'value="3" checked', page) and re.search(r'value="phone" checked', page)


def test_there_must_be_a_way_to_answer(browser: Browser) -> None:
    assert "Without your e-mail address" in text_of(browser.send(email=""))
    assert "Which number may we call?" in text_of(browser.send(channel="phone"))
    assert browser.send(email="", channel="phone", phone="020 7946 0000").status_code == 303


def test_how_much_it_matters_and_by_when_is_understood(browser: Browser) -> None:
    assert browser.send(matters="3", needed_words="We leave tomorrow", channel="email").status_code == 303
    wish = stored()[0]["wish"]
    tomorrow = (timezone.now() + timedelta(days=1)).date().isoformat()
    assert wish["matters"] == 3 and wish["words"] == "We leave tomorrow" and wish["channel"] == "email"
    assert wish["needed_by"].startswith(f"{tomorrow}T12:00:00")
    browser.send(needed_words="soon, please", text="Another one")
    assert stored()[1]["wish"]["needed_by"] is None and stored()[1]["wish"]["words"] == "soon, please"


def test_a_slip_of_yesterday_or_of_another_line_draws_it_again_with_every_word(
    browser: Browser, shop: cast.Shop
) -> None:
    other = tickets.draw(browser.line.id + 1, timezone.now() - timedelta(seconds=30)).signed
    old = tickets.draw(browser.line.id, timezone.now() - timedelta(days=2)).signed
    for slip in (other, old, "", "x" * 9000, browser.ticket()[:-1] + "_"):
        answer = browser.send(ticket=slip)
        page = answer.content.decode()
        assert answer.status_code == 422 and value(page, "text") == ADA["text"]
        tickets.read(value(page, "ticket"), browser.line.id, timezone.now())
    assert Received.objects.count() == 0


def test_too_quick_is_asked_to_look_again_and_work_makes_it_sooner(browser: Browser) -> None:
    browser.waits = 4
    ticket = browser.ticket()
    answer = browser.send(ticket=ticket)
    assert answer.status_code == 422 and "That was quick" in text_of(answer)
    assert value(answer.content.decode(), "ticket") == ticket
    assert browser.send(ticket=ticket, worked=worked(ticket)).status_code == 303


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"homepage": "https://buy.example"}, "people do not see"),
        ({"text": "[url=https://a.example]cheap[/url] boots, many boots, all the boots"}, "advertisement"),
        ({"text": "https://a.example https://b.example https://c.example https://d.example"}, "advertisement"),
        ({"name": "www.casino.example", "text": "Play now"}, "advertisement"),
    ],
)
def test_what_looks_like_spam_is_held_with_a_reason_and_let_through_by_a_person(
    browser: Browser, shop: cast.Shop, words: dict[str, str], why: str
) -> None:
    assert browser.send(**words).status_code == 303  # they are not told
    cast.work()
    held = Quarantine.objects.get(merchant=shop.merchant)
    assert why in held.reason and held.sender == "ada@example.com" and not Message.objects.exists()
    retry(held, by=shop.maya.actor)
    assert cast.the(cast.work()).entry.text.startswith(words.get("text", ADA["text"])[:20])
    assert Quarantine.objects.filter(closed_at=None).count() == 0


def test_an_ordinary_message_with_a_link_is_not_held(browser: Browser) -> None:
    words = "These boots here: https://juniper.example/boots/fell - do you have them in 41, and when would they come?"
    browser.send(text=words)
    assert cast.work() is not None and not Quarantine.objects.exists()


def test_a_chat_visitor_of_the_same_brand_stays_one_customer(browser: Browser, shop: cast.Shop) -> None:
    visit = visitors.visit(shop.chat, "", visitors.Where(), at=timezone.now())
    browser.client.cookies[cookie_name(shop.chat.token)] = visit.secret
    browser.send()
    assert stored()[0]["sender"] == visit.visitor.address and stored()[0]["proof"] == "claimed"
    visit.visitor.shopper, visit.visitor.signed_until = "s-1001", timezone.now() + timedelta(minutes=5)
    visit.visitor.save()
    browser.send(text="Signed in now")
    assert (stored()[1]["sender"], stored()[1]["proof"]) == ("s-1001", "verified")
    visit.visitor.ended_at = timezone.now()
    visit.visitor.save()
    browser.send(text="Signed out")
    assert stored()[2]["sender"] not in (visit.visitor.address, "s-1001")


def test_while_the_database_is_away_it_says_that_nothing_was_sent(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.open()

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", gone)
    monkeypatch.setattr("presszero.frontdoor.form.views.connection.close", lambda: None)
    for known in (True, False):
        if not known:
            places._known.clear()
        answer = browser.send(subject="Boots")
        page = answer.content.decode()
        assert answer.status_code == 503 and answer["Retry-After"] and re.search("NOT sent|Nothing was sent", page)
        assert (value(page, "text"), value(page, "subject")) == (ADA["text"], "Boots")
        assert value(page, "email") == ADA["email"]


def test_a_paused_or_unknown_line_has_no_form(browser: Browser) -> None:
    assert browser.client.get("/form/no-such-token").status_code == 404
    browser.line.paused_at = timezone.now()
    browser.line.save()
    assert browser.client.get(browser.address).status_code == 404
    assert browser.send().status_code == 404


def test_the_merchants_words_and_the_readers_language(shop: cast.Shop) -> None:
    shop.merchant.languages = ["en", "de"]
    shop.merchant.save()
    texts = {"de": {"title": "Schreib uns", "intro": "Wir sind da.", "thanks": "Danke dir!"}}
    browser = Browser(form_of(shop, texts=texts))
    assert '<html lang="de"' in browser.open("?lang=de") and "Schreib uns" in browser.open("?lang=de")
    german = browser.client.get(browser.address, headers={"Accept-Language": "de-AT,de;q=0.9"}).content.decode()
    assert "Schreib uns" in german
    assert "Write to us" in browser.open("?lang=es")
    answer = browser.send(lang="de")
    assert "Danke dir!" in browser.client.get(answer["Location"]).content.decode()


def test_the_thanks_shows_no_number_that_we_did_not_give(browser: Browser) -> None:
    page = browser.client.get(f"{browser.address}/thanks?for=F1234567").content.decode()
    assert "F1234567" not in page and "quotable" not in page
