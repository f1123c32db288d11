"""Providers that post only a note and keep the mail, or its files, for us to fetch.

Fetched while the arrival is split: outside any transaction, with a limit on time and bytes, and the account's key goes
to the provider's own host only (S5).
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from anymail.inbound import AnymailInboundMessage
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.brevo import BrevoInboundWebhookView
from django.http import HttpRequest

from presszero.channels.adapter import Unreadable
from presszero.core import http

from .views import check_signature

SECONDS = 30
MAX_BYTES = 50 * 1024 * 1024
BREVO, RESEND = "https://api.brevo.com/v3/", "https://api.resend.com/"


class BrevoMail(BrevoInboundWebhookView):  # type: ignore[misc]  # anymail has no types
    """Mail that Brevo parsed for us; its files are fetched."""

    def _fetch_attachment(self, attachment: dict[str, Any]) -> AnymailInboundMessage:
        url = f"{BREVO}inbound/attachments/{quote(attachment['DownloadToken'], safe='')}"
        content = fetch(url, {"api-key": self.api_key})
        return AnymailInboundMessage.construct_attachment(
            content_type=attachment.get("ContentType") or "application/octet-stream",
            content=content,
            filename=attachment.get("Name"),
            content_id=attachment.get("ContentID"),
        )


class ResendMail(AnymailBaseWebhookView):  # type: ignore[misc]
    """A note from Resend that mail came; the mail itself is fetched as it was sent."""

    esp_name = "Resend"

    def __init__(self, api_key: str, inbound_secret: str = "", webhook_secret: list[str] | None = None) -> None:
        self.api_key = api_key
        self.secret = inbound_secret
        self.warn_if_no_basic_auth = False
        AnymailBaseWebhookView.__init__(self, webhook_secret=webhook_secret or [])

    def validate_request(self, request: HttpRequest) -> None:
        if self.secret:
            check_signature(request, self.secret)


def resend_raw(email_id: str, api_key: str) -> bytes:
    """The mail as Resend received it."""
    url = f"{RESEND}emails/receiving/{quote(email_id, safe='')}"
    found = json.loads(fetch(url, {"Authorization": f"Bearer {api_key}"}))
    raw = found.get("raw") if isinstance(found, dict) else None
    address = raw.get("download_url") if isinstance(raw, dict) else None
    if not isinstance(address, str):
        raise Unreadable("Resend did not say where to fetch the mail.")
    return fetch(address, {})  # another host: it is not told our key


def fetch(url: str, headers: dict[str, str]) -> bytes:
    """The body of a 200 within 30 s and 50 MB. Raises Unreadable: it waits in the quarantine, to be tried again."""
    try:
        answer = http.fetch(http.Asking(url, headers=headers), http.Limits(SECONDS, MAX_BYTES))
    except http.CannotFetch as why:
        raise Unreadable(f"The mail could not be fetched from the provider: {why} Try again.") from why
    if answer.status != 200:
        raise Unreadable(f"The mail could not be fetched: the provider answered {answer.status}. Try again.")
    return answer.body
