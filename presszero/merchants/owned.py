"""Every row belongs to a merchant, in Django and in the database.

`Owned` gives a model its merchant; `OwnedKey` is a foreign key between two owned rows. Django keeps its plain `id`;
in the database `TenantKeys` makes the primary key (merchant_id, id) and each owned key a composite foreign key, so a
row of one merchant cannot point at another's, and tables can be distributed by merchant_id.
"""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Owned(models.Model):
    """A row of one merchant."""

    merchant = models.ForeignKey("merchants.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class OwnedKey(models.ForeignKey[Any, Any]):
    """A foreign key to another owned row of the same merchant; the database checks both columns.

    No index of its own: the model declares one that starts with the merchant, and reads start there too.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("db_index", False)
        kwargs.setdefault("related_name", "+")
        super().__init__(to, on_delete, **kwargs)


class TenantKeys(Operation):
    """Last operation of a migration that adds owned models: gives every table of the app its composite keys.

    Safe to run again: it adds only what is missing.
    """

    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models do not change."""

    def database_forwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in _owned_models(to_state.apps, app_label):
            _primary_key(editor, model._meta.db_table)
        for model in _owned_models(to_state.apps, app_label):
            for field in model._meta.local_fields:
                if isinstance(field, OwnedKey):
                    _foreign_key(editor, model._meta.db_table, field)

    def database_backwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """The keys go with their tables."""

    def describe(self) -> str:
        return "Composite keys by merchant"


def _owned_models(apps: Apps, app_label: str) -> list[type[models.Model]]:
    found = apps.get_app_config(app_label).get_models()
    return [m for m in found if m._meta.managed and any(_owns(f) for f in m._meta.local_fields)]


def _owns(field: Any) -> bool:
    """A row that may be nobody's, such as a session of somebody without a team, keeps its plain key."""
    return field.name == "merchant" and not field.null


def _primary_key(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    editor.execute(
        f"""
        DO $$ DECLARE name text; BEGIN
          SELECT conname INTO name FROM pg_constraint
            WHERE conrelid = '"{table}"'::regclass AND contype = 'p' AND array_length(conkey, 1) = 1;
          IF name IS NOT NULL THEN
            EXECUTE format('ALTER TABLE "{table}" DROP CONSTRAINT %I', name);
            ALTER TABLE "{table}" ADD CONSTRAINT "{table}_pkey" PRIMARY KEY (merchant_id, id);
            CREATE INDEX "{table}_id" ON "{table}" (id);
          END IF;
        END $$""",
        params=None,
    )


def _foreign_key(editor: BaseDatabaseSchemaEditor, table: str, field: OwnedKey) -> None:
    target = field.remote_field.model._meta.db_table
    name = f"{table}_{field.column}_owned"[:63]
    editor.execute(
        f"""
        DO $$ BEGIN
          IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{name}') THEN
            ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (merchant_id, "{field.column}")
              REFERENCES "{target}" (merchant_id, id) DEFERRABLE INITIALLY DEFERRED;
          END IF;
        END $$""",
        params=None,
    )
