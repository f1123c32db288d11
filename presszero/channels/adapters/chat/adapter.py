"""The chat's five verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from presszero.channels import posted, signing
from presszero.channels.adapter import Abilities, LineSettings, Request, Unreadable
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
        signing.verify_for(line, request)

    def event_id(self, request: Request) -> str:
        """Who wrote, and the id their page gave the message: pressing send twice is one message."""
        given = posted.json_object(request.body)
        return f"{given.get('sender', '')}:{given.get('client_id', '')}"[:200]

    def lane_key(self, body: bytes) -> str:
        return str(posted.json_object(body).get("sender", ""))[:120]

    def parse(self, body: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Arrived]:
        """One message. Raises Unreadable."""
        return [_message(posted.json_object(body))]

    def send(self, out: Outgoing, line: LineSettings, writing: Callable[[], None]) -> Sent:
        """The words stand in the thread already, where the widget reads them: there is nobody to hand them to."""
        refused = too_much(out, self.can)
        writing()
        return Sent("refused", reason=refused) if refused else Sent("accepted", provider_id=out.our_id)


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
        sent_at=posted.moment(given.get("at")),
        message_id=number,
        attachments=files,
        new_matter=given.get("new_matter") is True,
        automatic="own" if given.get("trial") is True else "",
    )


def _files(given: Any) -> list[Attachment]:
    found = given if isinstance(given, list) else []
    return [posted.file(each, str(each.get("base64") or "")) for each in found[:MAX_FILES] if isinstance(each, dict)]


adapter = Chat()
