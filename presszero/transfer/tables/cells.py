"""Values as words in a cell, and a table straight from a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from .registry import Scope, Table, batches


def said(value: Any) -> str:
    """A moment as ISO 8601, yes and no as words, lists and mappings as JSON, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
    return str(value)


def of_model(key: str, label: Promise | str, model: type[Model], columns: str, conversation: str = "") -> Table:
    """The named columns of a model, never more: secrets stay where they are. `conversation`: its field for one."""
    names = columns.split()

    def rows_of(scope: Scope) -> QuerySet[Any]:
        found = model._default_manager.filter(merchant=scope.merchant)
        if conversation and scope.conversations is not None:
            found = found.filter(**{f"{conversation}__in": scope.conversations})
        return found.only("id", *names)

    def rows(scope: Scope) -> Iterator[list[Any]]:
        for batch in batches(rows_of(scope)):
            for row in batch:
                yield [said(getattr(row, name)) for name in names]

    return Table(
        key,
        lambda: str(label),
        lambda _scope: list(names),
        rows,
        lambda scope: rows_of(scope).count(),
        of_conversations=bool(conversation),
    )
