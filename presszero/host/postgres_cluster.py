"""Where an embedded cluster lies, its address, and its lock."""

import fcntl
import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from presszero.host.postgres_conf import DATABASE, ROLE
from presszero.host.processes import alive
from presszero.host.refusal import Refusal

SOCKET_PATH_LIMIT = 90  # the kernel allows 107 bytes, and the name of the socket itself needs some


@dataclass(frozen=True)
class Cluster:
    """Where a cluster lies. durable=False is for throw-away clusters of tests: no fsync."""

    home: Path
    durable: bool = True

    @property
    def folder(self) -> Path:
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def name(self) -> str:
        """In the title of each of its processes, so that they are known for ours whoever may look at them."""
        return "presszero-" + hashlib.sha256(str(self.home).encode()).hexdigest()[:10]

    @property
    def sockets(self) -> Path:
        """The closed folder of the socket; in /tmp when the home's path is too long for a socket."""
        inside = self.folder / "run"
        if len(os.fsencode(inside)) <= SOCKET_PATH_LIMIT:
            return inside
        return Path("/tmp") / f"{self.name}-{os.geteuid()}"  # noqa: S108 - made 0700 and its owner checked

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.sockets))}"

    def is_held(self) -> bool:
        """Whether some process runs this cluster, or is about to."""
        if not self.folder.exists():
            return False
        lock = take_lock(self.folder)
        if lock is not None:
            os.close(lock)
        return lock is None

    @property
    def made(self) -> Path:
        """Exists once our role and database do; the first start makes them after the server is ready."""
        return self.folder / "made"

    def is_open(self) -> bool:
        """Whether our database can be connected to."""
        return self.made.exists() and self.is_ready()

    def is_ready(self, pid: int | None = None) -> bool:
        """What the server says of itself: the eighth line of its pid file. pid: it has to be this process."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        if len(lines) < 8 or lines[7].strip() != "ready":
            return False
        return alive(int(lines[0])) and pid in (None, int(lines[0]))

    def wait_until_answering(self, seconds: float = 60) -> None:
        """Wait for a server that another process is starting. Raises Refusal."""
        deadline = time.monotonic() + seconds
        while not self.is_open():
            if time.monotonic() > deadline or not self.is_held():
                raise Refusal(f"PostgreSQL in {self.folder} is starting elsewhere and does not get ready: {self.log}.")
            time.sleep(0.05)


def take_lock(folder: Path) -> int | None:
    """The lock of the process that runs the cluster, or None while another holds it.

    The kernel drops the lock of a process that is gone, however it went, so a lock is never stale.
    """
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
