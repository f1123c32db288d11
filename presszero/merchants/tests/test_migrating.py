"""A new database is brought up to date quickly, and is the one that Django would have made."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from pytest_django import DjangoDbBlocker

from presszero.host.postgres_binaries import program_folders
from presszero.merchants.migrating import quickly
from tests.journeys.house import database_of_its_own

_AS_DJANGO_DOES = """
import django; django.setup()
from django.core.management.commands.migrate import Command
Command().run_from_argv(["manage", "migrate"])
"""


@pytest.mark.long
def test_quickly_made_tables_are_djangos(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> None:
    ways = {"quick": ["-m", "presszero", "migrate"], "django": ["-c", _AS_DJANGO_DOES]}
    quick, django = (_made(name, command, tmp_path, django_db_blocker) for name, command in ways.items())
    assert "conversations_message" in quick and quick == django


@pytest.mark.parametrize(
    ("operation", "made"),
    [
        (migrations.AddField("shoe", "size", models.IntegerField(default=40)), 1),
        (migrations.AlterField("shoe", "name", models.CharField(max_length=9, unique=True)), 2),
    ],
    ids=["adds", "changes"],
)
@pytest.mark.django_db
def test_only_what_adds_leaves_the_other_models_as_they_are(operation: Any, made: int) -> None:
    """The lace points at the shoe. It is made anew where its shoe might have become another one."""
    first = migrations.Migration("first", "closet")
    shoe = ("name", models.CharField(max_length=8, unique=True))
    lace = ("shoe", models.ForeignKey("closet.Shoe", models.CASCADE, to_field="name"))
    first.operations = [migrations.CreateModel("Shoe", [shoe]), migrations.CreateModel("Lace", [lace])]
    second = migrations.Migration("second", "closet")
    second.operations = [operation]
    state = ProjectState()
    _ = state.apps
    with quickly(), connection.schema_editor() as editor:
        state = first.apply(state, editor)
        before = state.apps.get_model("closet", "Lace")
        state = second.apply(state, editor)
        after = state.apps.get_model("closet", "Lace")
        assert len({before, after}) == made
        columns = connection.introspection.get_table_description(connection.cursor(), "closet_shoe")
    assert {"name", *(["size"] if made == 1 else [])} <= {each.name for each in columns}


def _made(name: str, command: list[str], home: Path, blocker: DjangoDbBlocker) -> str:
    """The tables of a database that was brought up to date this way, as pg_dump writes them."""
    with blocker.unblock():
        url = database_of_its_own(f"migrated_{name}_{os.getpid()}")
    environment = {**os.environ, "DATABASE_URL": url, "PRESSZERO_HOME": str(home)}
    subprocess.run([sys.executable, *command], env=environment, check=True, capture_output=True)
    program = next(found for folder in program_folders() if (found := folder / "pg_dump").exists())
    given = [str(program), "--schema-only", "--no-owner", url]
    dumped = subprocess.run(given, check=True, capture_output=True, text=True).stdout
    connection.close()
    return re.sub(r"(?m)^\\.*$", "", dumped)  # a word that differs with every dump
