"""Bounces in prose, as large providers and filters in front of mailboxes word them."""

from __future__ import annotations

# system, sender, subject, extra header, recipient, permanent, body
PROVIDERS: list[tuple[str, str, str, str, str, bool, str]] = [
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
]
