"""The demo shop's telephone: a number of the kind kept for films, a published menu, and a queue behind it."""

from __future__ import annotations

from django.utils import timezone

from presszero.calls.editing import publishing, starters
from presszero.calls.models import Reception
from presszero.channels.models import Line
from presszero.merchants.models import Brand, Hours
from presszero.routing.queries import main_queue
from presszero.team.models import Membership

NUMBER = "+442079460042"  # Ofcom keeps 020 7946 0xxx for drama


def open_line(brand: Brand, hours: Hours, by: Membership) -> Line:
    """Calls come from this machine only: a SIP telephone on it, or the Pretend page."""
    shop = brand.merchant
    menu = publishing.begin(shop, "Main", starters.filled("orders", shop.name, shop.languages), by=by)
    publishing.publish(menu, "Orders first", timezone.now(), by=by)
    line = Line.objects.create(
        merchant=shop,
        kind="phone",
        address=NUMBER,
        name="Customer service",
        brand=brand,
        hours=hours,
        settings={"driver": "sip", "trunk": {"networks": ["127.0.0.0/8"]}},
    )
    Reception.objects.create(merchant=shop, line=line, menu=menu, queue=main_queue(shop), records="never")
    return line
