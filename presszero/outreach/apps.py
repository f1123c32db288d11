"""Stands at the outbox's door: whatever we write first asks us there, whoever made it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string


class OutreachConfig(AppConfig):
    name = "presszero.outreach"

    def ready(self) -> None:
        # By name: models cannot be imported before every app is there.
        import_string("presszero.outreach.gate.door.stand")()
        import_string("presszero.outreach.authority.stand")()
        import_string("presszero.conversations.queries.stream.tell_too")("outreach.overtaken")
