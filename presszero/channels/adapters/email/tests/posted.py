"""What mail providers post, in the shape each documents, with the proof each gives. Written by hand from their docs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus, urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from presszero.channels.adapter import LineSettings, Request
from presszero.channels.signing import signed_headers

URL = "https://desk.juniper.example/in/email/tokentokentokentoken"
TO = "support+0123456789abcdef0123456789abcdef@juniper.example"
OUR_ID = "0b9f1f0e-9d3c-4b7e-8f57-0c1d2e3f4a5b"
RAW = (
    "From: Ada Kowalski <Ada@ada.example>\r\nTo: support@juniper.example\r\nSubject: Where is order 1042?\r\n"
    "Message-ID: <1042-1@ada.example>\r\nDate: Sat, 21 Nov 2026 10:59:00 +0100\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße, Ada\r\n"
)
BASIC = "Basic " + base64.b64encode(b"presszero:basic-secret").decode()

EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)


def public(key: Any) -> str:
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return "".join(pem.decode().splitlines()[1:-1])


@dataclass
class Post:
    """A request, before it is signed. `sign` adds the proof to the headers (and, for Mailgun, to the body)."""

    provider: str
    body: bytes
    content_type: str
    secrets: dict[str, str]
    sign: Callable[[Post], Request]
    signs_body: bool = True

    @property
    def line(self) -> LineSettings:
        return LineSettings(7, "email", "support@juniper.example", "Juniper", {"provider": self.provider}, self.secrets)

    def request(self) -> Request:
        return self.sign(self)


def with_headers(post: Post, url: str = URL, **headers: str) -> Request:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Request("POST", url, {"content-type": post.content_type, **named}, post.body, url.partition("?")[2])


def basic(post: Post) -> Request:
    return with_headers(post, authorization=BASIC)


def keyed(post: Post) -> Request:
    sns = json.loads(post.body)
    headers = {"x_amz_sns_message_type": sns["Type"], "x_amz_sns_message_id": sns["MessageId"]}
    return with_headers(post, URL + "?key=sns-secret", **headers)


def svix(secret: str) -> Callable[[Post], Request]:
    def sign(post: Post) -> Request:
        headers = signed_headers("msg_1", int(time.time()), post.body, secret)
        return with_headers(post, **{name.replace("webhook-", "svix_"): value for name, value in headers.items()})

    return sign


def hmac_hex(secret: str) -> Callable[[Post], Request]:
    return lambda post: with_headers(post, signature=hmac.new(secret.encode(), post.body, hashlib.sha256).hexdigest())


def ecdsa(post: Post) -> Request:
    at = str(int(time.time()))
    signature = base64.b64encode(EC_KEY.sign(at.encode() + post.body, ec.ECDSA(hashes.SHA256()))).decode()
    headers = {"signature": signature, "timestamp": at}
    return with_headers(post, **{f"x_twilio_email_event_webhook_{n}": v for n, v in headers.items()})


def rsa_sha1(post: Post) -> Request:
    signature = RSA_KEY.sign(post.body, padding.PKCS1v15(), hashes.SHA1())
    return with_headers(post, x_postal_signature=base64.b64encode(signature).decode())


def mandrill(post: Post) -> Request:
    events = post.body.partition(b"=")[2]
    signed = URL + "mandrill_events" + unquote_plus(events.decode())
    digest = hmac.new(b"mandrill-key", signed.encode(), hashlib.sha1).digest()
    return with_headers(post, x_mandrill_signature=base64.b64encode(digest).decode())


def mailgun_proof(token: str = "a" * 50) -> dict[str, str]:
    at = str(int(time.time()))
    return {
        "timestamp": at,
        "token": token,
        "signature": hmac.new(b"mailgun-key", f"{at}{token}".encode(), hashlib.sha256).hexdigest(),
    }


def form(fields: dict[str, str], files: dict[str, tuple[str, str, bytes]] | None = None) -> bytes:
    parts = [f'--B0\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()]
    for name, (filename, kind, content) in (files or {}).items():
        head = f'--B0\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        head += f"Content-Type: {kind}\r\n\r\n"
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + b"--B0--\r\n"


FORM = 'multipart/form-data; boundary="B0"'
JSON = "application/json"
WWW = "application/x-www-form-urlencoded"


def in_json(provider: str, payload: Any, secrets: dict[str, str], sign: Callable[[Post], Request], whole: bool) -> Post:
    return Post(provider, json.dumps(payload).encode(), JSON, secrets, sign, whole)


BASIC_SECRET = {"webhook_secret": "presszero:basic-secret"}


def mails() -> dict[str, Post]:
    """The same mail of Ada's as each provider posts it."""
    b64 = base64.b64encode(RAW.encode()).decode()
    sns_mail = {
        "notificationType": "Received",
        "mail": {"messageId": "ses-1", "source": "ada@ada.example", "destination": [TO]},
        "receipt": {"recipients": [TO], "action": {"type": "SNS", "encoding": "BASE64"}},
        "content": b64,
    }
    parsed = {
        "from": "Ada Kowalski <Ada@ada.example>",
        "headers": RAW.partition("\r\n\r\n")[0].replace("Content-Type", "X-Was").replace("Content-Transfer", "X-Were"),
    }
    listed = [[n, v] for n, _, v in (line.partition(": ") for line in RAW.partition("\r\n\r\n")[0].split("\r\n"))][:5]
    return {
        "postmark": in_json(
            "postmark",
            {"FromFull": {"Email": "Ada@ada.example"}, "RawEmail": RAW, "OriginalRecipient": TO, "Headers": []},
            BASIC_SECRET,
            basic,
            False,
        ),
        "postmark parsed": in_json(
            "postmark",
            {
                "FromFull": {"Email": "Ada@ada.example", "Name": "Ada Kowalski"},
                "ToFull": [{"Email": "support@juniper.example", "Name": ""}],
                "Subject": "Where is order 1042?",
                "TextBody": "Grüße, Ada",
                "HtmlBody": "",
                "OriginalRecipient": TO,
                "Headers": [{"Name": "Message-ID", "Value": "<1042-1@ada.example>"}],
                "Date": "Sat, 21 Nov 2026 10:59:00 +0100",
                "Attachments": [
                    {
                        "Name": "a.eml",
                        "Content": base64.b64encode(b"Subject: x\r\n\r\ny").decode(),
                        "ContentType": "message/rfc822",
                        "ContentLength": 15,
                    },
                ],
            },
            BASIC_SECRET,
            basic,
            False,
        ),
        "mailgun": Post(
            "mailgun",
            form({"recipient": TO, "sender": "ada@ada.example", "body-mime": RAW, **mailgun_proof()}),
            FORM,
            {"webhook_signing_key": "mailgun-key"},
            with_headers,
            False,
        ),
        "mailgun parsed": Post(
            "mailgun",
            form(
                {
                    "recipient": TO,
                    "sender": "ada@ada.example",
                    "message-headers": json.dumps(listed),
                    "body-plain": "Grüße, Ada",
                    "attachment-count": "1",
                    **mailgun_proof(),
                },
                {"attachment-1": ("a.eml", "message/rfc822", b"Subject: x\r\n\r\ny")},
            ),
            FORM,
            {"webhook_signing_key": "mailgun-key"},
            with_headers,
            False,
        ),
        "sendgrid": Post(
            "sendgrid",
            form({"email": RAW, "envelope": json.dumps({"to": [TO], "from": "ada@ada.example"})}),
            FORM,
            BASIC_SECRET,
            basic,
            False,
        ),
        "sendgrid parsed": Post(
            "sendgrid",
            form(
                {
                    "headers": parsed["headers"],
                    "text": "Grüße, Ada",
                    "envelope": json.dumps({"to": [TO], "from": "a@b.c"}),
                }
            ),
            FORM,
            BASIC_SECRET,
            basic,
            False,
        ),
        "amazon_ses": in_json(
            "amazon_ses",
            {"Type": "Notification", "MessageId": "sns-1", "TopicArn": "arn:x", "Message": json.dumps(sns_mail)},
            {"webhook_secret": "sns-secret"},
            keyed,
            False,
        ),
        "brevo": in_json(
            "brevo",
            {
                "items": [
                    {
                        "Uuid": ["u-1"],
                        "RawTextBody": "Grüße, Ada",
                        "Attachments": [],
                        "Headers": {**dict(listed), "Delivered-To": TO},
                    }
                ]
            },
            {**BASIC_SECRET, "api_key": "k"},
            basic,
            False,
        ),
        "mandrill": Post(
            "mandrill",
            urlencode(
                {"mandrill_events": json.dumps([{"event": "inbound", "ts": 1, "msg": {"raw_msg": RAW, "email": TO}}])}
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
                        "relay_message": {
                            "content": {"email_rfc822": b64, "email_rfc822_is_base64": True},
                            "rcpt_to": TO,
                            "protocol": "smtp",
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
            {
                "Sender": "ada@ada.example",
                "Recipient": TO,
                "Text-part": "Grüße, Ada",
                "Headers": dict(listed),
                "Parts": [],
            },
            BASIC_SECRET,
            basic,
            False,
        ),
        "mailersend": in_json(
            "mailersend",
            {"type": "inbound.message", "data": {"id": "m-1", "raw": RAW, "recipients": {"rcptTo": [{"email": TO}]}}},
            {"inbound_secret": "in-secret", "signing_secret": "out-secret"},
            hmac_hex("in-secret"),
            True,
        ),
        "postal": in_json(
            "postal",
            {"id": 1, "rcpt_to": TO, "mail_from": "ada@ada.example", "message": b64, "base64": True},
            {"webhook_key": public(RSA_KEY)},
            rsa_sha1,
            True,
        ),
    }


def larger(post: Post, raw: str) -> list[tuple[bytes, bytes]]:
    """What to replace in a post's body so that it carries another mail."""
    b64 = [base64.b64encode(each.encode()) for each in (RAW, raw)]
    quoted = [json.dumps(each)[1:-1].encode() for each in (RAW, raw)]
    twice = [urlencode({"": each.decode()})[1:].encode() for each in quoted]
    plain = [each.encode() for each in (RAW, raw)]
    return [(pair[0], pair[1]) for pair in (b64, plain, quoted, twice)]
