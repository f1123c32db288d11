"""The database goes away while webhooks arrive; the edge is killed; nothing is lost and nothing comes twice."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from presszero.channels.models import Line
from presszero.intake.edge.database import conninfo
from presszero.intake.edge.frames import unpack
from presszero.mailroom.models import Received
from presszero.merchants.models import Brand
from presszero.team.models import Membership, Session
from tests.waiting import crowded

from .conftest import EdgeProcess, Shop, Tap, wait_until

pytestmark = pytest.mark.slow

StartEdge = Callable[..., EdgeProcess]


class Sender(threading.Thread):
    """A provider: sends one event after another and keeps a ledger. An event not acknowledged is sent again."""

    def __init__(self, edge: EdgeProcess, shop: Shop) -> None:
        super().__init__()
        self.edge, self.shop = edge, shop
        self.acknowledged: list[str] = []
        self.slowest = 0.0
        self.done = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.done.is_set():
            begun = time.monotonic()
            try:
                answered = self.edge.arrive(self.shop.kiosk, number).status == 200
            except OSError:
                answered = False
            self.slowest = max(self.slowest, time.monotonic() - begun)
            if answered:
                self.acknowledged.append(str(number))
                number += 1
            time.sleep(0.005)

    def stop(self) -> None:
        self.done.set()
        self.join()


def test_f17_what_came_while_the_database_was_away_is_there_once_and_in_order(
    start_edge: StartEdge, shop: Shop, tap: Tap
) -> None:
    edge = start_edge()
    sender = Sender(edge, shop)
    sender.start()
    wait_until(lambda: len(sender.acknowledged) > 20)
    tap.cut()
    during = len(sender.acknowledged)
    wait_until(lambda: len(sender.acknowledged) > during + 100)
    assert edge.get("/up").status == 503
    tap.mend()
    after = len(sender.acknowledged)
    wait_until(lambda: len(sender.acknowledged) > after + 20)
    sender.stop()
    wait_until(lambda: len(shop.received()) >= len(sender.acknowledged))
    assert shop.received() == sender.acknowledged
    assert sender.slowest < 2
    assert not list(edge.home.rglob("*.frames"))


def test_f17_a_replayed_arrival_keeps_the_time_it_came(start_edge: StartEdge, shop: Shop, tap: Tap) -> None:
    edge = start_edge()
    edge.arrive(shop.kiosk, 1)
    tap.cut()
    edge.arrive(shop.kiosk, 2)
    told = timezone.now()
    time.sleep(1)
    tap.mend()
    wait_until(lambda: len(shop.received()) == 2)
    first, second = Received.objects.filter(merchant=shop.merchant).order_by("id")
    assert first.received_at < second.received_at < told


def test_f17_a_signature_is_checked_and_a_duplicate_harmless_also_then(
    start_edge: StartEdge, shop: Shop, tap: Tap
) -> None:
    edge = start_edge()
    assert edge.arrive(shop.kiosk, 1).status == 200
    tap.cut()
    assert edge.deliver(shop.kiosk, b"{}", signature="0").status == 403
    assert [edge.arrive(shop.kiosk, number).status for number in (1, 2, 2)] == [200, 200, 200]
    tap.mend()
    wait_until(lambda: len(shop.received()) == 2)
    assert shop.received() == ["1", "2"]


def test_f17_a_full_spool_says_so_and_when_to_come_again(start_edge: StartEdge, shop: Shop, tap: Tap) -> None:
    edge = start_edge(PRESSZERO_SPOOL_MB="1")
    edge.arrive(shop.kiosk, "first")
    tap.cut()
    answers = [edge.arrive(shop.kiosk, number, words="x" * 300_000) for number in range(5)]
    assert [answered.status for answered in answers] == [200, 200, 200, 503, 503]
    assert int(answers[-1].headers["retry-after"]) > 0
    tap.mend()
    wait_until(lambda: len(shop.received()) == 4)
    wait_until(lambda: edge.arrive(shop.kiosk, 3).status == 200)


def test_f17_an_edge_that_begins_without_the_database_asks_to_come_again(
    start_edge: StartEdge, shop: Shop, tap: Tap
) -> None:
    tap.cut()
    edge = start_edge()
    answered = edge.arrive(shop.kiosk, 1)
    assert answered.status == 503 and int(answered.headers["retry-after"]) > 0
    tap.mend()
    wait_until(lambda: edge.arrive(shop.kiosk, 1).status == 200)
    assert shop.received() == ["1"]


def test_f1_kill_9_of_the_edge_in_the_middle_of_requests(start_edge: StartEdge, shop: Shop) -> None:
    edge = start_edge()
    sender = Sender(edge, shop)
    sender.start()
    for _ in range(3):
        reached = len(sender.acknowledged)
        wait_until(lambda reached=reached: len(sender.acknowledged) > reached + 50)
        edge.kill()
        begun = time.monotonic()
        edge.start()
        assert time.monotonic() - begun < 5 * crowded()
    reached = len(sender.acknowledged)
    wait_until(lambda: len(sender.acknowledged) > reached + 20)
    sender.stop()
    ids = shop.received()
    assert ids[: len(sender.acknowledged)] == sender.acknowledged
    assert len(ids) == len(set(ids)) <= len(sender.acknowledged) + 1


def test_f1_what_a_killed_edge_had_spooled_comes_back_by_the_next(start_edge: StartEdge, shop: Shop, tap: Tap) -> None:
    edge = start_edge()
    edge.arrive(shop.kiosk, 0)
    tap.cut()
    for number in range(1, 40):
        assert edge.arrive(shop.kiosk, number).status == 200
    edge.kill(signal.SIGKILL)
    tap.mend()
    edge.start()
    wait_until(lambda: len(shop.received()) == 40)
    assert shop.received() == [str(number) for number in range(40)]


def test_two_edges_on_one_home_keep_apart(start_edge: StartEdge, shop: Shop, tap: Tap) -> None:
    first = start_edge()
    second = start_edge(home=first.home)
    for edge in (first, second):
        edge.arrive(shop.kiosk, f"{edge.port}")
    tap.cut()
    for number in range(20):
        assert first.arrive(shop.kiosk, number).status == second.arrive(shop.kiosk, number).status == 200
    assert len(list(first.home.glob("spool/*/*.frames"))) == 2
    tap.mend()
    wait_until(lambda: len(shop.received()) == 22 and not list(first.home.rglob("*.frames")))
    assert set(shop.received()) == {str(first.port), str(second.port), *map(str, range(20))}


def test_sigterm_lets_what_is_under_way_end(start_edge: StartEdge, shop: Shop) -> None:
    edge = start_edge()
    sender = Sender(edge, shop)
    sender.start()
    wait_until(lambda: len(sender.acknowledged) > 30)
    begun = time.monotonic()
    assert edge.kill(signal.SIGTERM) == 0
    assert time.monotonic() - begun < 4 * crowded()
    sender.stop()
    assert shop.received() == sender.acknowledged


def test_f16_a_bad_row_fails_alone(start_edge: StartEdge, shop: Shop, other_shop: Shop) -> None:
    """A merchant who is gone, and whose line the edge still knows, is refused by a foreign key at the commit."""
    edge = start_edge()
    assert edge.arrive(other_shop.kiosk, "before").status == edge.arrive(shop.kiosk, "first").status == 200
    vanish(other_shop)
    senders: list[tuple[Shop, object]] = [(shop, number) for number in range(10)]
    senders.insert(5, (other_shop, "bad"))
    with ThreadPoolExecutor(12) as pool, locked_mailroom():
        waiting = [pool.submit(lambda who, number: edge.arrive(who.kiosk, number).status, *each) for each in senders]
        time.sleep(0.4)
    assert [answer.result() for answer in waiting] == [200] * 5 + [422] + [200] * 5
    assert sorted(shop.received()) == sorted(["first", *map(str, range(10))])


def test_f16_a_bad_row_does_not_hold_up_the_replay(
    start_edge: StartEdge, shop: Shop, other_shop: Shop, tap: Tap
) -> None:
    edge = start_edge()
    assert edge.arrive(other_shop.kiosk, "before").status == edge.arrive(shop.kiosk, 0).status == 200
    tap.cut()
    for number in range(1, 10):
        assert edge.arrive(shop.kiosk if number != 5 else other_shop.kiosk, number).status == 200
    vanish(other_shop)
    tap.mend()
    wait_until(lambda: len(shop.received()) == 9 and not list(edge.home.rglob("*.frames")))
    refused = [frame.row for frame in unpack((edge.home / "spool/0/refused").read_bytes())]
    assert [row and row.external_id for row in refused] == ["5"], "we said it was stored, so it is still here"


def test_f22_a_lock_that_stays_costs_nobody_an_arrival(start_edge: StartEdge, shop: Shop) -> None:
    edge = start_edge()
    edge.arrive(shop.kiosk, 0)
    with locked_mailroom():
        begun = time.monotonic()
        assert edge.arrive(shop.kiosk, 1).status == 200
        assert time.monotonic() - begun < 2 * crowded()
        assert edge.arrive(shop.kiosk, 2).status == 200
    wait_until(lambda: len(shop.received()) == 3)
    assert shop.received() == ["0", "1", "2"]


def test_f22_a_server_without_room_for_connections_costs_nobody_an_arrival(
    start_edge: StartEdge, shop: Shop, tap: Tap
) -> None:
    edge = start_edge()
    edge.arrive(shop.kiosk, 0)
    tap.plain.execute(f'ALTER DATABASE "{tap.name}" CONNECTION LIMIT 0'.encode())
    try:
        tap.end_connections()
        assert edge.arrive(shop.kiosk, 1).status == 200
    finally:
        tap.plain.execute(f'ALTER DATABASE "{tap.name}" CONNECTION LIMIT -1'.encode())
    wait_until(lambda: shop.received() == ["0", "1"])


def test_a_database_that_is_silent_is_no_reason_to_wait(start_edge: StartEdge, shop: Shop) -> None:
    """Half-open connections: the server is there and says nothing, as after a failed switch or a frozen host."""
    with Muffler(Path(connection.settings_dict["HOST"]), connection.settings_dict["PORT"] or "5432") as muffler:
        edge = start_edge(through=muffler.folder)
        edge.arrive(shop.kiosk, 0)
        muffler.silent.set()
        for number in (1, 2, 3):
            begun = time.monotonic()
            assert edge.arrive(shop.kiosk, number).status == 200
            assert time.monotonic() - begun < 2 * crowded()
        muffler.silent.clear()
        wait_until(lambda: shop.received() == ["0", "1", "2", "3"], seconds=20)


def vanish(shop: Shop) -> None:
    """The merchant's rows, from every table it is in."""
    for model in (Received, Line, Session, Membership, Brand):
        model.objects.filter(merchant=shop.merchant).delete()
    shop.merchant.delete()


@contextlib.contextmanager
def locked_mailroom() -> Iterator[None]:
    with psycopg.connect(conninfo(settings.DATABASES["default"])) as other:
        other.execute("LOCK TABLE mailroom_received IN ACCESS EXCLUSIVE MODE")
        yield


class Muffler:
    """Stands between an edge and the server's socket, and can fall silent without closing anything."""

    def __init__(self, real: Path, port: str) -> None:
        self.real = str(real / f".s.PGSQL.{port}")
        self.folder = Path(tempfile.mkdtemp())
        self.silent = threading.Event()
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self.folder / f".s.PGSQL.{port}"))
        self._server.listen()

    def __enter__(self) -> Muffler:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *why: object) -> None:
        self._server.close()
        shutil.rmtree(self.folder)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self.real)
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while words := source.recv(65536):
                while self.silent.is_set():
                    time.sleep(0.02)
                target.sendall(words)
            target.shutdown(socket.SHUT_WR)
