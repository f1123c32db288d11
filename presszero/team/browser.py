"""Where a request comes from, behind the proxies we trust."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

from .actions import Browser

_OURS = ("", "127.0.0.1", "::1")  # the edge on this machine, or a socket

# The first mark found counts: each browser also names those it came from.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_of(request: HttpRequest) -> Browser:
    """The browser as its owner would know it again: its address and its own words about itself."""
    return Browser(address_of(request), request.headers.get("User-Agent", ""))


def address_of(request: HttpRequest) -> str:
    """The last address that is not a proxy of ours. What a client wrote further left is never believed."""
    trusted = {*_OURS, *getattr(settings, "TRUSTED_PROXIES", ())}
    peer: str = request.META.get("REMOTE_ADDR", "")
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while peer in trusted and told:
        last = told.pop()
        if not _is_address(last):
            break
        peer = last
    return peer


def words_for(agent: str) -> str:
    """ "Firefox, Linux" from a User-Agent; "" when it says nothing we know."""
    found = [next((word for mark, word in names if mark in agent), "") for names in (_BROWSERS, _SYSTEMS)]
    return ", ".join(word for word in found if word)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
