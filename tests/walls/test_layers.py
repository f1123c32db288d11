"""An app calls only the apps below it: in imports, and in every relation between rows, string foreign keys too."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey

ROOT = Path(__file__).parents[2]


def layers() -> list[set[str]]:
    """From the top down, as pyproject.toml says."""
    (contract,) = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return [{name.strip() for name in line.split("|")} for line in contract["layers"]]


def height(app: str) -> int:
    """The line an app stands on, 0 at the top."""
    return next(n for n, names in enumerate(layers()) if app in names)


@pytest.mark.slow
def test_imports_go_down_only() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(program)], cwd=ROOT, capture_output=True, text=True, env={**os.environ, "COLUMNS": "120"}
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_every_app_has_its_line() -> None:
    named = set().union(*layers())
    there = {p.name for p in (ROOT / "presszero").iterdir() if (p / "__init__.py").exists()}
    assert there <= named


def test_relations_between_rows_go_down_only() -> None:
    up = []
    for model in (m for m in apps.get_models() if m.__module__.startswith("presszero.")):
        for field in model._meta.local_fields:
            if isinstance(field, ForeignKey) and field.remote_field.model.__module__.startswith("presszero."):
                here, there = model._meta.app_label, field.remote_field.model._meta.app_label
                if here != there and height(here) >= height(there):
                    up.append(f"{model._meta.label}.{field.name} → {there}")
    assert not up


def test_migrations_depend_on_apps_below_only() -> None:
    up = []
    for file in (ROOT / "presszero").glob("*/migrations/0*.py"):
        here = file.parts[-3]
        for there in {name for line in layers() for name in line} - {here}:
            if f"('{there}', '0" in file.read_text() and height(here) >= height(there):
                up.append(f"{file.relative_to(ROOT)} → {there}")
    assert not up
