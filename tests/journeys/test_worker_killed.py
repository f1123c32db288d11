"""F3: the worker is killed at each point of a send. Nothing is lost, nothing goes twice, and doubt is shown."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from presszero.channels.models import Delivery
from presszero.conversations.models import Conversation, Message
from presszero.timeline.reactions import consume_all
from tests import cast, ledger

from .house import until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

POINTS = ("before mark", "after mark", "after bytes sent", "after accept", "before commit")


class Sink:
    """A mail server that stops at a point of one exchange until the worker is dead, and keeps what it took."""

    def __init__(self, point: str) -> None:
        self.point = point
        self.taken: list[str] = []  # Message-IDs, raw: one for each time it was taken
        self.reached, self.go_on = threading.Event(), threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.go_on.set()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=[client], daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with client, client.makefile("rwb", buffering=0) as talk:
            try:
                self._exchange(talk)
            except OSError:
                return

    def _exchange(self, talk: socket.SocketIO) -> None:
        def say(line: str) -> None:
            talk.write(line.encode() + b"\r\n")

        def stop_at(point: str) -> bool:
            """Whether this is the exchange that is to be broken off here."""
            if point != self.point or self.reached.is_set():
                return False
            self.reached.set()
            self.go_on.wait(30)
            return True

        say("220 sink")
        while line := talk.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                if stop_at("before mark"):
                    return
                say("354 go on")
                if stop_at("after mark"):
                    return
                content = b"".join(iter(talk.readline, b".\r\n"))
                number = re.search(rb"(?im)^message-id: <([^>]+)>", content)
                assert number
                if stop_at("after bytes sent"):
                    return
                self.taken.append(number[1].decode())
                if stop_at("after accept"):
                    return
                stop_at("before commit")
                say("250 taken")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")


class Worker:
    """`presszero serve worker`, over the tests' own database."""

    def __init__(self) -> None:
        given = connection.settings_dict
        password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
        where = f"postgresql://{given['USER']}{password}@/{given['NAME']}"
        environment = {
            **os.environ,
            "DATABASE_URL": f"{where}?host={given['HOST']}&port={given['PORT'] or 5432}",
            "PRESSZERO_SECRET_KEY": settings.SECRET_KEY,
            "PRESSZERO_LOG": "ERROR",
        }
        command = [sys.executable, "-m", "presszero", "serve", "worker"]
        self.process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    hired: list[Worker] = []
    yield hired
    for worker in hired:
        worker.kill()


@pytest.fixture
def sink(request: pytest.FixtureRequest) -> Iterator[Sink]:
    made = Sink(request.param)
    yield made
    made.close()


@pytest.mark.parametrize("sink", POINTS, indirect=True)
def test_f3_a_worker_killed_in_the_middle_of_a_send(sink: Sink, workers: list[Worker]) -> None:
    shop = cast.juniper()
    shop.line.settings = {"smtp": {"host": "127.0.0.1", "port": sink.port, "security": "none"}}
    shop.line.save()
    row = cast.the(cast.ada().writes(shop, "Where are my boots?", "Boots")).conversation
    said = cast.answer(row, "On their way.", shop.maya, send_at=timezone.now())
    delivery = Delivery.objects.get()

    workers.append(Worker())
    if sink.point == "before commit":
        _killed_before_its_commit(sink, workers[0], delivery)
    else:
        until(sink.reached.is_set, 30, "the send")
        workers[0].kill()
    sink.go_on.set()

    workers.append(Worker())
    ended = ("accepted", "unknown", "failed")
    until(lambda: Delivery.objects.filter(id=delivery.id, state__in=ended).exists(), 60, "the end of the send")
    delivery.refresh_from_db()
    assert ledger.doubled_out(sink.taken) == []
    assert ledger.lost_out(sink.taken) == set()
    assert ledger.unspoken() == []
    if sink.point == "before mark":
        assert (delivery.state, sink.taken) == ("accepted", [said.entry.message_id])
    else:
        assert delivery.state == "unknown" and "cannot tell" in delivery.reason
        assert len(sink.taken) == (0 if sink.point in ("after mark", "after bytes sent") else 1)
        until(lambda: consume_all() or _waits(row), 20, "the conversation to come back")
    assert Message.objects.filter(inbound=False).count() == 1


def _killed_before_its_commit(sink: Sink, worker: Worker, delivery: Delivery) -> None:
    """The row is held; the provider says yes; the worker waits to write that down, and dies."""
    until(sink.reached.is_set, 30, "the content")
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM channels_delivery WHERE id = %s FOR UPDATE", [delivery.id])
        sink.go_on.set()
        until(_somebody_waits, 20, "the worker's wish to write")
        worker.kill()
        cursor.execute("ROLLBACK")


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(cursor.fetchone()[0])


def _waits(row: Conversation) -> bool:
    return Conversation.objects.filter(id=row.id, waiting_since__isnull=False, state="open").exists()
