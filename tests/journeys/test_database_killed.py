"""F4, F6: the database is killed under load, and comes back; or is killed for good, and its standby takes over."""

from __future__ import annotations

import os
import shutil
import signal
import smtplib
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from presszero.channels.models import Delivery
from presszero.conversations.models import Conversation, Message
from presszero.host.account import server_account
from presszero.host.postgres import Cluster, Server, start
from presszero.host.postgres_binaries import Binaries, choose
from presszero.host.postgres_making import environment
from presszero.host.processes import end_with_parent
from tests import cast, ledger
from tests.cast import Shop, Shopper
from tests.waiting import crowded

from .conftest import furnished
from .house import House, looking_into, until
from .provider import Provider

AROUND = 12  # mails before the kill, and as many after it


class Pair:
    """A PostgreSQL, its standby if it has one, and one name for whichever of the two is to be asked."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.cluster = Cluster(home)
        self.account = server_account()
        self.server: Server = start(self.cluster, say=lambda sentence: None)
        self.standby: subprocess.Popen[bytes] | None = None
        self.name = home / "now"
        self.name.symlink_to(self.cluster.sockets)

    @property
    def url(self) -> str:
        return f"postgresql://presszero@/presszero?host={self.name}"

    @property
    def binaries(self) -> Binaries:
        return choose(self.account, self.cluster.folder / "bin", None)

    def kill(self) -> None:
        """kill -9, as a machine that dies; its other processes end by themselves."""
        self.server.process.send_signal(signal.SIGKILL)
        self.server.process.wait(10)
        self.server.release()

    def start_again(self) -> None:
        self.server = start(self.cluster, say=lambda sentence: None)

    def add_standby(self) -> None:
        """A copy by pg_basebackup that follows, and that every commit waits for."""
        where = self.home / "standby"
        where.mkdir(mode=0o700)
        os.chown(where, self.account.uid, self.account.gid)
        (where / "run").mkdir(mode=0o700)
        os.chown(where / "run", self.account.uid, self.account.gid)
        copy = [self.binaries["pg_basebackup"], "-h", str(self.cluster.sockets), "-U", "postgres"]
        self._as_server([*copy, "-D", str(where / "data"), "-R", "-X", "stream", "-c", "fast", "--no-sync"])
        options = [f"unix_socket_directories={where / 'run'}", "cluster_name=standby", "synchronous_standby_names="]
        command = [self.binaries["postgres"], "-D", str(where / "data")]
        command += [part for option in options for part in ("-c", option)]
        with (where / "server.log").open("wb") as log:
            self.standby = subprocess.Popen(
                command,
                cwd="/",
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent(signal.SIGINT),
                **self.account.identity(),
            )
        until(lambda: "streaming" in self._ask("SELECT state FROM pg_stat_replication"), 30, "the standby")
        self._ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self._ask("SELECT pg_reload_conf()")
        until(lambda: "sync" in self._ask("SELECT sync_state FROM pg_stat_replication"), 20, "the synchronous standby")

    def promote(self) -> None:
        """The standby is the database from now on."""
        where = self.home / "standby"
        self._as_server([self.binaries["pg_ctl"], "promote", "-D", str(where / "data"), "-w", "-t", "20"])
        self.name.unlink()
        self.name.symlink_to(where / "run")

    def end(self) -> None:
        if self.standby:
            self.standby.send_signal(signal.SIGINT)
            self.standby.wait(15)
        with suppress(ProcessLookupError):
            self.server.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _ask(self, statement: str) -> str:
        command = [self.binaries["psql"], "-XAtq", "-h", str(self.cluster.sockets), "-U", "postgres", "-d", "postgres"]
        return self._as_server([*command, "-c", statement])

    def _as_server(self, command: list[str]) -> str:
        done = subprocess.run(
            command, cwd="/", env=environment(), capture_output=True, text=True, timeout=60, **self.account.identity()
        )
        assert done.returncode == 0, f"{command[0]}: {done.stderr}"
        return done.stdout


class Sender(threading.Thread):
    """A mail server that keeps each mail until it is told yes, and keeps books of that."""

    def __init__(self, house: House, shop: Shop, ada: Shopper) -> None:
        super().__init__(daemon=True)
        self.house, self.shop, self.ada = house, shop, ada
        self.accepted: list[str] = []
        self.enough = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.enough.is_set():
            number += 1
            mail = self.ada.mail(self.shop, f"Number {number}", f"Mail {number}")
            while not self.enough.is_set():
                try:
                    self.house.take_mail(mail, self.shop.line.address)
                except (smtplib.SMTPException, OSError):
                    time.sleep(0.2)
                    continue
                self.accepted.append(str(mail["Message-ID"]).strip("<>"))
                break
            time.sleep(0.05)

    def reach(self, many: int, seconds: float = 60) -> None:
        wanted = len(self.accepted) + many
        until(lambda: len(self.accepted) >= wanted, seconds, f"{many} more mails")

    def stop(self) -> None:
        self.enough.set()
        self.join(30)


@pytest.fixture
def pair() -> Iterator[Pair]:
    home = Path(tempfile.mkdtemp(prefix="presszero-test-"))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)  # the server's own user must pass through
    made = Pair(home)
    yield made
    made.end()


@pytest.fixture
def opened(pair: Pair, provider: Provider, django_db_blocker: object) -> Iterator[tuple[House, Shop]]:
    house = House(pair.home / "house", pair.url)
    house.migrate()
    into = {"NAME": "presszero", "HOST": str(pair.name), "USER": "presszero", "PORT": "", "PASSWORD": ""}
    with django_db_blocker.unblock(), looking_into(**into):
        shop = furnished(cast.juniper(), provider)
        house.start()
        try:
            yield house, shop
        finally:
            house.stop()


def test_f4_f6_the_database_is_killed_and_comes_back_and_then_its_standby_takes_over(
    opened: tuple[House, Shop], pair: Pair, provider: Provider
) -> None:
    house, shop = opened
    ada, ben = (Shopper(name, f"{os.urandom(6).hex()}@example.com") for name in ("Ada Kowalski", "Ben Ruiz"))
    _killed_under_load(Sender(house, shop, ada), pair)
    said = _killed_for_good(Sender(house, shop, ben), pair, provider)
    until(lambda: not ledger.unspoken(), 60, "the end of every send")
    everything = provider.everything(ada.address) + provider.everything(ben.address)
    taken = [str(mail.mail["Message-ID"]).strip("<>") for mail in everything]
    assert ledger.doubled_out(taken) == []
    assert ledger.lost_out(taken) == set()
    assert Message.objects.filter(inbound=False, entry__automatic="").count() == said
    assert set(Delivery.objects.values_list("state", flat=True)) <= {"accepted", "unknown"}


def _killed_under_load(sender: Sender, pair: Pair) -> None:
    sender.start()
    sender.reach(AROUND)
    pair.kill()
    connection.close()
    pair.start_again()
    back = time.monotonic()
    sender.reach(1, 20)
    assert time.monotonic() - back < 10 * crowded(), "everybody comes back by themselves"
    sender.reach(AROUND)
    sender.stop()
    _close_the_books(sender)


def _killed_for_good(sender: Sender, pair: Pair, provider: Provider) -> int:
    """While answers go out; how many."""
    pair.add_standby()
    connection.close()
    sender.start()
    sender.reach(AROUND)
    theirs = Conversation.objects.filter(customer__handles__address=sender.ada.address)
    row = until(theirs.first, 20, "a conversation")
    assert row is not None
    said = [cast.answer(row, f"Answer {n}", sender.shop.maya, send_at=timezone.now()) for n in range(6)]
    until(lambda: provider.mails(sender.ada.address), 20, "the first answer")
    pair.kill()
    connection.close()
    pair.promote()
    back = time.monotonic()
    sender.reach(1, 40)
    assert time.monotonic() - back < 30 * crowded()
    sender.reach(AROUND)
    sender.stop()
    _close_the_books(sender)
    return len(said)


def _close_the_books(sender: Sender) -> None:
    """Whatever a sender heard yes for is one message."""
    with suppress(psycopg.Error):
        connection.close()
    until(lambda: not ledger.lost_in(sender.accepted), 40, "every mail that was accepted")
    assert ledger.doubled_in() == []
