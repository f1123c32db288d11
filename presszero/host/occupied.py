"""One Press Zero on one home: the lock that `serve` holds, and that a restore must not find held."""

import fcntl
import os
from pathlib import Path

from presszero.host.home import make
from presszero.host.refusal import Refusal


def occupy(home: Path) -> int:
    """Take the home for this process and return the lock's descriptor; closing it gives the home back.

    The kernel drops the lock with the process, so it is never stale. Raises Refusal while another process has it.
    """
    descriptor = os.open(make(home) / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        by = os.read(descriptor, 20).decode(errors="replace").strip()
        os.close(descriptor)
        raise Refusal(
            f"Press Zero already runs here (process {by}, home {home}). Stop it first, "
            "or set PRESSZERO_HOME and PRESSZERO_PORT to run a second one."
        ) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def is_occupied(home: Path) -> bool:
    """Whether a process has taken this home."""
    try:
        descriptor = os.open(home / "serve.lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
