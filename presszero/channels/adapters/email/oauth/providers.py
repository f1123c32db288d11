"""Google and Microsoft 365: where one signs in, what is asked for, and where the mail is.

Sources: developers.google.com/gmail/imap/xoauth2-protocol, developers.google.com/identity/protocols/oauth2/web-server,
learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from ..guess import Where


@dataclass(frozen=True, slots=True)
class Provider:
    """`client_id`, `client_secret`: of the installation's own registration there; "" where the merchant brings one."""

    name: str
    label: str
    authorize: str
    token: str
    scopes: tuple[str, ...]
    asks: Mapping[str, str]  # more words of the authorization request
    imap: Where
    smtp: Where
    register: str  # where a merchant registers us
    client_id: str = ""
    client_secret: str = ""


_LOGIN = "https://login.microsoftonline.com/common/oauth2/v2.0"
_PROVIDERS = {
    "google": Provider(
        "google",
        "Google",
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        ("https://mail.google.com/", "openid", "email"),
        {"access_type": "offline", "prompt": "consent select_account"},  # else no refresh token comes a second time
        Where("imap.gmail.com", 993, "tls"),
        Where("smtp.gmail.com", 587, "starttls"),
        "https://console.cloud.google.com/auth/clients",
    ),
    "microsoft": Provider(
        "microsoft",
        "Microsoft 365",
        f"{_LOGIN}/authorize",
        f"{_LOGIN}/token",
        (
            "https://outlook.office.com/IMAP.AccessAsUser.All",
            "https://outlook.office.com/SMTP.Send",
            "offline_access",
            "openid",
            "email",
        ),
        {"prompt": "select_account", "response_mode": "query"},
        Where("outlook.office365.com", 993, "tls"),
        Where("smtp.office365.com", 587, "starttls"),
        "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps",
    ),
}


def providers() -> list[Provider]:
    """Those a mailbox can be connected with."""
    return [provider(name) for name in _PROVIDERS]


def provider(name: str) -> Provider:
    """By its name, with what the installation says of it (settings.MAIL_SIGN_IN). KeyError for an unknown one."""
    found = _PROVIDERS[name]
    said: dict[str, Any] = settings.MAIL_SIGN_IN.get(name, {})
    return replace(found, **{key: value for key, value in said.items() if value})
