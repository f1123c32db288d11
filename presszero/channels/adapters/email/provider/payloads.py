"""The raw mail inside what a provider posts, with the envelope, where the provider passes it on whole.

Taken out by hand rather than parsed here: only the killable child may parse a mail.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from presszero.channels.adapter import Unreadable

from .catalogue import Payload
from .fetching import resend_raw


@dataclass(frozen=True, slots=True)
class Posted:
    """A mail as it was sent; `recipients` are the envelope's."""

    raw: bytes
    recipients: tuple[str, ...] = ()


def whole_mails(provider: str, payload: Payload, secrets: Mapping[str, str]) -> list[Posted] | None:
    """None where the provider took the mail apart, and it must be put together again."""
    taker = _TAKERS.get(provider)
    return taker(payload, secrets) if taker else None


def _postmark(payload: Payload, secrets: Mapping[str, str]) -> list[Posted] | None:
    if "RawEmail" not in payload:
        return None
    return [Posted(_bytes(payload["RawEmail"]), _some(payload.get("OriginalRecipient")))]


def _mailgun(payload: Payload, secrets: Mapping[str, str]) -> list[Posted] | None:
    if "body-mime" not in payload:
        return None
    return [Posted(_bytes(payload["body-mime"]), _some(payload.get("recipient")))]


def _sendgrid(payload: Payload, secrets: Mapping[str, str]) -> list[Posted] | None:
    if "headers" in payload or "email" not in payload:
        return None
    try:
        envelope = json.loads(payload.get("envelope") or "{}")
    except ValueError:
        envelope = {}
    to = envelope.get("to") if isinstance(envelope, dict) else None
    return [Posted(_bytes(payload["email"]), tuple(map(str, to)) if isinstance(to, list) else ())]


def _ses(payload: Payload, secrets: Mapping[str, str]) -> list[Posted] | None:
    event = json.loads(payload["Message"])
    receipt = event.get("receipt") or {}
    if (receipt.get("action") or {}).get("type") != "SNS" or "content" not in event:
        raise Unreadable("Amazon SES must publish the mail itself: use an SNS action in the receipt rule, not S3.")
    encoded = (receipt["action"].get("encoding") or "").upper() == "BASE64"
    raw = base64.b64decode(event["content"]) if encoded else _bytes(event["content"])
    return [Posted(raw, tuple(map(str, receipt.get("recipients") or ())))]


def _resend(payload: Payload, secrets: Mapping[str, str]) -> list[Posted] | None:
    sent = payload.get("data") or {}
    given = sent.get("to")
    to: list[Any] = given if isinstance(given, list) else []
    return [Posted(resend_raw(str(sent.get("email_id", "")), secrets.get("api_key", "")), tuple(map(str, to)))]


def _mandrill(payload: Payload, secrets: Mapping[str, str]) -> list[Posted] | None:
    events = json.loads(payload["mandrill_events"])
    return [Posted(_bytes(e["msg"]["raw_msg"]), _some(e["msg"].get("email"))) for e in events if "msg" in e]


def _sparkpost(payload: Payload, secrets: Mapping[str, str]) -> list[Posted] | None:
    relayed = [each["msys"]["relay_message"] for each in payload if "relay_message" in each.get("msys", {})]
    return [Posted(_sparkpost_raw(each["content"]), _some(each.get("rcpt_to"))) for each in relayed]


def _sparkpost_raw(content: Mapping[str, Any]) -> bytes:
    text = content["email_rfc822"]
    return base64.b64decode(text) if content.get("email_rfc822_is_base64") else _bytes(text)


def _mailersend(payload: Payload, secrets: Mapping[str, str]) -> list[Posted] | None:
    sent = payload["data"]
    to = [each.get("email") for each in (sent.get("recipients") or {}).get("rcptTo") or [] if isinstance(each, dict)]
    return [Posted(_bytes(sent["raw"]), tuple(str(each) for each in to if each))]


def _postal(payload: Payload, secrets: Mapping[str, str]) -> list[Posted] | None:
    text = payload["message"]
    raw = base64.b64decode(text) if payload.get("base64") is True else _bytes(text)
    return [Posted(raw, _some(payload.get("rcpt_to")))]


_TAKERS = {
    "postmark": _postmark,
    "mailgun": _mailgun,
    "sendgrid": _sendgrid,
    "amazon_ses": _ses,
    "resend": _resend,
    "mandrill": _mandrill,
    "sparkpost": _sparkpost,
    "mailersend": _mailersend,
    "postal": _postal,
}


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise Unreadable("The provider posted no mail where one should be.")
    return text.encode("utf-8", "surrogateescape")


def _some(address: object) -> tuple[str, ...]:
    return (str(address),) if address else ()
