"""What we said and what they said of a matter, where an agent sees it, and how she changes it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from presszero.channels import vocabulary
from presszero.channels.models import Delivery, Entry
from presszero.conversations.actions.wish import wish
from presszero.conversations.models import Conversation, Wish
from presszero.core.actor import SYSTEM, Actor
from presszero.promises.acknowledging import acknowledge
from presszero.promises.actions import break_due, open_promises, promise
from presszero.promises.models import Promise
from tests import cast

from .conftest import At, words

pytestmark = pytest.mark.slow

THEM = Actor("customer", 1)


def now_of(row: Conversation) -> Conversation:
    return Conversation.objects.get(id=row.id)


def told(row: Conversation) -> Promise:
    """Ada was told at once, as the worker does it."""
    made = acknowledge(row.messages.select_related("entry__thread__line__brand").get(), timezone.now())
    assert made is not None
    return made


@pytest.fixture
def said(boots: Conversation) -> Promise:
    return told(boots)


def test_a_row_says_what_we_promised_and_what_they_need(maya: At, boots: Conversation) -> None:
    wish(boots, vocabulary.Wish(3, timezone.now() + timedelta(days=40)), source="form", by=THEM)
    promise(boots, timezone.now() + timedelta(hours=5), entry=None, by=SYSTEM)
    shown = words(maya.open("/desk/waiting"))
    assert "promised " in shown and "matters" in shown and " by " in shown
    assert "answer in" not in shown


def test_promises_due_shows_the_soonest_first_and_the_broken_in_red(
    maya: At, boots: Conversation, invoice: Conversation
) -> None:
    now = timezone.now()
    promise(boots, now + timedelta(minutes=10), entry=None, by=SYSTEM)
    promise(invoice, now - timedelta(minutes=5), entry=None, by=SYSTEM)
    break_due(now)
    page = maya.open("/desk/promises").content.decode()
    assert page.index(f'id="c{invoice.id}"') < page.index(f'id="c{boots.id}"')
    assert 'class="tag l">promised ' in page and 'class="tag w">promised ' in page


def test_the_rail_counts_them(maya: At, boots: Conversation) -> None:
    promise(boots, timezone.now() + timedelta(minutes=10), entry=None, by=SYSTEM)
    assert "Promises due 1" in words(maya.open("/desk/mine"))


def test_an_empty_view_of_promises_says_so(maya: At) -> None:
    assert "Nothing is promised" in words(maya.open("/desk/promises"))


def test_another_shops_promises_are_not_here(maya: At) -> None:
    other = cast.thistle()
    row = cast.the(cast.ben().writes(other, "Hello?", "Secret")).conversation
    promise(row, timezone.now() + timedelta(minutes=10), entry=None, by=SYSTEM)
    assert "Secret" not in words(maya.open("/desk/promises"))


def test_above_the_stream_stands_what_they_need_in_their_words(maya: At, boots: Conversation) -> None:
    said = vocabulary.Wish(3, timezone.now() + timedelta(days=30), "We leave <b>soon</b>", "phone")
    wish(boots, said, source="form", by=THEM)
    page = maya.open(f"/conversations/{boots.id}")
    shown = words(page)
    assert "Needs it by" in shown and "Matters a lot" in shown and "wants a call" in shown
    assert "said in the web form" in shown
    assert "We leave &lt;b&gt;soon&lt;/b&gt;" in page.content.decode()


def test_nothing_said_shows_nothing(maya: At, boots: Conversation) -> None:
    page = maya.open(f"/conversations/{boots.id}").content.decode()
    start = page.index(f'id="asked-line-{boots.id}"')
    assert " hidden" in page[start : page.index(">", start)]


def test_what_we_said_by_ourselves_is_a_quiet_line(maya: At, boots: Conversation, said: Promise) -> None:
    page = maya.open(f"/conversations/{boots.id}").content.decode()
    assert "We said: Thank you, we have your message." in page
    assert page.count('<article class="msg us"') == 0
    Delivery.objects.update(state="failed")
    assert "· not delivered" in maya.open(f"/conversations/{boots.id}").content.decode()


def test_an_agent_puts_a_wish_right_and_takes_it_away(maya: At, boots: Conversation) -> None:
    address = f"/conversations/{boots.id}/wish"
    answer = maya.asks(address, "put", matters="3", needed_by="2026-12-24T10:00", words="A present", channel="email")
    assert answer.status_code == 200 and "A present" in answer.content.decode()
    row = now_of(boots)
    assert (row.matters, row.asked_channel, Wish.objects.get().source) == (3, "email", "agent")
    assert maya.asks(address, "delete").status_code == 200
    row = now_of(boots)
    assert (row.matters, row.needed_by, row.asked_channel) == (None, None, "")


@pytest.mark.parametrize(
    "given", [{"matters": "9"}, {"needed_by": "soon"}, {"needed_by": "2999-01-01T10:00"}, {"channel": "pigeon"}]
)
def test_a_wish_that_makes_no_sense_is_refused(maya: At, boots: Conversation, given: dict[str, str]) -> None:
    answer = maya.asks(f"/conversations/{boots.id}/wish", "put", **given)
    assert answer.status_code >= 400
    assert not Wish.objects.exists()


def test_they_are_told_a_new_time_in_one_click(maya: At, boots: Conversation, said: Promise) -> None:
    page = maya.open(f"/conversations/{boots.id}").content.decode()
    assert "Tell them a new time" in page
    later = (timezone.now() + timedelta(days=1)).isoformat()
    answer = maya.asks(f"/conversations/{boots.id}/promises", "post", due_at=later.replace("+", "%2B"))
    assert answer.status_code == 200
    (made,) = open_promises(boots)
    said.refresh_from_db()
    assert said.withdrawn_at is not None and made.by == maya.member.actor.code
    entry = Entry.objects.get(id=made.entry_id or 0)
    assert entry.text.startswith("It takes us longer than we said") and entry.sender_name.startswith("Maya")
    assert Delivery.objects.get(entry=entry).address == "ada@example.com"
    row = now_of(boots)
    assert row.waiting_since is not None and row.first_reply_at is None


@pytest.mark.parametrize("due", ["2020-01-01T10:00", "2999-01-01T10:00", "soon", ""])
def test_a_time_that_is_none_is_refused_and_nothing_is_sent(
    maya: At, boots: Conversation, said: Promise, due: str
) -> None:
    before = Delivery.objects.count()
    assert maya.asks(f"/conversations/{boots.id}/promises", "post", due_at=due).status_code >= 400
    assert Delivery.objects.count() == before
    assert [each.id for each in open_promises(boots)] == [said.id]


def test_who_does_not_wait_is_told_no_new_time(maya: At, shop: cast.Shop, boots: Conversation, said: Promise) -> None:
    cast.answer(boots, "On their way.", shop.maya)
    before = Delivery.objects.count()
    later = (timezone.now() + timedelta(days=1)).isoformat().replace("+", "%2B")
    assert maya.asks(f"/conversations/{boots.id}/promises", "post", due_at=later).status_code >= 400
    assert Delivery.objects.count() == before


def test_a_list_asks_no_more_for_fifty_than_for_one(maya: At, shop: cast.Shop, boots: Conversation) -> None:
    maya.open("/desk/waiting")
    with CaptureQueriesContext(connection) as one:
        maya.open("/desk/waiting")
    for number in range(5):
        row = cast.the(cast.ben().writes(shop, "Hello?", f"Matter {number}")).conversation
        promise(row, timezone.now() + timedelta(hours=number), entry=None, by=SYSTEM)
    with CaptureQueriesContext(connection) as many:
        maya.open("/desk/waiting")
    assert len(many) == len(one)


def test_opening_asks_no_more_however_much_was_said(maya: At, boots: Conversation) -> None:
    maya.asks(f"/conversations/{boots.id}")
    with CaptureQueriesContext(connection) as before:
        maya.asks(f"/conversations/{boots.id}")
    for number in range(1, 4):
        wish(now_of(boots), vocabulary.Wish(number, words=f"Wish {number}"), source="page", by=THEM)
    with CaptureQueriesContext(connection) as after:
        maya.asks(f"/conversations/{boots.id}")
    assert len(after) == len(before)
    asked = [
        query["sql"] for query in after if "promises_promise" in query["sql"] or "conversations_wish" in query["sql"]
    ]
    assert len(asked) == 2  # what stands above it; and whether its words hold a promise
