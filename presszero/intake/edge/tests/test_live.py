"""Open pages are nudged, and only with what is theirs."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from presszero.channels.models import Entry, Thread
from presszero.conversations.models import Conversation, Message
from presszero.customers.models import Customer
from presszero.team.models import Membership, Role, Team, TeamMember
from tests.waiting import crowded

from .conftest import EdgeProcess, Shop, Tap, Watcher, wait_until

pytestmark = pytest.mark.slow

Happen = Callable[..., int]
Watch = Callable[..., Watcher]


@pytest.fixture
def watch(edge: EdgeProcess) -> Iterator[Watch]:
    """Opens pages of the shop's member; they are closed with the test."""
    opened: list[Watcher] = []

    def open_page(shop: Shop, query: str = "", at: EdgeProcess = edge, **headers: str) -> Watcher:
        opened.append(Watcher(at, shop.token, query, **headers))
        return opened[-1]

    yield open_page
    for page in opened:
        page.close()


def conversation_of(shop: Shop) -> int:
    customer = Customer.objects.create(merchant=shop.merchant)
    return Conversation.objects.create(merchant=shop.merchant, customer=customer, line=shop.kiosk).id


def notify(channel: str, payload: str = "") -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])


def test_a_message_nudges_its_conversation_at_once_and_the_lists(watch: Watch, shop: Shop, happen: Happen) -> None:
    number = conversation_of(shop)
    page = watch(shop, f"?conversation={number}")
    took = 9.0
    for _ in range(4):  # a busy machine may hold up one of them
        begun = time.monotonic()
        happen(shop.merchant.id, "message.received", number)
        assert page.topics_until("list") == {"list", "counts", f"conversation:{number}"}
        took = min(took, time.monotonic() - begun)
    assert took < 0.5 * crowded()


def test_w2_only_topics_are_sent_and_only_those_the_page_asked_for(watch: Watch, shop: Shop, happen: Happen) -> None:
    mine, another = conversation_of(shop), conversation_of(shop)
    page = watch(shop, f"?conversation={mine}")
    happen(shop.merchant.id, "note.added", another, words="secret")
    happen(shop.merchant.id, "person.mentioned", another, member_id=shop.member.id + 1)
    happen(shop.merchant.id, "note.added", mine, words="secret")
    assert page.next_topics() == {f"conversation:{mine}"}
    happen(shop.merchant.id, "person.mentioned", another, member_id=shop.member.id)
    assert page.next_topics() == {f"mentions:{shop.member.id}"}


def test_a_wallboard_hears_of_who_waits_and_a_desk_of_whom_calls_come_to(
    watch: Watch, shop: Shop, happen: Happen
) -> None:
    wall, desk = watch(shop, "?wall=1"), watch(shop)
    happen(shop.merchant.id, "waiting.entered", 1, waiting_id=7)
    assert wall.topics_until("wall") == {"wall"}
    happen(shop.merchant.id, "presence.changed", 1, member_id=shop.member.id)
    assert desk.topics_until("counts") == {"list", "counts", f"phone:{shop.member.id}"}


@pytest.mark.slow
def test_lists_are_nudged_once_a_second_however_much_happens(watch: Watch, shop: Shop, happen: Happen) -> None:
    page = watch(shop)
    begun = time.monotonic()
    while time.monotonic() - begun < 1.5:
        happen(shop.merchant.id, "message.received", 1)
        time.sleep(0.01)
    heard = 0
    while page.next_topics(1.5):
        heard += 1
    assert 2 <= heard <= 3


def test_a_delivery_nudges_the_conversation_its_entry_stands_in(watch: Watch, shop: Shop, happen: Happen) -> None:
    number = conversation_of(shop)
    entry = entry_in(shop, number)
    page = watch(shop, f"?conversation={number}")
    happen(shop.merchant.id, "delivery.changed", None, entry_id=entry, state="delivered")
    assert page.next_topics() == {f"conversation:{number}"}


def test_who_looks_is_told_to_who_looks_at_the_same(watch: Watch, shop: Shop, other_shop: Shop) -> None:
    number = conversation_of(shop)
    page, elsewhere = watch(shop, f"?conversation={number}"), watch(other_shop)
    notify("looking", f"{shop.merchant.id}:{number}")
    assert page.next_topics() == {f"looking:{number}"}
    notify("looking", "rubbish:'; DROP")
    assert elsewhere.next_topics(0.3) == set()


