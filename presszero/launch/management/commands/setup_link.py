"""`presszero manage setup_link`: the link that founds the first shop, for whoever runs this machine."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from presszero.launch import key


class Command(BaseCommand):
    help = "Print the link that founds the first shop. It works until the shop is founded."

    def handle(self, *args: object, **options: object) -> None:
        found = key.ready()
        if not found:
            raise CommandError("There is a shop here already: sign in, or ask one of its admins for an invitation.")
        self.stdout.write(f"{settings.ORIGIN}/start?key={found}")
