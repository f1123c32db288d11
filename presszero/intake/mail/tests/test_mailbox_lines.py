"""A mailbox and its line: odd mails, trouble that the merchant can mend, and lines that come and go."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from presszero.channels.adapters.email import imap
from presszero.channels.models import Line, Mailbox
from presszero.intake.mail.mailbox import is_history
from presszero.intake.mail.mailboxes import TROUBLE, Mailboxes, watched_lines
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Received
from presszero.merchants.models import Merchant

from .conftest import database_refuses_mail
from .fake_imap import FakeImap, Mail, Session, mail, until
from .watching import QUICK, first_time, line, numbers, once, server, watching

__all__ = ["line", "server", "watching"]  # fixtures

pytestmark = pytest.mark.slow  # a watcher and an emptied database each time


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
    bodies = [body_of(row) for row in Received.objects.order_by("id")]
    assert mail(1) in bodies and mail(3) in bodies
    assert any(b"does not hand over" in body and b"Number 2" in body for body in bodies)
    assert len(bodies) == 3


def test_a_mail_that_is_too_large_is_shown_by_its_head(
    server: FakeImap, watching: Mailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "MAX_MAIL", 1000)
    server.add(mail(1, "x" * 5000))
    until(lambda: Received.objects.count() == 1)
    body = body_of(Received.objects.get())
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
        assert "refuses our sign-in" in trouble() and line.trouble_since is not None
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
