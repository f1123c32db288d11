"""Addresses of the web that somebody types, for us to write to: the first glance, before anything is sent."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from .http import allowed
from .refusal import Refused


def checked_address(url: str) -> str:
    """An address of the open web. Names are looked up, and looked at, at every sending (core.http). Raises Refused."""
    url, opened = url.strip(), settings.HTTP_MAY_REACH
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    plain = len(url) <= 2000 and url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not host or not plain or parts.username or parts.password or parts.fragment:
        raise Refused(_("This is not an address of the web that we can write to."), _("It begins with https://."))
    if parts.scheme != "https" and not (parts.scheme == "http" and opened):
        raise Refused(_("Only https keeps what we send to yourselves."), _("Use an address that begins with https://."))
    if _is_private(host, opened):
        raise Refused(_("This address leads into a private network."), _("Use one of the open web."))
    return url


def _is_private(host: str, opened: Iterable[str]) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rstrip(".").lower() in ("localhost", "") or host.lower().endswith(".localhost")
    return not allowed(host, opened)
