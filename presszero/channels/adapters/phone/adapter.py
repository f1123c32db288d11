"""The telephone's five verbs; the last one has nothing to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from presszero.channels import posted, signing
from presszero.channels.adapter import Abilities, LineSettings, Request, Unreadable
from presszero.channels.vocabulary import WITHHELD, Arrived, Attachment, Handle, MessageArrived, Outgoing, Proof, Sent
from presszero.core.text import clean, one_line

WISH = "wish"  # they ask on a page to be called
COME = "come"  # they stand before a sign in the shop and ask for a person
WHATS = ("call", "voicemail", WISH, COME)
_KINDS = ("phone", WITHHELD, "visitor")


class Phone:
    """kind "phone". What the settings hold is its driver's: see calls and intake.phone."""

    kind = "phone"
    handle_kind = "phone"
    can = Abilities(attachments=True, answers=False, max_text=2_000, max_attachment_bytes=20 * 1024 * 1024)
    max_body = 30 * 1024 * 1024  # bytes of a request

    def verify(self, request: Request, line: LineSettings) -> None:
        """Signed in the Standard Webhooks way: for a telephone system of the merchant's own; ours stores by itself."""
        signing.verify_for(line, request)

    def event_id(self, request: Request) -> str:
        """What it is, and its id."""
        given = posted.json_object(request.body)
        return f"{given.get('what', '')}:{given.get('id', '')}"[:200]

    def lane_key(self, body: bytes) -> str:
        return str(posted.json_object(body).get("sender", ""))[:120]

    def parse(self, body: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Arrived]:
        """One call, or one message left. Raises Unreadable."""
        return [_message(posted.json_object(body))]

    def send(self, out: Outgoing, line: LineSettings, writing: Callable[[], None]) -> Sent:
        """Nothing is sent by telephone: somebody calls."""
        return Sent("refused", reason="A telephone cannot be written to; call, or send a text.")


def stored_body(
    what: str, number: str, sender: Handle, text: str, at: datetime, sound: Mapping[str, str] | None = None
) -> bytes:
    """How a call (its uid) or a message left (its recording's id) reaches the mailroom."""
    given = {"id": number, "what": what, "sender": sender.address, "kind": sender.kind, "name": sender.name}
    return json.dumps({**given, "text": text, "at": at.isoformat(), "sound": dict(sound or {})}).encode()


def external_id(what: str, number: str) -> str:
    """What makes it unique on its line."""
    return f"{what}:{number}"[:200]


def _message(given: dict[str, Any]) -> MessageArrived:
    what, number, sender, kind = (str(given.get(key) or "") for key in ("what", "id", "sender", "kind"))
    if what not in WHATS or not number or not sender or kind not in _KINDS:
        raise Unreadable("A call says what it is, which one, and who called.")
    text = clean(str(given.get("text") or ""), 2_000)
    return MessageArrived(
        external_id=external_id(what, number),
        sender=Handle(kind, sender[:320], one_line(str(given.get("name") or ""), 120)),
        text=text,
        new_text=text,
        proof=Proof.CLAIMED,
        proof_reason="A caller's number is a hint, and proves nothing.",
        sent_at=posted.moment(given.get("at")),
        message_id=external_id(what, number),
        attachments=tuple(_sound(given.get("sound"))),
    )


def _sound(given: Any) -> list[Attachment]:
    if not isinstance(given, dict) or not given:
        return []
    return [posted.file(given, str(given.get("base64") or ""))]


adapter = Phone()
