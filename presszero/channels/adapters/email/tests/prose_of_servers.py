"""Bounces in prose, as mail servers that a shop or its customer runs word them."""

from __future__ import annotations

# system, sender, subject, extra header, recipient, permanent, body
SERVERS: list[tuple[str, str, str, str, str, bool, str]] = [
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
