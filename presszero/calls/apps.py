"""Tells whoever gives out calls whose hands are full with one they made, or were brought into."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string


class CallsConfig(AppConfig):
    name = "presszero.calls"

    def ready(self) -> None:
        # By name: models cannot be imported before every app is there.
        import_string("presszero.routing.crew.in_calls").append(import_string("presszero.calls.queries.IN_CALLS"))
