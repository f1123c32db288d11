"""`presszero manage hold_sending --why restored`: nothing leaves this installation until it is released."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from presszero.channels.models import SendingHeld


class Command(BaseCommand):
    help = "Hold back everything that would be sent, until release_sending."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--why", required=True, help="shown on the desk while it lasts")

    def handle(self, *args: object, why: str, **options: object) -> None:
        SendingHeld.objects.get_or_create(why=why)
        self.stdout.write(f"Sending is held back: {why}.")
