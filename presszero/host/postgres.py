"""The embedded PostgreSQL: one cluster in our home, reached through one socket in a closed folder.

The server is a child of the process that starts it (`start`), which holds a lock for as long; everybody else only asks
for its address (`database_url`) or borrows it (`running`). Why not the wheel's own supervisor: docs/decisions/0003.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from presszero.host import postgres_conf
from presszero.host.account import Account, closed_to, server_account
from presszero.host.home import home, make
from presszero.host.postgres_binaries import Binaries, choose
from presszero.host.postgres_conf import DATABASE, ROLE, SUPERUSER
from presszero.host.postgres_leftovers import clear_stale_locks, end_leftovers
from presszero.host.processes import alive, end_with_parent
from presszero.host.refusal import Refusal

Say = Callable[[str], None]

SOCKET_PATH_LIMIT = 90  # the kernel allows 107 bytes, and the name of the socket itself needs some
LOG_LIMIT = 10_000_000  # bytes kept of the server's log from one start to the next


def database_url() -> str:
    """`DATABASE_URL`, else the address of the embedded cluster, whether or not it runs now. Starts nothing."""
    return os.environ.get("DATABASE_URL") or Cluster(home()).url


def is_embedded() -> bool:
    return not os.environ.get("DATABASE_URL")


@contextmanager
def running(say: Say = print) -> Iterator[str]:
    """The database's address, with the embedded server running for as long as the block does.

    Uses a server that already runs, and leaves it running; stops one that it had to start. Raises Refusal.
    """
    if not is_embedded():
        yield database_url()
        return
    cluster = Cluster(home())
    server = start(cluster, say=say) if not cluster.is_held() else None
    try:
        if server is None:
            cluster.wait_until_answering()
        yield cluster.url
    finally:
        if server:
            server.stop()


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
        lock = _take_lock(self.folder)
        if lock is not None:
            os.close(lock)
        return lock is None

    def is_ready(self) -> bool:
        """What the server says of itself: the eighth line of its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready" and alive(int(lines[0]))

    def wait_until_answering(self, seconds: float = 60) -> None:
        """Wait for a server that another process is starting. Raises Refusal."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if time.monotonic() > deadline or not self.is_held():
                raise Refusal(f"PostgreSQL in {self.folder} is starting elsewhere and does not get ready: {self.log}.")
            time.sleep(0.05)


class Server:
    """A running PostgreSQL that this process started, and its lock."""

    def __init__(self, cluster: Cluster, process: subprocess.Popen[bytes], lock: int) -> None:
        self.cluster, self.process, self._lock = cluster, process, lock

    def stop(self, seconds: float = 8) -> None:
        """Stop it in order, sessions or no sessions; past `seconds` at once, which costs recovery at the next start."""
        self._signal_and_wait(signal.SIGINT, seconds)
        self._signal_and_wait(signal.SIGQUIT, 5)
        end_leftovers(self.cluster.data, self.cluster.name, patience=1)
        self.release()

    def release(self) -> None:
        """Give up the lock. For a server that is known to be gone."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _signal_and_wait(self, by: signal.Signals, seconds: float) -> None:
        if self.process.poll() is not None:
            return
        self.process.send_signal(by)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return


def start(cluster: Cluster, say: Say = print) -> Server:
    """Start the cluster, made first if new and recovered first if it was killed, and wait until it answers.

    Call from the main thread of a process that stays: the server is asked to stop when that thread ends. Recovery may
    take as long as it takes; `say` hears a sentence now and then. Raises Refusal.
    """
    make(cluster.home)
    make(cluster.folder)
    lock = _wait_for_lock(cluster.folder, say)
    try:
        account = server_account()
        _refuse_closed_home(cluster, account)
        binaries = choose(account, cluster.folder / "bin", _data_major(cluster))
        process = _launch(cluster, account, binaries, say)
        try:
            _wait_until_ready(cluster, process, say)
            _make_database(cluster, account, binaries)
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait(10)
            raise
    except BaseException:
        os.close(lock)
        raise
    return Server(cluster, process, lock)


def _take_lock(folder: Path) -> int | None:
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _wait_for_lock(folder: Path, say: Say, seconds: float = 20) -> int:
    """The kernel drops the lock of a process that is gone, however it went, so a lock is never stale."""
    deadline = time.monotonic() + seconds
    told = False
    while (lock := _take_lock(folder)) is None:
        if time.monotonic() > deadline:
            raise Refusal(f"Another Press Zero runs the database in {folder}. Stop it first, or set PRESSZERO_HOME.")
        if not told:
            say("Waiting for another Press Zero command to finish with the database.")
            told = True
        time.sleep(0.1)
    return lock


def _refuse_closed_home(cluster: Cluster, account: Account) -> None:
    closed = closed_to(account, cluster.folder)
    if closed:
        raise Refusal(
            f"PostgreSQL runs as the system user {account.name}, which may not enter {closed}. Set PRESSZERO_HOME to a "
            "folder it can reach, such as /var/lib/presszero, or run Press Zero as a plain user."
        )


