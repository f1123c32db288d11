"""Something pushed to us, before it is a row, and the one statement that makes it one. Needs no ORM.

The bytes are sealed on their way into the row, and opened by `actions.body_of` alone: what they carry may be somebody's
card, until splitting has looked.

The edge runs it on a connection of its own, everybody else through `actions.receive`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from presszero.core import cards
from presszero.core.sealing import blind, open_bytes, seal_bytes
from presszero.core.text import clean

MAX_EXTERNAL_ID = 200  # characters; a longer one is cut and told apart by its hash

# In the order they came; a row that is there already, or twice in one group, is left alone.
RECEIVE = """
INSERT INTO mailroom_received
  (merchant_id, line_id, external_id, lane, headers, body, sealed, sha256, backfill, received_at)
SELECT merchant_id, line_id, external_id, lane, headers, body, 1, sha256, backfill, coalesce(received_at, now())
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::smallint[], %s::jsonb[], %s::bytea[], %s::bytea[], %s::bool[],
            %s::timestamptz[])
  WITH ORDINALITY
  AS row (merchant_id, line_id, external_id, lane, headers, body, sha256, backfill, received_at, place)
ORDER BY place
ON CONFLICT (merchant_id, line_id, external_id) DO NOTHING
RETURNING merchant_id, line_id, external_id
"""

Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request, mail or fetch, as it came."""

    merchant_id: int
    line_id: int
    external_id: str  # unique on the line
    lane: int  # from `lanes.lane`
    headers: Mapping[str, str]
    body: bytes
    backfill: bool = False  # history: nothing automatic answers it
    received_at: datetime | None = None  # aware; None: now, by the database's clock

    @property
    def key(self) -> Key:
        return self.merchant_id, self.line_id, self.external_id


def storable_id(text: str) -> str:
    """An id as the database can keep it: clean, and at most 200 characters without two ids becoming one."""
    kept = cards.masked(clean(text))[0]
    if kept == text and len(text) <= MAX_EXTERNAL_ID:
        return text
    plain = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    # Keyed where a card was: one behind a bare hash is found by trying.
    digest = plain if kept == clean(text) else blind(text, "external id")
    return f"{kept[: MAX_EXTERNAL_ID - 65]}:{digest}"


def storable_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers without what a JSON column refuses, and without card numbers."""
    kept = {clean(name): clean(value) for name, value in headers.items()}
    if not cards.possible("\n\n\n\n\n".join(kept.values())):  # further apart than the digits of one number
        return kept
    return {name: cards.masked(value)[0] for name, value in kept.items()}


def sealed(body: bytes, key: Key) -> bytes:
    """The bytes as their row keeps them; those of one row open in no other."""
    return seal_bytes(body, _place(key))


def opened(body: bytes, key: Key) -> bytes:
    """The reverse. Raises sealing.CannotOpen."""
    return open_bytes(body, _place(key))


def columns(rows: Sequence[Incoming]) -> tuple[list[object], ...]:
    """The rows as the parameters of RECEIVE."""
    return (
        [row.merchant_id for row in rows],
        [row.line_id for row in rows],
        [row.external_id for row in rows],
        [row.lane for row in rows],
        [json.dumps(dict(row.headers)) for row in rows],
        [sealed(row.body, row.key) for row in rows],
        [sha256(row.body).digest() for row in rows],
        [row.backfill for row in rows],
        [row.received_at for row in rows],
    )


def which_are_new(rows: Sequence[Incoming], stored: Sequence[Key]) -> list[bool]:
    """For each row whether it became one of the `stored`; of twins in one group only the first did."""
    left = {tuple(key) for key in stored}
    found = []
    for row in rows:
        found.append(row.key in left)
        left.discard(row.key)
    return found


def _place(key: Key) -> str:
    return "received:{}:{}:{}".format(*key)
