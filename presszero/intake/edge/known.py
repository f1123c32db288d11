"""Which visitor a cookie belongs to, and what that visitor is called now."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic, time
from typing import Any

from django.http.cookie import parse_cookie

from presszero.channels.vocabulary import Proof
from presszero.core.sealing import fingerprint
from presszero.visitors.cookie import cookie_name

from .database import DatabaseAway, Seat
from .exchange import Refusal, try_again
from .together import Together

_OPEN_TO = """
  l.kind = 'chat' AND l.paused_at IS NULL AND v.ended_at IS NULL"""
FIND = (
    """
SELECT ask.token, ask.hash, v.merchant_id, v.id, v.line_id, v.address, v.shopper,
  extract(epoch FROM v.signed_until)::float8, v.name
FROM unnest(%s::text[], %s::text[]) AS ask (token, hash)
JOIN channels_line l ON l.token = ask.token
JOIN visitors_visitor v ON v.merchant_id = l.merchant_id AND v.secret_hash = ask.hash AND v.line_id = l.id
WHERE"""
    + _OPEN_TO
)
STILL = (
    """
SELECT v.merchant_id, v.id, v.secret_hash, CASE WHEN v.signed_until > now() THEN v.shopper ELSE '' END
FROM unnest(%s::bigint[], %s::bigint[]) AS ask (merchant_id, id)
JOIN visitors_visitor v ON v.merchant_id = ask.merchant_id AND v.id = ask.id
JOIN channels_line l ON l.merchant_id = v.merchant_id AND l.id = v.line_id
WHERE"""
    + _OPEN_TO
)

KEPT = 20_000  # visitors remembered
TRUSTED_AWAY = 3600.0  # seconds after which nobody is let in from memory while the database is away

_Ask = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser as the edge needs it. `signed_until` in Unix seconds; 0 for never."""

    merchant_id: int
    id: int
    line_id: int
    hash: str
    address: str
    shopper: str
    signed_until: float
    name: str

    @property
    def key(self) -> tuple[int, int]:
        return self.merchant_id, self.id

    def sender(self, now: float | None = None) -> tuple[str, Proof]:
        """Whose words this browser's are at this moment, and how surely."""
        if self.shopper and self.signed_until > (time() if now is None else now):
            return self.shopper, Proof.VERIFIED
        return self.address, Proof.CLAIMED

    def addresses(self) -> set[str]:
        """Everything it may hear of now: its own thread, and the signed-in shopper's."""
        return {self.address, self.sender()[0]}


class Visitors:
    """Asked of the database, many at once; from memory only while that is away."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._asked: Together[_Ask, Visitor] = Together(self._look_up)
        self._known: OrderedDict[_Ask, tuple[float, Visitor]] = OrderedDict()

    async def of(self, token: str, headers: dict[str, str]) -> Visitor:
        """The visitor of a request on a line. Raises Refusal(401), and Refusal(503)."""
        ask = token, fingerprint(_secret(token, headers))
        try:
            found = await self._asked.ask(ask)
        except DatabaseAway as why:
            then, known = self._known.get(ask, (0.0, None))
            if known and monotonic() - then < TRUSTED_AWAY:
                return known
            raise try_again(5) from why
        if found is None:
            self._known.pop(ask, None)
            raise Refusal(401)
        self._remember(ask, found)
        return found

    async def still(self, keys: Iterable[tuple[int, int]], within: float) -> dict[tuple[int, int], tuple[str, str]]:
        """Of the visitors whose right stands: the hash of their secret, and the shopper they are now, "" for none."""
        asked = list(keys)
        if not asked:
            return {}
        columns = [key[0] for key in asked], [key[1] for key in asked]
        rows = await self._seat.run(STILL, columns, within=within)
        return {(merchant, number): (secret, shopper) for merchant, number, secret, shopper in rows}

    async def _look_up(self, asked: list[_Ask]) -> dict[_Ask, Visitor]:
        rows = await self._seat.run(FIND, [[ask[0] for ask in asked], [ask[1] for ask in asked]])
        return {(row[0], row[1]): _visitor(row) for row in rows}

    def _remember(self, ask: _Ask, found: Visitor) -> None:
        self._known[ask] = monotonic(), found
        self._known.move_to_end(ask)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)


def _visitor(row: tuple[Any, ...]) -> Visitor:
    _token, secret, merchant, number, line, address, shopper, signed_until, name = row
    return Visitor(merchant, number, line, secret, address, shopper, signed_until or 0.0, name)


def _secret(token: str, headers: dict[str, str]) -> str:
    """The value of this line's cookie. Raises Refusal(401)."""
    found: str = parse_cookie(headers.get("cookie", "")).get(cookie_name(token), "")
    if not found:
        raise Refusal(401)
    return found
