"""The custom channel's five verbs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from presszero.channels import signing
from presszero.channels.adapter import Abilities, LineSettings, Request
from presszero.channels.vocabulary import Arrived, Outgoing, Sent

from . import reading, sending

_SENDER = re.compile(rb'"from"\s*:\s*\{[^{}]{0,2000}?"address"\s*:\s*("(?:[^"\\\x00-\x1f]|\\.){1,320}")')


class Custom:
    """kind "custom". Settings: reply_url, trusts_identity. Secrets: secret, and old_secret while it is replaced."""

    kind = "custom"
    handle_kind = "custom"
    can = Abilities(
        html=True,
        subject=True,
        attachments=True,
        max_attachment_bytes=10 * 1024 * 1024,
        idempotent=True,
        trusted_clock=True,
    )
    max_body = 40 * 1024 * 1024  # bytes of a request

    def verify(self, request: Request, line: LineSettings) -> None:
        """Signed in the Standard Webhooks way within five minutes."""
        signing.verify_for(line, request)

    def event_id(self, request: Request) -> str:
        """The sender's own id of the request, which its signature covers."""
        return f"id:{request.headers.get('webhook-id', '')}"[:200]

    def lane_key(self, body: bytes) -> str:
        """Who wrote, for a single message; a batch keeps the line's order."""
        head = body[: 64 * 1024]
        found = None if b'"messages"' in head else _SENDER.search(head)
        if not found:
            return ""
        try:
            return str(json.loads(found[1]))
        except ValueError:
            return ""

    def parse(self, body: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Arrived]:
        return reading.read(body, trusts_identity=line.settings.get("trusts_identity") is True)

    def send(self, out: Outgoing, line: LineSettings, writing: Callable[[], None]) -> Sent:
        return sending.send(out, line, self.can, writing)


adapter = Custom()
