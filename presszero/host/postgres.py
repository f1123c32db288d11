"""The embedded PostgreSQL: one cluster in our home, reached through one socket in a closed folder.

The server is a child of the process that starts it (`start`), which holds a lock for as long; everybody else only asks
for its address (`database_url`) or borrows it (`running`). Why not the wheel's own supervisor: docs/decisions/0001.
"""

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from presszero.host import postgres_conf
from presszero.host.account import Account, closed_to, server_account
from presszero.host.home import home, make
from presszero.host.postgres_binaries import Binaries, choose
from presszero.host.postgres_cluster import Cluster, take_lock
from presszero.host.postgres_leftovers import clear_stale_locks, end_leftovers
from presszero.host.postgres_making import environment, initialise, make_database
from presszero.host.processes import end_with_parent
from presszero.host.refusal import Refusal

__all__ = ["Cluster", "Server", "database_url", "is_embedded", "running", "start"]

Say = Callable[[str], None]

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


def start(cluster: Cluster, say: Say = print, patience: float = 20) -> Server:
    """Start the cluster, made first if new and recovered first if it was killed, and wait until it answers.

    Call from the main thread of a process that stays: the server is asked to stop when that thread ends. Recovery may
    take as long as it takes; `say` hears a sentence now and then. patience: seconds to wait for another process that
    runs it. Raises Refusal.
    """
    make(cluster.home)
    make(cluster.folder)
    lock = _wait_for_lock(cluster.folder, say, patience)
    try:
        account = server_account()
        _refuse_unfit_home(cluster, account)
        binaries = choose(account, cluster.folder / "bin", _data_major(cluster))
        process = _launch(cluster, account, binaries, say)
        try:
            _wait_until_ready(cluster, process, say)
            make_database(cluster, account, binaries)
            cluster.made.touch()
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait(10)
            raise
    except BaseException:
        os.close(lock)
        raise
    return Server(cluster, process, lock)


def _wait_for_lock(folder: Path, say: Say, seconds: float) -> int:
    deadline = time.monotonic() + seconds
    told = False
    while (lock := take_lock(folder)) is None:
        if time.monotonic() > deadline:
            raise Refusal(f"Another Press Zero runs the database in {folder}. Stop it first, or set PRESSZERO_HOME.")
        if not told:
            say("Waiting for another Press Zero command to finish with the database.")
            told = True
        time.sleep(0.1)
    return lock


def _refuse_unfit_home(cluster: Cluster, account: Account) -> None:
    closed = closed_to(account, cluster.folder)
    if closed:
        raise Refusal(
            f"PostgreSQL runs as the system user {account.name}, which may not enter {closed}. Set PRESSZERO_HOME to a "
            "folder it can reach, such as /var/lib/presszero, or run Press Zero as a plain user."
        )
    owner = cluster.data.stat().st_uid if cluster.data.exists() else account.uid
    if owner != account.uid:
        raise Refusal(
            f"The database in {cluster.data} belongs to user {_user_name(owner)}, and PostgreSQL would run as "
            f"{account.name}. Run Press Zero as the user who made it, or set PRESSZERO_HOME to another folder."
        )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _data_major(cluster: Cluster) -> int | None:
    try:
        return int((cluster.data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def _launch(cluster: Cluster, account: Account, binaries: Binaries, say: Say) -> subprocess.Popen[bytes]:
    if not cluster.data.exists():
        say("Making a new database.")
        initialise(cluster, account, binaries)
    end_leftovers(cluster.data, cluster.name, patience=30, say=say)
    _make_socket_folder(cluster.sockets, account)
    clear_stale_locks(cluster.data, cluster.sockets)
    _configure(cluster, account, binaries)
    with cluster.log.open("ab" if _size(cluster.log) < LOG_LIMIT else "wb") as log:
        return subprocess.Popen(
            [binaries["postgres"], "-D", str(cluster.data)],
            cwd="/",
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Its own group: Ctrl-C at the terminal reaches the supervisor alone, which stops the server last.
            process_group=0,
            preexec_fn=end_with_parent(signal.SIGINT),
            **account.identity(),
        )


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
    while not cluster.is_ready(process.pid):
        if process.poll() is not None:
            raise Refusal(f"PostgreSQL did not start. The end of {cluster.log}:\n{_tail(cluster.log)}")
        if time.monotonic() - told > 10:
            say("PostgreSQL is putting its data in order after an unclean stop. This can take a while.")
            told = time.monotonic()
        time.sleep(0.02)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _tail(path: Path, lines: int = 8) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
