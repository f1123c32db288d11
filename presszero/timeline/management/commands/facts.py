"""`presszero manage facts > docs/facts.md`."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from presszero.timeline.catalogue import page


class Command(BaseCommand):
    help = "Print the page of every fact the timeline records."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(page(), ending="")