def test_a_page_that_comes_back_hears_what_it_missed(
    watch: Watch, shop: Shop, other_shop: Shop, happen: Happen
) -> None:
    number = conversation_of(shop)
    page = watch(shop, f"?conversation={number}")
    happen(shop.merchant.id, "conversation.assigned", number)
    page.topics_until("list")
    page.close()
    happen(other_shop.merchant.id, "message.received", number)
    happen(shop.merchant.id, "note.added", number)
    time.sleep(0.3)
    back = watch(shop, f"?conversation={number}", last_event_id=page.last_id)
    back.topics_until(f"conversation:{number}")  # lists may be told once more: a nudge twice harms nobody
    # Not later for certain: while another transaction of the cluster is open, an id that was never seen may yet come.
    assert int(back.last_id) >= int(page.last_id)


def test_a_page_says_when_it_was_drawn(watch: Watch, shop: Shop, happen: Happen) -> None:
    drawn = happen(shop.merchant.id, "message.received", 1)
    happen(shop.merchant.id, "message.received", 1)
    time.sleep(0.3)
    assert watch(shop, f"?after={drawn}").next_topics() == {"list", "counts"}


@pytest.mark.slow
def test_f2_after_a_restart_of_the_edge_nothing_is_missed(
    start_edge: Callable[..., EdgeProcess], watch: Watch, shop: Shop, happen: Happen
) -> None:
    edge = start_edge()
    page = watch(shop, at=edge)
    happen(shop.merchant.id, "message.received", 1)
    page.topics_until("list")
    edge.kill(signal.SIGKILL)
    happen(shop.merchant.id, "message.received", 1)
    edge.start()
    told = watch(shop, at=edge, last_event_id=page.last_id).next_topics()
    assert {"list", "counts"} <= told  # before it has read the timeline again, it says that anything may have changed


@pytest.mark.slow
def test_l2_another_merchants_events_never_arrive(watch: Watch, shop: Shop, other_shop: Shop, happen: Happen) -> None:
    number = conversation_of(shop)
    mallory = watch(other_shop, last_event_id="0")
    mallory.next_topics(0.5)
    happen(shop.merchant.id, "message.received", number)
    happen(shop.merchant.id, "person.mentioned", number, member_id=other_shop.member.id)
    notify("looking", f"{shop.merchant.id}:{number}")
    assert mallory.next_topics(1.5) == set() and not mallory.ended


def test_l2_another_merchants_conversation_is_nothing_here(watch: Watch, shop: Shop, other_shop: Shop) -> None:
    number = conversation_of(shop)
    assert watch(shop, f"?conversation={number}").status == 200
    assert watch(other_shop, f"?conversation={number}").status == 404
    asked = ["?conversation=x", "?conversation=-1", "?conversation=%00", "?conversation=99999999999999999999"]
    assert {watch(shop, query).status for query in asked} == {404}


@pytest.mark.parametrize("after", ["0", "99999999999", "x", "-5", "1e9", "٣"])
def test_l2_a_made_up_last_event_id_shows_nothing_of_others(
    watch: Watch, shop: Shop, other_shop: Shop, happen: Happen, after: str
) -> None:
    happen(shop.merchant.id, "message.received", 1)
    page = watch(other_shop, last_event_id=after.encode().decode("latin-1"))
    assert page.next_topics(0.5) <= {
        "list",
        "counts",
        f"mentions:{other_shop.member.id}",
        f"bulks:{other_shop.member.id}",
        f"phone:{other_shop.member.id}",
        "phones",
    }


def test_without_a_session_there_is_no_stream(edge: EdgeProcess, shop: Shop) -> None:
    assert edge.get("/live/desk").status == 401
    cookies = ["pz_session=", "pz_session=made-up", "other=1", "pz_session=" + "x" * 5000, 'a="; b', "=;=;="]
    assert {edge.get("/live/desk", cookie=cookie).status for cookie in cookies} <= {401, 403}
    assert edge.call("POST", "/live/desk", b"", cookie=f"pz_session={shop.token}").status == 405


