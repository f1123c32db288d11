"""A merchant, the brands it sells under, and when somebody is there."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value

from .owned import Owned, OwnedKey


def _english() -> list[str]:
    return ["en"]


class Merchant(models.Model):
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    currency = models.CharField(max_length=3, default="EUR")  # ISO 4217
    languages = ArrayField(models.CharField(max_length=12), default=_english)  # BCP 47, the first is the default
    timezone = models.CharField(max_length=60, default="UTC")  # IANA
    created_at = models.DateTimeField(auto_now_add=True)
    alone = models.BooleanField(default=False, db_default=False)  # one person answers everything
    launched_at = models.DateTimeField(null=True, blank=True)  # somebody said "open for customers"
    # How far the first day came: {"steps": {"mailbox": "done", "people": "skipped"}, "settled": true}
    setup = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))

    def __str__(self) -> str:
        return self.name


class Brand(Owned):
    """What the customer sees: a name, a colour, a signature, and the frame around our mails."""

    name = models.CharField(max_length=120)
    colour = models.CharField(max_length=7, default="#00695c")  # #rrggbb
    signature = models.TextField(blank=True, default="")  # may use {{ agent.name }}, {{ brand.phone }} …
    mail_template = models.TextField(blank=True, default="")  # HTML around {{ body }}; "" is our own frame
    phone = models.CharField(max_length=40, blank=True, default="", db_default="")  # shown to customers, as typed
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Hours(Owned):
    """When a line is answered, week by week, in its own time zone."""

    name = models.CharField(max_length=80)
    timezone = models.CharField(max_length=60, default="UTC")
    # {"mon": [["09:00", "17:30"]], …}; no entry means closed; "24:00" is midnight at the day's end
    weekly = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "hours"

    def __str__(self) -> str:
        return self.name


class Holiday(Owned):
    hours = OwnedKey(Hours, on_delete=models.CASCADE, related_name="holidays")
    date = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "hours", "date"], name="one_holiday_a_date")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
