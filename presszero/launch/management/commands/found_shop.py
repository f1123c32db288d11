"""`presszero manage found_shop`: a merchant, with a brand, hours and its first admin."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from getpass import getpass

from django.core.management.base import BaseCommand, CommandError

from presszero.core.refusal import Refused
from presszero.launch import guesses, key
from presszero.launch.actions import NewShop, Owner, found


class Command(BaseCommand):
    help = "Open a shop: its name, and who runs it. The password is asked for, or read from PRESSZERO_PASSWORD."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("shop", help="the shop's name, as customers know it")
        parser.add_argument("--email", required=True, help="of the first admin, to sign in with")
        parser.add_argument("--name", required=True, help="the first admin's own name")
        parser.add_argument("--timezone", default="UTC", help="such as Europe/London")
        parser.add_argument("--currency", default="EUR", help="three letters, such as GBP")
        parser.add_argument("--alone", action="store_true", help="one person answers everything")

    def handle(self, *args: object, shop: str, email: str, name: str, **options: object) -> None:
        password = os.environ.get("PRESSZERO_PASSWORD") or getpass("A password for them: ")
        zone = str(options["timezone"])
        if guesses.zone(zone) != zone:
            raise CommandError(f"There is no time zone called {zone}. Name one such as Europe/London.")
        new = NewShop(shop, bool(options["alone"]), zone, str(options["currency"]).upper()[:3])
        try:
            found(new, Owner(name, email, password))
        except Refused as why:
            raise CommandError(f"{why} {why.next_step}".strip()) from why
        key.forget()
        self.stdout.write(f"{shop} is open. Sign in as {email}; the page “Ready to open?” says what to do next.")
