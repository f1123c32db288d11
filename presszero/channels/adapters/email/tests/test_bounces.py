"""Bounces that are only prose, as many mail systems word them: found, of the right address, dead or not."""

from __future__ import annotations

import pytest

from presszero.channels.adapters.email.reading.bounces import dsn, verdict
from presszero.channels.adapters.email.reading.understand import understand

# system, sender, subject, extra header, recipient, permanent, body
SYSTEMS: list[tuple[str, str, str, str, str, bool, str]] = [
    (
        "opensmtpd",
        "Mailer Daemon <MAILER-DAEMON@m.e.org>",
        "Delivery status notification: error",
        "",
        "ben@e.org",
        False,
        (
            "    Hi !\n"
            "\n"
            "    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n"
            "\n"
            "    An error has occurred while attempting to deliver a message for\n"
            "    the following list of recipients:\n"
            "\n"
            "ben@e.org: 550 5.2.2 <ben@e>... Mailbox Full\n"
            "\n"
            "    Below is a copy of the original message:\n"
        ),
    ),
    (
        "dragonfly",
        "MAILER-DAEMON <>",
        "Mail delivery failed",
        "",
        "ben@e.org",
        False,
        (
            "This is the DragonFly Mail Agent v0.13 at df.e.org.\n"
            "\n"
            "There was an error delivering your mail to <ben@e.org>.\n"
            "\n"
            "mx1.e.org [192.0.2.1] did not like our RCPT TO:\n"
            "552 5.2.2 <ben@e.org>: Recipient address rejected: Mailbox full\n"
            "\n"
            "Original message follows.\n"
        ),
    ),
    (
        "courier",
        '"Courier mail server at mx.e.org" <postmaster@mx.e.org>',
        "NOTICE: mail delivery status.",
        "",
        "ben@e.org",
        True,
        (
            "This is a delivery status notification from mx.e.org,\n"
            "running the Courier mail server, version 0.65.2.\n"
            "\n"
            "The original message was received on Sat, 11 Dec 2010\n"
            "from [127.0.0.1]\n"
            "\n"
            "---------------------------------------------------------------------------\n"
            "\n"
            "                           UNDELIVERABLE MAIL\n"
            "\n"
            "Your message to the following recipients cannot be delivered:\n"
            "\n"
            "<ben@e.org>:\n"
            "    mx.e.org [74.207.247.95]:\n"
            ">>> RCPT TO:<ben@e.org>\n"
            "<<< 550 5.1.1 <ben@e.org>... User Unknown\n"
            "\n"
            "---------------------------------------------------------------------------\n"
        ),
    ),
    (
        "james",
        "postmaster@james.e.org",
        "[BOUNCE]",
        "",
        "ben@e.org",
        True,
        (
            "Hi. This is the James mail server at james.e.org.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.  Below\n"
            "I include the list of recipients and the reason why I was unable to deliver\n"
            "your message.\n"
            "\n"
            "Failed recipient(s):\n"
            "ben@e.org\n"
            "\n"
            "Error message:\n"
            "550 - Requested action not taken: no such user here\n"
            "\n"
            "Message details:\n"
            "  Subject: Nyaaan\n"
            "  Sent date: Thu Apr 29 01:20:50 JST 2015\n"
            "  MAIL FROM: shop@j.example\n"
            "  RCPT TO: ben@e.org\n"
            "  From: shop\n"
        ),
    ),
    (
        "mxlogic",
        "Mail Delivery System <mailer-daemon@mxlogic.net>",
        "Mail delivery failed: returning message to sender",
        "",
        "ben@e.org",
        True,
        (
            "This message was created automatically by mail delivery software.\n"
            "\n"
            "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address failed:\n"
            "\n"
            "  <ben@e.org>: 550 5.1.1 User unknown\n"
            "\n"
            "Included is a copy of the message header:\n"
        ),
    ),
    (
        "mailmarshal",
        "postmaster@e.org",
        'Undeliverable Mail: "x"',
        "",
        "ben@e.org",
        True,
        (
            "Your message:\n"
            "   From:    shop@j.example\n"
            "   Subject: x\n"
            "\n"
            "Could not be delivered because of\n"
            "\n"
            "550 5.1.1 User unknown\n"
            "\n"
            "The following recipients were affected: \n"
            "    ben@e.org\n"
            "\n"
            "Additional Information\n"
            "======================\n"
            "Original Sender:    <shop@j.example>\n"
        ),
    ),
    (
        "messagelabs",
        "MAILER-DAEMON@messagelabs.com",
        "Mail Delivery Failure",
        "",
        "ben@e.org",
        True,
        (
            "This is the mail delivery agent at messagelabs.com.\n"
            "I was unable to deliver your message to the following addresses:\n"
            "\n"
            "ben@e.org\n"
            "\n"
            'Reason: 550 "ben@e.org" is not a known user\n'
            "\n"
            "The message subject was: Test\n"
            "The message date was: Thu\n"
            "The message identifier was: 12\n"
            "\n"
            "-- Please do not reply to this email as it is sent from an unattended mailbox.\n"
        ),
    ),
    (
        "barracuda",
        "bounce@cuda.e.org",
        "Delivery Status Notification (Failure)",
        "",
        "ben@e.org",
        False,
        (
            "Your message did not reach some or all of the intended recipients.\n"
            "\n"
            "<ben@e.org>: 550 5.7.1 Message content rejected due to spam\n"
        ),
    ),
    (
        "interscan",
        "InterScan MSS <imss@e.org>",
        "Mail could not be delivered",
        "",
        "ben@e.org",
        True,
        (
            "Sent <<< RCPT TO:<ben@e.org>\n"
            "Received >>> 550 5.1.1 <ben@e.org>... user unknown\n"
            "\n"
            "Unable to deliver message to <ben@e.org>\n"
        ),
    ),
    (
        "gmail_new",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        "X-Failed-Recipients: ben@e.org\n",
        "ben@e.org",
        True,
        (
            "\n"
            "** Address not found **\n"
            "\n"
            "Your message wasn't delivered to ben@e.org because the address couldn't be found, or is unable "
            "to receive mail.\n"
            "\n"
            "Learn more here: https://support.google.com/mail/?p=NoSuchUser\n"
            "\n"
            "The response was:\n"
            "\n"
            "550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking "
            "the recipient's email address for typos.\n"
        ),
    ),
    (
        "gmail_dns",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        "",
        "ben@nonexist.example",
        True,
        (
            "** Address not found **\n"
            "\n"
            "Your message wasn't delivered to ben@nonexist.example because the domain nonexist.example "
            "couldn't be found. Check for typos.\n"
            "\n"
            "The response was:\n"
            "\n"
            "DNS Error: DNS type 'mx' lookup of nonexist.example responded with code NXDOMAIN Domain name "
            "not found: nonexist.example\n"
        ),
    ),
    (
        "gmail_delay",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Delay)",
        "",
        "ben@e.org",
        False,
        (
            "** Delivery incomplete **\n"
            "\n"
            "There was a temporary problem delivering your message to ben@e.org. Gmail will retry for 45 "
            "more hours. You'll be notified if the delivery fails permanently.\n"
            "\n"
            "The response was:\n"
            "\n"
            "The recipient server did not accept our requests to connect.\n"
        ),
    ),
    (
        "yandex",
        "mailer-daemon@yandex.ru",
        "Недоставленное сообщение",
        "",
        "ben@e.org",
        True,
        (
            "This is the mail system at host forward.mail.yandex.net.\n"
            "\n"
            "I'm sorry to have to inform you that your message could not\n"
            "be delivered to one or more recipients. It's attached below.\n"
            "\n"
            "<ben@e.org>: host mx.e.org[1.2.3.4] said: 550 5.7.1 No such user! (in reply to RCPT TO command)\n"
        ),
    ),
    (
        "o365_fr",
        "Microsoft Outlook <postmaster@e.org>",
        "Non remis : x",
        "",
        "ben@e.org",
        True,
        (
            "Échec de la remise pour les destinataires ou groupes suivants :\n"
            "\n"
            "ben@e.org<mailto:ben@e.org>\n"
            "L'adresse de messagerie que vous avez entrée est introuvable. Vérifiez l'adresse.\n"
            "\n"
            "Informations de diagnostic pour les administrateurs :\n"
            "\n"
            "Serveur de génération : x.prod.outlook.com\n"
            "\n"
            "ben@e.org\n"
            "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ben@e.org not "
            "found by SMTP address lookup'\n"
            "\n"
            "En-têtes de message d'origine :\n"
        ),
    ),
    (
        "o365_access",
        "postmaster@outlook.com",
        "Undeliverable: x",
        "",
        "ben@e.org",
        True,
        ("ben@e.org\nRemote Server returned '550 5.4.1 Recipient address rejected: Access denied. AS(201806281)'\n"),
    ),
    (
        "ex_policy",
        "postmaster@e.org",
        "Undeliverable: x",
        "",
        "ben@e.org",
        False,
        (
            "Delivery has failed to these recipients or groups:\n"
            "\n"
            "ben@e.org\n"
            "Your message can't be delivered because delivery to this address is restricted.\n"
            "\n"
            "#550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required ##\n"
        ),
    ),
    (
        "tonline",
        "Mail Delivery System <Mailer-Daemon@t-online.de>",
        "Mail delivery failed",
        "",
        "ben@e.org",
        True,
        (
            "|------------------------- Message log follows: -------------------------|\n"
            " no valid recipients were found for this message\n"
            "|------------------------- Failed addresses follow: ---------------------|\n"
            " <ben@e.org> ... unknown host\n"
            "|------------------------- Message text follows: ------------------------|\n"
        ),
    ),
    (
        "mdaemon",
        "MDaemon@e.org",
        "Permanent Delivery Failure",
        "",
        "ben@e.org",
        True,
        (
            "The attached message had PERMANENT fatal delivery errors!\n"
            "\n"
            "After one or more unsuccessful delivery attempts the attached message has\n"
            "been removed from the mail queue on this server.\n"
            "\n"
            "Failed address: ben@e.org\n"
            "\n"
            "--- Session Transcript ---\n"
            " Mon 2026: --> RCPT To:<ben@e.org>\n"
            " Mon: <-- 550 <ben@e.org>: User unknown\n"
            "--- End Transcript ---\n"
        ),
    ),
    (
        "communigate",
        "MAILER-DAEMON@e.org",
        "Undeliverable mail",
        "",
        "ben@e.org",
        False,
        ("Failed to deliver to '<ben@e.org>'\nLOCAL module(account ben) reports:\n account is full (quota exceeded)\n"),
    ),
    (
        "zoho",
        "mailer-daemon@mail.zoho.com",
        "Undelivered Mail Returned to Sender",
        "",
        "ben@e.org",
        True,
        (
            "This message was created automatically by mail delivery software.\n"
            " A message that you sent could not be delivered to one or more of its recipients. This is a "
            "permanent error.\n"
            "\n"
            "ben@e.org Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.=1 <ben@e.org>... User Unknown\n"
            "\n"
            "Received:from mail.zoho.com by mx.zohomail.com\n"
        ),
    ),
    (
        "docomo",
        "Mail Delivery Subsystem <MAILER-DAEMON@docomo.ne.jp>",
        "Returned mail: User unknown",
        "",
        "ben@docomo.ne.jp",
        True,
        (
            "The original message was received at Wed, 8 Dec 2010\n"
            "from docomo.ne.jp\n"
            "\n"
            "   ----- The following addresses had permanent fatal errors -----\n"
            "<ben@docomo.ne.jp>\n"
            "    (reason: 550 Unknown user ben@docomo.ne.jp)\n"
            "\n"
            "   ----- Transcript of session follows -----\n"
            "... while talking to mfsmax.docomo.ne.jp.:\n"
            ">>> DATA\n"
            "<<< 550 Unknown user ben@docomo.ne.jp\n"
            "554 5.0.0 Service unavailable\n"
        ),
    ),
    (
        "postfix_relay",
        "MAILER-DAEMON@e.org (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "",
        "ben@e.org",
        False,
        (
            "<ben@e.org>: host mx[1.2.3.4] said: 554 5.7.1 <ben@e.org>: Relay access denied (in reply to "
            "RCPT TO command)\n"
        ),
    ),
    (
        "postfix_loop",
        "MAILER-DAEMON@e.org (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "",
        "ben@e.org",
        False,
        ("<ben@e.org>: mail for e.org loops back to myself\n"),
    ),
    (
        "postfix_conn",
        "MAILER-DAEMON@e.org (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "",
        "ben@e.org",
        False,
        ("<ben@e.org>: connect to mx.e.org[1.2.3.4]:25: Connection refused\n"),
    ),
    (
        "null_mx",
        "MAILER-DAEMON@e.org (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "",
        "ben@e.org",
        True,
        ("<ben@e.org>: Domain e.org does not accept mail (nullMX)\n"),
    ),
    (
        "ses",
        "MAILER-DAEMON@email-smtp.amazonses.com",
        "Delivery Status Notification (Failure)",
        "",
        "ben@e.org",
        False,
        ("An error occurred while trying to deliver the mail to the following recipients:\nben@e.org\n"),
    ),
    (
        "aol",
        "MAILER-DAEMON@aol.com",
        "Mail Delivery Problem",
        "",
        "ben@aol.com",
        False,
        (
            "Your mail to the following recipients could not be delivered because they are not accepting "
            "mail from shop@j.example:\n"
            "\tben\n"
        ),
    ),
    (
        "spanish",
        "postmaster@e.org",
        "No se puede entregar: x",
        "",
        "ben@e.org",
        True,
        ("No se pudo entregar a estos destinatarios:\n\nben@e.org\n\nEl usuario no existe.\n"),
    ),
    (
        "chinese",
        "postmaster@163.com",
        "系统退信",
        "",
        "ben@163.com",
        True,
        (
            "抱歉，您的邮件被退回来了……\n"
            "\n"
            "收件人：ben@163.com\n"
            "退信原因：收件人邮件地址不存在，邮件无法送达。User not found: ben@163.com\n"
        ),
    ),
    (
        "korean",
        "postmaster@naver.com",
        "[발송실패 안내] 배달 실패",
        "",
        "ben@naver.com",
        True,
        ("보내신 메일이 배달되지 못했습니다.\n\nben@naver.com\n\n받는 사람 메일 주소가 존재하지 않습니다.\n"),
    ),
    (
        "moved",
        "MAILER-DAEMON@e.org",
        "Undelivered Mail",
        "",
        "ben@e.org",
        True,
        ("<ben@e.org>: host mx said: 551 5.1.6 User not local; please try <ben@new.org>\n"),
    ),
    (
        "greylist",
        "MAILER-DAEMON@e.org",
        "Delayed mail",
        "",
        "ben@e.org",
        False,
        ("<ben@e.org>: host mx said: 450 4.2.0 <ben@e.org>: Recipient address rejected: Greylisted, try again later\n"),
    ),
]


