"""Makes giving a remedy known to whoever reads steps."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string


class RemediesConfig(AppConfig):
    name = "presszero.remedies"

    def ready(self) -> None:
        # By name: models cannot be imported before every app is there.
        import_string("presszero.remedies.steps.add")()
