"""F18: whatever an IMAP server or its network does, every mail is stored once, and nothing old is answered."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from presszero.channels.adapters.email import imap
from presszero.channels.models import Line, Mailbox
from presszero.intake.mail.mailbox import is_history
from presszero.intake.mail.mailboxes import TROUBLE, Mailboxes, Pace, watched_lines
from presszero.mailroom.models import Received
from presszero.merchants.models import Merchant

from .conftest import database_refuses_mail, mail_line
from .fake_imap import Cut, FakeImap, Mail, Session, mail, until

pytestmark = pytest.mark.slow  # thirty times a mailbox, its watcher and an emptied database

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


def test_new_mail_comes_at_once_by_idle(server: FakeImap, line: Line, watching: Mailboxes) -> None:
    until(lambda: server.logins == 1)
    server.add(mail(1))
    until(lambda: once(1), 3)
    row = Received.objects.get()
    assert bytes(row.body) == mail(1)
    assert (row.headers["via"], row.line_id, row.backfill) == ("imap", line.id, False)
    cursor = Mailbox.objects.get()
    assert (cursor.uid_validity, cursor.last_uid) == (42, 1)
    line.refresh_from_db()
    assert line.checked_at and line.heard_at and line.trouble == ""


def test_nothing_in_the_mailbox_is_changed(server: FakeImap, watching: Mailboxes) -> None:
    asked: list[str] = []
    server.faults["UID FETCH"] = lambda session, rest: bool(asked.append(rest))
    server.faults["UID STORE"] = lambda session, rest: bool(asked.append(rest))
    server.faults["SELECT"] = lambda session, rest: bool(asked.append(rest))
    server.add(mail(1))
    until(lambda: once(1))
    assert asked and all("BODY.PEEK" in each or "RFC822.SIZE" in each for each in asked)


def test_F18_disconnected_between_mails(server: FakeImap, watching: Mailboxes) -> None:
    def cut(session: Session, rest: str) -> bool:
        session.answer(1, server.mails[0], rest)
        raise Cut

    server.faults["UID FETCH"] = first_time(cut)
    for number in range(1, 6):
        server.add(mail(number))
    until(lambda: once(1, 2, 3, 4, 5))


@pytest.mark.parametrize("reset", [False, True])
def test_F18_disconnected_in_the_middle_of_a_literal(server: FakeImap, watching: Mailboxes, reset: bool) -> None:
    def cut(session: Session, rest: str) -> bool:
        session.say(session.head(1, server.mails[0]))
        session.client.sendall(server.mails[0].raw[:30])
        session.cut(reset)
        raise Cut

    server.faults["UID FETCH"] = first_time(cut)
    server.add(mail(1))
    server.add(mail(2))
    until(lambda: once(1, 2))
    assert {bytes(row.body) for row in Received.objects.all()} == {mail(1), mail(2)}


def test_F18_hanging_in_the_middle_of_a_literal(server: FakeImap, watching: Mailboxes) -> None:
    def hang(session: Session, rest: str) -> bool:
        session.say(session.head(1, server.mails[0]))
        session.client.sendall(server.mails[0].raw[:30])
        time.sleep(5)
        raise Cut

    server.faults["UID FETCH"] = first_time(hang)
    server.add(mail(1))
    until(lambda: once(1), 6)


def test_F18_numbering_changes_and_nothing_is_lost_or_taken_for_new(
    server: FakeImap, line: Line, watching: Mailboxes
) -> None:
    old = datetime.now(UTC) - timedelta(days=2)
    Line.objects.filter(id=line.id).update(created_at=datetime.now(UTC) - timedelta(days=30))
    for number in (1, 2, 3):
        server.add(mail(number), old)
    until(lambda: once(1, 2, 3))
    watching.stop()
    moved = mail(2).replace(b"Subject:", b"X-Moved: yes\r\nSubject:")  # another server, other bytes
    server.mails[:] = [Mail(7, mail(3), old), Mail(8, moved, old), Mail(9, mail(1), old)]
    server.validity = 43
    server.add(mail(4))
    again = Mailboxes(QUICK)
    again.start()
    try:
        until(lambda: numbers()["4"] == 1)
    finally:
        again.stop()
    assert numbers() == Counter({"1": 1, "2": 2, "3": 1, "4": 1})
    history = {row.external_id.partition("@")[0]: row.backfill for row in Received.objects.order_by("id")}
    assert history == {"1": False, "2": True, "3": False, "4": False}
    cursor = Mailbox.objects.get()
    assert (cursor.uid_validity, cursor.last_uid) == (43, 10)


def test_F18_expunged_by_another_client_while_we_fetch(server: FakeImap, watching: Mailboxes) -> None:
    def expunge(session: Session, rest: str) -> bool:
        server.mails[:] = [each for each in server.mails if each.uid != 2]
        session.say("* 2 EXPUNGE")
        return False

    server.faults["UID FETCH"] = first_time(expunge)
    server.mails += [Mail(number, mail(number)) for number in (1, 2, 3)]
    server.add(mail(4))
    until(lambda: once(1, 3, 4))
    time.sleep(0.3)
    assert once(1, 3, 4)


def test_F18_two_mails_under_one_uid_are_both_kept(server: FakeImap, watching: Mailboxes) -> None:
    server.mails += [Mail(1, mail(1)), Mail(1, mail(2)), Mail(1, mail(1))]
    server.add(mail(3))
    until(lambda: once(1, 2, 3))


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe garbage",
        b"* 1 FETCH (UID x BODY[] {abc}",
        b"* 1 FETCH (UID 1 BODY[] {99999999999}",
        b"* SEARCH one two",
        b"HTTP/1.1 400 Bad Request",
        b"* 1 FETCH (UID 1 BODY[] NIL)",
        b"* 4294967296 FETCH ()",
    ],
)
def test_F18_garbage_is_survived(server: FakeImap, watching: Mailboxes, garbage: bytes) -> None:
    def say(session: Session, rest: str) -> bool:
        session.say(garbage)
        session.ok()
        return True

    server.faults["UID FETCH"] = first_time(say)
    server.add(mail(1))
    until(lambda: once(1))


def test_F18_garbage_for_a_greeting_and_a_search(server: FakeImap, watching: Mailboxes) -> None:
    def say(session: Session, rest: str) -> bool:
        session.say("* SEARCH one 2 \xff")
        session.ok()
        return True

    server.faults["UID SEARCH"] = first_time(say)
    server.faults["CAPABILITY"] = first_time(lambda session, rest: bool(session.say("* CAPABILITY")))
    server.add(mail(1))
    until(lambda: once(1))


def test_F18_an_idle_that_died_silently_is_noticed(server: FakeImap, watching: Mailboxes) -> None:
    dead: list[Session] = []

    def die(session: Session, rest: str) -> bool:
        if dead:
            return False
        dead.append(session)
        session.say("+ idling")
        time.sleep(8)  # never says anything again, and never closes
        raise Cut

    server.faults["IDLE"] = die
    until(lambda: bool(dead))
    server.add(mail(1))
    until(lambda: once(1), 5)


def test_F18_a_server_without_idle_is_polled(server: FakeImap, watching: Mailboxes) -> None:
    def without(session: Session, rest: str) -> bool:
        session.say("* CAPABILITY IMAP4rev1")
        session.ok()
        return True

    server.faults["CAPABILITY"] = without
    for session in server.sessions:
        session.cut()
    server.add(mail(1))
    until(lambda: once(1))
    server.add(mail(2))
    until(lambda: once(1, 2))


def test_F18_old_mail_comes_in_as_history(server: FakeImap, line: Line) -> None:
    server.mails += [
        Mail(1, mail(1), datetime.now(UTC) - timedelta(days=400)),
        Mail(2, mail(2), datetime.now(UTC) - timedelta(days=3)),
        Mail(3, mail(3), datetime.now(UTC) + timedelta(minutes=1)),
    ]
    running = Mailboxes(QUICK)
    running.start()
    try:
        until(lambda: numbers()["3"] == 1)
    finally:
        running.stop()
    stored = {row.external_id.partition("@")[0]: row.backfill for row in Received.objects.all()}
    assert stored == {"2": True, "3": False}  # by default a week of history


def test_F18_a_backlog_is_taken_in_bounded_batches(
    server: FakeImap, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "BATCH_MAILS", 20)
    Line.objects.filter(id=line.id).update(created_at=datetime.now(UTC) - timedelta(days=30))
    server.mails += [Mail(number, mail(number)) for number in range(1, 301)]
    asked: list[str] = []
    server.faults["UID FETCH"] = lambda session, rest: bool(asked.append(rest))
    running = Mailboxes(QUICK)
    running.start()
    try:
        until(lambda: Received.objects.count() == 300, 20)
    finally:
        running.stop()
    bodies = [each for each in asked if "BODY.PEEK[]" in each]
    assert len(bodies) == 15
    assert server.fetched == list(range(1, 301))
    assert once(*range(1, 301))


def test_a_mail_the_server_keeps_back_is_noted_and_holds_nobody_up(server: FakeImap, watching: Mailboxes) -> None:
    def keep_back(session: Session, rest: str) -> bool:
        if "BODY.PEEK[]" not in rest:
            return False
        for place, each in enumerate(server.mails, 1):
            if each.uid != 2 and session._in(each.uid, rest.split()[2]):
                session.answer(place, each, rest)
        session.ok()
        return True

    server.faults["UID FETCH"] = keep_back
    server.mails += [Mail(1, mail(1)), Mail(2, mail(2))]
    server.add(mail(3))
    until(lambda: numbers()["3"] == 1)
    bodies = [bytes(row.body) for row in Received.objects.order_by("id")]
    assert mail(1) in bodies and mail(3) in bodies
    assert any(b"does not hand over" in body and b"Number 2" in body for body in bodies)
    assert len(bodies) == 3


def test_a_mail_that_is_too_large_is_shown_by_its_head(
    server: FakeImap, watching: Mailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "MAX_MAIL", 1000)
    server.add(mail(1, "x" * 5000))
    until(lambda: Received.objects.count() == 1)
    body = bytes(Received.objects.get().body)
    assert len(body) < 1000
    assert b"Subject: Mail 1" in body and b"From: Ada <ada@example.com>" in body and b"too many to be fetched" in body
    assert once(1)


def test_the_daily_look_finds_what_slipped_by(
    server: FakeImap, line: Line, watching: Mailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.mails += [Mail(number, mail(number)) for number in (1, 2, 3)]
    server.add(mail(4))
    until(lambda: once(1, 2, 3, 4))
    Received.objects.filter(external_id__startswith="2@").delete()
    before = list(server.fetched)
    Mailbox.objects.update(rescanned_at=datetime.now(UTC) - timedelta(days=2))
    until(lambda: once(1, 2, 3, 4))
    assert server.fetched[len(before) :] == [2]


def test_a_wrong_password_is_the_merchants_trouble_until_it_is_right(server: FakeImap, line: Line) -> None:
    line.keep_secrets({"imap_password": "old"})
    line.save()
    running = Mailboxes(QUICK)
    running.start()
    try:

        def trouble() -> str:
            line.refresh_from_db()
            return line.trouble

        until(lambda: trouble().startswith(TROUBLE))
        assert "user name or password" in trouble() and line.trouble_since is not None
        line.keep_secrets({"imap_password": "secret"})
        line.save()
        server.add(mail(1))
        until(lambda: once(1))
        until(lambda: trouble() == "")
        assert line.trouble_since is None
    finally:
        running.stop()


def test_lines_come_and_go(server: FakeImap, line: Line, watching: Mailboxes, juniper: Merchant) -> None:
    until(lambda: len(watching.watchers()) == 1)
    Line.objects.filter(id=line.id).update(paused_at=datetime.now(UTC))
    until(lambda: not watching.watchers())
    server.add(mail(1))
    time.sleep(0.4)
    assert not Received.objects.exists()
    Line.objects.filter(id=line.id).update(paused_at=None)
    until(lambda: once(1))


def test_settings_that_make_no_sense_are_said(line: Line) -> None:
    line.settings = {"imap": {"host": "127.0.0.1", "port": "many"}}
    line.save()
    assert watched_lines() == {}
    line.refresh_from_db()
    assert "settings are not right" in line.trouble


def test_F18_a_watcher_that_a_dripping_server_holds_is_replaced(server: FakeImap, watching: Mailboxes) -> None:
    """Each byte comes within the time for an answer, and the mail never ends."""

    def drip(session: Session, rest: str) -> bool:
        session.say(session.head(1, server.mails[0]).replace("{", "{9"))
        while True:
            session.client.sendall(b"x")
            time.sleep(0.1)

    server.faults["UID FETCH"] = first_time(drip)
    until(lambda: bool(watching.watchers()))
    first = watching.watchers()[0]
    server.add(mail(1))
    until(lambda: once(1), 8)
    assert watching.watchers()[0] is not first
    until(lambda: not first.is_alive())
    assert once(1)


def test_mail_is_put_away_only_after_it_is_stored(server: FakeImap, line: Line) -> None:
    line.settings["imap"]["after"] = "delete"
    line.save()
    deleted: list[str] = []

    def store(session: Session, rest: str) -> bool:
        deleted.append(rest)
        session.ok()
        return True

    server.faults["UID STORE"] = store
    server.faults["EXPUNGE"] = lambda session, rest: session.ok() or True
    server.add(mail(1))
    running = Mailboxes(QUICK)
    running.start()
    try:
        with database_refuses_mail():
            until(lambda: len(server.fetched) >= 2)
            assert deleted == []
        until(lambda: bool(deleted))
    finally:
        running.stop()
    assert once(1)
    assert "STORE 1 " in deleted[0] and "Deleted" in deleted[0]


def test_what_is_history() -> None:
    line, now = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    assert is_history(line - timedelta(days=1), line, None)
    assert not is_history(line + timedelta(days=1), line, None)
    assert is_history(now - timedelta(days=1), line, now)
    assert not is_history(now + timedelta(seconds=1), line, now)
    assert not is_history(None, line, now)
