"""Telling programs what happened, over real sockets."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook as Scheme

from presszero.api.models import Webhook, WebhookDelivery, WebhookTry
from presszero.api.webhooks import actions, policy
from presszero.api.webhooks.events import EVENTS
from presszero.api.webhooks.sending import let_go, send_due
from presszero.audit.models import Record
from presszero.channels.models import SendingHeld
from presszero.conversations import actions as verbs
from presszero.conversations.models import Message
from presszero.core.refusal import Refused
from presszero.privacy.erasing.person import Person
from presszero.privacy.erasing.steps import above
from presszero.timeline.facts import kinds
from presszero.timeline.reactions import consume_all
from tests import cast
from tests.cast import Shop
from tests.receiver import Receiver
from tests.waiting import crowded

from .conftest import Program, said

State = WebhookDelivery.State


@pytest.fixture(autouse=True)
def _may_reach(settings: Settings) -> None:
    settings.HTTP_MAY_REACH = ["127.0.0.1/32"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().running() as running:
        yield running


def hook(shop: Shop, url: str, *events: str) -> tuple[Webhook, str]:
    consume_all(["api.webhooks"])  # whoever listens for the first time begins at the present
    return actions.add(shop.merchant, url, events or tuple(EVENTS), by=next(iter(shop.team.values())).actor)


def written(shop: Shop) -> Message:
    return cast.the(cast.ada().writes(shop, "Where is order 1042?", "Boots"))


def tell_all() -> None:
    while consume_all(["api.webhooks"]):
        pass
    while send_due():
        pass


def told(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in receiver.heard]


def test_h7_the_schemes_own_library_believes_what_we_send_and_nothing_that_was_touched(
    shop: Shop, receiver: Receiver
) -> None:
    _, secret = hook(shop, receiver.url, "message.received")
    message = written(shop)
    tell_all()
    (heard,) = receiver.heard
    got = Scheme(secret).verify(heard.body, heard.headers)
    assert got["type"] == "message.received"
    assert got["data"]["message"]["id"] == message.id
    assert got["data"]["message"]["text"] == "Where is order 1042?"
    assert got["data"]["conversation"]["subject"] == "Boots"
    for touched in (heard.body.replace(b"1042", b"1043"), heard.body + b" "):
        with pytest.raises(Exception, match="signature"):
            Scheme(secret).verify(touched, heard.headers)
    with pytest.raises(Exception, match="signature"):
        Scheme("whsec_" + "A" * 44).verify(heard.body, heard.headers)


def test_h7_a_secret_is_shown_once_kept_sealed_and_replaced_without_a_gap(shop: Shop, receiver: Receiver) -> None:
    row, old = hook(shop, receiver.url, "message.received")
    new = actions.rotate(row, by=shop.team["rosa"].actor)
    assert old != new
    written(shop)
    tell_all()
    for secret in (old, new):
        Scheme(secret).verify(receiver.heard[0].body, receiver.heard[0].headers)
    Webhook.objects.update(rotated_at=timezone.now() - timedelta(days=2))
    written(shop)
    tell_all()
    Scheme(new).verify(receiver.heard[1].body, receiver.heard[1].headers)
    with pytest.raises(Exception, match="signature"):
        Scheme(old).verify(receiver.heard[1].body, receiver.heard[1].headers)
    listed = Program(shop)("GET", "webhooks").content.decode()
    kept = bytes(Webhook.objects.get().sealed)
    assert new not in listed and new.encode() not in kept and new not in str(list(Record.objects.values()))


def test_h7_nobody_is_told_of_another_merchants_matters_or_of_what_they_did_not_ask(
    shop: Shop, receiver: Receiver
) -> None:
    other = cast.thistle()
    hook(other, receiver.url)
    hook(shop, receiver.url + "?ours", "message.received")
    message = written(shop)
    verbs.note(message.conversation, "She plays the xylophone.", by=shop.maya, client_id=uuid.uuid4())
    verbs.resolve(message.conversation, by=shop.maya.actor)
    tell_all()
    assert [each.path for each in receiver.heard] == ["/told?ours"]
    assert "xylophone" not in str(told(receiver))


def test_what_is_told_is_the_apis_own_shape_and_notes_come_to_whoever_asked(shop: Shop, receiver: Receiver) -> None:
    hook(shop, receiver.url, "note.added", "conversation.resolved", "customer.created")
    message = written(shop)
    verbs.note(message.conversation, "She plays the xylophone.", by=shop.maya, client_id=uuid.uuid4())
    verbs.resolve(message.conversation, by=shop.maya.actor)
    tell_all()
    by_type = {each["type"]: each["data"] for each in told(receiver)}
    assert set(by_type) == {"customer.created", "note.added", "conversation.resolved"}
    assert by_type["note.added"]["note"]["text"] == "She plays the xylophone."
    program = Program(shop)
    assert by_type["conversation.resolved"]["conversation"] == program.get(f"conversations/{message.conversation_id}")
    assert by_type["customer.created"]["customer"]["handles"][0]["address"] == "ada@example.com"


def test_what_fails_comes_again_under_its_own_id_and_the_log_says_how_it_went(shop: Shop, receiver: Receiver) -> None:
    receiver.answers = lambda number: (500, {}, b"<script>no</script>") if number < 2 else (204, {}, b"")
    row, _ = hook(shop, receiver.url, "message.received")
    written(shop)
    tell_all()
    assert len(receiver.heard) == 1
    row.refresh_from_db()
    assert row.failing_since and row.failure == "HTTP 500"
    for _ in range(2):
        WebhookDelivery.objects.update(next_at=timezone.now())
        tell_all()
    assert len({each.headers["webhook-id"] for each in receiver.heard}) == 1
    assert len({each.body for each in receiver.heard}) == 1
    assert WebhookDelivery.objects.get().state == State.DELIVERED
    assert list(WebhookTry.objects.order_by("id").values_list("status", flat=True)) == [500, 500, 204]
    row.refresh_from_db()
    assert row.failing_since is None
    (logged,) = Program(shop).get(f"webhooks/{row.id}/deliveries")["data"]
    assert [each["status"] for each in logged["history"]] == [500, 500, 204]


def test_it_is_tried_for_three_days_and_then_given_up(shop: Shop, receiver: Receiver) -> None:
    waits = [policy.wait_after(n, 0.5) for n in range(1, 10)]
    total = sum((each for each in waits if each), timedelta())
    assert timedelta(days=2, hours=22) < total < timedelta(days=3, hours=2)
    assert policy.wait_after(10, 0.5) is None
    assert policy.wait_after(3, 0.0) < policy.wait_after(3, 1.0)
    receiver.answers = lambda number: (503, {}, b"")
    hook(shop, receiver.url, "message.received")
    written(shop)
    for _ in range(12):
        tell_all()
        WebhookDelivery.objects.update(next_at=timezone.now())
    assert len(receiver.heard) == 10
    assert WebhookDelivery.objects.get().state == State.FAILED


def test_410_switches_it_off_and_days_of_failure_do_so_too_and_admins_hear_of_it(
    shop: Shop, receiver: Receiver
) -> None:
    receiver.answers = lambda number: (410, {}, b"") if number == 0 else (500, {}, b"")
    row, _ = hook(shop, receiver.url, "message.received")
    written(shop)
    tell_all()
    row.refresh_from_db()
    assert row.disabled_why == "gone"
    actions.change(row, {"enabled": True}, by=shop.team["rosa"].actor)
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=6))
    WebhookDelivery.objects.update(next_at=timezone.now())
    tell_all()
    row.refresh_from_db()
    assert row.disabled_why == "failing"
    assert Record.objects.filter(verb="webhook.disable").count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'team.send_letter'")
        assert cursor.fetchone()[0] == 2
    heard = len(receiver.heard)
    written(shop)
    tell_all()
    assert len(receiver.heard) == heard


def test_one_thing_and_all_that_failed_are_told_again(shop: Shop, receiver: Receiver) -> None:
    row, _ = hook(shop, receiver.url, "message.received")
    for _ in range(2):
        written(shop)
    tell_all()
    one = WebhookDelivery.objects.order_by("id").first()
    program = Program(shop)
    again = program("POST", f"webhooks/{row.id}/deliveries/{one.id}/tries", {})
    assert again.status_code == 201, again.content
    assert program("POST", f"webhooks/{row.id}/deliveries/{one.id}/tries", {}).status_code == 409
    tell_all()
    ids = [each.headers["webhook-id"] for each in receiver.heard]
    assert (len(ids), len(set(ids))) == (3, 2)
    WebhookDelivery.objects.filter(id=one.id).update(state=State.FAILED)
    assert actions.redeliver_failed(row, timezone.now() - timedelta(days=1)) == 1
    tell_all()
    assert len(receiver.heard) == 4


def test_a_test_event_needs_no_subscription(shop: Shop, receiver: Receiver) -> None:
    row, secret = hook(shop, receiver.url, "note.added")
    made = said(Program(shop)("POST", f"webhooks/{row.id}/tests", {}))
    tell_all()
    heard = receiver.heard[0]
    assert Scheme(secret).verify(heard.body, heard.headers)["type"] == "webhook.test"
    assert heard.headers["webhook-id"] == made["webhook_id"]


@pytest.mark.django_db(transaction=True)
def test_one_slow_endpoint_holds_up_nobody_else(shop: Shop) -> None:
    with Receiver(slow=2.0).running() as slow, Receiver().running() as quick:
        hook(shop, slow.url, "message.received")
        hook(shop, quick.url, "message.received")
        for _ in range(4):
            written(shop)
        while consume_all(["api.webhooks"]):
            pass
        begun, seen = time.monotonic(), []

        def work() -> None:
            while send_due():
                seen.append(len(quick.heard))
                if len(quick.heard) >= 4:
                    break
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        while len(quick.heard) < 4 and time.monotonic() - begun < 10:
            time.sleep(0.02)
        assert time.monotonic() - begun < 1.9 * crowded(), "the quick one waited for the slow one"
        for thread in threads:
            thread.join(15)


def test_what_a_dead_worker_held_is_told_again_under_the_same_id(shop: Shop, receiver: Receiver) -> None:
    """A worker that is killed while it sends leaves its hold behind, which runs out."""
    hook(shop, receiver.url, "message.received")
    written(shop)
    tell_all()
    now = timezone.now()
    WebhookDelivery.objects.update(state=State.SENDING, held_until=now + timedelta(seconds=5), settled_at=None)
    assert (let_go(now), send_due()) == (0, 0)
    assert let_go(now + timedelta(seconds=6)) == 1
    tell_all()
    assert len({each.headers["webhook-id"] for each in receiver.heard}) == 1
    assert len(receiver.heard) == 2


def test_the_same_event_heard_twice_is_told_once(shop: Shop, receiver: Receiver) -> None:
    hook(shop, receiver.url, "message.received")
    written(shop)
    tell_all()
    from presszero.api.webhooks.reactions import tell
    from presszero.timeline.models import Event

    tell(list(Event.objects.filter(kind="message.received")))
    tell_all()
    assert len(receiver.heard) == 1


def test_z6_a_restored_copy_tells_nobody_anything(shop: Shop, receiver: Receiver) -> None:
    hook(shop, receiver.url, "message.received")
    SendingHeld.objects.create(why="restored")
    written(shop)
    tell_all()
    assert receiver.heard == []


@pytest.mark.parametrize("url", [
    "http://127.0.0.1/", "https://127.0.0.1/", "https://[::1]/", "https://0.0.0.0/", "https://169.254.169.254/latest",
    "https://[::ffff:127.0.0.1]/", "https://localhost/", "https://localhost./", "https://a.localhost/",
    "https://100.64.0.1/", "https://[fd00::1]/", "file:///etc/passwd", "gopher://example.com/", "unix:///run/x",
    "http://example.com/", "https://user:pw@example.com/", "https://example.com/#x", "https://", "x",
    "https://e x.com/",
    "https://example.com:99999/", "https://exa\\mple.com/", "https://10.0.0.1/",
])  # fmt: skip
def test_s1_an_address_that_leads_inside_is_refused_when_it_is_added(shop: Shop, url: str, settings: Settings) -> None:
    settings.HTTP_MAY_REACH = []
    with pytest.raises(Refused):
        actions.add(shop.merchant, url, ["message.received"], by=shop.team["rosa"].actor)


@pytest.mark.parametrize(
    "url", ["https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://localtest.example/"]
)
def test_s1_s3_a_name_that_leads_inside_is_never_connected_to(
    shop: Shop, receiver: Receiver, url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a name says when it is added, what counts is the address it is sent to."""
    settings.HTTP_MAY_REACH = []
    row, _ = hook(shop, "https://hooks.example.com", "message.received")
    port = receiver.url.rpartition(":")[2].partition("/")[0]
    Webhook.objects.filter(id=row.id).update(url=url.replace("https", "http").rstrip("/") + f":{port}/")
    inside = lambda *a, **k: [(2, 1, 6, "", ("127.0.0.1", int(port)))]  # noqa: E731 - a name of the attacker's
    monkeypatch.setattr("socket.getaddrinfo", inside)
    written(shop)
    tell_all()
    assert receiver.heard == []
    tried = WebhookTry.objects.get()
    assert tried.status is None and "private network" in tried.error


