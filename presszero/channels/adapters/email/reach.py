"""A TCP connection to a mail server that a merchant named.

Mail servers are often on the merchant's own network, so private addresses are allowed unless the installation says
PRESSZERO_ALLOW_PRIVATE_HOSTS=0, which a host of many merchants should. What never is a mail server stays shut in any
case: the addresses clouds keep their metadata at, multicast, and "any". The name is looked up once, and the connection
goes to the address that was checked (S1, S3).
"""

from __future__ import annotations

import ipaddress
import os
import socket


class NotReached(OSError):
    """No connection; nothing was sent. The text is a sentence for the merchant."""


def connect(host: str, port: int, timeout: float) -> socket.socket:
    """A connected socket with that timeout in seconds. Raises NotReached."""
    last: OSError | None = None
    for address in _addresses(host, port):
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as why:
            last = why
    raise NotReached(f"{host}:{port} does not answer ({last}).")


def _addresses(host: str, port: int) -> list[str]:
    if not host or "\x00" in host or host.startswith("/"):
        raise NotReached("No mail server is set.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as why:
        raise NotReached(f"The name {host} is not known ({why}).") from why
    allowed = [each for each in dict.fromkeys(str(entry[4][0]) for entry in found) if may_reach(each)]
    if not allowed:
        raise NotReached(f"{host} is at an address that may not be used as a mail server here.")
    return allowed[:4]


def may_reach(address: str) -> bool:
    """Whether this installation lets a merchant name a mail server at that IP address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip == ipaddress.ip_address("fd00:ec2::254"):
        return False
    return ip.is_global or os.environ.get("PRESSZERO_ALLOW_PRIVATE_HOSTS", "1") != "0"
