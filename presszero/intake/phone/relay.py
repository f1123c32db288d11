"""Calls a TURN server as a browser does: whether it answers, lets us in, passes sound on to us (RFC 8489, RFC 8656)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import socket
import ssl
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address

ALLOCATE, REFRESH, PERMIT = 0x003, 0x004, 0x008
_FAILED = 0x110
_NAME, _INTEGRITY, _ERROR, _LIFETIME, _PEER, _REALM, _NONCE, _TRANSPORT = (
    0x06,
    0x08,
    0x09,
    0x0D,
    0x12,
    0x14,
    0x15,
    0x19,
)
_COOKIE = 0x2112A442
_UDP = struct.pack("!I", 17 << 24)
_HEAD = struct.Struct("!HHI12s")
WITHIN = 3.0  # seconds for each answer
_ADDRESS = re.compile(r"(turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?", re.I)


class Turned(Exception):
    """What is wrong, in a sentence; `mend`: what to do."""

    def __init__(self, says: str, mend: str) -> None:
        super().__init__(says)
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Answer:
    """`code`: 0 where it did what was asked."""

    code: int
    attributes: Mapping[int, bytes]


def try_relay(address: str, name: str, password: str, peer: str) -> None:
    """Asks for a way to `peer`, the address that sound comes to, and gives it back. Raises Turned."""
    try:
        with _Line.open(address) as line:
            _let_in(line, name, password)
            permitted = line.ask(PERMIT, {_PEER: _mixed(peer)})
            line.ask(REFRESH, {_LIFETIME: struct.pack("!I", 0)})
    except (OSError, ValueError, struct.error) as why:
        raise Turned(f"It does not answer: {why}", "Look whether it runs, and whether a firewall is between.") from None
    if permitted.code:
        says = f"It passes nothing on to {peer} ({permitted.code})."
        raise Turned(says, f"Allow it: allowed-peer-ip={peer} in turnserver.conf.")


def _let_in(line: _Line, name: str, password: str) -> None:
    greeted = line.ask(ALLOCATE, {_TRANSPORT: _UDP})
    if greeted.code != 401:
        raise Turned(
            "It lets in anybody, with no password." if not greeted.code else f"It said {greeted.code}.",
            "Let it ask for passwords: use-auth-secret in turnserver.conf.",
        )
    line.identify(name, password, greeted.attributes)
    allowed = line.ask(ALLOCATE, {_TRANSPORT: _UDP})
    if allowed.code in (401, 441):
        raise Turned(
            "It does not take our passwords.", "PRESSZERO_TURN_SECRET and its static-auth-secret must be the same."
        )
    if allowed.code:
        raise Turned(f"It has no room for us ({allowed.code}).", "Look at its quotas and its ports.")


class _Line:
    """One connection to the server, over UDP, TCP or TLS."""

    def __init__(self, connected: socket.socket, datagrams: bool) -> None:
        self._socket, self._datagrams = connected, datagrams
        self._who: dict[int, bytes] = {}
        self._key = b""

    @classmethod
    @contextmanager
    def open(cls, address: str) -> Iterator[_Line]:
        found = _ADDRESS.fullmatch(address)
        if not found:
            raise ValueError(f"{address} is no address")
        scheme, host, port, transport = found[1].lower(), found[2].strip("[]"), found[3], (found[4] or "").lower()
        datagrams = scheme == "turn" and transport != "tcp"
        where = (host, int(port or (5349 if scheme == "turns" else 3478)))
        with _plain(where, datagrams) as plain:
            if scheme == "turns":
                with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as sealed:
                    yield cls(sealed, datagrams)
            else:
                yield cls(plain, datagrams)

    def identify(self, name: str, password: str, told: Mapping[int, bytes]) -> None:
        realm = told.get(_REALM, b"")
        self._who = {_NAME: name.encode(), _REALM: realm, _NONCE: told.get(_NONCE, b"")}
        self._key = hashlib.md5(b":".join((name.encode(), realm, password.encode())), usedforsecurity=False).digest()

    def ask(self, method: int, attributes: Mapping[int, bytes]) -> Answer:
        number = secrets.token_bytes(12)
        body = b"".join(_attribute(kind, value) for kind, value in {**attributes, **self._who}.items())
        if self._key:
            head = _HEAD.pack(method, len(body) + 24, _COOKIE, number)
            body += _attribute(_INTEGRITY, hmac.new(self._key, head + body, hashlib.sha1).digest())
        packet = _HEAD.pack(method, len(body), _COOKIE, number) + body
        return self._answer(packet, number)

    def _answer(self, packet: bytes, number: bytes) -> Answer:
        tries = 3 if self._datagrams else 1
        for attempt in range(tries):
            self._socket.settimeout(WITHIN / tries)
            self._socket.sendall(packet)
            try:
                return self._read(number)
            except TimeoutError:
                if attempt == tries - 1:
                    raise
        raise TimeoutError

    def _read(self, number: bytes) -> Answer:
        while True:
            data = self._socket.recv(2048) if self._datagrams else self._message()
            kind, length, _cookie, theirs = _HEAD.unpack_from(data)
            if theirs == number:
                return _answer(kind, data[_HEAD.size : _HEAD.size + length])

    def _message(self) -> bytes:
        head = self._exactly(_HEAD.size)
        return head + self._exactly(struct.unpack_from("!H", head, 2)[0])

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            more = self._socket.recv(size - len(found))
            if not more:
                raise ConnectionError("the connection was closed")
            found += more
        return found


def _plain(where: tuple[str, int], datagrams: bool) -> socket.socket:
    if not datagrams:
        return socket.create_connection(where, timeout=WITHIN)
    family, kind, protocol, _name, address = socket.getaddrinfo(*where, type=socket.SOCK_DGRAM)[0]
    made = socket.socket(family, kind, protocol)
    made.connect(address)
    return made


def _answer(kind: int, body: bytes) -> Answer:
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(body):
        name, length = struct.unpack_from("!HH", body, at)
        found[name] = body[at + 4 : at + 4 + length]
        at += 4 + length + -length % 4
    told = found.get(_ERROR, b"\0\0\5\0")
    return Answer((told[2] & 7) * 100 + told[3] if kind & _FAILED == _FAILED else 0, found)


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _mixed(address: str) -> bytes:
    """XOR-PEER-ADDRESS of an IPv4 address, port 9: a permission is for all of them."""
    number = int(ip_address(address)) ^ _COOKIE
    return struct.pack("!BBHI", 0, 1, 9 ^ (_COOKIE >> 16), number)
