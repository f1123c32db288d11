"""Makes "why did this come to me" known to every template."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string

from presszero.ui import jinja


class RoutingConfig(AppConfig):
    name = "presszero.routing"

    def ready(self) -> None:
        # By name: models cannot be imported before every app is there.
        jinja.everywhere(why_came=import_string("presszero.routing.wording.came"))
