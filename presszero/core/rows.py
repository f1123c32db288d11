"""Rows of several tables read by one statement of our own, as the models they are.

The ORM builds its statement anew at every call, which takes longer than running it. What every request asks for is
written down once instead: `columns` says what to select, `row` makes the model of what came, `keep` inserts one and
`change` updates one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

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


def keep(made: M) -> M:
    """Inserts a new row and gives it its id. What is left to the database's default stays unread."""
    given = tuple(
        field for field in _written(type(made)) if not isinstance(getattr(made, field.attname), DatabaseDefault)
    )
    values = [field.get_db_prep_save(field.pre_save(made, True), connection) for field in given]
    with connection.cursor() as cursor:
        cursor.execute(_insert(type(made), given), values)
        (made.pk,) = cursor.fetchone()
    made._state.adding, made._state.db = False, connection.alias
    return made


def change(made: Model, *names: str) -> None:
    """Writes these fields of a row that is there, by its merchant and id."""
    values = [field.get_db_prep_save(getattr(made, field.attname), connection) for field in _named(type(made), names)]
    with connection.cursor() as cursor:
        cursor.execute(_update(type(made), names), [*values, getattr(made, "merchant_id"), made.pk])  # noqa: B009


@cache
def _update(model: type[Model], names: tuple[str, ...]) -> str:
    sets = ", ".join(f'"{field.column}" = %s' for field in _named(model, names))
    return f"UPDATE {model._meta.db_table} SET {sets} WHERE merchant_id = %s AND id = %s"  # noqa: S608 - our own names


@cache
def _named(model: type[Model], names: tuple[str, ...]) -> list[Field[Any, Any]]:
    known = {field.name: field for field in _fields(model)}
    return [known[name] for name in names]


@cache
def _insert(model: type[Model], given: tuple[Field[Any, Any], ...]) -> str:
    names, places = ", ".join(f'"{f.column}"' for f in given), ", ".join(["%s"] * len(given))
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({places}) RETURNING id"  # noqa: S608 - our own names


@cache
def _written(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    return tuple(field for field in _fields(model) if not field.primary_key and not field.generated)


@cache
def _fields(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    return tuple(model._meta.concrete_fields)


@cache
def _converted(model: type[Model]) -> list[tuple[int, Callable[..., Any]]]:
    """The columns that come out of the database in another shape than the model shows, such as JSON."""
    found = ((at, getattr(field, "from_db_value", None)) for at, field in enumerate(_fields(model)))
    return [(at, convert) for at, convert in found if convert]
