"""Open widgets are nudged about their own thread, and hear of nothing else."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from presszero.channels.models import Line
from presszero.conversations import actions
from presszero.conversations.models import Looking
from presszero.visitors.models import Visitor
from tests.waiting import crowded

from .conftest import EdgeProcess, Page, Shop, Tap, wait_until
from .widgets import Widget, chat_line, conversation, entry, feeds, message

pytestmark = pytest.mark.slow

Happen = Callable[..., int]
CHANGED = {"changed": ["transcript"]}


@pytest.fixture
def line(shop: Shop) -> Line:
    return chat_line(shop)


@pytest.fixture
def ada(edge: EdgeProcess, line: Line) -> Widget:
    return Widget(edge, line)


@pytest.fixture
def ben(edge: EdgeProcess, line: Line) -> Widget:
    return Widget(edge, line)


@pytest.fixture
def quiet(ada: Widget) -> Iterator[Page]:
    """Ada's stream, which was told what it is told first."""
    page = ada.opens_quietly()
    yield page
    page.close()


def test_a_page_that_opens_is_told_that_something_may_have_changed(ada: Widget) -> None:
    page = ada.opens()
    assert (page.status, page.headers["content-type"]) == (200, "text/event-stream")
    assert page.next_event() == CHANGED
    assert int(page.last_id) >= 0


@pytest.mark.parametrize("kind", ["message.received", "message.sent", "delivery.changed", "message.taken_back"])
def test_what_happens_to_its_thread_reaches_a_widget(ada: Widget, quiet: Page, happen: Happen, kind: str) -> None:
    place = conversation(ada.line)
    said = message(ada.thread(), place)
    took = 9.0
    for _ in range(3):  # a busy machine may hold up one of them
        begun = time.monotonic()
        happen(ada.line.merchant_id, kind, place.id, entry_id=said.entry_id, message_id=said.id, channel="chat")
        assert quiet.next_event() == CHANGED
        took = min(took, time.monotonic() - begun)
    assert took < 0.5 * crowded()


def test_l2_w2_nothing_else_reaches_it(ada: Widget, ben: Widget, quiet: Page, happen: Happen, shop: Shop) -> None:
    """Not another visitor's words, not the mail of the same conversation, not a note, not what the desk hears."""
    place = conversation(ada.line)
    mine, mails = ada.thread(), ben.thread()
    feeds(mine, place)
    mails.line = shop.kiosk
    mails.save()
    others = entry(ben.thread(), text="Ben's")
    happen(shop.merchant.id, "message.received", place.id, entry_id=others.id, channel="chat")
    happen(shop.merchant.id, "message.sent", place.id, entry_id=entry(mails).id, channel="custom")
    happen(shop.merchant.id, "note.added", place.id, entry_id=entry(mine).id, note_id=1)
    happen(shop.merchant.id, "conversation.resolved", place.id)
    happen(shop.merchant.id, "person.mentioned", place.id, member_id=shop.member.id)
    assert quiet.next_event(1.5) == {} and not quiet.ended


def test_l2_a_desk_hears_nothing_a_visitor_asked_for_and_a_visitor_cannot_ask(ada: Widget, shop: Shop) -> None:
    member = Page(ada.edge, f"/live/chat/{ada.line.token}", {"host": "x", "cookie": f"pz_session={shop.token}"})
    visitor = Page(ada.edge, "/live/desk", {"host": "x", "cookie": ada.cookie})
    assert (member.status, visitor.status) == (401, 401)
    as_session = Page(ada.edge, "/live/desk", {"host": "x", "cookie": f"pz_session={ada.secret}"})
    assert as_session.status == 403


def test_l2_no_parameter_opens_another_thread(ada: Widget, ben: Widget, happen: Happen) -> None:
    words = entry(ben.thread(), text="Ben's")
    queries = [f"?topic=chat:{ada.line.id}:{ben.row.address}", f"?visitor={ben.row.id}", "?conversation=1"]
    pages = [ada.opens(query) for query in queries]
    pages.append(ada.opens("", x_visitor=ben.row.address))
    for page in pages:
        assert page.next_event() == CHANGED
    happen(ada.line.merchant_id, "message.sent", 1, entry_id=words.id, channel="chat")
    assert [page.next_event(0.7) for page in pages] == [{}] * 4


