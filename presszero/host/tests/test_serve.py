"""`presszero serve` whole: F1, F2, F4, F35 on the real processes, and what is said when something is in the way."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from presszero.host.memory import family, proportional
from presszero.host.postgres_cluster import Cluster
from presszero.host.processes import alive, command_line
from tests.ports import free_ports
from tests.waiting import crowded

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serve")]  # one after another, in one worker

SETTINGS = ("PRESSZERO_PORT", "PRESSZERO_APP_PORT", "PRESSZERO_SMTP_PORT", "PRESSZERO_LMTP_PORT")
MEMORY = 400_000_000  # bytes, idle, database included


class Served:
    """One `presszero serve` in a home of its own, on ports of its own."""

    def __init__(self, home, ports):
        self.home, self.ports = home, ports
        self.environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.environment |= {name: str(port) for name, port in zip(SETTINGS, ports, strict=True)}
        self.environment |= {"PRESSZERO_HOME": str(home), "PRESSZERO_PHONE": "0"}
        self.process = self.start()

    def start(self):
        self.output = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "presszero", "serve"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, args=[self.process.stdout], daemon=True).start()
        wait_until(lambda: "is open" in "".join(self.output) or self.process.poll() is not None, 60)
        assert self.process.poll() is None, "".join(self.output)
        return self.process

    def _listen(self, stream):
        for line in stream:
            self.output.append(line)

    def run(self, *words, **environment):
        return subprocess.run(
            [sys.executable, "-m", "presszero", *words],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def pages_answer(self):
        return all(page_answers(port) for port in self.ports[:2])

    def is_whole(self):
        return self.pages_answer() and all(greets(port) for port in self.ports[2:])

    def end(self):
        everyone = family(self.process.pid) if self.process.poll() is None else []
        for pid in everyone:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def page_answers(port):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False
    return True


def greets(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as client:
            client.settimeout(2)
            return client.recv(3) == b"220"
    except OSError:
        return False


def wait_until(condition, seconds):
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds * crowded():
            return False
        time.sleep(0.05)
    return True


@pytest.fixture(scope="module")
def served():
    home = Path(tempfile.mkdtemp(prefix="pz-"))
    home.chmod(0o711)
    served = Served(home, free_ports(4))
    yield served
    served.end()
    shutil.rmtree(home, ignore_errors=True)


def test_every_door_is_open_and_the_banner_says_where(served):
    assert wait_until(served.is_whole, 10)
    banner = "".join(served.output)
    assert f"http://127.0.0.1:{served.ports[0]}/" in banner
    assert f"SMTP at 127.0.0.1:{served.ports[2]}" in banner


def test_it_takes_little_memory(served):
    assert wait_until(served.is_whole, 10)
    assert sum(proportional(pid) for pid in family(served.process.pid)) < MEMORY


def test_a_second_one_on_the_same_home_is_refused_in_a_sentence(served):
    done = served.run("serve")
    assert done.returncode == 1
    assert f"process {served.process.pid}" in done.stderr and "PRESSZERO_HOME" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_used_port_is_refused_in_a_sentence(served, tmp_path):
    done = served.run("serve", PRESSZERO_HOME=str(tmp_path))
    assert done.returncode == 1
    for port, setting in zip(served.ports, SETTINGS, strict=True):
        assert f"Port {port}" in done.stderr and setting in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_away_is_said_in_a_sentence(served, tmp_path):
    ports = {name: str(port) for name, port in zip(SETTINGS, free_ports(4), strict=True)}
    away = f"postgresql://presszero@/presszero?host={tmp_path}"
    done = served.run("serve", DATABASE_URL=away, PRESSZERO_HOME=str(tmp_path), **ports)
    assert done.returncode == 1
    assert "database: It does not answer" in done.stdout and "Traceback" not in done.stdout + done.stderr


def test_one_process_alone_says_that_it_needs_the_database(served, tmp_path):
    done = served.run("serve", "worker", PRESSZERO_HOME=str(tmp_path))
    assert done.returncode == 1 and "DATABASE_URL" in done.stderr and "Traceback" not in done.stderr


def test_commands_borrow_the_database_of_the_running_one(served):
    done = served.run("manage", "shell", "-c", "from django.db import connection as c; c.ensure_connection(); print(7)")
    assert done.returncode == 0 and done.stdout.rstrip().endswith("7"), done.stderr
    assert served.process.poll() is None


def test_the_doctor_finds_nothing_wrong(served):
    done = served.run("doctor")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "All is well."), done.stdout


def test_the_doctor_finds_what_is_wrong(served, tmp_path):
    done = served.run("doctor", DATABASE_URL=f"postgresql://presszero@/presszero?host={tmp_path}")
    assert done.returncode == 1
    assert "WRONG  database: It does not answer" in done.stdout and "1 thing is wrong." in done.stdout


def test_f1_f2_any_process_killed_is_back_within_five_seconds(served):
    children = [pid for pid in family(served.process.pid)[1:] if "postgres" not in " ".join(command_line(pid))]
    assert len(children) >= 5
    for pid in children:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
            assert wait_until(served.is_whole, 5), f"{command_line(pid)} {''.join(served.output[-20:])}"


def test_f4_the_database_killed_is_back_and_nobody_had_to_be_started_again(served):
    pid = int((Cluster(served.home).data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not alive(pid), 5)
    assert wait_until(served.pages_answer, 10)


def test_f35_kill_9_of_everything_and_a_second_start_within_ten_seconds(served):
    served.end()
    begun = time.monotonic()
    served.start()
    assert wait_until(served.is_whole, 5)
    assert time.monotonic() - begun < 10 * crowded()


def test_ctrl_c_stops_all_of_it_within_ten_seconds(served):
    everyone = family(served.process.pid)
    begun = time.monotonic()
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(10) == 0
    assert time.monotonic() - begun < 10 * crowded()
    assert [pid for pid in everyone if alive(pid)] == []
