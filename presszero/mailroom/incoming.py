"""Something pushed to us, before it is a row, and the one statement that makes it one. Needs no Django.

The edge runs it on a connection of its own, everybody else through `actions.receive`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from presszero.core.text import clean

MAX_EXTERNAL_ID = 200  # characters; a longer one is cut and told apart by its hash

# In the order they came; a row that is there already, or twice in one group, is left alone.
RECEIVE = """
INSERT INTO mailroom_received (merchant_id, line_id, external_id, lane, headers, body, backfill, received_at)
SELECT merchant_id, line_id, external_id, lane, headers, body, backfill, coalesce(received_at, now())
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::smallint[], %s::jsonb[], %s::bytea[], %s::bool[],
            %s::timestamptz[])
  WITH ORDINALITY
  AS row (merchant_id, line_id, external_id, lane, headers, body, backfill, received_at, place)
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
    kept = clean(text)
    if kept == text and len(text) <= MAX_EXTERNAL_ID:
        return text
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kept[: MAX_EXTERNAL_ID - 65]}:{digest}"


def storable_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers without what a JSON column refuses."""
    return {clean(name): clean(value) for name, value in headers.items()}


def columns(rows: Sequence[Incoming]) -> tuple[list[object], ...]:
    """The rows as the parameters of RECEIVE."""
    return (
        [row.merchant_id for row in rows],
        [row.line_id for row in rows],
        [row.external_id for row in rows],
        [row.lane for row in rows],
        [json.dumps(dict(row.headers)) for row in rows],
        [row.body for row in rows],
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
