"""An edge process, a shop whose lines it serves, and a database that can be taken away."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_django
from django.conf import settings
from django.db import connection
from django.utils import timezone

from presszero.channels.models import Line
from presszero.core.sealing import fingerprint, new_token
from presszero.intake.edge.database import conninfo
from presszero.mailroom.models import Received
from presszero.merchants.models import Brand, Merchant
from presszero.team.models import Membership, Person, Session
from tests.ports import free_port
from tests.waiting import until

from .kiosk import sign

SECRET = "a kiosk's secret"
USED = (
    "fulfilment_scan",
    "fulfilment_strayscan",
    "fulfilment_carrier",
    "commerce_shipment",
    "commerce_draftorder",
    "commerce_stale",
    "commerce_payment",
    "commerce_orderline",
    "commerce_order",
    "commerce_variant",
    "commerce_product",
    "commerce_payaccount",
    "commerce_store",
    "mailroom_quarantine",
    "mailroom_received",
    "visitors_visitor",
    "conversations_looking",
    "conversations_threadplace",
    "conversations_message",
    "conversations_conversation",
    "channels_entry",
    "channels_thread",
    "customers_handle",
    "customers_customer",
    "channels_line",
    "team_session",
    "team_membership",
    "team_person",
    "merchants_brand",
    "merchants_merchant",
)


def wait_until(condition: Callable[[], object], seconds: float = 10) -> None:
    until(condition, seconds)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class EdgeProcess:
    """`python -m config.edge`, with a home of its own."""

    home: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    files: int = 0  # at most so many open; 0: as many as there may be
    through: Path | None = None  # the folder of the database's socket, if another than the test's own
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> EdgeProcess:
        given = connection.settings_dict
        host, port = self.through or given["HOST"], given["PORT"] or 5432
        url = f"postgresql://{given['USER']}@/{given['NAME']}?host={host}&port={port}"
        if given["PASSWORD"]:
            url = url.replace("@/", f":{given['PASSWORD']}@/")
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "presszero.intake.edge.tests.edge_settings",
            "PRESSZERO_HOME": str(self.home),
            "PRESSZERO_PORT": str(self.port),
            "PRESSZERO_SECRET_KEY": settings.SECRET_KEY,
            **self.settings,
        }
        before = f"ulimit -n {self.files} && " if self.files else ""
        command = ["sh", "-c", f'{before}exec "$0" -m config.edge', sys.executable]
        self.process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
        wait_until(self.listens)
        return self

    def listens(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        return False

    def is_up(self) -> bool:
        return self.get("/up").status == 200

    def kill(self, by: signal.Signals = signal.SIGKILL) -> int:
        assert self.process
        self.process.send_signal(by)
        return self.process.wait(10)

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        client = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            client.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = client.getresponse()
            return Answer(response.status, {n.lower(): v for n, v in response.getheaders()}, response.read())
        finally:
            client.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def deliver(self, line: Line, body: bytes, signature: str = "") -> Answer:
        return self.call("POST", f"/in/{line.kind}/{line.token}", body, x_signature=signature or sign(body, SECRET))

    def arrive(self, line: Line, number: object, sender: str = "ada", **extra: object) -> Answer:
        return self.deliver(line, json.dumps({"id": str(number), "from": sender, **extra}).encode())

    @property
    def memory(self) -> int:
        """Resident bytes."""
        assert self.process
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * 4096


class Page:
    """Something with an open stream."""

    def __init__(self, edge: EdgeProcess, path: str, headers: Mapping[str, str], caller: str = "127.0.0.1") -> None:
        lines = [f"{name.replace('_', '-')}: {value}".encode("latin-1") for name, value in headers.items()]
        self.socket = socket.create_connection(("127.0.0.1", edge.port), timeout=20, source_address=(caller, 0))
        self.socket.sendall(b"\r\n".join([f"GET {path} HTTP/1.1".encode(), *lines, b"", b""]))
        self._raw = b""
        self.last_id = ""
        self.ended = ""
        self.status = int(self.line(20).split()[1])
        self.headers: dict[str, str] = {}
        while line := self.line(20):
            name, _, value = line.partition(": ")
            self.headers[name.lower()] = value

    def next_event(self, seconds: float = 10) -> dict[str, Any]:
        """What the next event says; {} when the stream ended, or nothing came in time."""
        deadline = time.monotonic() + seconds
        name = ""
        while not self.ended and (left := deadline - time.monotonic()) > 0:
            key, _, value = (self.line(left) or "").partition(": ")
            if key == "0":  # the last chunk
                self.ended = "over"
            elif key == "id":
                self.last_id = value
            elif key == "event":
                name = value
            elif key == "data" and name == "end":
                self.ended = json.loads(value)["why"]
            elif key == "data":
                return dict(json.loads(value))
        return {}

    def line(self, seconds: float) -> str | None:
        """The next line; None when none came in time, or no more will."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._raw:
            self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                read = self.socket.recv(65536)
            except TimeoutError:
                return None
            if not read:
                self.ended = self.ended or "cut off"
                return None
            self._raw += read
        line, _, self._raw = self._raw.partition(b"\n")
        return line.rstrip(b"\r").decode()

    def close(self) -> None:
        self.socket.close()


