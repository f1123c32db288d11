"""Rows of writing first, of the shop that has one of everything."""

from __future__ import annotations

from django.utils import timezone

from presszero.core.actor import SYSTEM
from presszero.outreach import batches, rehearsing
from presszero.outreach.models import Batch, Outreach, Suppression
from presszero.outreach.planning import plan
from presszero.outreach.suppressing import suppress
from presszero.outreach.unsubscribing import link
from presszero.outreach.whom import Whom
from tests import cast

WORDS = {"name": "Storm", "subject": "Your order", "text": "It comes later. {{ next }}", "purpose": "service"}


def batch(shop: cast.Shop) -> Batch:
    """Rehearsed over one order on its way, ready to start."""
    found = Batch.objects.filter(merchant=shop.merchant).first()
    if found:
        return found
    shopper = cast.Shopper("Ines Gil", f"ines@{shop.merchant.slug}.example")
    shopper.known(shop)
    shopper.order(shop, "7001")
    by = shop.tomas.actor if "tomas" in shop.team else SYSTEM
    made = batches.write(shop.merchant, _wanted(), by=by)
    batches.ask_rehearsal(made, by=by, at=timezone.now())
    while Batch.objects.filter(id=made.id, rehearsed_at=None).exists():
        rehearsing.work()
    return Batch.objects.get(id=made.id)


def _wanted() -> batches.Wanted:
    name, subject, text = WORDS["name"], WORDS["subject"], WORDS["text"]
    return batches.Wanted(name, Whom(state="sent"), subject, text)


def suppression(shop: cast.Shop) -> Suppression:
    """An address that is left alone."""
    return suppress(shop.merchant, "email", f"gone@{shop.merchant.slug}.example", "bounce", by=SYSTEM)


def leaving(shop: cast.Shop) -> str:
    """Ada's link, of which every merchant's visitor sees the same."""
    return link(cast.ada().known(shop), shop.brand, "email", "service").rpartition("/")[2]


def written(shop: cast.Shop) -> Outreach:
    """A message to Ada, planned."""
    return plan(f"wall:{shop.merchant.id}", "late", cast.ada().known(shop), by=SYSTEM)
