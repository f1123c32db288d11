"""Looking at processes through /proc, and making children that do not outlive their parent."""

import ctypes
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None, use_errno=True)


def end_with_parent(by: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `by` to the child when the thread that started it is gone, even by kill -9.

    Start such children from the main thread. Runs after `subprocess` has changed user, as it must: the kernel
    forgets the wish when the user changes.
    """
    parent = os.getpid()

    def wish() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(by), 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and wish
            os.kill(os.getpid(), by)

    return wish


def alive(pid: int) -> bool:
    """Whether `pid` runs. A zombie does not: it is dead, and nobody has taken note of it yet."""
    return state(pid) not in ("", "Z", "X")


def state(pid: int) -> str:
    """The kernel's one-letter state of a process, "" when there is none."""
    try:
        stat = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]  # the name in brackets may itself hold spaces and brackets


def command_line(pid: int) -> list[str]:
    """The words a process was started with, or its own title for itself; empty for a zombie."""
    try:
        raw = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return [part.decode(errors="replace") for part in raw.split(b"\0") if part]


def all_pids() -> Iterator[int]:
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose own parent is gone, so that somebody takes note when they end.

    Under a PID 1 that does not, as in many containers, they would stay zombies for ever.
    """
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