def _data_major(cluster: Cluster) -> int | None:
    try:
        return int((cluster.data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def _launch(cluster: Cluster, account: Account, binaries: Binaries, say: Say) -> subprocess.Popen[bytes]:
    if not cluster.data.exists():
        say("Making a new database.")
        _initialise(cluster, account, binaries)
    end_leftovers(cluster.data, cluster.name, patience=30, say=say)
    _make_socket_folder(cluster.sockets, account)
    clear_stale_locks(cluster.data, cluster.sockets)
    _configure(cluster, account, binaries)
    with cluster.log.open("ab" if _size(cluster.log) < LOG_LIMIT else "wb") as log:
        return subprocess.Popen(
            [binaries["postgres"], "-D", str(cluster.data)],
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Its own group: Ctrl-C at the terminal reaches the supervisor alone, which stops the server last.
            process_group=0,
            preexec_fn=end_with_parent(signal.SIGINT),
            **account.identity(),
        )


def _initialise(cluster: Cluster, account: Account, binaries: Binaries) -> None:
    """initdb into a folder beside, then rename: a half-made cluster is never taken for a whole one."""
    fresh = cluster.folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    os.chown(fresh, account.uid, account.gid)
    # The builtin provider sorts the same on every machine, where libc's order changes with its version.
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else []
    options = ["-U", SUPERUSER, "-A", "peer", "-E", "UTF8", "--locale=C.UTF-8", *provider, "--data-checksums"]
    sync = [] if cluster.durable else ["--no-sync"]
    done = subprocess.run(
        [binaries["initdb"], "-D", str(fresh), *options, *sync, "--no-instructions"],
        cwd="/",
        env=_environment(),
        capture_output=True,
        text=True,
        **account.identity(),
    )
    if done.returncode != 0:
        raise Refusal(f"A new database could not be made in {cluster.folder}: {done.stderr.strip()}")
    fresh.rename(cluster.data)


def _make_socket_folder(folder: Path, account: Account) -> None:
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != account.uid or found.st_mode & 0o077:
            raise Refusal(f"{folder} should belong to {account.name} alone. Remove it and start again.") from None


def _configure(cluster: Cluster, account: Account, binaries: Binaries) -> None:
    data = cluster.data
    postgres_conf.write(data, cluster.sockets, cluster.name, major=binaries.major, durable=cluster.durable)
    postgres_conf.write_access(data, [account.name, *(["root"] if os.geteuid() == 0 else [])])
    for name in ("postgresql.conf", "pg_hba.conf", "pg_ident.conf"):
        os.chown(data / name, account.uid, account.gid)
        (data / name).chmod(0o600)


def _wait_until_ready(cluster: Cluster, process: subprocess.Popen[bytes], say: Say) -> None:
    told = time.monotonic() - 8  # the first sentence after two seconds, then one every ten
    while not cluster.is_ready():
        if process.poll() is not None:
            raise Refusal(f"PostgreSQL did not start. The end of {cluster.log}:\n{_tail(cluster.log)}")
        if time.monotonic() - told > 10:
            say("PostgreSQL is putting its data in order after an unclean stop. This can take a while.")
            told = time.monotonic()
        time.sleep(0.02)


def _make_database(cluster: Cluster, account: Account, binaries: Binaries) -> None:
    """The first real connection; makes our role and database where they are missing."""
    there = _sql(cluster, account, binaries, f"select 1 from pg_database where datname = '{DATABASE}'")
    if there:
        return
    # Not a superuser: a hole in our SQL must not become a shell. Tests make databases of their own.
    role = (
        f"do $$ begin if not exists (select from pg_roles where rolname = '{ROLE}') then "
        f"create role {ROLE} login createdb; end if; end $$; grant pg_monitor, pg_checkpoint to {ROLE}"
    )
    _sql(cluster, account, binaries, role)
    _sql(cluster, account, binaries, f"create database {DATABASE} owner {ROLE}")


def _sql(cluster: Cluster, account: Account, binaries: Binaries, statement: str) -> str:
    done = subprocess.run(
        [
            binaries["psql"],
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(cluster.sockets),
            "-U",
            SUPERUSER,
            "-c",
            statement,
        ],
        cwd="/",
        env={**_environment(), "PGDATABASE": "postgres"},
        capture_output=True,
        text=True,
        **account.identity(),
    )
    if done.returncode != 0:
        raise Refusal(f"PostgreSQL started but does not answer: {done.stderr.strip()}. Its log is {cluster.log}.")
    return done.stdout.strip()


def _environment() -> dict[str, str]:
    # Nothing of ours: PGDATA, PGPORT or LD_LIBRARY_PATH in the caller's environment would lead elsewhere.
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _tail(path: Path, lines: int = 8) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
