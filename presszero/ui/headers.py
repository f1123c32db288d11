"""Headers that every answer carries. A view may set a stricter policy of its own; it is then left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src {connects}; media-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; "
)
_NOBODY = ("frame-ancestors 'none'", "DENY")
_OURSELVES = ("frame-ancestors 'self'", "SAMEORIGIN")  # the Pretend page shows the desk beside itself

_PLACES = "places_to_connect_to"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
}


def policy(connects: Iterable[str] = ()) -> str:
    """All but who may frame the page. `connects`: where it may connect to beside us."""
    return _POLICY.format(connects=" ".join(("'self'", *settings.CONNECT, *connects)))


POLICY = policy()


def may_connect(request: HttpRequest, *places: str) -> None:
    """The page that answers this request may connect there."""
    request.__dict__.setdefault(_PLACES, []).extend(places)


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
        response.headers.setdefault("Content-Security-Policy", policy(request.__dict__.get(_PLACES, ())) + framing)
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(("/assets/", "/static/")):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
