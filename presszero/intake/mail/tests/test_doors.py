"""Mail handed in over real sockets is stored before it is answered with 250."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from presszero.channels.adapters.email.tests.servers import certificate
from presszero.channels.models import Line
from presszero.host.ports import answers
from presszero.intake import maildoor
from presszero.intake.mail.session import Rooms
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Received
from presszero.merchants.models import Merchant
from tests.ports import free_port

from .conftest import Doors, database_refuses_mail, mail_line, merchant
from .fake_imap import until

MAIL = (
    b"From: Ada <Ada@Example.com>\r\nTo: support@juniper.example\r\nMessage-ID: <1@ada>\r\n"
    b"Subject: Hi\r\n\r\nWhere?\r\n"
)


def hand_in(port: int, to: list[str], raw: bytes = MAIL, **options: object) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        return client.sendmail("ada@example.com", to, raw, **options)


def test_mail_is_stored_as_it_came(doors: Doors, support: Line) -> None:
    raw = MAIL + b"Line\x80with \xffbytes\r\n..dots\r\n"
    with smtplib.SMTP("127.0.0.1", doors.smtp, timeout=10) as client:
        client.ehlo("mx.ada.example")
        client.mail("Ada@example.com", ["BODY=8BITMIME"])
        client.rcpt("Support+0123456789abcdef0123456789abcdef@Juniper.example")
        assert client.data(raw)[0] == 250
    row = Received.objects.get()
    assert (row.merchant_id, row.line_id, body_of(row)) == (support.merchant_id, support.id, raw)
    assert row.headers["via"] == "smtp"
    assert row.headers["envelope_from"] == "Ada@example.com"
    assert row.headers["envelope_to"] == "Support+0123456789abcdef0123456789abcdef@Juniper.example"
    assert row.headers["peer"] == "127.0.0.1"
    assert row.external_id.startswith("1@ada:")
    assert not row.backfill
    support.refresh_from_db()
    assert support.heard_at is not None


def test_addresses_that_are_not_ours_are_refused_and_nothing_is_stored(doors: Doors) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        hand_in(doors.smtp, ["boss@juniper.example", "support@elsewhere.example", "x@x", "@", "a b@juniper.example"])
    assert {code for code, _ in refused.value.recipients.values()} <= {550, 501, 553, 555}
    assert refused.value.recipients["boss@juniper.example"][0] == 550
    assert not Received.objects.exists()


def test_one_mail_to_two_lines_is_two_arrivals_and_one_stranger_is_told(doors: Doors, juniper: Merchant) -> None:
    returns = mail_line(juniper, "returns@juniper.example")
    refused = hand_in(
        doors.smtp,
        ["support@juniper.example", "returns@juniper.example", "SUPPORT+x@juniper.example", "no@juniper.example"],
    )
    assert list(refused) == ["no@juniper.example"]
    rows = {row.line_id: row for row in Received.objects.all()}
    assert len(rows) == 2
    assert rows[returns.id].headers["envelope_to"] == "returns@juniper.example"
    other = next(row for line, row in rows.items() if line != returns.id)
    assert other.headers["envelope_to"] == "support@juniper.example, SUPPORT+x@juniper.example"


def test_lmtp_answers_for_each_recipient(doors: Doors, juniper: Merchant) -> None:
    mail_line(juniper, "returns@juniper.example")
    with smtplib.LMTP("127.0.0.1", doors.lmtp) as client:
        client.ehlo("mx")
        client.mail("ada@example.com")
        client.rcpt("support@juniper.example")
        client.rcpt("returns@juniper.example")
        assert client.docmd("DATA")[0] == 354
        client.send(MAIL + b".\r\n")
        assert [client.getreply()[0] for _ in range(2)] == [250, 250]
    assert Received.objects.count() == 2
    assert set(Received.objects.values_list("headers__via", flat=True)) == {"lmtp"}


def test_the_same_mail_again_is_kept_once_and_a_reused_id_is_another_mail(doors: Doors) -> None:
    hand_in(doors.smtp, ["support@juniper.example"])
    hand_in(doors.smtp, ["support@juniper.example"])
    hand_in(doors.smtp, ["support@juniper.example"], MAIL.replace(b"Where?", b"Another"))
    assert Received.objects.count() == 2


def test_a_line_someone_else_claims_stays_with_the_one_who_had_it(doors: Doors, support: Line) -> None:
    mallory = merchant("mallory")
    mail_line(mallory, "Support@Juniper.example")
    hand_in(doors.smtp, ["support@juniper.example"])
    assert Received.objects.get().merchant_id == support.merchant_id


def test_a_paused_line_asks_to_come_back(doors: Doors, support: Line) -> None:
    Line.objects.filter(id=support.id).update(paused_at=datetime.now(UTC))
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        hand_in(doors.smtp, ["support@juniper.example"])
    assert refused.value.recipients["support@juniper.example"][0] == 450


def test_a_mail_that_cannot_be_stored_now_is_answered_with_451(doors: Doors, support: Line) -> None:
    with database_refuses_mail(), pytest.raises(smtplib.SMTPDataError) as refused:
        hand_in(doors.smtp, ["support@juniper.example"])
    assert refused.value.smtp_code == 451
    assert not Received.objects.exists()
    hand_in(doors.smtp, ["support@juniper.example"])
    assert Received.objects.count() == 1


def test_very_long_lines_are_kept_and_too_much_is_refused(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(doors.smtp, ["support@juniper.example"], MAIL + b"x" * 300_000 + b"\r\n")
    assert len(body_of(Received.objects.get())) > 300_000
    with smtplib.SMTP("127.0.0.1", doors.smtp, timeout=10) as client:
        client.ehlo()
        code, _ = client.docmd(f"MAIL FROM:<a@b.example> SIZE={60 * 1024 * 1024}")
        assert code == 552


def test_many_senders_at_once_lose_nothing(doors: Doors) -> None:
    def send(number: int) -> None:
        hand_in(doors.smtp, ["support@juniper.example"], MAIL.replace(b"<1@ada>", f"<{number}@ada>".encode()))

    threads = [threading.Thread(target=send, args=[number]) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert Received.objects.count() == 30


def test_nul_and_controls_in_the_envelope_harm_nothing(doors: Doors) -> None:
    hand_in(
        doors.smtp,
        ["support@juniper.example"],
        b"From: \x00\x01<a@b.example>\r\nMessage-ID: <\x00\xff>\r\n\r\n\x00\r\n",
    )
    row = Received.objects.get()
    assert "\x00" not in row.external_id
    assert body_of(row).endswith(b"\x00\r\n")


def test_rooms_are_limited_in_all_and_for_one_stranger() -> None:
    rooms = Rooms(most=3, most_from_one=2)
    assert [rooms.enter("8.8.8.8") for _ in range(3)] == [True, True, False]
    assert rooms.enter("127.0.0.1")
    assert not rooms.enter("127.0.0.1")
    rooms.leave("8.8.8.8")
    assert rooms.enter("127.0.0.1")
    assert not rooms.enter("9.9.9.9")


def test_the_process_takes_mail_until_it_is_told_to_stop(support: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    smtp, lmtp = free_port(), free_port()
    monkeypatch.setenv("PRESSZERO_SMTP_PORT", str(smtp))
    monkeypatch.setenv("PRESSZERO_LMTP_PORT", str(lmtp))
    stop = threading.Event()
    process = threading.Thread(target=maildoor.run, args=[stop], daemon=True)
    process.start()
    until(lambda: answers(smtp) and answers(lmtp))
    hand_in(smtp, ["support@juniper.example"])
    assert Received.objects.count() == 1
    stop.set()
    process.join(10)
    assert not process.is_alive()
    assert not answers(smtp)


def test_starttls_is_offered_with_a_certificate(support: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate(tmp_path)
    monkeypatch.setenv("PRESSZERO_MAIL_CERTIFICATE", str(tmp_path / "mail.pem"))
    smtp, lmtp = free_port(), free_port()
    monkeypatch.setenv("PRESSZERO_SMTP_PORT", str(smtp))
    monkeypatch.setenv("PRESSZERO_LMTP_PORT", str(lmtp))
    stop, ready = threading.Event(), threading.Event()
    process = threading.Thread(target=lambda: asyncio.run(maildoor.serve(stop, ready.set)), daemon=True)
    process.start()
    assert ready.wait(10)
    try:
        with smtplib.SMTP("127.0.0.1", smtp, timeout=10) as client:
            unchecked = ssl._create_unverified_context()
            client.starttls(context=unchecked)
            client.ehlo()
            assert not client.has_extn("auth")  # nobody is asked for a password here
            client.sendmail("ada@example.com", ["support@juniper.example"], MAIL)
    finally:
        stop.set()
        process.join(10)
    assert Received.objects.get().headers["tls"] == "yes"
