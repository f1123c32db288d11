"""Replies to a program's own address, signed as its requests are; `webhook-id` is our id, so that it drops repeats."""

from __future__ import annotations

import base64
import email.utils
import json
import time
from collections.abc import Callable
from typing import Any

from presszero.channels.adapter import Abilities, LineSettings
from presszero.channels.limits import too_much
from presszero.channels.signing import signed_headers
from presszero.channels.vocabulary import Outgoing, Sent
from presszero.core import http
from presszero.core.text import one_line

SECONDS = 15.0
_LATER = {408, 409, 421, 423, 425, 429}


def send(out: Outgoing, line: LineSettings, can: Abilities, writing: Callable[[], None]) -> Sent:
    """Posts one message and judges the answer."""
    url, secret = str(line.settings.get("reply_url") or line.settings.get("url") or ""), line.secrets.get("secret", "")
    refused = too_much(out, can)
    if refused:
        return Sent("refused", reason=refused)
    if not url or not secret:
        return Sent("refused", reason="Needs reconnecting: the line has no address for replies, or no secret.")
    body = json.dumps(payload(out)).encode()
    headers = signed_headers(out.our_id, int(time.time()), body, secret) | {"Content-Type": "application/json"}
    writing()
    try:
        answer = http.fetch(http.Asking(url, "POST", headers, body), http.Limits(SECONDS, 1_000_000, 0))
    except http.NotAllowed as why:
        return Sent("refused", reason=str(why))
    except http.CannotFetch as why:
        return Sent("unknown" if why.sent else "later", reason=str(why))
    return _judge(answer)


def payload(out: Outgoing) -> dict[str, Any]:
    """What the program reads."""
    return {
        "type": "message",
        "our_id": out.our_id,
        "message_id": out.message_id,
        "to": [{"address": handle.address, "name": handle.name} for handle in out.to],
        "from": {"name": out.sender.name},
        "subject": out.subject,
        "text": out.text,
        "html": out.html,
        "thread": out.extra.get("thread", ""),
        "in_reply_to": out.in_reply_to,
        "automatic": out.automatic,
        "attachments": [
            {
                "filename": part.filename,
                "content_type": part.content_type,
                "base64": base64.b64encode(part.content).decode(),
            }
            for part in out.attachments
        ],
    }


def _judge(answer: http.Fetched) -> Sent:
    status = answer.status
    if 200 <= status < 300:
        return Sent("accepted", provider_id=_their_id(answer.body))
    said = f"The program answered {status} {one_line(answer.body[:500].decode('utf-8', 'replace'), 200)}".strip()
    if status in (401, 403):
        return Sent("refused", reason=f"Needs reconnecting: {said}")
    if status in _LATER or status >= 500:
        return Sent("later", reason=said, retry_after=_seconds(answer.headers.get("retry-after", "")))
    return Sent("refused", reason=said)


def _their_id(body: bytes) -> str:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    named = found.get("id") if isinstance(found, dict) else None
    return one_line(str(named), 300) if isinstance(named, str | int) else ""


def _seconds(retry_after: str) -> float | None:
    """Retry-After as seconds: a number, or a date (RFC 9110 §10.2.3)."""
    if retry_after.isdecimal() and len(retry_after) < 8:
        return float(retry_after)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
