"""Writing the timeline."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection, transaction

from .facts import Fact

_INSERT = """
INSERT INTO timeline_event (merchant_id, kind, at, actor, customer_id, conversation_id, order_id, data)
SELECT merchant, kind, coalesce(at, clock_timestamp()), actor, customer, conversation, orders, data
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
  %s::jsonb[])
  AS fact(merchant, kind, at, actor, customer, conversation, orders, data)
"""


def record(*facts: Fact) -> None:
    """Writes facts in the transaction that made them true, and wakes the listeners once it has committed."""
    record_all(facts)


def record_all(facts: Iterable[Fact]) -> None:
    """As `record`, for many: one statement, one wake-up."""
    batch = list(facts)
    if not batch:
        return
    columns = zip(
        *(
            (
                f.merchant_id,
                f.kind,
                f.at,
                f.by.code,
                f.customer_id,
                f.conversation_id,
                f.order_id,
                json.dumps(f.details),
            )
            for f in batch
        ),
        strict=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [list(column) for column in columns])
    wake("timeline")


def wake(channel: str, payload: str = "") -> None:
    """NOTIFY after commit, once a transaction: inside each transaction it halves the commits of a busy database."""
    still = set(connection.savepoint_ids)
    # One that goes with a savepoint which ours does not stand in could be lost without us.
    waiting = (call[1] for call in connection.run_on_commit if isinstance(call[1], _Wake) and call[0] <= still)
    found = next(waiting, None)
    if found is None:
        found = _Wake()
        found.channels[channel, payload] = None
        transaction.on_commit(found, robust=True)
    found.channels[channel, payload] = None


class _Wake:
    """Everything to be told when the transaction has committed, in one statement."""

    def __init__(self) -> None:
        self.channels: dict[tuple[str, str], None] = {}

    def __call__(self) -> None:
        names, payloads = (list(each) for each in zip(*self.channels, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_notify(name, payload) FROM unnest(%s::text[], %s::text[]) AS told(name, payload)",
                [names, payloads],
            )


def make_partitions() -> None:
    """Room for the next ten to twenty million events. Safe to call at any time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT timeline_make_partitions()")
