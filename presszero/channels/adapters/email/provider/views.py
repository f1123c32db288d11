"""Anymail's views for two providers whose proof anymail leaves to libraries we do without."""

from __future__ import annotations

import hmac
import time
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.amazon_ses import AmazonSESInboundWebhookView, AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView
from django.http import HttpRequest

from presszero.channels.adapter import BadSignature
from presszero.channels.signing import verify


class _KeyInAddress(AnymailBaseWebhookView):  # type: ignore[misc]  # anymail has no types
    """Amazon SNS sends basic auth only after a 401, so its secret stands in the address: ?key=SECRET."""

    warn_if_no_basic_auth = False

    def __init__(self, webhook_secret: list[str]) -> None:
        self.keys = webhook_secret
        self.auto_confirm_enabled = False
        AnymailBaseWebhookView.__init__(self)

    def validate_request(self, request: HttpRequest) -> None:
        given = request.GET.get("key", "").encode()
        if not any(hmac.compare_digest(given, key.encode()) for key in self.keys):
            raise AnymailWebhookValidationFailure("The key in the address is missing or wrong.")


class SesMail(_KeyInAddress, AmazonSESInboundWebhookView):  # type: ignore[misc]
    """Mail that Amazon SES received and published to SNS."""


class SesReports(_KeyInAddress, AmazonSESTrackingWebhookView):  # type: ignore[misc]
    """What became of mail sent through Amazon SES."""


class ResendReports(ResendTrackingWebhookView):  # type: ignore[misc]
    """What became of mail sent through Resend, signed in the Standard Webhooks way."""

    def __init__(self, signing_secret: str = "", webhook_secret: list[str] | None = None) -> None:
        self.secret = signing_secret
        self._svix_webhook = None
        self.warn_if_no_basic_auth = False
        AnymailBaseWebhookView.__init__(self, webhook_secret=webhook_secret or [])

    def validate_request(self, request: HttpRequest) -> None:
        if self.secret:
            check_signature(request, self.secret)


def check_signature(request: Any, secret: str) -> None:
    """Raises AnymailWebhookValidationFailure unless signed with that secret within five minutes."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        verify(headers, request.body, [secret], time.time())
    except BadSignature as why:
        raise AnymailWebhookValidationFailure(str(why)) from why
