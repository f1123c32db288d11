"""Sending by SMTP: after every way it can break we know whether it may have arrived (F10–F13, F19)."""

from __future__ import annotations

import datetime as dt
import socket
import struct
import time
from pathlib import Path

import pytest

from presszero.channels.adapters.email import reach, smtp
from presszero.channels.adapters.email.adapter import adapter
from presszero.channels.adapters.email.compose import compose
from presszero.channels.adapters.email.smtp import Patience, Server
from presszero.channels.vocabulary import Attachment, Handle, Outgoing, Sent
from tests.waiting import crowded

from .mails_out import ANSWER, answer, line, smtp_line
from .servers import Relay, certificate, relay, scripted

CALM = Patience(step=5, total=15)  # a busy machine fails nobody
HASTE = Patience(step=0.5, total=1.5)  # where the time itself is tried


class Writing:
    """Counts how often we said that the content begins."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


def hand_over(port: int, out: Outgoing = ANSWER, patience: Patience = CALM, **server: object) -> tuple[Sent, int]:
    writing = Writing()
    mail = compose(out, dt.datetime.now(dt.UTC))
    given = Server("127.0.0.1", port, **{"security": "none", **server})
    return smtp.send(mail, given, writing, patience), writing.times


def test_it_arrives_byte_for_byte() -> None:
    taken = Relay()
    with relay(taken) as port:
        writing = Writing()
        sent = adapter.send(ANSWER, smtp_line(port), writing)
    assert (sent.state, writing.times) == ("accepted", 1)
    assert taken.envelopes == [("support@juniper.example", ["ada@example.com"])]
    assert b"Subject: Re: Where is order 1042?\r\n" in taken.accepted[0]
    assert b"\r\n.\r\n" in taken.accepted[0]  # the text's own line with a dot


def test_an_automatic_answer_has_the_null_sender() -> None:
    taken = Relay()
    with relay(taken) as port:
        assert hand_over(port, answer(automatic=True))[0].state == "accepted"
    assert taken.envelopes[0][0] == "<>"


def test_F19_greylisting_is_tried_later_and_arrives_once() -> None:
    answers = iter(["451 4.7.1 Greylisted, try again", "250 OK"])
    taken = Relay(rcpt=lambda address: next(answers))
    with relay(taken) as port:
        first, written = hand_over(port)
        assert (first.state, written) == ("later", 0)
        assert "Greylisted" in first.reason
        second, _ = hand_over(port)
    assert second.state == "accepted"
    assert len(taken.accepted) == 1


def test_F19_a_refused_recipient_is_final_and_says_why() -> None:
    taken = Relay(rcpt=lambda address: "550 5.1.1 No such user")
    with relay(taken) as port:
        sent, written = hand_over(port)
    assert (sent.state, written, taken.accepted) == ("refused", 0, [])
    assert "550 5.1.1 No such user" in sent.reason


def test_F19_refused_content_is_final() -> None:
    taken = Relay(answer="554 5.7.1 Spam")
    with relay(taken) as port:
        sent, written = hand_over(port)
    assert (sent.state, written, taken.accepted) == ("refused", 1, [])
    assert "Spam" in sent.reason


def test_F19_content_put_off_is_tried_later() -> None:
    with relay(Relay(answer="452 4.3.1 Disk full")) as port:
        assert hand_over(port)[0].state == "later"


def test_F12_F19_a_drop_after_the_content_is_unknown_and_every_try_has_one_message_id() -> None:
    taken = Relay(drop_before_answer=True)
    with relay(taken) as port:
        sent, written = hand_over(port)
        assert (sent.state, written) == ("unknown", 1)
        taken.drop_before_answer = False
        assert hand_over(port)[0].state == "accepted"
    ids = {raw.partition(b"Message-ID: ")[2].partition(b"\r\n")[0] for raw in taken.accepted}
    assert len(taken.accepted) == 2 and len(ids) == 1  # raw two, seen as one


@pytest.mark.slow
def test_F19_a_slow_answer_is_waited_for_and_a_hopeless_one_is_unknown() -> None:
    taken = Relay(wait=0.8)  # longer than a step, shorter than the whole
    with relay(taken) as port:
        assert hand_over(port, patience=HASTE)[0].state == "accepted"
        taken.wait = 4
        started = time.monotonic()
        sent, _ = hand_over(port, patience=HASTE)
    assert sent.state == "unknown"
    assert time.monotonic() - started < 3 * crowded()


def test_F19_some_recipients_taken_and_the_others_named() -> None:
    taken = Relay(rcpt=lambda address: "550 5.1.1 Gone" if address.startswith("ben") else "250 OK")
    out = answer(to=(Handle("email", "ada@example.com"), Handle("email", "ben@example.com")))
    with relay(taken) as port:
        sent, _ = hand_over(port, out)
    assert sent.state == "accepted"
    assert "ben@example.com: 550 5.1.1 Gone" in sent.reason
    assert taken.envelopes[0][1] == ["ada@example.com"]


def test_F19_none_taken_but_one_may_be_later() -> None:
    taken = Relay(rcpt=lambda address: "550 Gone" if address.startswith("ben") else "450 Busy")
    out = answer(to=(Handle("email", "ada@example.com"), Handle("email", "ben@example.com")))
    with relay(taken) as port:
        assert hand_over(port, out)[0].state == "later"


def test_F13_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    sent, written = hand_over(port)
    assert (sent.state, written) == ("later", 0)


def test_F13_the_name_is_unknown() -> None:
    mail = compose(ANSWER, dt.datetime.now(dt.UTC))
    sent = smtp.send(mail, Server("mail.no-such-host.invalid", 25, "none"), Writing(), HASTE)
    assert sent.state == "later"
    assert "not known" in sent.reason


def greeted(client: socket.socket) -> None:
    client.sendall(b"220 hello\r\n")


def until(client: socket.socket, end: bytes) -> bytes:
    read = b""
    while end not in read:
        piece = client.recv(65536)
        if not piece:
            raise ConnectionError
        read += piece
    return read


def polite_until_data(client: socket.socket) -> None:
    greeted(client)
    for _ in ("EHLO", "MAIL", "RCPT"):
        until(client, b"\r\n")
        client.sendall(b"250 ok\r\n")
    until(client, b"\r\n")
    client.sendall(b"354 go\r\n")


def reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_F13_reset_before_and_in_the_middle_of_the_content() -> None:
    def early(client: socket.socket) -> None:
        greeted(client)
        until(client, b"\r\n")
        reset(client)

    def late(client: socket.socket) -> None:
        polite_until_data(client)
        client.recv(100)
        reset(client)

    with scripted(early) as port:
        assert hand_over(port) == (Sent("later", reason=hand_over(port)[0].reason), 0)
    with scripted(late) as port:
        sent, written = hand_over(port, answer(text="x" * 3_000_000))
    assert (sent.state, written) == ("unknown", 1)


@pytest.mark.slow
def test_F10_a_silent_server_costs_one_step_and_a_dripping_one_the_whole() -> None:
    def silent(client: socket.socket) -> None:
        client.recv(1)

    def dripping(client: socket.socket) -> None:
        while True:
            client.sendall(b"2")
            time.sleep(0.05)

    for talk, limit in ((silent, 2.0), (dripping, 3.0)):
        with scripted(talk) as port:
            started = time.monotonic()
            sent, written = hand_over(port, patience=HASTE)
            assert (sent.state, written) == ("later", 0)
            assert time.monotonic() - started < limit * crowded()


@pytest.mark.slow
def test_F10_hanging_after_the_content_began() -> None:
    def hang(client: socket.socket) -> None:
        polite_until_data(client)
        time.sleep(8)

    large = answer(attachments=(Attachment("a.bin", "application/x-any", bytes(20_000_000)),))  # more than any buffer
    with scripted(hang) as port:
        started = time.monotonic()
        sent, written = hand_over(port, large, HASTE)
    assert (sent.state, written) == ("unknown", 1)
    assert time.monotonic() - started < 5 * crowded()


def test_F11_garbage_instead_of_smtp() -> None:
    def http(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>")

    def long_line(client: socket.socket) -> None:
        client.sendall(b"220 " + b"x" * 100_000 + b"\r\n")

    for talk in (http, long_line):
        with scripted(talk) as port:
            assert hand_over(port)[0].state == "later"


def test_F11_a_wrong_password_needs_reconnecting() -> None:
    def talk(client: socket.socket) -> None:
        greeted(client)
        until(client, b"\r\n")
        client.sendall(b"250-hi\r\n250 AUTH PLAIN\r\n")
        until(client, b"\r\n")
        client.sendall(b"535 5.7.8 Bad credentials\r\n")
        client.recv(100)

    with scripted(talk) as port:
        sent, written = hand_over(port, user="support", password="wrong")
    assert (sent.state, written) == ("later", 0)  # it goes out once the password is right
    assert sent.reason.startswith("Needs reconnecting")
    assert "wrong" not in sent.reason


def test_encryption_asked_for_is_never_left_out() -> None:
    taken = Relay()
    with relay(taken) as port:
        sent, written = hand_over(port, security="starttls", user="u", password="secret")
    assert (sent.state, written, taken.accepted) == ("later", 0, [])
    assert "offers no encryption" in sent.reason


def test_F13_a_certificate_of_nobodys_stops_the_send_unless_the_merchant_allows_it(tmp_path: Path) -> None:
    taken = Relay()
    with relay(taken, tls_context=certificate(tmp_path)) as port:
        sent, _ = hand_over(port, security="starttls")
        assert sent.state == "later"
        assert "certificate is not valid" in sent.reason
        allowed, _ = hand_over(port, patience=Patience(5, 10), security="starttls", check_certificate=False)
    assert allowed.state == "accepted"
    assert len(taken.accepted) == 1


def test_an_address_with_foreign_letters_needs_a_server_that_can() -> None:
    out = answer(to=(Handle("email", "用户@example.com"),))
    taken = Relay()
    with relay(taken) as port:
        assert hand_over(port, out)[0].state == "refused"
    with relay(taken, enable_SMTPUTF8=True) as port:
        assert hand_over(port, out)[0].state == "accepted"
    assert taken.envelopes == [("support@juniper.example", ["用户@example.com"])]


@pytest.mark.parametrize("settings", [{}, {"smtp": {"host": "x.invalid", "port": "many"}}, {"smtp": {"host": ""}}])
def test_a_line_without_sending_settings_keeps_the_mail(settings: dict[str, object]) -> None:
    sent = adapter.send(ANSWER, line(settings), Writing())
    assert sent.state == "later"
    assert sent.reason


def test_M14_a_bad_recipient_is_refused_before_anything_is_said() -> None:
    taken = Relay()
    with relay(taken) as port:
        sent = adapter.send(
            answer(to=(Handle("email", "a@b.example>\r\nRCPT TO:<c@d.example"),)), smtp_line(port), Writing()
        )
    assert (sent.state, taken.accepted, taken.envelopes) == ("refused", [], [])


def test_S1_addresses_that_are_never_a_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in (
        "169.254.169.254",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "fe80::1",
        "::ffff:169.254.169.254",
        "fd00:ec2::254",
    ):
        assert not reach.may_reach(address)
    assert reach.may_reach("192.168.1.10") and reach.may_reach("127.0.0.1") and reach.may_reach("8.8.8.8")
    monkeypatch.setenv("PRESSZERO_ALLOW_PRIVATE_HOSTS", "0")
    for address in ("192.168.1.10", "127.0.0.1", "10.0.0.1", "::1", "fd12::1", "::ffff:127.0.0.1", "100.64.0.1"):
        assert not reach.may_reach(address)
    assert reach.may_reach("8.8.8.8")


def test_S1_a_forbidden_host_is_not_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSZERO_ALLOW_PRIVATE_HOSTS", "0")
    called: list[bool] = []
    with scripted(lambda client: called.append(True)) as port:
        for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1"):
            mail = compose(ANSWER, dt.datetime.now(dt.UTC))
            sent = smtp.send(mail, Server(host, port, "none"), Writing(), HASTE)
            assert sent.state == "later"
        time.sleep(0.2)
    assert called == []


def test_the_goodbye_cannot_spoil_an_accepted_mail() -> None:
    def rude(client: socket.socket) -> None:
        polite_until_data(client)
        until(client, b"\r\n.\r\n")
        client.sendall(b"250 taken\r\n")
        reset(client)

    with scripted(rude) as port:
        assert hand_over(port)[0].state == "accepted"


def test_lines_of_dots_arrive_as_written() -> None:
    taken = Relay()
    text = "\n".join(["." * n for n in range(5)]) + "\n"
    with relay(taken) as port:
        hand_over(port, answer(text=text, html=""))
    body = taken.accepted[0].partition(b"\r\n\r\n")[2]
    assert body.replace(b"\r\n", b"\n").decode() == text
