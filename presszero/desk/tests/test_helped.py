"""Help in five minutes: counted from rows, each number opens its conversations."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from presszero.conversations.models import Conversation
from presszero.core.money import money
from presszero.routing.models import Waiting
from presszero.routing.queries import main_queue
from presszero.routing.reporting import behind, report
from presszero.team.actions import Browser, start_session
from presszero.team.gate import COOKIE
from tests import cast, queues


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


def waited(shop: cast.Shop, seconds: int, left: str = "answered", **more: object) -> Waiting:
    """One who waited so long yesterday, in a conversation of their own."""
    talk = cast.the(cast.Shopper("Ada", f"ada{Waiting.objects.count()}@example.com").writes(shop, "Hello")).conversation
    since = timezone.now() - timedelta(days=1)
    given = {"queue": main_queue(shop.merchant), "kind": "chat", "customers": "new", "line": shop.line, **more}
    ends = {"left": left, "left_at": since + timedelta(seconds=seconds), "due_at": since + timedelta(minutes=5)}
    return Waiting.objects.create(
        merchant=shop.merchant, subject_id=talk.id, conversation=talk, since=since, began_at=since, **ends, **given
    )


def test_shares_money_and_what_is_not_counted(shop: cast.Shop) -> None:
    returns = queues.queue(shop)
    waited(shop, 60)
    waited(shop, 301, kind="call", queue=returns)
    gone = waited(shop, 90, "abandoned", cart_value=14800, currency="GBP", customers="returning")
    waited(shop, 5, "abandoned", kind="call")
    waited(shop, 9, "withdrawn")
    waited(shop, 9, "callback")
    span = (timezone.now() - timedelta(days=3), timezone.now())
    found = report(shop.merchant, *span)
    whole = found.whole
    assert (whole.came, whole.in_time, whole.late, whole.gave_up, whole.share) == (4, 1, 1, 2, 0.25)
    assert whole.lost == [money("148.00", "GBP")] and whole.median == 180.5
    assert found.parts["kind"]["call"].share == 0.0 and found.parts["kind"]["chat"].share == 0.5
    assert found.parts["queue"][str(returns.id)].late == 1
    assert found.parts["customers"]["returning"].carts == 1
    assert len(found.parts["day"]) == 1
    assert behind(shop.merchant, "cart", "", "", span) == [gone.conversation_id]
    assert len(behind(shop.merchant, "came", "kind", "call", span) or []) == 2
    assert behind(shop.merchant, "late", "queue", "x", span) == []
    assert behind(shop.merchant, "secret", "", "", span) is None
    assert report(cast.thistle().merchant, *span).whole.came == 0


def test_every_number_on_the_page_opens_as_many_conversations(shop: cast.Shop) -> None:
    waited(shop, 60)
    waited(shop, 400)
    waited(shop, 90, "abandoned", cart_value=14800, currency="GBP")
    client = Client()
    client.cookies[COOKIE] = start_session(shop.tomas.person, Browser("203.0.113.9", "Firefox"), timezone.now()).token
    page = client.get("/insights/help?days=7").content.decode()
    assert "33 %" in page and "£148.00" in page
    links = {each.replace("&amp;", "&") for each in re.findall(r'href="(/insights/help/conversations[^"]+)"', page)}
    assert len(links) > 10
    for url in links:
        listed = client.get(url)
        assert listed.status_code == 200
        assert len(set(re.findall(r'href="(/conversations/\d+)', listed.content.decode()))) in (1, 3), url


def test_agents_do_not_count_each_other(shop: cast.Shop) -> None:
    client = Client()
    client.cookies[COOKIE] = start_session(shop.maya.person, Browser("203.0.113.9", "Firefox"), timezone.now()).token
    assert client.get("/insights/help").status_code == 403
    assert Conversation.objects.count() == 0
