"""Going through the first day: a step is done or put off, and in the end the shop opens."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from presszero.audit.actions import record
from presszero.merchants.models import Merchant
from presszero.team.models import Membership

from ..steps import ALL, DONE, SKIPPED


def finish(step: str, *, by: Membership) -> None:
    """The step was gone through."""
    _mark(step, DONE, by)


def skip(step: str, *, by: Membership) -> None:
    """Later; what was done before stays done."""
    if _states(by.merchant).get(step) != DONE:
        _mark(step, SKIPPED, by)


@transaction.atomic
def open_for_customers(*, by: Membership, at: datetime) -> None:
    """Customers may come. Saying it again changes nothing."""
    row = Merchant.objects.select_for_update().get(id=by.merchant_id)
    if row.launched_at is None:
        row.launched_at = at
        row.save(update_fields=["launched_at"])
        record("merchant.launch", f"merchant:{row.id}", by=by.actor, merchant=row)


@transaction.atomic
def work_as(alone: bool, *, by: Membership) -> None:
    """One person alone, or a team: which words and lists the desk shows."""
    row = Merchant.objects.select_for_update().get(id=by.merchant_id)
    if row.alone != alone:
        row.alone = alone
        row.save(update_fields=["alone"])
        record("merchant.save", f"merchant:{row.id}", by=by.actor, merchant=row, after={"alone": alone})


@transaction.atomic
def _mark(step: str, state: str, by: Membership) -> None:
    assert step in ALL
    row = Merchant.objects.select_for_update().get(id=by.merchant_id)
    row.setup = {**row.setup, "steps": {**_states(row), step: state}}
    row.save(update_fields=["setup"])
    by.merchant.setup = row.setup


def _states(merchant: Merchant) -> dict[str, str]:
    found = merchant.setup.get("steps")
    return dict(found) if isinstance(found, dict) else {}