class Watcher(Page):
    """A member's page with an open stream."""

    def __init__(self, edge: EdgeProcess, token: str, query: str = "", **headers: str) -> None:
        super().__init__(edge, f"/live/desk{query}", {"host": "x", "cookie": f"pz_session={token}", **headers})

    def next_topics(self, seconds: float = 10) -> set[str]:
        """The topics of the next event; empty when the stream ended, or nothing came in time."""
        return set(self.next_event(seconds).get("topics", ()))

    def topics_until(self, wanted: str, seconds: float = 10) -> set[str]:
        """Everything heard until the wanted topic came."""
        found: set[str] = set()
        deadline = time.monotonic() + seconds
        while wanted not in found and time.monotonic() < deadline and not self.ended:
            found |= self.next_topics(deadline - time.monotonic())
        return found


@dataclass
class Shop:
    """A merchant with a line of each test channel, and a member who is signed in."""

    merchant: Merchant
    kiosk: Line
    big: Line
    person: Person
    member: Membership
    session: Session
    token: str

    def received(self) -> list[str]:
        """External ids in the order of their rows."""
        rows = Received.objects.filter(merchant=self.merchant).order_by("id")
        return list(rows.values_list("external_id", flat=True))


def open_shop(name: str) -> Shop:
    merchant = Merchant.objects.create(name=name, slug=f"{name.lower()}-{uuid.uuid4().hex[:8]}")
    brand = Brand.objects.create(merchant=merchant, name=name)
    lines = []
    for kind in ("kiosk", "big"):
        line = Line(merchant=merchant, kind=kind, address=uuid.uuid4().hex, name=name, brand=brand)
        line.keep_secrets({"secret": SECRET})
        line.save()
        lines.append(line)
    person = Person.objects.create(email=f"{uuid.uuid4().hex}@{name.lower()}.example", name=name)
    member = Membership.objects.create(merchant=merchant, person=person)
    token = new_token()
    session = Session.objects.create(
        person=person, merchant=merchant, token_hash=fingerprint(token), expires_at=timezone.now() + timedelta(hours=1)
    )
    return Shop(merchant, *lines, person, member, session, token)


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """Committed rows, as pytest-django's own; but only the few tables used are emptied, ten times as quick."""
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in USED))
        connection.close()


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return open_shop("Juniper")


@pytest.fixture
def other_shop(transactional_db: None) -> Shop:
    return open_shop("Mallory")


@pytest.fixture
def start_edge(tmp_path: Path, transactional_db: None) -> Iterator[Callable[..., EdgeProcess]]:
    """Starts edges of the test's own; they end with it."""
    started: list[EdgeProcess] = []

    def start(home: Path | None = None, files: int = 0, through: Path | None = None, **environment: str) -> EdgeProcess:
        folder = home or tmp_path / f"home{len(started)}"
        folder.mkdir(exist_ok=True)
        edge = EdgeProcess(folder, free_port(), environment, files, through)
        started.append(edge)
        return edge.start()

    yield start
    for edge in started:
        if edge.process and edge.process.poll() is None:
            edge.kill()


@pytest.fixture(scope="module")
def shared_edge(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[EdgeProcess]:
    edge = EdgeProcess(tmp_path_factory.mktemp("home"), free_port()).start()
    yield edge
    edge.kill()


@pytest.fixture
def edge(shared_edge: EdgeProcess, transactional_db: None) -> EdgeProcess:
    """One edge for all tests of a file."""
    wait_until(shared_edge.is_up)
    return shared_edge


class Tap:
    """Takes the test's database away from everybody but the test, and gives it back."""

    def __init__(self) -> None:
        self.name = connection.settings_dict["NAME"]
        self.plain = psycopg.connect(conninfo({**settings.DATABASES["default"], "NAME": "postgres"}), autocommit=True)

    def cut(self) -> None:
        self._allow("false")
        self.end_connections()

    def mend(self) -> None:
        self._allow("true")

    def end_connections(self) -> int:
        """Ends every connection of an edge, as a restart of the server would."""
        ended = self.plain.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = %s AND application_name = 'presszero-edge'",
            [self.name],
        ).fetchone()
        assert ended
        return int(ended[0])

    def _allow(self, whether: str) -> None:
        self.plain.execute(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS {whether}'.encode())


@pytest.fixture
def tap(transactional_db: None) -> Iterator[Tap]:
    tap = Tap()
    yield tap
    tap.mend()
    tap.plain.close()


@pytest.fixture
def happen() -> Callable[..., int]:
    """Records an event and nudges, as the product does; its id."""

    def record(
        merchant_id: int, kind: str, conversation: int | None = None, customer: int | None = None, **details: object
    ) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO timeline_event (merchant_id, kind, actor, conversation_id, customer_id, data)"
                " VALUES (%s, %s, 'system', %s, %s, %s) RETURNING id",
                [merchant_id, kind, conversation, customer, json.dumps(details)],
            )
            (number,) = cursor.fetchone()
            cursor.execute("NOTIFY timeline")
        return int(number)

    return record