@pytest.mark.slow
def test_w2_a_conversation_in_an_unseen_queue_is_heard_by_nobody_who_does_not_see_it(
    watch: Watch, shop: Shop, happen: Happen
) -> None:
    team = Team.objects.create(merchant=shop.merchant, name="Returns")
    mine, another = conversation_of(shop), conversation_of(shop)
    Conversation.objects.filter(id=mine).update(team=team)
    Membership.objects.filter(id=shop.member.id).update(sees_all=False)
    place = TeamMember.objects.create(merchant=shop.merchant, team=team, member=shop.member)
    page = watch(shop, f"?conversation={mine}")
    happen(shop.merchant.id, "note.added", another, words="secret")
    happen(shop.merchant.id, "note.added", mine)
    assert page.next_topics() == {f"conversation:{mine}"}
    assert watch(shop, f"?conversation={another}").status == 404
    lists = watch(shop)
    place.delete()
    begun = time.monotonic()
    assert page.next_topics(8) == set()
    assert page.ended == "lost"
    assert time.monotonic() - begun < 5 * crowded()
    assert watch(shop, f"?conversation={mine}").status == 404
    assert not lists.ended, "the lists go on, and show what is still seen"
    Conversation.objects.filter(id=mine).update(team=None)
    team.delete()


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["ended", "expired", "left", "demoted", "elsewhere", "unused"])
def test_a5_a_stream_ends_within_five_seconds_of_losing_the_right(
    watch: Watch, shop: Shop, other_shop: Shop, happen: Happen, lost: str
) -> None:
    page = watch(shop)
    now = timezone.now()
    if lost == "ended":
        shop.session.ended_at = now
    elif lost == "expired":
        shop.session.expires_at = now - timedelta(seconds=1)
    elif lost == "elsewhere":
        shop.session.merchant = other_shop.merchant
    elif lost == "unused":
        shop.session.seen_at = now - timedelta(days=15)
    elif lost == "left":
        shop.member.left_at = now
    else:
        shop.member.role = Role.READ_ONLY
    shop.session.save()
    shop.member.save()
    begun = time.monotonic()
    assert page.next_topics(8) == set()
    assert page.ended == "lost"
    assert time.monotonic() - begun < 5 * crowded()
    assert watch(shop).status == (200 if lost == "demoted" else 403)


FOREIGN = ["null", "http://evil.example", "http://127.0.0.1:8000.evil.example", "https://127.0.0.1:8000", ""]


@pytest.mark.parametrize("origin", FOREIGN)
def test_l4_w4_another_sites_page_may_not_listen(watch: Watch, shop: Shop, origin: str) -> None:
    page = watch(shop, origin=origin)
    assert page.status == 403
    assert not [name for name in page.headers if name.startswith("access-control")]


def test_l4_our_own_page_may(watch: Watch, edge: EdgeProcess, shop: Shop) -> None:
    assert watch(shop, origin=f"http://127.0.0.1:{edge.port}").status == 200
    assert watch(shop, sec_fetch_site="same-origin").status == 200
    assert watch(shop, sec_fetch_site="same-site").status == watch(shop, sec_fetch_site="cross-site").status == 403


@pytest.mark.slow
def test_f5_nudges_are_back_soon_after_the_listening_connection_was_killed(
    watch: Watch, shop: Shop, happen: Happen, tap: Tap
) -> None:
    number = conversation_of(shop)
    page = watch(shop, f"?conversation={number}")
    assert tap.end_connections() >= 2
    begun = time.monotonic()
    happen(shop.merchant.id, "note.added", number)
    assert page.next_topics() == {f"conversation:{number}"}

    def looking_arrives() -> bool:  # nothing but LISTEN carries it
        notify("looking", f"{shop.merchant.id}:{number}")
        return page.next_topics(0.5) == {f"looking:{number}"}

    wait_until(looking_arrives)
    assert time.monotonic() - begun < 10 * crowded()


@pytest.mark.slow
def test_f5_what_happens_while_the_database_is_away_is_heard_after_it(
    watch: Watch, shop: Shop, happen: Happen, tap: Tap
) -> None:
    page = watch(shop)
    tap.cut()
    happen(shop.merchant.id, "message.received", 1)
    assert page.next_topics(1) == set() and not page.ended
    tap.mend()
    assert page.next_topics() == {"list", "counts"}