def test_l2_another_merchants_event_with_the_same_entry_is_not_ours(
    ada: Widget, quiet: Page, happen: Happen, other_shop: Shop
) -> None:
    words = entry(ada.thread(), text="Ada's")
    happen(other_shop.merchant.id, "message.sent", 1, entry_id=words.id, channel="chat")
    assert quiet.next_event(1) == {}


@pytest.mark.parametrize("after", ["0", "99999999999", "x", "-5", "1e9", "9" * 40])
def test_l2_a_made_up_last_event_id_says_only_that_something_may_have_changed(ada: Widget, after: str) -> None:
    page = ada.opens("", last_event_id=after)
    assert page.next_event(0.7) in ([CHANGED, {}] if after == "0" else [CHANGED])  # 0 may still be known exactly
    assert page.next_event(0.3) == {}


def test_who_missed_nothing_is_told_nothing_when_back(ada: Widget, ben: Widget, quiet: Page, happen: Happen) -> None:
    words, others = entry(ada.thread()), entry(ben.thread())
    told_of = -1
    while int(quiet.last_id or -1) < told_of or told_of < 0:  # an id before it may yet come while others write
        told_of = happen(ada.line.merchant_id, "message.sent", 1, entry_id=words.id, channel="chat")
        assert quiet.next_event() == CHANGED
    happen(ada.line.merchant_id, "message.sent", 1, entry_id=others.id, channel="chat")
    time.sleep(0.3)
    assert ada.opens("", last_event_id=quiet.last_id).next_event(0.7) == {}
    happen(ada.line.merchant_id, "message.sent", 1, entry_id=words.id, channel="chat")
    time.sleep(0.3)
    assert ada.opens("", last_event_id=quiet.last_id).next_event() == CHANGED


@pytest.mark.slow
def test_f2_after_a_restart_of_the_edge_nothing_is_missed(
    start_edge: Callable[..., EdgeProcess], line: Line, happen: Happen
) -> None:
    edge = start_edge()
    ada = Widget(edge, line)
    words = entry(ada.thread())
    happen(line.merchant_id, "message.sent", 1, entry_id=words.id, channel="chat")
    page = ada.opens_quietly()
    edge.kill(signal.SIGKILL)
    happen(line.merchant_id, "message.sent", 1, entry_id=words.id, channel="chat")
    edge.start()
    assert ada.opens("", last_event_id=page.last_id).next_event() == CHANGED


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["ended", "paused", "another secret"])
def test_a5_l1_a_stream_ends_within_five_seconds_of_losing_the_right(
    ada: Widget, line: Line, quiet: Page, happen: Happen, lost: str
) -> None:
    if lost == "ended":
        Visitor.objects.update(ended_at=timezone.now())
    elif lost == "paused":
        Line.objects.filter(id=line.id).update(paused_at=timezone.now())
    else:
        Visitor.objects.update(secret_hash="0" * 64)
    begun = time.monotonic()
    assert quiet.next_event(8) == {}
    assert quiet.ended == "lost"
    assert time.monotonic() - begun < 5 * crowded()
    assert ada.opens().status == 401


@pytest.mark.slow
def test_l1_a_signed_in_shoppers_thread_is_heard_until_the_signature_runs_out(
    ada: Widget, quiet: Page, happen: Happen
) -> None:
    words = entry(ada.thread("s-1042"))

    def said() -> None:
        happen(ada.line.merchant_id, "message.sent", 1, entry_id=words.id, channel="chat")

    said()
    assert quiet.next_event(1) == {}
    ada.signs_in("s-1042", timezone.now() + timedelta(seconds=6))
    assert quiet.next_event(5) == CHANGED  # it is another transcript now
    said()
    assert quiet.next_event(1) == CHANGED
    assert quiet.next_event(9) == CHANGED  # it ran out
    said()
    assert quiet.next_event(1.5) == {} and not quiet.ended


