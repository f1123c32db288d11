"""F1, F2 and F35 for our own processes: any of them killed, all of them stopped, none left over."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from presszero.host.processes import alive
from presszero.host.supervisor import LONGEST_PAUSE, pause_before
from tests.waiting import crowded

pytestmark = pytest.mark.slow


class Family:
    """The program of family.py, its output as it comes, and the pids it tells of."""

    def __init__(self):
        script = Path(__file__).with_name("family.py")
        self.process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
        self.lines, self.seen = queue.Queue(), []
        threading.Thread(target=self._listen, daemon=True).start()
        self.pids = {name: self.pid_of(name) for name in ("quick", "stubborn")}
        self.grandchild = int(self.wait_for("stubborn: grandchild ").split()[-1])

    def _listen(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip())

    def wait_for(self, start, seconds=10.0):
        deadline = time.monotonic() + seconds
        while True:
            found = [line for line in self.seen if line.startswith(start)]
            if found:
                self.seen.remove(found[0])
                return found[0]
            self.seen.append(self.lines.get(timeout=max(0.01, deadline - time.monotonic())))

    def pid_of(self, name):
        return int(self.wait_for(f"{name}: pid ").split()[-1])

    def everyone(self):
        return [self.process.pid, self.grandchild, *self.pids.values()]


@pytest.fixture
def family():
    family = Family()
    yield family
    family.process.terminate()
    family.process.wait()
    for pid in family.everyone():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def gone(pids, seconds=5.0):
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(alive(pid) for pid in pids)


def test_a_killed_child_is_back_within_a_second_and_its_own_children_are_gone(family):
    os.kill(family.pids["stubborn"], signal.SIGKILL)
    assert family.wait_for(": stubborn was ended by SIGKILL", 1)
    assert family.wait_for("stubborn: pid ", 1)
    assert gone([family.grandchild])
    assert alive(family.pids["quick"])


def test_lines_come_whole_and_named_and_a_trace_is_shown(family):
    assert family.wait_for("quick: half a line, and the rest")
    assert family.wait_for("broken: ValueError: cannot start")
    assert family.wait_for("once: 7")


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_stopping_takes_everyone_along_even_who_ignores_it(family, by):
    begun = time.monotonic()
    family.process.send_signal(by)
    assert family.process.wait(10) == 0
    assert time.monotonic() - begun < 4 * crowded()
    assert family.wait_for("supervisor: ended in order")
    assert gone(family.everyone())


def test_a_killed_supervisor_leaves_nobody_behind(family):
    family.process.kill()
    family.process.wait()
    assert gone([*family.pids.values()])  # the grandchild is a plain shell, which did not ask to go along; ours do


def test_pauses_grow_and_what_was_killed_is_never_kept_waiting_for_long():
    killed = [pause_before(restart, code=-9, ran=2.0) for restart in range(1, 30)]
    broken = [pause_before(restart, code=1, ran=0.1) for restart in range(1, 30)]
    assert killed[0] < 0.2 and max(killed) == LONGEST_PAUSE < 5
    assert broken == sorted(broken) and broken[-1] == 30
