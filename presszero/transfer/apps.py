"""Gives the worker what there is to do here."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import import_string


class TransferConfig(AppConfig):
    name = "presszero.transfer"

    def ready(self) -> None:
        # By name: models cannot be imported before every app is there.
        for name in ("people", "conversations", "commerce", "house", "service", "offers"):
            import_module(f"presszero.transfer.tables.{name}")
        import_module("presszero.transfer.bringing.ours")
        import_string("presszero.privacy.erasing.steps.more").append(import_string("presszero.transfer.erasing.person"))
        teach = import_string("presszero.privacy.retention.teach")
        due, take = (import_string(f"presszero.transfer.erasing.{name}") for name in ("old_files", "drop_old"))
        teach("imports", due, take)
        more = import_string("presszero.intake.duties.more")
        more.append(import_string("presszero.transfer.duty.bringing"))
        more.append(import_string("presszero.transfer.duty.taking"))
