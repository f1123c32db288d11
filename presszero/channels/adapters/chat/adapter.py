"""The chat's five verbs."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from presszero.channels import signing
from presszero.channels.adapter import Abilities, LineSettings, Request, Unreadable
from presszero.channels.adapters.email.reading import clean as naming
from presszero.channels.adapters.email.reading import sniff
from presszero.channels.limits import too_much
from presszero.channels.vocabulary import Arrived, Attachment, Handle, MessageArrived, Outgoing, Proof, Sent
from presszero.core.text import clean, one_line

MAX_FILES = 10
MAX_TEXT = 20_000


class Chat:
    """kind "chat"."""

    kind = "chat"
    handle_kind = "visitor"
    can = Abilities(
        attachments=True, max_text=MAX_TEXT, max_attachment_bytes=10 * 1024 * 1024, idempotent=True, live=True
    )
    max_body = 15 * 1024 * 1024  # bytes of a request: ten megabytes of files in base64, and the words

    def verify(self, request: Request, line: LineSettings) -> None:
        """Signed in the Standard Webhooks way within five minutes: for an app; the widget never comes this way."""
        secrets = [line.secrets.get(name, "") for name in ("secret", "old_secret")]
        signing.verify(request.headers, request.body, secrets, time.time())

    def event_id(self, request: Request) -> str:
        """Who wrote, and the id their page gave the message: pressing send twice is one message."""
        given = _object(request.body)
        return f"{given.get('sender', '')}:{given.get('client_id', '')}"[:200]

    def lane_key(self, body: bytes) -> str:
        return str(_object(body).get("sender", ""))[:120]

    def parse(self, body: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Arrived]:
        """One message. Raises Unreadable."""
        return [_message(_object(body))]

    def send(self, out: Outgoing, line: LineSettings, writing: Callable[[], None]) -> Sent:
        """The words stand in the thread already, where the widget reads them: there is nobody to hand them to."""
        refused = too_much(out, self.can)
        writing()
        return Sent("refused", reason=refused) if refused else Sent("accepted", provider_id=out.our_id)


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


def _message(given: dict[str, Any]) -> MessageArrived:
    sender, client_id = given.get("sender"), given.get("client_id")
    if not isinstance(sender, str) or not isinstance(client_id, str) or not sender or not client_id:
        raise Unreadable("A chat message names its sender and has an id.")
    text = clean(str(given.get("text") or ""), MAX_TEXT)
    files = tuple(_files(given.get("attachments")))
    if not text.strip() and not files:
        raise Unreadable("A chat message holds words or a file.")
    number = f"{sender}:{client_id}"[:200]
    return MessageArrived(
        external_id=number,
        sender=Handle("visitor", sender[:320], one_line(str(given.get("name") or ""), 120)),
        text=text,
        new_text=text,
        proof=Proof.VERIFIED if given.get("proof") == "verified" else Proof.CLAIMED,
        proof_reason="Signed in at the shop." if given.get("proof") == "verified" else "",
        sent_at=_moment(given.get("at")),
        message_id=number,
        attachments=files,
        new_matter=given.get("new_matter") is True,
        automatic="own" if given.get("trial") is True else "",
    )


def _files(given: Any) -> list[Attachment]:
    found = given if isinstance(given, list) else []
    return [_file(each) for each in found[:MAX_FILES] if isinstance(each, dict)]


def _file(given: dict[str, Any]) -> Attachment:
    try:
        content = base64.b64decode(str(given.get("base64") or ""), validate=True)
    except (binascii.Error, ValueError) as why:
        raise Unreadable("A file of this message is broken.") from why
    name = naming.filename(str(given.get("filename") or "")[:4000]) or "file"
    declared = str(given.get("content_type") or "").lower().partition(";")[0].strip()
    return Attachment(name, sniff.content_type(content, declared, name), content)


def _moment(given: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(given)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else None


adapter = Chat()
