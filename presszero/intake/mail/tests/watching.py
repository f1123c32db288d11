"""A mailbox on a fake server, a line that has it, and a watcher; and what of it is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from presszero.channels.models import Line
from presszero.intake.mail.mailboxes import Mailboxes, Pace
from presszero.mailroom.models import Received
from presszero.merchants.models import Merchant

from .conftest import mail_line
from .fake_imap import FakeImap, Session

QUICK = Pace(lines=0.1, slice=0.5, answer=1.0, hung=3.0, first_retry=0.05, last_retry=0.2)


@pytest.fixture
def server() -> Iterator[FakeImap]:
    made = FakeImap()
    yield made
    made.close()


@pytest.fixture
def line(juniper: Merchant, server: FakeImap) -> Line:
    made = mail_line(juniper, "support@juniper.example")
    made.settings = {"imap": {"host": "127.0.0.1", "port": server.port, "security": "none", "user": "support"}}
    made.keep_secrets({"imap_password": "secret"})
    made.save()
    return made


@pytest.fixture
def watching(line: Line) -> Iterator[Mailboxes]:
    running = Mailboxes(QUICK)
    running.start()
    yield running
    running.stop()
    assert not any(watcher.is_alive() for watcher in running.watchers())


def numbers() -> Counter[str]:
    """How often each mail is stored, by Message-ID."""
    return Counter(row.external_id.partition("@")[0] for row in Received.objects.all())


def once(*expected: int) -> bool:
    return numbers() == Counter(str(number) for number in expected)


def first_time(hook: Callable[[Session, str], bool]) -> Callable[[Session, str], bool]:
    """The fault happens once; afterwards the server behaves."""
    left = [True]

    def faulty(session: Session, rest: str) -> bool:
        if not left or "BODY.PEEK[]" not in rest and "FETCH" in rest.upper():
            return False
        left.clear()
        return hook(session, rest)

    return faulty