@pytest.mark.slow
def test_w3_a_reader_that_does_not_read_is_let_go_and_costs_nothing(
    start_edge: Callable[..., EdgeProcess], shop: Shop, happen: Happen
) -> None:
    edge = start_edge()
    sockets = []
    for _ in range(20):
        sockets.append(socket.create_connection(("127.0.0.1", edge.port)))
        sockets[-1].sendall(
            b"GET /live/desk HTTP/1.1\r\nhost: x\r\ncookie: pz_session=%s\r\n\r\n" % shop.token.encode()
        )
    time.sleep(0.5)
    before = edge.memory
    for _ in range(300):
        happen(shop.merchant.id, "person.mentioned", 1, member_id=shop.member.id)
    time.sleep(0.5)
    assert edge.memory - before < 4_000_000
    for each in sockets:
        each.close()


def test_w3_one_session_cannot_hold_streams_without_end(watch: Watch, shop: Shop) -> None:
    assert [watch(shop).status for _ in range(31)] == [200] * 30 + [429]
    wait_until(lambda: watch(shop).status == 429)


def test_w3_closed_pages_are_forgotten(watch: Watch, shop: Shop) -> None:
    for _ in range(3):
        pages = [watch(shop) for _ in range(29)]
        for page in pages:
            page.close()
        wait_until(lambda: watch(shop).status == 200)


@pytest.mark.slow
def test_sigterm_lets_pages_go_with_a_hint_when_to_come_back(
    start_edge: Callable[..., EdgeProcess], watch: Watch, shop: Shop
) -> None:
    edge = start_edge()
    pages = [watch(shop, at=edge) for _ in range(10)]
    begun = time.monotonic()
    assert edge.kill(signal.SIGTERM) == 0
    assert time.monotonic() - begun < 3 * crowded()
    assert [page.next_topics() for page in pages] == [set()] * 10
    assert {page.ended for page in pages} == {"closing"}


def test_f31_everybody_is_told_another_time_to_come_back(watch: Watch, shop: Shop) -> None:
    hints = set()
    for _ in range(12):
        page = watch(shop)
        page.line(5)  # the chunk's length
        hints.add(page.line(5) or "")
    assert len(hints) > 8
    assert all(hint.startswith("retry: ") and 1000 <= int(hint[7:]) <= 4000 for hint in hints)


@pytest.mark.slow
def test_f27_more_connections_than_files_do_not_end_the_edge(
    start_edge: Callable[..., EdgeProcess], shop: Shop
) -> None:
    edge = start_edge(files=128)
    edge.arrive(shop.kiosk, 0)
    flood = []
    for _ in range(200):
        flood.append(socket.create_connection(("127.0.0.1", edge.port), timeout=2))
    time.sleep(0.5)
    for each in flood:
        each.close()
    wait_until(lambda: edge.arrive(shop.kiosk, 1).status == 200)
    assert shop.received() == ["0", "1"]


def entry_in(shop: Shop, conversation: int) -> int:
    """A message of ours in a conversation; its entry."""
    thread = Thread.objects.create(merchant=shop.merchant, line=shop.kiosk, token=f"{conversation:032x}")
    now = timezone.now()
    entry = Entry.objects.create(merchant=shop.merchant, thread=thread, inbound=False, text="Hello", at=now)
    Message.objects.create(merchant=shop.merchant, conversation_id=conversation, entry=entry, at=now, inbound=False)
    return entry.id


def test_news_of_an_order_nudge_the_newest_conversation_with_its_customer(
    watch: Watch, shop: Shop, happen: Happen
) -> None:
    """An order knows its customer, and no conversation; the page that shows them hears of it, and no list does."""
    earlier = conversation_of(shop)
    whose = Conversation.objects.get(id=earlier, merchant=shop.merchant).customer
    number = Conversation.objects.create(merchant=shop.merchant, customer=whose, line=shop.kiosk).id
    stranger = watch(shop, f"?conversation={conversation_of(shop)}")
    page = watch(shop, f"?conversation={number}")
    happen(shop.merchant.id, "order.attached", customer=whose.id)
    assert page.topics_until(f"orders:{number}") == {f"orders:{number}"}
    happen(shop.merchant.id, "message.received")
    assert stranger.topics_until("list") == {"list", "counts"}
