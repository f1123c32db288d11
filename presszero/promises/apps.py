"""Tells whoever foretells parcels which day their buyer waits for."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string


class PromisesConfig(AppConfig):
    name = "presszero.promises"

    def ready(self) -> None:
        # By name: models cannot be imported before every app is there.
        import_string("presszero.fulfilment.gathering.told").append(
            import_string("presszero.promises.queries.days_told")
        )
