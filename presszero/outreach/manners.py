"""How a merchant writes first: quiet hours, caps, ways and sums, and pausing all of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.audit.actions import record as audit
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.text import clean
from presszero.merchants.models import Merchant
from presszero.remedies.forms import amount

from .batches import writing_kinds
from .models import Manners

MOST = 50  # messages a week to one customer


@transaction.atomic
def change(merchant: Merchant, given: Mapping[str, str], prefer: list[str], *, by: Actor) -> Manners:
    """From the form as it was typed. Raises Refused for what makes no sense, and changes nothing then."""
    values: dict[str, Any] = {
        "quiet_from": _clock(given.get("quiet_from", "")),
        "quiet_to": _clock(given.get("quiet_to", "")),
        "a_day": _count(given.get("a_day", "")),
        "a_week": _count(given.get("a_week", "")),
        "prefer": [kind for kind in dict.fromkeys(prefer) if kind in writing_kinds()],
        "postal_address": clean(given.get("postal_address", ""), 300).strip(),
        "stop_ends_all": given.get("stop_ends", "all") != "purpose",
        "credit": amount(given.get("credit", ""), merchant.currency),
        "person_from": amount(given.get("person_from", ""), merchant.currency),
    }
    if values["a_week"] < values["a_day"]:
        raise Refused(_("A week allows fewer messages than a day."), _("Let the week allow at least as many."))
    row = _held(merchant)
    before = {name: _said(getattr(row, name)) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    after = {name: _said(value) for name, value in values.items()}
    changed = [name for name in values if before[name] != after[name]]
    if changed:
        was, now = ({name: side[name] for name in changed} for side in (before, after))
        audit("manners.changed", f"manners:{row.id}", by=by, merchant=merchant, before=was, after=now)
    return row


@transaction.atomic
def pause(merchant: Merchant, at: datetime | None, *, by: Actor) -> Manners:
    """Nothing is written first from this moment on; None lets it go on."""
    row = _held(merchant)
    if (row.paused_at is None) != (at is None):
        row.paused_at = at
        row.save(update_fields=["paused_at"])
        audit("manners.paused" if at else "manners.resumed", f"manners:{row.id}", by=by, merchant=merchant)
    return row


def _held(merchant: Merchant) -> Manners:
    Manners.objects.get_or_create(merchant=merchant)
    return Manners.objects.select_for_update().get(merchant=merchant)


def _clock(said: str) -> time:
    try:
        return time.fromisoformat(said.strip())
    except ValueError:
        raise Refused(_("This is no time of the day."), _("Write it like 20:00.")) from None


def _count(said: str) -> int:
    said = said.strip()
    if not (said.isascii() and said.isdecimal()) or int(said) > MOST:
        raise Refused(
            _("How many messages? A number up to %(n)d.") % {"n": MOST}, _("With 0 nothing is written first.")
        )
    return int(said)


def _said(value: Any) -> Any:
    """For the record, as JSON."""
    return value.isoformat("minutes") if isinstance(value, time) else value
