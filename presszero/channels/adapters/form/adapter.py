"""The form's five verbs; the last one has nothing to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from presszero.channels import posted, signing
from presszero.channels.adapter import Abilities, LineSettings, Request
from presszero.channels.vocabulary import Arrived, Outgoing, Sent

from . import reading


class Form:
    """kind "form"."""

    kind = "form"
    handle_kind = "visitor"
    can = Abilities(
        subject=True, attachments=True, answers=False, max_text=50_000, max_attachment_bytes=20 * 1024 * 1024
    )
    max_body = 30 * 1024 * 1024  # bytes of a request

    def verify(self, request: Request, line: LineSettings) -> None:
        """Signed in the Standard Webhooks way: for the merchant's own form; our page stores by itself."""
        signing.verify_for(line, request)

    def event_id(self, request: Request) -> str:
        """The id that the form's page was drawn with: sending it twice is one message."""
        return f"form:{posted.json_object(request.body).get('id', '')}"[:200]

    def lane_key(self, body: bytes) -> str:
        return str(posted.json_object(body).get("sender", ""))[:120]

    def parse(self, body: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Arrived]:
        """One message. Raises Unreadable."""
        return [reading.read(posted.json_object(body))]

    def send(self, out: Outgoing, line: LineSettings, writing: Callable[[], None]) -> Sent:
        """Nothing can be sent to a form."""
        return Sent("refused", reason="A web form cannot be answered; write by mail or chat.")


adapter = Form()
