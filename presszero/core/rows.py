"""Rows of several tables read by one statement of our own, as the models they are.

The ORM builds its statement anew at every call, which takes longer than running it. What every request asks for is
written down once instead: `columns` says what to select, `row` makes the model of what came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)


@cache
def columns(model: type[Model], alias: str) -> str:
    """All columns of a model for a SELECT, in the order `row` takes them."""
    return ", ".join(f'{alias}."{field.column}"' for field in _fields(model))


def row(model: type[M], values: Iterator[Any]) -> M | None:
    """Takes as many values as the model has columns. None where an outer join found no row."""
    fields = _fields(model)
    taken = [next(values) for _ in fields]
    for at, convert in _converted(model):
        taken[at] = convert(taken[at], None, connection)
    names = [field.attname for field in fields]
    made = model.from_db(connection.alias, names, taken)
    return None if made.pk is None else made


@cache
def _fields(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    return tuple(model._meta.concrete_fields)


@cache
def _converted(model: type[Model]) -> list[tuple[int, Callable[..., Any]]]:
    """The columns that come out of the database in another shape than the model shows, such as JSON."""
    found = ((at, getattr(field, "from_db_value", None)) for at, field in enumerate(_fields(model)))
    return [(at, convert) for at, convert in found if convert]
