"""Who calls: the address a request came from, and whether it was a page of ours that asked."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

from .exchange import Refusal, Scope

_NOBODY = "unknown"


class Proxies:
    """The machines whose word counts about where a request came from, as PRESSZERO_TRUSTED_PROXIES: 10.0.0.0/8."""

    def __init__(self, given: str) -> None:
        self._networks = [ip_network(each) for each in given.replace(",", " ").split()]

    def trusts(self, peer: str) -> bool:
        found = _address(peer)
        return found is not None and any(found in network for network in self._networks)

    def caller(self, scope: Scope) -> str:
        """The last address that is no proxy of ours; what a client wrote further left is never believed.

        Of IPv6 the first half: the other half is the household's to choose.
        """
        peer = peer_of(scope)
        told = [part for n, value in scope["headers"] if n.lower() == b"x-forwarded-for" for part in value.split(b",")]
        while told and self.trusts(peer):
            last = told.pop().decode("latin-1").strip()
            if _address(last) is None:
                break
            peer = last
        return _counted(peer)


def peer_of(scope: Scope) -> str:
    """The other end of the connection; "" for a socket file."""
    return str(scope["client"][0]) if scope.get("client") else ""


def only_ours(headers: dict[str, str], *, must_say: bool) -> None:
    """Another site's page may not use our cookies. `must_say`: a request without an Origin is refused too.

    Browsers name the Origin of every request that changes something; not of a page's own reads. Raises Refusal(403).
    """
    origin = headers.get("origin")
    if origin not in settings.CSRF_TRUSTED_ORIGINS and (must_say or origin is not None):
        raise Refusal(403)
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refusal(403)


def _counted(peer: str) -> str:
    found = _address(peer)
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found) if found else _NOBODY


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
