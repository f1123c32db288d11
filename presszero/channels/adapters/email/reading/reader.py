"""Reads mails in a child process that is killed when it takes too long, so that no mail can stop the line."""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

from .limits import MAX_BYTES
from .shape import Reading, quarantine, unpack

WALL_SECONDS = 5.0
IDLE_SECONDS = 60.0
START_SECONDS = 15.0

_ROOT = Path(__file__).resolve().parents[5]


class Reader:
    """`read` may be called from many threads; mails are read one at a time. The child starts with the first mail,
    leaves after a minute without one, and is replaced when it was killed or has grown old."""

    def __init__(self, trusted: tuple[str, ...] = (), wall: float = WALL_SECONDS, idle: float = IDLE_SECONDS) -> None:
        """`trusted`: names of our own receiving servers (authserv-id); `wall`: seconds for one mail."""
        self._trusted, self._wall, self._idle = trusted, wall, idle
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._used = 0.0
        self._timer: threading.Timer | None = None

    def read(self, raw: bytes, *, trusted: tuple[str, ...] = (), filename: str = "") -> Reading:
        """What the mail says. Never raises for a mail: one that cannot be read is `quarantined`, with a reason."""
        if len(raw) > MAX_BYTES:
            return quarantine(f"The mail is larger than {MAX_BYTES // 1024 // 1024} MB.")
        options = {"trusted": list(trusted or self._trusted), "filename": filename}
        request = json.dumps(options).encode() + b"\n" + raw
        with self._lock:
            try:
                return self._asked(request)
            finally:
                self._used = time.monotonic()
                self._leave_later()

    def close(self) -> None:
        """Ends the child. The reader may be used again."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._end()

    @property
    def child_pid(self) -> int | None:
        """The child's process id while it lives."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def _asked(self, request: bytes) -> Reading:
        for _attempt in (1, 2):  # a child may have been killed between two mails: that is not the mail's fault
            child, fresh = self._started()
            if fresh and not self._warm(child):
                continue
            try:
                answer, leaving = _exchange(child, request, self._wall)
                if leaving:
                    self._end()
                return unpack(answer)
            except TimeoutError:
                self._end()
                return quarantine(f"Reading the mail took longer than {self._wall:g} seconds.")
            except (OSError, EOFError, ValueError, KeyError, struct.error):
                self._end()
                if fresh:
                    return quarantine("Reading the mail needed too much memory or time.")
        return quarantine("The mail could not be read: its reader did not start.")

    def _warm(self, child: subprocess.Popen[bytes]) -> bool:
        """Waits for the child's own start, which must not count as time of a mail."""
        hello = json.dumps({"trusted": [], "filename": ""}).encode() + b"\n"
        try:
            _exchange(child, hello, START_SECONDS)
        except (OSError, EOFError, struct.error):  # TimeoutError is an OSError
            self._end()
            return False
        return True

    def _started(self) -> tuple[subprocess.Popen[bytes], bool]:
        if self._child and self._child.poll() is None:
            return self._child, False
        self._end()
        module = f"{__package__}.child"
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        self._child = subprocess.Popen(  # our own interpreter and module, no shell
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
            close_fds=True,
        )
        os.set_blocking(self._child.stdin.fileno(), False)  # type: ignore[union-attr]  # PIPE was asked for
        return self._child, True

    def _leave_later(self) -> None:
        if self._timer and self._timer.is_alive():
            return
        self._timer = threading.Timer(self._idle, self._leave_if_idle)
        self._timer.daemon = True
        self._timer.start()

    def _leave_if_idle(self) -> None:
        with self._lock:
            rested = time.monotonic() - self._used
            self._timer = None
            if rested >= self._idle:
                self._end()
            elif self._child:
                self._timer = threading.Timer(self._idle - rested + 0.01, self._leave_if_idle)
                self._timer.daemon = True
                self._timer.start()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()


def _exchange(child: subprocess.Popen[bytes], request: bytes, seconds: float) -> tuple[bytes, bool]:
    """The answer, and whether the child leaves after it. Raises TimeoutError, EOFError, OSError or struct.error."""
    deadline = time.monotonic() + seconds
    _write(child, struct.pack(">I", len(request)) + request, deadline)
    length, leaving = struct.unpack(">I?", _read(child, 5, deadline))
    return _read(child, length, deadline), leaving


def _write(child: subprocess.Popen[bytes], content: bytes, deadline: float) -> None:
    pipe = child.stdin.fileno()  # type: ignore[union-attr]
    rest = memoryview(content)
    while rest:
        ready = select.select([], [pipe], [], max(0.0, deadline - time.monotonic()))[1]
        if not ready:
            raise TimeoutError
        try:
            rest = rest[os.write(pipe, rest[: 1 << 20]) :]
        except BlockingIOError:
            continue


def _read(child: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
    pipe = child.stdout.fileno()  # type: ignore[union-attr]
    out = bytearray()
    while len(out) < length:
        if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise TimeoutError
        piece = os.read(pipe, min(1 << 20, length - len(out)))
        if not piece:
            raise EOFError
        out += piece
    return bytes(out)
