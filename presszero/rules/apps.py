"""Makes our facts known wherever the timeline is told."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string


class RulesConfig(AppConfig):
    name = "presszero.rules"

    def ready(self) -> None:
        # By name: models cannot be imported before every app is there.
        import_string("presszero.rules.facts.RuleFired")
