"""The cookie that says which visitor a browser is: one a line, readable by no script."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponseBase

LASTS = 180 * 24 * 3600  # seconds


def cookie_name(line_token: str) -> str:
    """`__Host-` where we are served over TLS: no other host, no other path, never in the clear."""
    return f"{'__Host-' if settings.SECURE else ''}pz_visitor_{line_token[:16]}"


def keep(response: HttpResponseBase, line_token: str, secret: str) -> None:
    """Puts the secret in the browser: inside the shop's frame, and apart for every site that frames us."""
    _set(response, line_token, secret, LASTS)


def let_go(response: HttpResponseBase, line_token: str) -> None:
    """Takes it out of the browser."""
    _set(response, line_token, "", 0)


def _set(response: HttpResponseBase, line_token: str, secret: str, seconds: int) -> None:
    name, within = cookie_name(line_token), _framed()
    response.set_cookie(
        name, secret, max_age=seconds, path="/", secure=within, httponly=True, samesite="None" if within else "Lax"
    )
    if within:
        # The standard library learns this attribute in Python 3.14; it writes out what stands here as it is.
        response.cookies[name]["samesite"] = "None; Partitioned"


def _framed() -> bool:
    """Whether browsers take a cookie of ours in another site's frame: over TLS, and from this very machine."""
    host = urlsplit(settings.ORIGIN).hostname or ""
    if settings.SECURE or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
