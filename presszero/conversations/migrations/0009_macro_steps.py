"""What a macro does beside its words, as steps. The old column stays, for a version that is being replaced."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _steps(old: dict[str, Any]) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    if old.get("topic"):
        steps.append({"do": "topic", "topic": old["topic"]})
    if old.get("priority"):
        steps.append({"do": "priority", "priority": int(old["priority"])})
    if old.get("assign"):
        steps.append({"do": "assign", "to": old["assign"]})
    if old.get("snooze"):
        steps.append({"do": "snooze", "for": None})
    if old.get("resolve"):
        steps.append({"do": "resolve"})
    return steps


def forward(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    macros = apps.get_model("conversations", "Macro")
    for row in macros.objects.exclude(actions={}).filter(steps=[]).iterator():
        row.steps = _steps(row.actions)
        row.save(update_fields=["steps"])


class Migration(migrations.Migration):
    dependencies = [("conversations", "0008_bulks_undone")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
