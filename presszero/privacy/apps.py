"""Tells apps below whom we erased and whom the law holds: they cannot ask us."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string


class PrivacyConfig(AppConfig):
    name = "presszero.privacy"

    def ready(self) -> None:
        # By name: models cannot be imported before every app is there.
        asked = import_string("presszero.commerce.forgotten.asked")
        asked.append(import_string("presszero.privacy.erasing.remembered.erased_at"))
        holds = import_string("presszero.outreach.gate.knowing.holds")
        holds.append(import_string("presszero.privacy.queries.held_of"))