def test_s2_a_redirect_is_an_answer_like_any_other(shop: Shop, receiver: Receiver) -> None:
    with Receiver().running() as inside:
        receiver.answers = lambda number: (307, {"Location": inside.url}, b"")
        hook(shop, receiver.url, "message.received")
        written(shop)
        tell_all()
        assert inside.heard == []
    assert WebhookTry.objects.get().status == 307
    assert WebhookDelivery.objects.get().state == State.WAITS


def test_s4_answers_that_are_endless_packed_or_cut_are_failures_and_kept_short(shop: Shop, receiver: Receiver) -> None:
    answers = [
        (200, {}, b"x" * 3_000_000),
        (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b" + b"0" * 50),
        (500, {}, b"y" * 10_000),
    ]
    receiver.answers = lambda number: answers[number]
    hook(shop, receiver.url, "message.received")
    written(shop)
    for _ in answers:
        tell_all()
        WebhookDelivery.objects.update(next_at=timezone.now())
    tries = list(WebhookTry.objects.order_by("id"))
    assert [each.status for each in tries] == [None, None, 500]
    assert all(len(each.answer) <= 2048 for each in tries)


def test_every_event_there_is_to_subscribe_to_is_a_fact_of_the_product() -> None:
    assert set(EVENTS) <= set(kinds)


def test_what_is_told_goes_with_whom_it_is_about(shop: Shop, receiver: Receiver) -> None:
    hook(shop, receiver.url, "message.received")
    message = written(shop)
    tell_all()
    assert above(Person(shop.merchant.id, [message.conversation.customer_id], [], [], [], [], [])) > 0
    assert not WebhookDelivery.objects.exists()
    assert not WebhookTry.objects.exists()
