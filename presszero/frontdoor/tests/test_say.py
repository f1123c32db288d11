"""The one-tap page: reading it changes nothing, saying changes one matter, and it shows nothing of that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from presszero.channels.models import Thread
from presszero.conversations.actions import resolve
from presszero.conversations.models import Conversation, Resolution, Wish
from presszero.core.actor import SYSTEM
from presszero.frontdoor.say.views import KNOCKS, SAYS
from presszero.promises.actions import promise
from presszero.timeline.models import Event
from tests import cast

pytestmark = pytest.mark.slow

CANARY = "xylophone-4711"


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.fixture
def matter(shop: cast.Shop) -> Conversation:
    return now_of(cast.the(cast.ada().writes(shop, f"Where is {CANARY}?", f"About {CANARY}")).conversation)


@pytest.fixture
def link(matter: Conversation) -> str:
    return f"/say/{Thread.objects.get().token}"


def now_of(row: Conversation) -> Conversation:
    return Conversation.objects.get(id=row.id)


def test_reading_it_changes_nothing_and_shows_only_whose_it_is(link: str, matter: Conversation, client: Client) -> None:
    before = Event.objects.count()
    for _ in range(3):
        page = client.get(link)
        assert client.head(link).status_code == 200
    said = page.content.decode()
    assert page.status_code == 200 and "Juniper &amp; Co." in said
    assert CANARY not in said and "ada@example.com" not in said and "Ada" not in said
    assert not Wish.objects.exists() and Event.objects.count() == before
    assert page["Cache-Control"] == "no-store" and page["Referrer-Policy"] == "same-origin"


def test_one_tap_is_kept_and_thanked_for(link: str, matter: Conversation, client: Client) -> None:
    answer = client.post(link, {"matters": "3", "words": "", "day": "", "channel": ""})
    assert (answer.status_code, answer["Location"]) == (302, f"{link}?thanks")
    made = Wish.objects.get()
    assert (made.matters, made.source, made.conversation_id) == (3, "page", matter.id)
    assert now_of(matter).matters == 3
    event = Event.objects.get(kind="conversation.wished")
    assert event.actor == f"customer:{matter.customer_id}"
    thanks = client.get(answer["Location"]).content.decode()
    assert "Thank you" in thanks and CANARY not in thanks


def test_a_sentence_a_day_and_a_way_are_kept(link: str, matter: Conversation, client: Client) -> None:
    day = (timezone.now() + timedelta(days=9)).date()
    client.post(link, {"words": "It is a present", "day": day.isoformat(), "channel": "phone"})
    row, made = now_of(matter), Wish.objects.get()
    assert made.words == "It is a present" and row.asked_channel == "phone"
    assert row.needed_by is not None and row.needed_by.date() == day


def test_their_own_sentence_alone_names_the_moment(link: str, matter: Conversation, client: Client) -> None:
    client.post(link, {"words": "I need them in five days"})
    needed = now_of(matter).needed_by
    assert needed is not None and timedelta(days=4) < needed - timezone.now() < timedelta(days=6)


def test_thanks_say_when_we_answer(shop: cast.Shop, link: str, matter: Conversation, client: Client) -> None:
    shop.hours.weekly = {"mon": [["09:00", "17:00"]]}
    shop.hours.save()
    promise(matter, timezone.now() + timedelta(days=1), entry=None, by=SYSTEM)
    assert "We answer by" in client.get(f"{link}?thanks").content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"matters": "9"},
        {"day": "2020-01-01"},
        {"day": "2999-01-01"},
        {"day": "soon"},
        {"channel": "pigeon"},
        {"channel": "visitor"},  # there is no chat here
        {"words": "x" * 201},
    ],
)
def test_what_makes_no_sense_is_said_and_loses_nothing(link: str, client: Client, given: dict[str, str]) -> None:
    answer = client.post(link, {"words": "For Saturday" if given and "words" not in given else "", **given})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    if given and "words" not in given:
        assert "For Saturday" in answer.content.decode()
    assert not Wish.objects.exists()


def test_nul_and_markup_in_a_sentence_are_only_words(link: str, matter: Conversation, client: Client) -> None:
    client.post(link, {"words": "a\x00b <svg onload=alert(1)>"})
    assert Wish.objects.get().words == "ab <svg onload=alert(1)>"
    client.post(link, {"words": "<svg onload=alert(1)>", "matters": "9"})
    again = client.post(link, {"words": "<svg onload=alert(1)>", "matters": "9"}).content.decode()
    assert "<svg onload" not in again


@pytest.mark.parametrize("token", ["0" * 32, "f" * 31, "g" * 32, "A" * 32, "x", "%00"])
def test_every_link_that_leads_nowhere_is_the_same_page(link: str, client: Client, token: str) -> None:
    missed = client.get("/say/" + "1" * 32)
    answer = client.get(f"/say/{token}")
    assert (answer.status_code, answer.content) == (404, missed.content)
    assert client.post(f"/say/{token}", {"matters": "3"}).status_code == 404


def test_a_token_of_another_case_or_cut_short_opens_nothing(link: str, client: Client) -> None:
    token = link.rpartition("/")[2]
    for wrong in (token.upper() if token.upper() != token else token[:-1], token[:-1], token + "0"):
        assert client.get(f"/say/{wrong}").status_code == 404


def test_it_ends_a_month_after_the_matter_was_settled(link: str, matter: Conversation, client: Client) -> None:
    resolve(matter, by=SYSTEM)
    assert client.get(link).status_code == 200
    Resolution.objects.update(at=timezone.now() - timedelta(days=31))
    assert client.get(link).status_code == 404
    assert client.post(link, {"matters": "3"}).status_code == 404
    assert not Wish.objects.exists()


def test_it_takes_no_word_from_another_site(link: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get(link)
    assert strict.post(link, {"matters": "3"}).status_code == 403
    token = strict.cookies["csrftoken"].value
    assert strict.post(link, {"matters": "3", "csrfmiddlewaretoken": token}).status_code == 302


def test_it_cannot_be_tried_for_ever(link: str, matter: Conversation, client: Client) -> None:
    answers = [client.post(link, {"matters": "1"}).status_code for _ in range(SAYS.most + 1)]
    assert answers == [302] * SAYS.most + [429]
    assert Wish.objects.count() == SAYS.most
    codes = [client.get("/say/" + "2" * 32).status_code for _ in range(KNOCKS.most)]
    assert codes[0] == 404 and codes[-1] == 429


def test_a_merged_matter_hears_it_where_it_is_now(
    shop: cast.Shop, link: str, matter: Conversation, client: Client
) -> None:
    other = cast.the(cast.ada().writes(shop, "And this?", "Other")).conversation
    Conversation.objects.filter(id=matter.id).update(root=other)
    client.post(link, {"matters": "3"})
    assert Wish.objects.get().conversation_id == other.id
    assert now_of(other).matters == 3


def test_its_colour_is_the_brands(link: str, client: Client) -> None:
    sheet = client.get(f"{link}/look.css")
    assert sheet.status_code == 200 and "#00695c" in sheet.content.decode()
    assert client.get("/say/nothing/look.css").status_code == 200
