"""What an unclean stop leaves behind: servers without a parent, backends without a server, locks that name the dead.

PostgreSQL asks only whether the pid in a lock file exists. A zombie exists (under a PID 1 that does not reap, for
ever), and so does a stranger that was given the same number after a reboot. So we look closer, and never remove a
lock while a process of the cluster lives.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from presszero.host.processes import all_pids, command_line, state
from presszero.host.refusal import Refusal


def end_leftovers(data: Path, name: str, *, patience: float, say: Callable[[str], None] = print) -> None:
    """End every process of the cluster: a server in order, within `patience` seconds; what is left after it, at once.

    Call only with the cluster's lock held. Raises Refusal when a process does not go.
    """
    for by, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 5.0)):
        left = list(processes_of(data, name))
        if not left:
            return
        if patience > 1:
            say("PostgreSQL still runs from before; stopping it first.")
        _tell(left, _servers(left, data), by)
        if _gone(data, name, seconds):
            return
    raise Refusal(f"Processes of an earlier PostgreSQL do not end: {', '.join(map(str, processes_of(data, name)))}.")


def processes_of(data: Path, name: str) -> Iterator[int]:
    """Every living process of the cluster, known by its title, which any user may read."""
    for pid in all_pids():
        words = command_line(pid)
        if _is_server(words, data) or (words and words[0].startswith(f"postgres: {name}:")):
            yield pid


def clear_stale_locks(data: Path, sockets: Path) -> None:
    """Remove lock files that name a process which is not ours. Call only when no process of the cluster lives.

    The others are left to PostgreSQL, which also checks its shared memory before it takes one over.
    """
    for lock in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
        pid = _first_number(lock)
        if pid is not None and (pid == 0 or state(pid) != ""):
            lock.unlink(missing_ok=True)


def _tell(left: list[int], servers: list[int], by: signal.Signals) -> None:
    """A server tells its backends itself. Orphaned ones are told directly, and take SIGINT for a cancelled query."""
    if not servers and by is signal.SIGINT:
        by = signal.SIGTERM
    for pid in servers or left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, by)


def _servers(pids: list[int], data: Path) -> list[int]:
    return [pid for pid in pids if _is_server(command_line(pid), data)]


def _is_server(words: list[str], data: Path) -> bool:
    return len(words) >= 3 and words[0].endswith("/postgres") and words[1:3] == ["-D", str(data)]


def _gone(data: Path, name: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(processes_of(data, name)):
            return True
        time.sleep(0.05)
    return False


def _first_number(lock: Path) -> int | None:
    """None when there is no file; 0 when it holds no number (the disk was full, or the power went)."""
    try:
        first = lock.read_text(errors="replace").split("\n", 1)[0]
    except FileNotFoundError:
        return None
    return int(first) if first.strip().isdigit() else 0
