"""pytest plugin: a throw-away PostgreSQL and home for one test run, gone when it ends.

Named in pyproject.toml with `-p`, since pytest-django reads the settings before any conftest.py is imported. The
settings therefore find the address in the environment as soon as this module is imported; the server itself starts
once pytest is configured. Workers of pytest-xdist inherit the address, and each makes its own database there, a copy of
the one that pytest_tables makes. With DATABASE_URL given, that server is used instead, and nothing is started.
"""

import atexit
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from presszero.host import pytest_tables
from presszero.host.postgres import Cluster, Server, start
from presszero.host.refusal import Refusal

PREFIX = "presszero-test-"
FORGOTTEN_AFTER = 600  # seconds until the folder of a run that was killed is swept up by the next


class Throwaway:
    """The run's home and server. Only in the process that was started by hand, not in xdist's workers."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.home.chmod(0o711 if os.geteuid() == 0 else 0o700)  # the server's own user must pass through
        # Fast and still safe against kill -9 of any process, which is all a test does to it.
        self.cluster = None if os.environ.get("DATABASE_URL") else Cluster(self.home, durable=False)
        self.server: Server | None = None
        os.environ["PRESSZERO_HOME"] = str(self.home)
        if self.cluster:
            os.environ["DATABASE_URL"] = self.cluster.url
        atexit.register(self.remove)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        sweep()
        if self.cluster and not session.config.getoption("collectonly"):
            try:
                self.server = start(self.cluster, say=lambda sentence: None)
            except Refusal as why:
                raise pytest.UsageError(str(why)) from why
        if session.config.getoption("numprocesses", None):  # its workers collect meanwhile
            pytest_tables.begin()

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        self.remove()

    def remove(self) -> None:
        if self.server:
            self.server.stop()
            self.server = None
        elif not self.cluster and self.home.exists():
            pytest_tables.forget()
        shutil.rmtree(self.home, ignore_errors=True)


def sweep() -> None:
    """Remove the homes of runs that were killed. A run that lives holds the lock of its cluster."""
    for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        try:
            found = folder.stat()
            old = time.time() - found.st_mtime > FORGOTTEN_AFTER
            if old and found.st_uid == os.geteuid() and not Cluster(folder).is_held():
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # another run sweeps at the same time
            continue


throwaway = None if os.environ.get("PYTEST_XDIST_WORKER") else Throwaway()


def pytest_configure(config: pytest.Config) -> None:
    if throwaway:
        config.pluginmanager.register(throwaway, "presszero-throwaway-database")
