"""The outbox, against a provider that does as it is told over a real socket."""

from __future__ import annotations

import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import ModuleType

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from presszero.channels import outbox, registry
from presszero.channels.adapter import Abilities, LineSettings
from presszero.channels.models import Delivery, DeliveryTry, Entry, Line, SendingHeld, StrayReport, Thread
from presszero.channels.vocabulary import DeliveryReported, Outgoing, Sent
from presszero.core.actor import SYSTEM
from presszero.core.refusal import Refused
from presszero.timeline.models import Event
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


class Post:
    """A provider: a socket that reads one line, the id, and answers with the next of its answers, or hangs up."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.answers: list[str] = []
        self.before: Callable[[str], None] = lambda our_id: None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client, client.makefile("rw") as talk:
                our_id = talk.readline().strip()
                answer = self.answers.pop(0) if self.answers else "taken"
                if answer in ("taken", "hang up"):
                    self.taken.append(our_id)
                self.before(our_id)
                if answer != "hang up":
                    talk.write(answer + "\n")
                    talk.flush()
            connection.close()


class Pigeon:
    """An adapter of a channel that has no other purpose."""

    kind = "pigeon"
    handle_kind = "pigeon"

    def __init__(self, port: int, idempotent: bool) -> None:
        self.port = port
        self.can = Abilities(idempotent=idempotent)

    def send(self, out: Outgoing, line: LineSettings, writing: Callable[[], None]) -> Sent:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as way, way.makefile("rw") as talk:
                writing()
                talk.write(out.our_id + "\n")
                talk.flush()
                answer = talk.readline().strip()
        except ConnectionRefusedError:
            return Sent("later", reason="nobody there")
        if answer.startswith("later"):
            return Sent("later", reason="busy", retry_after=float(answer[5:] or 0) or None)
        states = {"taken": "accepted", "never": "refused"}
        return Sent(
            states.get(answer, "unknown"), f"p-{out.our_id}" if answer == "taken" else "", answer or "broke off"
        )


@pytest.fixture
def post() -> Iterator[Post]:
    made = Post()
    yield made
    made.listener.close()


@pytest.fixture
def pigeon(post: Post, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pigeon]:
    made, module = Pigeon(post.port, idempotent=False), ModuleType("pigeon_for_tests")
    module.adapter = made
    monkeypatch.setitem(__import__("sys").modules, "pigeon_for_tests", module)
    settings.CHANNELS = {**settings.CHANNELS, "pigeon": "pigeon_for_tests"}
    registry.adapter.cache_clear()
    yield made
    registry.adapter.cache_clear()


@pytest.fixture
def line(pigeon: Pigeon) -> Line:
    shop = cast.juniper()
    return Line.objects.create(
        merchant=shop.merchant, brand=shop.brand, kind="pigeon", address="loft 3", name="Juniper & Co."
    )


def queued(line: Line) -> Delivery:
    """Something to send, due now."""
    thread = Thread.objects.create(merchant=line.merchant, line=line, token=uuid.uuid4().hex)
    now = timezone.now()
    entry = Entry.objects.create(merchant=line.merchant, thread=thread, inbound=False, text="Hello", at=now)
    (row,) = outbox.enqueue(entry, line, [("pigeon", "ada")], not_before=now)
    return row


def again(row: Delivery) -> Delivery:
    return Delivery.objects.get(id=row.id)


def told(row: Delivery, state: str, **more: object) -> None:
    """The provider reports, as the pipeline hands it on."""
    said = DeliveryReported(external_id=uuid.uuid4().hex, state=state, **more)
    cast.reported(row.line, said)


def test_what_is_taken_is_accepted_once(post: Post, line: Line) -> None:
    row = queued(line)
    assert outbox.deliver_next() and not outbox.deliver_next()
    assert (again(row).state, again(row).provider_id) == ("accepted", f"p-{row.our_id}")
    assert post.taken == [str(row.our_id)]
    assert [t.outcome for t in DeliveryTry.objects.all()] == ["accepted"]
    assert Event.objects.filter(kind="delivery.changed").count() == 1


def test_busy_is_tried_again_later_and_later_still(post: Post, line: Line) -> None:
    row, waits = queued(line), []
    post.answers = ["later"] * 4
    for _ in range(4):
        before = timezone.now()
        assert outbox.deliver_next()
        assert again(row).state == "queued"
        waits.append(again(row).not_before - before)
        assert not outbox.deliver_next()
        Delivery.objects.update(not_before=timezone.now())
    assert all(b > a for a, b in zip(waits, waits[1:], strict=False)), waits
    assert waits[0] < timedelta(seconds=30) < waits[3]
    assert outbox.deliver_next()
    assert (again(row).state, post.taken) == ("accepted", [str(row.our_id)])


def test_the_providers_own_wish_to_wait_is_kept(post: Post, line: Line) -> None:
    row = queued(line)
    post.answers = ["later 900"]
    outbox.deliver_next()
    assert timedelta(seconds=890) < again(row).not_before - timezone.now() <= timedelta(seconds=900)


def test_trying_ends_after_two_days_and_says_so(post: Post, line: Line) -> None:
    row = queued(line)
    post.answers = ["later"] * 20
    for _ in range(20):
        Delivery.objects.filter(state="queued").update(not_before=timezone.now())
        if not outbox.deliver_next():
            break
    assert (again(row).state, again(row).tries, again(row).reason) == ("failed", 12, "busy")


def test_a_refusal_is_final_and_is_not_the_lines_trouble(post: Post, line: Line) -> None:
    row = queued(line)
    post.answers = ["never"]
    outbox.deliver_next()
    assert (again(row).state, again(row).reason) == ("failed", "never")
    assert Line.objects.get(id=line.id).trouble == ""


def test_trouble_is_shown_on_the_line_until_something_goes_out(post: Post, line: Line) -> None:
    queued(line)
    post.answers = ["later"]
    outbox.deliver_next()
    assert Line.objects.get(id=line.id).trouble.endswith("busy")
    Delivery.objects.update(not_before=timezone.now())
    outbox.deliver_next()
    assert (Line.objects.get(id=line.id).trouble, Line.objects.get(id=line.id).trouble_since) == ("", None)


def test_f12_taken_and_then_cut_off_is_unknown_and_never_sent_again_by_itself(post: Post, line: Line) -> None:
    row = queued(line)
    post.answers = ["hang up"]
    outbox.deliver_next()
    assert again(row).state == "unknown"
    Delivery.objects.update(not_before=timezone.now())
    assert not outbox.deliver_next()
    assert outbox.find_abandoned() == 0
    assert post.taken == [str(row.our_id)]
    outbox.believe_accepted(again(row), "She says so.", by=SYSTEM)
    assert again(row).state == "accepted"


def test_a_person_may_send_a_doubtful_one_again_under_the_same_id(post: Post, line: Line) -> None:
    row = queued(line)
    post.answers = ["hang up"]
    outbox.deliver_next()
    outbox.send_again(again(row), by=SYSTEM)
    assert outbox.deliver_next()
    assert post.taken == [str(row.our_id)] * 2
    with pytest.raises(Refused):
        outbox.send_again(again(row), by=SYSTEM)


def test_where_repeats_are_dropped_an_unsure_send_is_tried_again(post: Post, line: Line, pigeon: Pigeon) -> None:
    pigeon.can = Abilities(idempotent=True)
    row = queued(line)
    post.answers = ["hang up"]
    outbox.deliver_next()
    assert again(row).state == "queued"
    Delivery.objects.update(not_before=timezone.now())
    outbox.deliver_next()
    assert (again(row).state, set(post.taken)) == ("accepted", {str(row.our_id)})


def test_a_paused_line_sends_nothing_and_a_held_installation_neither(post: Post, line: Line) -> None:
    row = queued(line)
    Line.objects.filter(id=line.id).update(paused_at=timezone.now())
    assert not outbox.deliver_next()
    Line.objects.filter(id=line.id).update(paused_at=None)
    held = SendingHeld.objects.create(why="restored from a backup")
    assert not outbox.deliver_next()
    assert (outbox.sending_held(), again(row).tries, post.taken) == ("restored from a backup", 0, [])
    held.delete()
    assert outbox.deliver_next()


def test_taken_back_at_the_moment_of_sending_either_goes_or_does_not(post: Post, line: Line) -> None:
    for _ in range(8):
        row, gone = queued(line), []
        start = threading.Barrier(2)

        def take(row: Delivery = row, start: threading.Barrier = start, gone: list[bool] = gone) -> None:
            start.wait()
            try:
                outbox.take_back(row.entry)
            except outbox.AlreadyGone:
                gone.append(True)
            finally:
                connection.close()

        taking = threading.Thread(target=take)
        taking.start()
        start.wait()
        outbox.deliver_next()
        taking.join()
        assert (str(row.our_id) in post.taken) == bool(gone)
        assert again(row).state == ("accepted" if gone else "cancelled")


def test_two_workers_send_each_delivery_once(post: Post, line: Line) -> None:
    rows = [queued(line) for _ in range(12)]

    def work() -> None:
        while Delivery.objects.filter(state="queued").exists():
            outbox.deliver_next()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(post.taken) == sorted(str(row.our_id) for row in rows)


@pytest.mark.parametrize(
    "order",
    [
        ["accepted", "delivered", "read"],
        ["read", "delivered", "accepted"],
        ["delivered", "accepted", "read"],
        ["read", "failed", "delivered"],
    ],
)
def test_f15_reports_in_any_order_end_the_same(line: Line, order: list[str]) -> None:
    row = queued(line)
    outbox.deliver_next()
    for state in order:
        told(row, state, our_id=str(row.our_id))
    assert again(row).state == "read"


def test_f15_a_report_that_overtakes_the_answer_is_not_taken_back(post: Post, line: Line) -> None:
    row = queued(line)
    post.before = lambda our_id: told(row, "delivered", our_id=our_id)
    outbox.deliver_next()
    assert (again(row).state, again(row).provider_id) == ("delivered", f"p-{row.our_id}")


def test_f15_a_report_that_knows_only_the_providers_id_waits_until_we_know_it(post: Post, line: Line) -> None:
    row = queued(line)
    post.before = lambda our_id: told(row, "delivered", provider_id=f"p-{our_id}")
    outbox.deliver_next()
    assert again(row).state == "delivered"
    assert not StrayReport.objects.exists()


def test_f15_a_report_in_the_very_moment_is_matched_by_the_clock(post: Post, line: Line) -> None:
    row = queued(line)
    outbox.deliver_next()
    StrayReport.objects.create(
        merchant=line.merchant, line_id=line.id, provider_id=f"p-{row.our_id}", state="delivered"
    )
    assert outbox.match_strays() == 1
    assert (again(row).state, StrayReport.objects.count(), outbox.match_strays()) == ("delivered", 0, 0)


def test_a_dead_workers_delivery_is_found_by_its_lock(post: Post, line: Line) -> None:
    long_ago = timezone.now() - timedelta(minutes=1)
    unwritten, written = queued(line), queued(line)
    Delivery.objects.update(state="sending", tries=1, started_at=long_ago)
    Delivery.objects.filter(id=written.id).update(written_at=long_ago)
    assert outbox.find_abandoned() == 2
    assert (again(unwritten).state, again(written).state) == ("queued", "unknown")
    assert "cannot tell" in again(written).reason


def test_f15_a_stray_of_another_merchant_touches_nothing(post: Post, line: Line) -> None:
    row = queued(line)
    outbox.deliver_next()
    other = cast.thistle()
    said = DeliveryReported(external_id="x", state="read", our_id=str(row.our_id), provider_id=f"p-{row.our_id}")
    cast.reported(other.line, said)
    outbox.match_strays()
    assert again(row).state == "accepted"
