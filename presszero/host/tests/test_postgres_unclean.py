"""F4 and F35 for the embedded database: kill -9 of any part of it, and what that leaves behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from presszero.host.account import server_account
from presszero.host.postgres_leftovers import processes_of
from presszero.host.processes import state
from tests.waiting import crowded

from .conftest import ask

pytestmark = pytest.mark.slow

HOST = Path(__file__).resolve().parents[3]


def kill_all(server):
    for pid in processes_of(server.cluster.data, server.cluster.name):
        os.kill(pid, signal.SIGKILL)


class Writer(threading.Thread):
    """Commits one row after another, and remembers the last that was acknowledged."""

    def __init__(self, url):
        super().__init__()
        self.connection = psycopg.connect(url, autocommit=True)
        self.acknowledged = 0

    def run(self):
        try:
            while True:
                self.connection.execute("insert into written values (%s)", [self.acknowledged + 1])
                self.acknowledged += 1
        except psycopg.OperationalError:
            pass


def kill_under_load(clusters, home):
    server = clusters.start(home)
    with psycopg.connect(server.cluster.url) as connection:
        connection.execute("drop table if exists written; create table written (n int)")
    writer = Writer(server.cluster.url)
    writer.start()
    time.sleep(0.3)
    kill_all(server)
    writer.join()
    server.release()
    begun = time.monotonic()
    again = clusters.start(home)  # at once, while the dead are still zombies of ours
    assert time.monotonic() - begun < 10 * crowded()
    assert writer.acknowledged > 0
    assert ask(again, "select count(*) from written where n <= " + str(writer.acknowledged)) == writer.acknowledged
    again.stop()


def test_f4_kill_9_of_everything_loses_nothing_acknowledged(clusters, place):
    kill_under_load(clusters, place / "home")


@pytest.mark.slow
def test_f4_kill_9_of_everything_ten_times(clusters, place):
    for _ in range(10):
        kill_under_load(clusters, place / "home")


@pytest.mark.slow
def test_f4_kill_9_of_the_postmaster_alone_waits_for_its_backends(clusters, place):
    server = clusters.start(place / "home")
    session = psycopg.connect(server.cluster.url)
    session.execute("select pg_backend_pid()")
    before = set(processes_of(server.cluster.data, server.cluster.name))
    server.process.kill()
    server.release()
    again = clusters.start(place / "home")
    after = set(processes_of(server.cluster.data, server.cluster.name))
    assert len(before) > 3 and not before & after
    assert ask(again, "select 1") == 1


def test_a_pid_file_that_names_a_zombie_is_seen_through(clusters, place):
    server = clusters.start(place / "home")
    server.stop()
    dead = subprocess.Popen(["/bin/true"], **server_account().identity())
    while state(dead.pid) != "Z":
        time.sleep(0.01)
    write_stale(server, dead.pid)
    assert ask(clusters.start(place / "home"), "select 1") == 1
    dead.wait()


@pytest.mark.slow
def test_a_pid_file_that_names_a_stranger_is_seen_through(clusters, place):
    """After a reboot, or in a new container, the number belongs to somebody else."""
    server = clusters.start(place / "home")
    server.stop()
    stranger = subprocess.Popen(["/bin/sleep", "60"], **server_account().identity())
    try:
        write_stale(server, stranger.pid)
        assert ask(clusters.start(place / "home"), "select 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.slow
def test_an_empty_pid_file_is_seen_through(clusters, place):
    server = clusters.start(place / "home")
    server.stop()
    (server.cluster.data / "postmaster.pid").write_text("")
    assert ask(clusters.start(place / "home"), "select 1") == 1


def write_stale(server, pid):
    account = server_account()
    lines = [pid, server.cluster.data, int(time.time()), 5432, server.cluster.sockets, "", "  1234  5678", "ready   "]
    for path in (server.cluster.data / "postmaster.pid", server.cluster.sockets / ".s.PGSQL.5432.lock"):
        path.write_text("".join(f"{line}\n" for line in lines))
        os.chown(path, account.uid, account.gid)


@pytest.mark.slow
def test_the_server_ends_with_a_killed_parent_and_starts_again_at_once(clusters, place):
    script = (
        "import pathlib, sys, time; from presszero.host.postgres import Cluster, start;"
        "start(Cluster(pathlib.Path(sys.argv[1])), say=lambda s: None); print('ready', flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(place / "home")], stdout=subprocess.PIPE, cwd=HOST)
    assert parent.stdout.readline() == b"ready\n"
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert ask(clusters.start(place / "home"), "select 1") == 1
