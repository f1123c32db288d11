"""Reads about the merchant."""

from __future__ import annotations

from datetime import date

from django.db import connection

from .models import Holiday, Hours, Merchant
from .policy import Week

_HOLIDAYS = "SELECT date FROM merchants_holiday WHERE merchant_id = %s AND hours_id = %s"


def week_of(hours: Hours | None) -> Week:
    """The hours as the policy wants them; always open when none were set."""
    if hours is None:
        return Week()
    with connection.cursor() as cursor:
        cursor.execute(_HOLIDAYS, [hours.merchant_id, hours.id])
        dates = frozenset(day for (day,) in cursor.fetchall())
    return Week(hours.timezone, hours.weekly, dates)


def weeks(merchant: Merchant) -> dict[int, Week]:
    """Every set of hours of a merchant by its id, in two queries."""
    dates: dict[int, set[date]] = {}
    for hours_id, day in Holiday.objects.filter(merchant=merchant).values_list("hours_id", "date"):
        dates.setdefault(hours_id, set()).add(day)
    rows = Hours.objects.filter(merchant=merchant)
    return {row.id: Week(row.timezone, row.weekly, frozenset(dates.get(row.id, ()))) for row in rows}
