"""`presszero manage reset_link EMAIL`: a way back in for somebody, where no mail can be sent."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from presszero.team.actions import reset_link
from presszero.team.models import Person


class Command(BaseCommand):
    help = "Print a link with which a person sets a new password. It works once, for two hours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: object, email: str, **options: object) -> None:
        person = Person.objects.filter(email=email.strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody signs in as {email}.")
        self.stdout.write(reset_link(person, timezone.now()))
