"""F18: whatever an IMAP server or its network does, every mail is stored once, and nothing old is answered."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from presszero.channels.adapters.email import imap
from presszero.channels.models import Line, Mailbox
from presszero.intake.mail.mailboxes import Mailboxes
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Received

from .fake_imap import Cut, FakeImap, Mail, Session, mail, until
from .watching import QUICK, first_time, line, numbers, once, server, watching

__all__ = ["line", "server", "watching"]  # fixtures

pytestmark = pytest.mark.slow  # thirty times a mailbox, its watcher and an emptied database


def test_new_mail_comes_at_once_by_idle(server: FakeImap, line: Line, watching: Mailboxes) -> None:
    until(lambda: server.logins == 1)
    server.add(mail(1))
    until(lambda: once(1), 3)
    row = Received.objects.get()
    assert body_of(row) == mail(1)
    assert (row.headers["via"], row.line_id, row.backfill) == ("imap", line.id, False)
    cursor = Mailbox.objects.get()
    assert (cursor.uid_validity, cursor.last_uid) == (42, 1)
    line.refresh_from_db()
    assert line.checked_at and line.heard_at and line.trouble == ""


def test_a_mail_that_comes_while_the_first_look_is_taken_is_found(server: FakeImap, watching: Mailboxes) -> None:
    """Right after a line was set right its trial comes in, between one question and the next."""

    def comes(session: Session, rest: str) -> bool:
        session.do_uid_search(rest)
        if not server.mails:
            server.add(mail(1))
        return True

    server.faults["UID SEARCH"] = comes
    until(lambda: once(1))


@pytest.mark.parametrize("moment", ["UID SEARCH", "IDLE"])
def test_a_mail_that_comes_just_before_the_waiting_is_not_waited_out(server: FakeImap, line: Line, moment: str) -> None:
    """The server speaks of it once: with the answer to a question, or in one breath with its yes to the waiting."""

    def comes(session: Session, rest: str) -> bool:
        if server.mails or (moment == "UID SEARCH" and "UID 1:*" not in rest):
            return False
        server.add(mail(1))
        if moment == "UID SEARCH":
            session.say("* SEARCH\r\n* 1 EXISTS")
        else:
            session.say("+ idling\r\n* 1 EXISTS")
            session.client.recv(100)
        session.ok()
        return True

    server.faults[moment] = comes
    running = Mailboxes(replace(QUICK, slice=30.0, answer=20.0, hung=60.0))
    running.start()
    try:
        until(lambda: once(1), 5)
    finally:
        running.stop()


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
    assert {body_of(row) for row in Received.objects.all()} == {mail(1), mail(2)}


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
