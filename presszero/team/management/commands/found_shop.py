"""`presszero manage found_shop`: the first merchant, with a brand, hours and its first admin."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from getpass import getpass

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify

from presszero.core.refusal import Refused
from presszero.merchants.models import Brand, Hours, Merchant
from presszero.team.actions import found_team

OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


class Command(BaseCommand):
    help = "Open a shop: its name, and who runs it. The password is asked for, or read from PRESSZERO_PASSWORD."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("shop", help="the shop's name, as customers know it")
        parser.add_argument("--email", required=True, help="of the first admin, to sign in with")
        parser.add_argument("--name", required=True, help="the first admin's own name")
        parser.add_argument("--timezone", default="UTC", help="such as Europe/London")
        parser.add_argument("--currency", default="EUR", help="three letters, such as GBP")

    def handle(self, *args: object, shop: str, email: str, name: str, **options: str) -> None:
        password = os.environ.get("PRESSZERO_PASSWORD") or getpass("A password for them: ")
        try:
            with transaction.atomic():
                merchant = Merchant.objects.create(
                    name=shop, slug=_slug(shop), timezone=options["timezone"], currency=options["currency"].upper()
                )
                Brand.objects.create(merchant=merchant, name=shop)
                Hours.objects.create(merchant=merchant, name="Office hours", timezone=merchant.timezone, weekly=OFFICE)
                found_team(merchant, email, name, password)
        except Refused as why:
            raise CommandError(f"{why} {why.next_step}".strip()) from why
        self.stdout.write(f"{shop} is open. Sign in as {email}, and add a mail line under Settings, Lines.")


def _slug(shop: str) -> str:
    wanted = slugify(shop)[:50] or "shop"
    taken = set(Merchant.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(s for n in range(1, len(taken) + 3) if (s := wanted if n == 1 else f"{wanted}-{n}") not in taken)
