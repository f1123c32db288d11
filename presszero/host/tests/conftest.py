"""A home of its own for a test that starts, kills and restarts its own cluster."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from presszero.host.home import make
from presszero.host.postgres import Cluster, Server, start
from presszero.host.postgres_leftovers import end_leftovers


def quiet(sentence: str) -> None:
    pass


def _folder() -> Path:
    """A folder that PostgreSQL's own user may pass through. pytest's own lie in one that it may not."""
    folder = Path(tempfile.mkdtemp(prefix="pz-"))
    folder.chmod(0o711)
    return folder


@pytest.fixture
def place() -> Iterator[Path]:
    folder = _folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A home with a database just made and stopped. Tests begin with a copy, which is faster than making one."""
    folder = _folder()
    start(Cluster(folder / "home", durable=False), say=quiet).stop()
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


class Clusters:
    """Starts clusters and leaves no process behind. Without fsync: a killed process loses nothing even so."""

    def __init__(self, made: Path) -> None:
        self.made = made
        self.started: list[Server] = []

    def start(self, home: Path, *, durable: bool = False) -> Server:
        if not home.exists() and not durable:
            make(home)
            subprocess.run(["cp", "-a", self.made / "postgres", home / "postgres"], check=True)
        server = start(Cluster(home, durable=durable), say=quiet, patience=1)
        self.started.append(server)
        return server

    def end(self) -> None:
        for server in self.started:
            if server.process.poll() is None:
                server.process.kill()
                server.process.wait()
            end_leftovers(server.cluster.data, server.cluster.name, patience=1, say=quiet)
            server.release()


@pytest.fixture
def clusters(made: Path) -> Iterator[Clusters]:
    started = Clusters(made)
    yield started
    started.end()


def ask(server: Server, question: str) -> object:
    with psycopg.connect(server.cluster.url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def as_root() -> bool:
    return os.geteuid() == 0
