"""Asking for rows as JSON, a page at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db import OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from psycopg.errors import QueryCanceled

from ..cursors import place, written
from ..problems import Problem
from ..shapes.kinds import Paging

_PATIENCE = 4000  # milliseconds


@dataclass
class Asked:
    """Conditions that must all hold, and the values of their parameters."""

    conditions: list[str]
    values: dict[str, Any] = field(default_factory=dict)

    def add(self, condition: str, **values: Any) -> None:
        """One more."""
        self.conditions.append(condition)
        self.values.update(values)

    @property
    def where(self) -> str:
        return " AND ".join(self.conditions)


def several(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Rows as they come; JSON in them is text."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def bounded(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """As `several`, for conditions that somebody made up: ends after a few seconds. Raises Problem."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {_PATIENCE}")
            return several(statement, values)
    except OperationalError as why:
        if isinstance(why.__cause__, QueryCanceled):
            raise Problem(422, "Finding this takes too long.", next_step="Add a condition, such as a state.") from why
        raise


def one(statement: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The first column of the only row, as the thing it says. Raises Http404."""
    rows = several(statement, values)
    if not rows:
        raise Http404
    return parsed(rows[0][0])


def parsed(value: Any) -> dict[str, Any]:
    """JSON as the cursor gives it: text, or parsed already."""
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found


def by_id(asked: Asked, query: Paging, column: str, *, newest: bool = True) -> str:
    """Adds where the page begins; the ORDER BY and LIMIT to end the statement with."""
    at = place(query.cursor, int)
    if at:
        asked.add(f"{column} {'<' if newest else '>'} %(place)s", place=at[0])
    asked.values["limit"] = query.limit + 1
    return f" ORDER BY {column}{' DESC' if newest else ''} LIMIT %(limit)s"


def listed(request: HttpRequest, rows: Sequence[tuple[Any, ...]], limit: int) -> HttpResponse:
    """A page out of rows of (JSON, place in the order …), of which one more was asked for than fits."""
    shown = rows[:limit]
    cursor = written(shown[-1][1:]) if len(rows) > limit else None
    things = ",".join(row[0] if isinstance(row[0], str) else json.dumps(row[0]) for row in shown)
    tail = json.dumps({"next_cursor": cursor, "next": following(request, cursor) if cursor else None})
    return HttpResponse('{"data":[' + things + "]," + tail[1:], content_type="application/json")


def following(request: HttpRequest, cursor: str) -> str:
    """The address of the page that begins at a cursor."""
    query = {**request.GET.dict(), "cursor": cursor}
    return f"{request.path}?{urlencode(query)}"
