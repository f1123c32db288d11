"""Makes the API's duties known to the worker, and its listener to the timeline."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string


class ApiConfig(AppConfig):
    name = "presszero.api"

    def ready(self) -> None:
        # By name: models cannot be imported before every app is there.
        import_string("presszero.api.webhooks.reactions.tell")
        import_string("presszero.api.duties.add")()
        erase = import_string("presszero.api.webhooks.actions.erase")
        import_string("presszero.privacy.erasing.steps.more").append(erase)
