"""How far the timeline can be read by somebody who keeps nothing but an id, without missing what commits late."""

from __future__ import annotations

from django.db import connection
from django.db.backends.utils import CursorWrapper

_AHEAD = 1000  # ids looked at beyond what a listener has heard
_STANDS = """
SELECT (SELECT max(id) FROM timeline_event),
  (SELECT max(least(high, coalesce((SELECT min((gap ->> 0)::bigint) - 1 FROM jsonb_array_elements(gaps) gap), high)))
   FROM timeline_cursor)
"""
_BEYOND = "SELECT id FROM timeline_event WHERE id > %s ORDER BY id LIMIT %s"
_BEGIN_ONE = "SELECT pg_current_xact_id()::text::bigint"
_OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def horizon() -> int:
    """The id up to which every event is there that ever will be. To be asked outside a transaction.

    Ids are drawn before commit, so what is newest may have to wait a moment: for whoever draws lower ones, and for any
    other transaction of the cluster that cannot be told from those. It is safe up to the first gap that no listener has
    closed: they keep their gaps until no transaction can fill them. When nobody who was at work as the newest was seen
    is at work still, all that can be seen is all there is.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STANDS)
        newest, heard = cursor.fetchone()
        safe: int = heard or 0
        cursor.execute(_BEYOND, [safe, _AHEAD])
        for (number,) in cursor.fetchall():
            if number != safe + 1:
                break
            safe = number
        if newest and safe < newest and _all_ended(cursor):
            return int(newest)
    return safe


def _all_ended(cursor: CursorWrapper) -> bool:
    """Whether every transaction from before this question is over. A snapshot's own bounds do not say: see `holes`."""
    cursor.execute(_BEGIN_ONE)
    (begun_now,) = cursor.fetchone()
    cursor.execute(_OLDEST)
    (oldest_running,) = cursor.fetchone()
    return bool(oldest_running >= begun_now)
