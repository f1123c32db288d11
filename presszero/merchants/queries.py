"""Reads about the merchant."""

from __future__ import annotations

from datetime import date

from .models import Holiday, Hours, Merchant
from .policy import Week


def week_of(hours: Hours | None) -> Week:
    """The hours as the policy wants them; always open when none were set."""
    if hours is None:
        return Week()
    dates = Holiday.objects.filter(merchant_id=hours.merchant_id, hours=hours).values_list("date", flat=True)
    return Week(hours.timezone, hours.weekly, frozenset(dates))


def weeks(merchant: Merchant) -> dict[int, Week]:
    """Every set of hours of a merchant by its id, in two queries."""
    dates: dict[int, set[date]] = {}
    for hours_id, day in Holiday.objects.filter(merchant=merchant).values_list("hours_id", "date"):
        dates.setdefault(hours_id, set()).add(day)
    rows = Hours.objects.filter(merchant=merchant)
    return {row.id: Week(row.timezone, row.weekly, frozenset(dates.get(row.id, ()))) for row in rows}
