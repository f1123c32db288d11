"""What each provider needs, and which of anymail's views and backends speak for it.

A line names its provider in settings["provider"]; every secret below is looked up in the line's secrets, every option
in its settings. A view counts only when one of the secrets that protect it is set: anymail itself would let an
unprotected webhook pass with a warning.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anymail.exceptions import AnymailNotSupportedWarning
from anymail.webhooks import (
    brevo,
    mailersend,
    mailgun,
    mailjet,
    mandrill,
    postal,
    postmark,
    sendgrid,
    sparkpost,
)

from . import fetching, views

warnings.filterwarnings("ignore", category=AnymailNotSupportedWarning)

BASIC = (
    "webhook_secret"  # "user:password" for HTTP basic auth; two of them, with a space between, while one is replaced
)

Payload = Any  # the posted JSON, or the posted form's fields


@dataclass(frozen=True, slots=True)
class Webhook:
    """One of anymail's views. `guards`: secrets of which one at least must be set, or the view is not there."""

    view: type
    guards: tuple[str, ...] = (BASIC,)
    needs: tuple[str, ...] = ()  # other secrets it reads


@dataclass(frozen=True, slots=True)
class Provider:
    """`is_mail` tells a posted mail from a report about one we sent; `backend` is "" where mail goes out by SMTP."""

    name: str
    mail: Webhook
    reports: Webhook
    is_mail: Callable[[Payload], bool]
    backend: str = ""
    sending_secrets: tuple[str, ...] = ()
    sending_settings: tuple[str, ...] = ("api_url",)
    headers: Mapping[str, str] = field(default_factory=dict)  # sent along, so that our Message-ID is kept


def _has(*names: str) -> Callable[[Payload], bool]:
    return lambda payload: isinstance(payload, dict) and all(name in payload for name in names)


def _is(name: str, value: str) -> Callable[[Payload], bool]:
    return lambda payload: isinstance(payload, dict) and payload.get(name) == value


def _relayed(payload: Payload) -> bool:
    events = payload if isinstance(payload, list) else []
    return any(isinstance(each, dict) and "relay_message" in (each.get("msys") or {}) for each in events)


def _mandrill_mail(payload: Payload) -> bool:
    return isinstance(payload, dict) and '"inbound"' in str(payload.get("mandrill_events", ""))[:2000]


def _mailgun_mail(payload: Payload) -> bool:
    is_form = isinstance(payload, dict) and ("body-mime" in payload or "message-headers" in payload)
    return is_form and payload.get("event", "inbound") == "inbound"


PROVIDERS: dict[str, Provider] = {
    "postmark": Provider(
        "Postmark",
        Webhook(postmark.PostmarkInboundWebhookView),
        Webhook(postmark.PostmarkTrackingWebhookView),
        _has("FromFull"),
        "anymail.backends.postmark.EmailBackend",
        ("server_token",),
        headers={"X-PM-KeepID": "true"},
    ),
    "mailgun": Provider(
        "Mailgun",
        Webhook(mailgun.MailgunInboundWebhookView, ("webhook_signing_key",)),
        Webhook(mailgun.MailgunTrackingWebhookView, ("webhook_signing_key",)),
        _mailgun_mail,
        "anymail.backends.mailgun.EmailBackend",
        ("api_key",),
        ("api_url", "sender_domain"),
    ),
    "sendgrid": Provider(
        "SendGrid",
        Webhook(sendgrid.SendGridInboundWebhookView),
        Webhook(sendgrid.SendGridTrackingWebhookView, ("tracking_webhook_verification_key", BASIC)),
        lambda payload: isinstance(payload, dict) and ("headers" in payload or "email" in payload),
        "anymail.backends.sendgrid.EmailBackend",
        ("api_key",),
    ),
    "amazon_ses": Provider(
        "Amazon SES",
        Webhook(views.SesMail),
        Webhook(views.SesReports),
        lambda payload: isinstance(payload, dict) and '"Received"' in str(payload.get("Message", ""))[:2000],
    ),
    "brevo": Provider(
        "Brevo",
        Webhook(fetching.BrevoMail, needs=("api_key",)),
        Webhook(brevo.BrevoTrackingWebhookView),
        _has("items"),
        "anymail.backends.brevo.EmailBackend",
        ("api_key",),
    ),
    "resend": Provider(
        "Resend",
        Webhook(fetching.ResendMail, ("inbound_secret", BASIC), ("api_key",)),
        Webhook(views.ResendReports, ("signing_secret", BASIC)),
        _is("type", "email.received"),
        "anymail.backends.resend.EmailBackend",
        ("api_key",),
    ),
    "mandrill": Provider(
        "Mandrill",
        Webhook(mandrill.MandrillCombinedWebhookView, ("webhook_key",)),
        Webhook(mandrill.MandrillCombinedWebhookView, ("webhook_key",)),
        _mandrill_mail,
        "anymail.backends.mandrill.EmailBackend",
        ("api_key",),
    ),
    "sparkpost": Provider(
        "SparkPost",
        Webhook(sparkpost.SparkPostInboundWebhookView),
        Webhook(sparkpost.SparkPostTrackingWebhookView),
        _relayed,
        "anymail.backends.sparkpost.EmailBackend",
        ("api_key",),
    ),
    "mailjet": Provider(
        "Mailjet",
        Webhook(mailjet.MailjetInboundWebhookView),
        Webhook(mailjet.MailjetTrackingWebhookView),
        _has("Headers", "Sender"),
        "anymail.backends.mailjet.EmailBackend",
        ("api_key", "secret_key"),
    ),
    "mailersend": Provider(
        "MailerSend",
        Webhook(mailersend.MailerSendInboundWebhookView, ("inbound_secret",)),
        Webhook(mailersend.MailerSendTrackingWebhookView, ("signing_secret",)),
        _is("type", "inbound.message"),
        "anymail.backends.mailersend.EmailBackend",
        ("api_token",),
    ),
    "postal": Provider(
        "Postal",
        Webhook(postal.PostalInboundWebhookView, ("webhook_key",)),
        Webhook(postal.PostalTrackingWebhookView, ("webhook_key",)),
        _has("rcpt_to", "message"),
        "anymail.backends.postal.EmailBackend",
        ("api_key",),
    ),
}


def view_of(webhook: Webhook, secrets: Mapping[str, str]) -> Any | None:
    """Anymail's view with this line's secrets; None when nothing protects it, or a key among them is none."""
    given: dict[str, Any] = {name: secrets[name] for name in webhook.guards + webhook.needs if secrets.get(name)}
    if not any(name in given for name in webhook.guards) or any(name not in given for name in webhook.needs):
        return None
    if BASIC in given:
        given[BASIC] = given[BASIC].split()
    try:
        return webhook.view(**given)
    except ValueError:  # a public key that was pasted cut short proves nothing
        return None
