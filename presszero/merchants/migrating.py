"""Brings a new database up to date in a quarter of the time.

Between two operations Django makes every model anew that is related to the one that changed. Each of ours is related to
the merchant, and so to all the others: of the time of a first start nine tenths went there. What only adds needs none
but its own model; the rest may keep pointing at the model as it was before, which has the same table and key.
A migration that does anything more finds every model as it is now, and is run as Django runs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    Migration,
    RemoveConstraint,
    RemoveIndex,
    RunPython,
    RunSQL,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from .owned import TenantKeys

_ADDS = (AddConstraint, AddField, AddIndex, CreateModel, RemoveConstraint, RemoveIndex, RunSQL, TenantKeys)
_as_django_does = Migration.apply


@contextmanager
def quickly() -> Iterator[None]:
    """Migrations that are applied inside the block are."""
    with _instead(Migration, "apply", _apply):
        yield


def _apply(
    self: Migration, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
) -> ProjectState:
    if not all(map(_keeps_to_itself, self.operations)):
        project_state.clear_delayed_apps_cache()
        return _as_django_does(self, project_state, schema_editor, collect_sql)
    with _instead(ProjectState, "_find_reload_model", _itself_alone):
        return _as_django_does(self, project_state, schema_editor, collect_sql)


def _keeps_to_itself(operation: Operation) -> bool:
    """Whether it is the same to every other model. What runs Python is given each model as it is now by Django."""
    if isinstance(operation, AlterField):
        return not (operation.field.is_relation or operation.field.unique)
    return isinstance(operation, (*_ADDS, RunPython))


def _itself_alone(self: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
    """In place of ProjectState._find_reload_model. Django's word for "others are behind" is that it is delayed."""
    self.is_delayed = True
    return {(app_label, model_name)}


@contextmanager
def _instead(owner: type, name: str, ours: Any) -> Iterator[None]:
    theirs = getattr(owner, name)
    setattr(owner, name, ours)
    try:
        yield
    finally:
        setattr(owner, name, theirs)
