"""Makes the frame around what customers open known to every template, also those of apps below."""

from __future__ import annotations

from django.apps import AppConfig

from presszero.ui import jinja


class FrontdoorConfig(AppConfig):
    name = "presszero.frontdoor"

    def ready(self) -> None:
        jinja.everywhere(visit_frame="frontdoor/frame.html")
