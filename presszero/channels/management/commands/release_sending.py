"""`presszero manage release_sending`: what waited is sent now. With --drop, what waited is given up instead."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from presszero.channels.models import Delivery, SendingHeld
from presszero.timeline.actions import wake


class Command(BaseCommand):
    help = "Let sending go on after hold_sending."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--drop", action="store_true", help="give up what waits: the original sent it already")

    def handle(self, *args: object, drop: bool, **options: object) -> None:
        waiting = Delivery.objects.filter(state=Delivery.State.QUEUED)
        if drop:
            count = waiting.update(state=Delivery.State.CANCELLED, reason="Given up after a restore.")
            self.stdout.write(f"{count} deliveries that waited were given up.")
        else:
            self.stdout.write(f"{waiting.count()} deliveries wait, and go now.")
        SendingHeld.objects.all().delete()
        wake("outbox")