def test_l1_an_unsigned_claim_to_be_a_shopper_hears_nothing(ada: Widget, ben: Widget, happen: Happen) -> None:
    ada.row.shopper, ada.row.signed_until = "s-7", timezone.now() - timedelta(seconds=1)
    ada.row.save()
    page = ada.opens_quietly()
    happen(ada.line.merchant_id, "message.sent", 1, entry_id=entry(ada.thread("s-7")).id, channel="chat")
    assert page.next_event(0.7) == {}


def test_an_agent_who_writes_an_answer_is_told_by_first_name(ada: Widget, ben: Widget, quiet: Page, shop: Shop) -> None:
    place = conversation(ada.line)
    feeds(ada.thread(), place)
    shop.person.name = "Maya Lindqvist"
    shop.person.save()
    away = ben.opens_quietly()
    actions.looking(place, shop.member, typing=False)
    assert quiet.next_event(1.5) == {}
    actions.looking(place, shop.member, typing=True)
    assert quiet.next_event() == {"typing": "Maya"}
    actions.looking(place, shop.member, typing=False)
    assert quiet.next_event() == {"typing": ""}
    assert away.next_event(0.2) == {}


@pytest.mark.slow
def test_typing_that_just_stops_is_over_soon(ada: Widget, quiet: Page, shop: Shop) -> None:
    place = conversation(ada.line)
    feeds(ada.thread(), place)
    actions.looking(place, shop.member, typing=True)
    assert quiet.next_event() == {"typing": "Juniper"}
    assert quiet.next_event(12) == {"typing": ""}
    assert Looking.objects.get().typing_at is not None


def test_who_comes_is_seen_at_once(ada: Widget) -> None:
    Visitor.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    place = conversation(ada.line)
    feeds(ada.thread(), place)
    with connection.cursor() as cursor:
        cursor.execute("LISTEN looking")
    page = ada.opens()
    assert connection.connection is not None
    heard = [note.payload for note in connection.connection.notifies(timeout=5, stop_after=1)]
    assert heard == [f"{ada.line.merchant_id}:{place.id}"]
    assert Visitor.objects.get(id=ada.row.id).seen_at > timezone.now() - timedelta(seconds=5)
    page.close()


@pytest.mark.slow
def test_who_stays_is_seen_every_twenty_seconds(ada: Widget, quiet: Page) -> None:
    wait_until(lambda: Visitor.objects.get(id=ada.row.id).seen_at)
    opened = Visitor.objects.get(id=ada.row.id).seen_at
    wait_until(lambda: Visitor.objects.get(id=ada.row.id).seen_at > opened + timedelta(seconds=5), 30)


@pytest.mark.slow
def test_f5_what_happens_while_the_database_is_away_is_heard_after_it(
    ada: Widget, quiet: Page, happen: Happen, tap: Tap
) -> None:
    words = entry(ada.thread())
    tap.cut()
    happen(ada.line.merchant_id, "message.sent", 1, entry_id=words.id, channel="chat")
    assert quiet.next_event(1) == {} and not quiet.ended
    tap.mend()
    assert quiet.next_event() == CHANGED


@pytest.mark.slow
def test_sigterm_lets_widgets_go_with_a_hint_when_to_come_back(
    start_edge: Callable[..., EdgeProcess], line: Line
) -> None:
    edge = start_edge()
    pages = [Widget(edge, line).opens_quietly() for _ in range(5)]
    assert edge.kill(signal.SIGTERM) == 0
    assert [page.next_event() for page in pages] == [{}] * 5
    assert {page.ended for page in pages} == {"closing"}


def test_five_streams_a_visitor_and_closed_ones_are_forgotten(ada: Widget, ben: Widget) -> None:
    pages = [ada.opens() for _ in range(6)]
    assert [page.status for page in pages] == [200] * 5 + [429]
    assert int(pages[-1].headers["retry-after"]) > 0
    assert ben.opens().status == 200
    for page in pages:
        page.close()
    wait_until(lambda: opened(ada))


def opened(widget: Widget) -> bool:
    page = widget.opens()
    with contextlib.closing(page):
        return page.status == 200
