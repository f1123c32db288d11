"""For every test: nothing of one test reaches the next.

After a test that commits, Django would truncate every table: some seventy, most of them empty, which costs more than
the usual test. Only those with rows are emptied here, the timeline and the audit record among them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

# Append-only by trigger, or with keys that are checked at once: rows do not leave these one by one.
_TRUNCATED = ("timeline_event", "audit_record", "procrastinate_")


def _emptied(self: Any) -> None:
    """In place of TransactionTestCase._fixture_teardown, which pytest-django's tests that commit end with."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_which_have_rows())
        tables = [row[0] for row in cursor.fetchall()]
        whole = [table for table in tables if table.startswith(_TRUNCATED)]
        if whole:
            cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in whole) + " CASCADE")
        for table in tables:
            if table not in whole:
                cursor.execute(f'DELETE FROM "{table}"')


@cache
def _which_have_rows() -> str:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) | {"timeline_event"}
    ours = sorted(t for t in tables - {"django_migrations"} if not t.startswith("timeline_event_"))
    return " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM \"{t}\")" for t in ours)


TransactionTestCase._fixture_teardown = _emptied  # type: ignore[method-assign]
