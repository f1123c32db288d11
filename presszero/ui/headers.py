"""Headers that every answer carries. A view may set a stricter policy of its own; it is then left alone."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; "
)
_NOBODY = ("frame-ancestors 'none'", "DENY")
_OURSELVES = ("frame-ancestors 'self'", "SAMEORIGIN")  # the Pretend page shows the desk beside itself

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SafeHeaders:
    """Strict content policy, no sniffing, no framing by others, and no page in a shared cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        framing, older_framing = _OURSELVES if settings.DEMO else _NOBODY
        # A view that says itself who may frame it is left alone: the older header knows no list of sites.
        if "frame-ancestors http" not in response.headers.get("Content-Security-Policy", ""):
            response.headers.setdefault("X-Frame-Options", older_framing)
        response.headers.setdefault("Content-Security-Policy", POLICY + framing)
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(("/assets/", "/static/")):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
