"""The web form and the chat, there by default."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from presszero.audit.actions import record
from presszero.channels.actions import open_line
from presszero.channels.models import Line
from presszero.merchants.models import Brand, Hours
from presszero.team.models import Membership

WEB = ("form", "chat")


@transaction.atomic
def open_web_lines(kinds: Sequence[str], sites: Sequence[str], *, by: Membership) -> list[Line]:
    """A form, a chat, or both, for the shop's first brand. `sites`: more origins that may show them."""
    brand = Brand.objects.filter(merchant_id=by.merchant_id).order_by("id").first()
    hours = Hours.objects.filter(merchant_id=by.merchant_id).order_by("id").first()
    assert brand is not None, "every shop has a brand"
    made = []
    for kind in (each for each in WEB if each in kinds):
        line = open_line(kind, brand, hours)
        known = list(line.settings.get("sites") or [])
        line.settings = {**line.settings, "sites": list(dict.fromkeys([*known, *sites]))}
        line.save(update_fields=["settings"])
        record("line.add", f"line:{line.id}", by=by.actor, merchant=by.merchant, after={"kind": kind})
        made.append(line)
    return made