@pytest.mark.parametrize(
    ("sender", "subject", "extra", "recipient", "permanent", "body"),
    [each[1:] for each in SYSTEMS],
    ids=[each[0] for each in SYSTEMS],
)
def test_bounce(sender: str, subject: str, extra: str, recipient: str, permanent: bool, body: str) -> None:
    head = f"Return-Path: <>\nFrom: {sender}\nTo: shop@juniper.example\nSubject: {subject}\n{extra}"
    reading = understand(f"{head}\n{body}\n".encode())
    assert reading.kind == "bounce"
    assert reading.bounce
    assert (reading.bounce.recipient, reading.bounce.permanent) == (recipient, permanent)


@pytest.mark.parametrize(
    ("said", "permanent"),
    [
        ("550 5.1.1 User unknown", True),
        ("550 5.1.2 Host unknown", True),
        ("551 5.1.6 recipient has moved", True),
        ("554 5.7.1 <a@b>: Recipient address rejected: Access denied", True),
        ("450 4.1.1 <a@b>: Recipient address rejected: User unknown in local table", True),
        ("550 Requested action not taken: mailbox unavailable", True),
        ("556 domain does not accept mail", True),
        ("550 5.2.2 mailbox full", False),
        ("550 5.1.1 mailbox full", False),
        ("552 5.3.4 message size exceeds fixed maximum message size", False),
        ("550 5.7.1 Message rejected as spam", False),
        ("554 5.7.1 Relay access denied", False),
        ("550 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org", False),
        ("550 5.1.8 Domain of sender address example.org does not exist", False),
        ("450 4.2.0 Greylisted, try again later", False),
        ("450 4.1.1 user unknown, try again later", False),
        ("connect to mx.example.org[192.0.2.1]:25: Connection timed out", False),
        ("554 5.4.6 Too many hops", False),
        ("550 5.2.1 The email account that you tried to reach is disabled", False),
        ("", False),
    ],
)
def test_only_a_dead_address_is_permanent(said: str, permanent: bool) -> None:
    assert verdict.dead("", said) is permanent


def test_every_recipient_of_a_report_is_kept() -> None:
    report = (
        "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.example\nAction: delivered\nStatus: 2.1.5\n\n"
        "Original-Recipient: rfc822;c+3Dd@e.example\nFinal-Recipient: rfc822; x@inner.example\nAction: failed (x)\n"
        "Status: 5.1.1 (bad)\nDiagnostic-Code: smtp; 550\n no such user\n"
    )
    assert dsn.recipients(report) == [
        dsn.Recipient("a@b.example", "delivered", "2.1.5", ""),
        dsn.Recipient("c=d@e.example", "failed", "5.1.1", "550 no such user"),
    ]


def test_a_receipt_of_delivery_is_no_bounce() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx.example\nSubject: Successful Mail Delivery Report\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nDelivered.\n--b\n"
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.example\n"
        b"Action: delivered\nStatus: 2.0.0\n--b--\n"
    )
    reading = understand(raw)
    assert (reading.kind, reading.automatic, reading.bounce) == ("auto_reply", "receipt", None)
