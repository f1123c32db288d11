"""Keeps several processes running under one, in the foreground, and stops all of them together.

Children are forked, not started anew: what the supervisor has imported is shared between all of them, which is most
of the memory a Python program needs, and a child that was killed is back in milliseconds. So the supervisor has one
thread only and opens no connection. A child that ends is started again, sooner or later (`pause_before`). Each child
leads a process group, so that its own children go with it; and the kernel ends it if the supervisor is killed.
"""

import contextlib
import io
import os
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NoReturn

from presszero.host.processes import adopt_orphans, end_with_parent
from presszero.host.refusal import Refusal

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_PAUSE = 3.0  # seconds; a process that is killed again and again must still be back within five
LONGEST_PAUSE_OF_BROKEN = 30.0  # seconds; for one that cannot even start
BROKEN_WITHIN = 1.0  # seconds from start to a failure of its own
HEALTHY_AFTER = 30.0  # seconds a child has to run for its earlier deaths to be forgotten


@dataclass
class Child:
    """A process to keep running. `run` is called in it, and returning or raising ends it.

    patience: seconds it gets between being asked to stop and being killed.
    """

    name: str
    run: Callable[[], None]
    patience: float = 4.0
    pid: int = 0
    code: int | None = None
    deaths: int = 0
    started: float = 0.0
    due: float | None = None
    kept: bool = True
    _line: bytes = field(default=b"", repr=False)


def pause_before(restart: int, *, code: int, ran: float) -> float:
    """Seconds to wait before the n-th restart in a row. code: how it ended, negative by a signal; ran: for how long."""
    broken = code > 0 and ran < BROKEN_WITHIN
    return float(min(LONGEST_PAUSE_OF_BROKEN if broken else LONGEST_PAUSE, 0.1 * 2 ** min(restart - 1, 10)))


