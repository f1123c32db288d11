"""The one way out to addresses that others chose: webhooks, pictures in mails, anything with a URL in it.

Names are resolved here and the connection goes to the very address that was checked, so a name cannot change its mind
in between. Only http and https, only addresses of the open internet, every redirect checked like the first, and limits
on time and size that a slow or endless answer cannot get around. No proxy, no cookies, nothing of the environment.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore2
import httpx2
from django.conf import settings

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in an IPv6 coat
_REDIRECTS = {301, 302, 303, 307, 308}


class CannotFetch(Exception):
    """It failed, or may not be tried. The text is a sentence; `sent` says whether the request may have arrived."""

    def __init__(self, sentence: str, sent: bool = False) -> None:
        super().__init__(sentence)
        self.sent = sent


class NotAllowed(CannotFetch):
    """The address leads into a private network, or is not an address of the web."""


@dataclass(frozen=True)
class Limits:
    """`seconds` in all, from the first name asked to the last byte; `size` in bytes.

    With no `redirects` allowed, one is an answer like any other.
    """

    seconds: float = 10
    size: int = 10_000_000
    redirects: int = 3


@dataclass(frozen=True)
class Fetched:
    """An answer, whatever its status. Header names are in lower case; `url` is where it came from in the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True)
class Asking:
    """A request. `headers` go to the first host alone: after a redirect to another host they are left out."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def fetch(asking: Asking, limits: Limits = Limits(), may_reach: Iterable[str] | None = None) -> Fetched:
    """Asks and returns the answer. `may_reach` opens private networks (default: settings.HTTP_MAY_REACH).

    Raises NotAllowed before anything is sent, CannotFetch for a failure, a slow or an oversized answer.
    """
    opened = tuple(getattr(settings, "HTTP_MAY_REACH", ()) if may_reach is None else may_reach)
    deadline = time.monotonic() + limits.seconds
    first_host = _parsed(asking.url).host
    for _ in range(limits.redirects + 1):
        answer = _once(asking, limits, deadline, opened)
        target = answer.headers.get("location", "") if answer.status in _REDIRECTS else ""
        if not target or not limits.redirects:
            return answer
        url = str(_parsed(asking.url).join(target))
        headers = asking.headers if _parsed(url).host == first_host else {}
        keeps = answer.status in (307, 308)
        asking = Asking(url, asking.method if keeps else "GET", headers, asking.body if keeps else b"")
    raise CannotFetch(f"{first_host} sent us round in circles.", sent=True)


def allowed(address: str, opened: Iterable[str] = ()) -> bool:
    """Whether an IP address is one of the open internet, in whatever coat, or of a network opened on purpose."""
    found = _undressed(ip_address(address.partition("%")[0]))
    if any(found.version == ip_network(net).version and found in ip_network(net) for net in opened):
        return True
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _parsed(url: str) -> httpx2.URL:
    try:
        found = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError, TypeError) as why:
        raise NotAllowed("This is not an address of the web.") from why
    if found.scheme not in ("http", "https") or not found.host:
        raise NotAllowed("Only http and https addresses are fetched.")
    return found


def _once(asking: Asking, limits: Limits, deadline: float, opened: tuple[str, ...]) -> Fetched:
    url = _parsed(asking.url)
    way = _Checked(deadline, opened)
    try:
        with httpcore2.ConnectionPool(ssl_context=_tls(), network_backend=way, max_connections=1) as pool:
            headers = {"Host": url.netloc.decode(), "User-Agent": "Press Zero", "Accept-Encoding": "identity"}
            headers |= {"Content-Length": str(len(asking.body))} if asking.body else {}
            asked = {**headers, **asking.headers}
            core = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
            with pool.stream(asking.method, core, headers=list(_raw(asked)), content=asking.body or None) as answer:
                found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
                return Fetched(answer.status, found, _body(answer, found, limits, url.host), asking.url)
    except CannotFetch:
        raise
    except (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.UnsupportedProtocol) as why:
        raise CannotFetch(f"{url.host} cannot be reached.") from why
    except (httpcore2.TimeoutException, TimeoutError) as why:
        raise CannotFetch(f"{url.host} did not answer in time.", sent=way.connected) from why
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError, UnicodeError, ValueError) as why:
        raise CannotFetch(f"{url.host} broke off, or answered in a way we cannot read.", sent=way.connected) from why


def _body(answer: httpcore2.Response, headers: Mapping[str, str], limits: Limits, host: str) -> bytes:
    """At most the limit. We asked for no compression; what comes compressed anyway is not unpacked, but refused."""
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise CannotFetch(f"{host} answered in a compressed form that we did not ask for.", sent=True)
    parts: list[bytes] = []
    left = limits.size
    for part in answer.iter_stream():
        left -= len(part)
        if left < 0:
            raise CannotFetch(f"{host} sent more than {limits.size} bytes.", sent=True)
        parts.append(part)
    return b"".join(parts)


def _raw(headers: Mapping[str, str]) -> Iterable[tuple[bytes, bytes]]:
    return ((name.encode("ascii"), value.encode("utf-8")) for name, value in headers.items())


class _Checked(httpcore2.NetworkBackend):
    """Connects to checked addresses only, and hurries every read and write to one deadline."""

    def __init__(self, deadline: float, opened: tuple[str, ...]) -> None:
        self.deadline, self.opened = deadline, opened
        self.connected = False
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        addresses = _resolved(host, port)
        if not all(allowed(address, self.opened) for address in addresses):
            raise NotAllowed(f"{host} leads into a private network.")
        problem: Exception = httpcore2.ConnectError("no address")
        for address in addresses[:4]:
            try:
                stream = self._plain.connect_tcp(address, port, min(self.left(), 5.0))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as why:
                problem = why
                continue
            self.connected = True
            return _Hurried(stream, self)
        raise problem

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        raise NotAllowed("Sockets of this machine are not fetched.")

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, self.left()))

    def left(self) -> float:
        """Seconds until the deadline. Raises TimeoutError once it has passed."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Hurried(httpcore2.NetworkStream):
    """A connection whose every step ends by the deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore2.NetworkStream, way: _Checked) -> None:
        self._stream, self._way = stream, way

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._way.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._way.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Hurried(self._stream.start_tls(ssl_context, server_hostname, self._way.left()), self._way)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _resolved(host: str, port: int) -> list[str]:
    """Every address of a name. The system's resolver also reads 127.1 and 0x7f.1, so what it says is what counts."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as why:
        raise CannotFetch(f"There is no host called {host}.") from why
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def _undressed(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 one."""
    if isinstance(address, IPv4Address):
        return address
    if address.teredo:
        return address.teredo[1]
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


@cache
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)
