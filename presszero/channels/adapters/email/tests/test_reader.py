"""The parsing child: killed when it overruns, replaced, light, and gone when nobody needs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from presszero.channels.adapters.email.reading.reader import Reader
from presszero.channels.adapters.email.reading.shape import pack, unpack
from presszero.channels.adapters.email.reading.understand import understand
from tests.waiting import crowded

MAIL = b"From: Ada <ada@example.com>\nSubject: Order 1042\n\nWhere is it?\n"
RICH = (
    MAIL.partition(b"\n\n")[0]
    + b"\nDate: Tue, 3 Mar 2026 10:15:00 +0100\nReferences: <1@a> <2@a>\nCc: Ben <ben@example.org>\n"
    + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nWhere is it?\n--b\nContent-Type: application/pdf\n"
    + b'Content-Disposition: attachment; filename="a.pdf"\n\n%PDF-\x00\xff\n--b--\n'
)


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()


def test_the_child_says_what_this_process_would(reader: Reader) -> None:
    assert reader.read(RICH) == understand(RICH)
    bounce = b"Return-Path: <>\nFrom: MAILER-DAEMON@x.example\nSubject: failure notice\n"
    bounce += b"\n<ben@example.org>:\n550 user unknown\n"
    assert reader.read(bounce) == understand(bounce)
    assert reader.read(RICH).attachments[0].content == b"%PDF-\x00\xff"


def test_a_reading_survives_the_pipe() -> None:
    assert unpack(pack(understand(RICH))) == understand(RICH)


def test_a_hanging_child_is_killed_and_replaced(reader: Reader) -> None:
    quick = Reader(wall=0.3)
    quick.read(MAIL)
    hung = quick.child_pid
    assert hung
    os.kill(hung, signal.SIGSTOP)
    start = time.monotonic()
    reading = quick.read(MAIL)
    assert (reading.kind, reading.reason) == ("quarantined", "Reading the mail took longer than 0.3 seconds.")
    assert time.monotonic() - start < 2 * crowded()
    assert quick.read(MAIL).kind == "message"
    assert quick.child_pid != hung
    quick.close()


def test_a_dead_child_is_replaced_without_loss(reader: Reader) -> None:
    reader.read(MAIL)
    assert reader.child_pid
    os.kill(reader.child_pid, signal.SIGKILL)
    assert reader.read(MAIL).text == "Where is it?"


def test_an_oversized_mail_never_reaches_the_child(reader: Reader) -> None:
    assert reader.read(b"x" * (50 * 1024 * 1024 + 1)).kind == "quarantined"
    assert reader.child_pid is None


def test_many_threads_may_read(reader: Reader) -> None:
    seen: list[str] = []

    def work(number: int) -> None:
        seen.append(reader.read(MAIL.replace(b"it?", b"%d?" % number)).text)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == sorted(f"Where is {number}?" for number in range(20))


def test_the_child_leaves_when_idle() -> None:
    reader = Reader(idle=0.2)
    reader.read(MAIL)
    deadline = time.monotonic() + 5
    while reader.child_pid and time.monotonic() < deadline:
        time.sleep(0.05)
    assert reader.child_pid is None
    assert reader.read(MAIL).kind == "message"
    reader.close()


def test_the_child_is_light(reader: Reader) -> None:
    """The idle product has 400 MB in all."""
    reader.read(RICH)
    with open(f"/proc/{reader.child_pid}/status") as status:
        resident = next(line for line in status if line.startswith("VmRSS"))
    assert int(resident.split()[1]) < 60 * 1024  # kB


def test_reading_needs_no_django() -> None:
    code = (
        "import sys; import presszero.channels.adapters.email.reading.child;"
        "import presszero.channels.adapters.email.explain;"
        "sys.exit(any(name.split('.')[0] in ('django', 'psycopg', 'lxml.html') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_child_is_limited(reader: Reader) -> None:
    reader.read(MAIL)
    with open(f"/proc/{reader.child_pid}/limits") as file:
        limits = file.read()
    assert "Max address space         1610612736" in limits
    assert "Max core file size        0" in limits
