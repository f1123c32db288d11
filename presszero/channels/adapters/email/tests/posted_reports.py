"""What providers post of mails that did not arrive, signed as each of them signs."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from .posted import (
    BASIC_SECRET,
    EC_KEY,
    OUR_ID,
    RSA_KEY,
    WWW,
    Post,
    basic,
    ecdsa,
    hmac_hex,
    in_json,
    keyed,
    mailgun_proof,
    mandrill,
    public,
    rsa_sha1,
    svix,
    with_headers,
)


def bounces() -> dict[str, Post]:
    """A hard bounce of something we sent, as each provider reports it."""
    said = "550 5.1.1 user unknown"
    ses = {
        "eventType": "Bounce",
        "mail": {
            "messageId": "p-1",
            "destination": ["ada@example.com"],
            "headers": [{"name": "X-Metadata", "value": json.dumps({"presszero": OUR_ID})}],
        },
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": "ada@example.com", "diagnosticCode": said}],
        },
    }
    return {
        "postmark": in_json(
            "postmark",
            {
                "RecordType": "Bounce",
                "ID": 42,
                "Type": "HardBounce",
                "Email": "Ada@example.com",
                "MessageID": "p-1",
                "Details": said,
                "BouncedAt": "2026-11-21T10:00:00Z",
                "Metadata": {"presszero": OUR_ID},
            },
            BASIC_SECRET,
            basic,
            False,
        ),
        "mailgun": in_json(
            "mailgun",
            {
                "signature": mailgun_proof(),
                "event-data": {
                    "id": "e-1",
                    "event": "failed",
                    "severity": "permanent",
                    "timestamp": 1.0,
                    "recipient": "ada@example.com",
                    "reason": "bounce",
                    "message": {"headers": {"message-id": "p-1@juniper.example"}},
                    "delivery-status": {"code": 550, "message": said, "description": ""},
                    "user-variables": {"presszero": OUR_ID},
                    "tags": [],
                },
            },
            {"webhook_signing_key": "mailgun-key"},
            with_headers,
            False,
        ),
        "sendgrid": in_json(
            "sendgrid",
            [
                {
                    "event": "bounce",
                    "email": "ada@example.com",
                    "timestamp": 1,
                    "sg_event_id": "e-1",
                    "anymail_id": "p-1",
                    "reason": said,
                    "status": "5.1.1",
                    "type": "bounce",
                    "presszero": OUR_ID,
                }
            ],
            {"tracking_webhook_verification_key": public(EC_KEY)},
            ecdsa,
            True,
        ),
        "amazon_ses": in_json(
            "amazon_ses",
            {
                "Type": "Notification",
                "MessageId": "sns-2",
                "Timestamp": "2026-11-21T10:00:00Z",
                "Message": json.dumps(ses),
            },
            {"webhook_secret": "sns-secret"},
            keyed,
            False,
        ),
        "brevo": in_json(
            "brevo",
            {
                "event": "hard_bounce",
                "email": "ada@example.com",
                "message-id": "<p-1@juniper.example>",
                "id": 5,
                "ts_event": 1,
                "reason": said,
                "X-Mailin-custom": json.dumps({"presszero": OUR_ID}),
            },
            BASIC_SECRET,
            basic,
            False,
        ),
        "resend": in_json(
            "resend",
            {
                "type": "email.bounced",
                "created_at": "2026-11-21T10:00:00Z",
                "data": {
                    "email_id": "p-1",
                    "to": ["ada@example.com"],
                    "bounce": {"message": said, "type": "Permanent", "subType": "General"},
                    "headers": [{"name": "X-Metadata", "value": json.dumps({"presszero": OUR_ID})}],
                },
            },
            {"signing_secret": "whsec_c2VjcmV0LXJlc2VuZA=="},
            svix("whsec_c2VjcmV0LXJlc2VuZA=="),
            True,
        ),
        "mandrill": Post(
            "mandrill",
            urlencode(
                {
                    "mandrill_events": json.dumps(
                        [
                            {
                                "event": "hard_bounce",
                                "_id": "p-1",
                                "ts": 1,
                                "msg": {"email": "ada@example.com", "diag": said, "metadata": {"presszero": OUR_ID}},
                            },
                        ]
                    )
                }
            ).encode(),
            WWW,
            {"webhook_key": "mandrill-key"},
            mandrill,
        ),
        "sparkpost": in_json(
            "sparkpost",
            [
                {
                    "msys": {
                        "message_event": {
                            "type": "bounce",
                            "bounce_class": "10",
                            "event_id": "e-1",
                            "transmission_id": "p-1",
                            "timestamp": "1",
                            "raw_rcpt_to": "ada@example.com",
                            "raw_reason": said,
                            "rcpt_meta": {"presszero": OUR_ID},
                        }
                    }
                }
            ],
            BASIC_SECRET,
            basic,
            False,
        ),
        "mailjet": in_json(
            "mailjet",
            [
                {
                    "event": "bounce",
                    "time": 1,
                    "MessageID": "p-1",
                    "email": "ada@example.com",
                    "hard_bounce": True,
                    "error": "user unknown",
                    "comment": said,
                    "smtp_reply": said,
                    "Payload": json.dumps({"presszero": OUR_ID}),
                }
            ],
            BASIC_SECRET,
            basic,
            False,
        ),
        "mailersend": in_json(
            "mailersend",
            {
                "type": "activity.hard_bounced",
                "data": {
                    "id": "a-1",
                    "type": "hard_bounced",
                    "created_at": "2026-11-21T10:00:00Z",
                    "email": {"message": {"id": "p-1"}, "recipient": {"email": "ada@example.com"}},
                    "morph": {"object": "recipient_bounce", "reason": said},
                },
            },
            {"inbound_secret": "in-secret", "signing_secret": "out-secret"},
            hmac_hex("out-secret"),
            True,
        ),
        "postal": in_json(
            "postal",
            {
                "uuid": "u-1",
                "timestamp": 1,
                "payload": {
                    "status": "HardFail",
                    "details": "no",
                    "output": said,
                    "message": {"id": "p-1", "to": "ada@example.com", "direction": "outgoing"},
                },
            },
            {"webhook_key": public(RSA_KEY)},
            rsa_sha1,
            True,
        ),
    }
