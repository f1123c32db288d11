"""Who may call us by SIP: the trunks we know, by the address they send from or by digest, and for lines we have.

Everybody else learns nothing: a packet from an unknown address is answered seldom, and an address that guesses
passwords is not answered at all for a while. Pure: the time is given, and trunks are replaced as a whole.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address

STRANGER = 20  # packets of an unknown address in `WINDOW` that we look at
WINDOW = 10.0  # seconds
GUESSES = 8  # wrong passwords of one address before it is shut out
SHUT_OUT = 900.0  # seconds
NONCE_LASTS = 60.0  # seconds
MOST_REMEMBERED = 10_000  # addresses; a flood of forged ones must not fill the memory
LONGEST_FROM_STRANGERS = 4_000  # bytes
SHORTEST = 6  # digits of a number without its country


@dataclass(frozen=True, slots=True)
class Trunk:
    """One number of ours and how its calls reach us: from a carrier's networks, or with a user name and password.

    `id` is the line's; `number` its digits, country first, without a plus.
    """

    id: int
    number: str
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What somebody answers to a challenge of ours: the parts of an Authorization header."""

    username: str
    nonce: str
    uri: str
    response: str
    qop: str = ""
    cnonce: str = ""
    nc: str = ""


@dataclass(slots=True)
class _Seen:
    packets: int = 0
    since: float = 0.0
    guesses: int = 0
    shut_until: float = 0.0


class Gate:
    """`realm` is what we call ourselves in challenges; `key` makes nonces that we need not remember."""

    def __init__(self, key: bytes, realm: str = "presszero") -> None:
        self.realm = realm
        self._key = key
        self._trunks: Sequence[Trunk] = ()
        self._seen: dict[str, _Seen] = {}

    def open_for(self, trunks: Sequence[Trunk]) -> None:
        """These trunks and no others from now on."""
        self._trunks = tuple(trunks)

    def knows(self, address: str) -> bool:
        """Whether any trunk's networks hold the address a packet came from."""
        where = ip_address(address)
        return any(where in network for trunk in self._trunks for network in trunk.networks)

    def by_address(self, address: str, called: str) -> Trunk | None:
        """The trunk of the number that was called, if it takes calls from this address."""
        where = ip_address(address)
        return _best(called, [t for t in self._trunks if any(where in network for network in t.networks)])

    def admits(self, address: str, size: int, now: float) -> bool:
        """Whether a packet is looked at, before it is understood. size: bytes; now: seconds, monotonic."""
        if self.knows(address):
            return True
        seen = self._of(address, now)
        if now < seen.shut_until or size > LONGEST_FROM_STRANGERS:
            return False
        if now - seen.since > WINDOW:
            seen.packets, seen.since = 0, now
        seen.packets += 1
        return seen.packets <= STRANGER

    def nonce(self, now: float) -> str:
        """A number used for one minute."""
        moment = f"{int(now)}"
        return f"{moment}.{self._sign(moment)}"

    def by_digest(self, answered: Challenge, called: str, address: str, now: float) -> Trunk | None:
        """The trunk of the number called, if its password was proven. A wrong one counts against the address."""
        trunk = _best(called, [t for t in self._trunks if t.username and t.username == answered.username])
        password = trunk.password if trunk else self._sign(answered.username)  # takes as long for an unknown name
        fresh = self._is_ours(answered.nonce, now)
        right = hmac.compare_digest(digest(answered, "INVITE", self.realm, password), answered.response)
        if trunk and trunk.password and fresh and right:
            return trunk
        if fresh:
            self._guessed(address, now)
        return None

    def _guessed(self, address: str, now: float) -> None:
        seen = self._of(address, now)
        seen.guesses += 1
        if seen.guesses >= GUESSES:
            seen.shut_until, seen.guesses = now + SHUT_OUT, 0

    def _of(self, address: str, now: float) -> _Seen:
        seen = self._seen.get(address)
        if seen is None:
            if len(self._seen) >= MOST_REMEMBERED:
                self._forget(now)
            seen = self._seen[address] = _Seen(since=now)
        return seen

    def _forget(self, now: float) -> None:
        """Keeps who is shut out, as far as there is room."""
        shut = [(address, seen) for address, seen in self._seen.items() if now < seen.shut_until]
        self._seen = dict(shut[: MOST_REMEMBERED // 2])

    def _is_ours(self, nonce: str, now: float) -> bool:
        moment, _, signed = nonce.partition(".")
        if not moment.isdecimal() or not hmac.compare_digest(signed, self._sign(moment)):
            return False
        return 0 <= now - int(moment) <= NONCE_LASTS

    def _sign(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:32]


def digits(number: str) -> str:
    """The digits of a number as a carrier may write it: +49…, 0049…, with dots or without."""
    found = "".join(sign for sign in number if sign in "0123456789")
    return found.removeprefix("00") if not number.startswith("+") else found


def _best(called: str, trunks: Sequence[Trunk]) -> Trunk | None:
    """The trunk with the number called; some carriers leave the country out, or put a zero in its place."""
    wanted = digits(called)
    exact = next((trunk for trunk in trunks if trunk.number == wanted), None)
    if exact:
        return exact
    national = wanted.lstrip("0")
    alike = [trunk for trunk in trunks if len(national) >= SHORTEST and trunk.number.endswith(national)]
    return alike[0] if len(alike) == 1 else None


def digest(answered: Challenge, method: str, realm: str, password: str) -> str:
    """The right answer to a challenge, by RFC 2617 with MD5, which is what carriers speak."""
    secret = _md5(f"{answered.username}:{realm}:{password}")
    asked = _md5(f"{method}:{answered.uri}")
    if answered.qop:
        return _md5(f"{secret}:{answered.nonce}:{answered.nc}:{answered.cnonce}:{answered.qop}:{asked}")
    return _md5(f"{secret}:{answered.nonce}:{asked}")


def answered(header: Mapping[str, str]) -> Challenge:
    """A Challenge out of the header's parts; "" for what is missing."""
    names = ("username", "nonce", "uri", "response", "qop", "cnonce", "nc")
    return Challenge(*(header.get(name) or "" for name in names))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