class Supervisor:
    """`say(name, line)` receives every line a child prints, and what the supervisor itself has to tell (name "")."""

    def __init__(self, say: Callable[[str, str], None]) -> None:
        self.say = say
        self.children: list[Child] = []
        self.stopping = False
        self._own: set[int] = set()
        self._pipes: dict[int, Child] = {}
        self._selector = selectors.DefaultSelector()
        self._handlers = {number: signal.getsignal(number) for number in (*STOP_SIGNALS, signal.SIGCHLD)}
        self._wake, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        self._selector.register(self._wake, selectors.EVENT_READ)
        for number in STOP_SIGNALS:
            signal.signal(number, self._asked_to_stop)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # only to wake up
        adopt_orphans()

    def keep_to_itself(self, *descriptors: int) -> None:
        """Descriptors that children must not hold open, such as the lock of the home."""
        self._own.update(descriptors)

    def start(self, child: Child) -> None:
        self.children.append(child)
        self._fork(child)

    def run_once(self, child: Child) -> int:
        """Run a child to its end, not again, and return its exit code. -1 when told to stop meanwhile."""
        child.kept = False
        self.start(child)
        while child.code is None and not self.stopping:
            self._turn(0.5)
        return -1 if child.code is None else child.code

    def wait_for(self, condition: Callable[[], bool], child: Child | None = None) -> bool:
        """Serve until `condition` holds. False when told to stop, or when `child`, which was to see to it, ended."""
        deaths = child.deaths if child else 0
        self._turn(0)  # what was said so far comes before what is said next
        while not condition():
            if self.stopping or (child and child.deaths > deaths):
                return False
            self._turn(0.05)
        return True

    def watch(self) -> None:
        """Serve until told to stop (SIGINT, SIGTERM, SIGHUP)."""
        while not self.stopping:
            self._turn(0.5)

    def stop(self, first: Iterable[Child] = ()) -> None:
        """Stop `first`, then the others; each politely, and by kill -9 once its patience is over."""
        self.stopping = True
        first = [child for child in first if child in self.children]
        for group in (first, [child for child in self.children if child not in first]):
            self._stop_together(group)

    def close(self) -> None:
        """Give signals and descriptors back."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._selector.close()
        for descriptor in (self._wake, self._waker, *self._pipes):
            os.close(descriptor)

    def _asked_to_stop(self, number: int, frame: object) -> None:
        if self.stopping:  # asked twice: somebody is in a hurry
            for child in self.children:
                child.patience = 0
        self.stopping = True

    def _fork(self, child: Child) -> None:
        read, write = os.pipe2(os.O_CLOEXEC)
        sys.stdout.flush()
        sys.stderr.flush()
        wish = end_with_parent(signal.SIGKILL)
        child.pid = os.fork()
        if child.pid == 0:
            wish()
            self._become(child, write)
        os.close(write)
        child.code, child.due, child.started = None, None, time.monotonic()
        self._pipes[read] = child
        self._selector.register(read, selectors.EVENT_READ)

    def _become(self, child: Child, output: int) -> NoReturn:
        """In the forked process: let go of what is the supervisor's, run, and never return into its code."""
        code = 1
        try:
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            for number in (*STOP_SIGNALS, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for source, target in ((nothing, 0), (output, 1), (output, 2)):
                os.dup2(source, target)
            self._selector.close()
            for descriptor in {nothing, output, self._wake, self._waker, *self._own, *self._pipes}:
                os.close(descriptor)
            code = _outcome(child.run)
        finally:
            os._exit(code)

    def _turn(self, seconds: float) -> None:
        """One turn: what was printed, who has ended, who is due again."""
        now = time.monotonic()
        due = [child.due - now for child in self.children if child.due is not None]
        for key, _ in self._selector.select(max(0.0, min([seconds, *due]))):
            self._read(key.fd)
        self._reap()
        for child in self.children:
            if child.due is not None and child.due <= time.monotonic() and not self.stopping:
                self._fork(child)

    def _read(self, descriptor: int) -> None:
        try:
            chunk = os.read(descriptor, 65536)
        except BlockingIOError:
            return
        child = self._pipes.get(descriptor)
        if child is None:
            return
        *lines, child._line = (child._line + chunk).split(b"\n")
        if not chunk:
            lines, child._line = [child._line] if child._line else [], b""
            self._selector.unregister(descriptor)
            del self._pipes[descriptor]
            os.close(descriptor)
        for line in lines:
            self.say(child.name, line.decode(errors="replace").rstrip())

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for child in self.children:
                if child.pid == pid:
                    self._ended(child, os.waitstatus_to_exitcode(status))

    def _ended(self, child: Child, code: int) -> None:
        _signal_group(child, signal.SIGKILL)  # what it started must not outlive it
        now = time.monotonic()
        ran = now - child.started
        child.pid, child.code = 0, code
        child.deaths = 1 if ran > HEALTHY_AFTER else child.deaths + 1
        if child.kept and not self.stopping:
            child.due = now + pause_before(child.deaths, code=code, ran=ran)
            how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
            self.say("", f"{child.name} {how}; starting it again.")

    def _stop_together(self, children: list[Child]) -> None:
        begun = time.monotonic()
        for child in children:
            child.due = None
            _signal(child, signal.SIGTERM)
        while left := [child for child in children if child.pid]:
            for child in left:
                if time.monotonic() - begun > child.patience:
                    _signal_group(child, signal.SIGKILL)
            self._turn(0.05)


def _outcome(run: Callable[[], None]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)
    try:
        run()
        code = 0
    except Refusal as why:
        sys.stderr.write(f"{why}\n")
        code = 1
    except SystemExit as why:
        code = why.code if isinstance(why.code, int) else int(why.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    return code


def _signal(child: Child, by: signal.Signals) -> None:
    if child.pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, by)


def _signal_group(child: Child, by: signal.Signals) -> None:
    if child.pid:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, by)
