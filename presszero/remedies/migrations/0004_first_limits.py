"""Merchants from before the authority table begin with what a new merchant begins with."""

from __future__ import annotations

from babel.numbers import get_currency_precision
from django.db import migrations

_ROWS = (
    ("agent", "any", {"each": 50, "day": 150}),
    ("agent", "replace", {"each": 150, "day": 450}),
    ("agent", "exchange", {"each": 150, "day": 450}),
    ("lead", "any", {"each": 250, "may_pass": True, "may_grant": True}),
    ("admin", "any", {"may_pass": True, "may_grant": True}),
    ("assistant", "any", {"allowed": False, "each": 0}),
    ("rule", "any", {"allowed": False}),
    ("api", "any", {"allowed": False}),
)


def begin(apps, editor):
    Limit = apps.get_model("remedies", "Limit")
    for merchant in apps.get_model("merchants", "Merchant").objects.all():
        if Limit.objects.filter(merchant=merchant).exists():
            continue
        one = 10 ** get_currency_precision(merchant.currency)
        for role, kind, values in _ROWS:
            made = {name: value * one if name in ("each", "day") else value for name, value in values.items()}
            Limit.objects.create(merchant=merchant, role=role, kind=kind, currency=merchant.currency, **made)


class Migration(migrations.Migration):
    dependencies = [
        ("remedies", "0003_within_captured"),
        ("merchants", "0002_first_day"),
    ]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
