"""Makes our facts known wherever the timeline is told."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string


class OffersConfig(AppConfig):
    name = "presszero.offers"

    def ready(self) -> None:
        # By name: models cannot be imported before every app is there.
        import_string("presszero.offers.facts.OfferConsidered")
