"""`presszero migrate`, and what a first start and every test run begin with: Django's own command, quickly."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from presszero.merchants.migrating import quickly


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with quickly():
            super().handle(*args, **options)
