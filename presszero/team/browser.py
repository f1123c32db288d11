"""Where a request comes from, behind the proxies we trust."""

from __future__ import annotations

import os
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.http import HttpRequest

from .actions import Browser

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
    peer: str = request.META.get("REMOTE_ADDR", "")
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while told and _is_ours(peer, os.environ.get("PRESSZERO_TRUSTED_PROXIES", "")):
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


def _is_ours(peer: str, proxies: str) -> bool:
    """The edge on this machine, a socket, or a proxy named by the operator."""
    return peer == "" or (_is_address(peer) and any(ip_address(peer) in network for network in _networks(proxies)))


@cache
def _networks(proxies: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(given, strict=False) for given in ("127.0.0.0/8", "::1", *proxies.replace(",", " ").split())]
