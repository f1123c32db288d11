"""Carriers, what they scanned, and when we think a parcel will be there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.commerce.models import Order, Shipment
from presszero.core.sealing import new_token, open_sealed, seal
from presszero.merchants.owned import Owned, OwnedKey


def _token() -> str:
    return new_token(192)


class Carrier(Owned):
    """Who tells us where parcels are. Its arrivals use the number of `door.line_id` where a line's id would stand."""

    kind = models.CharField(max_length=20)  # a key of settings.CARRIERS
    name = models.CharField(max_length=120)
    settings = models.JSONField(default=dict)
    sealed = models.BinaryField(default=bytes)
    token = models.CharField(max_length=64, unique=True, default=_token)  # in the webhook's address
    created_at = models.DateTimeField(db_default=Now())
    paused_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True, default="")
    trouble_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "kind", "name"], name="one_carrier_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def secrets(self) -> dict[str, str]:
        """Raises CannotOpen when they were sealed under another key."""
        return open_sealed(bytes(self.sealed), "carrier")

    def keep_secrets(self, values: dict[str, str]) -> None:
        """Seals them into the row; the caller saves."""
        self.sealed = seal(values, "carrier")


class Scan(Owned):
    """A carrier saw the parcel."""

    shipment = OwnedKey(Shipment, on_delete=models.CASCADE, related_name="scans")
    carrier = OwnedKey(Carrier, on_delete=models.SET_NULL, null=True, blank=True)
    external_id = models.CharField(max_length=120)
    stage = models.CharField(max_length=18)  # vocabulary.Stage
    at = models.DateTimeField()
    heard_at = models.DateTimeField(db_default=Now())
    words = models.CharField(max_length=500, blank=True, default="")
    place = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "shipment", "external_id"], name="scan_once")]
        indexes = [models.Index(fields=["merchant", "shipment", "-at"], name="scans_of_shipment")]


class StrayScan(Owned):
    """A carrier told of a parcel that we do not know yet: kept until its order's shop has told us."""

    carrier = OwnedKey(Carrier, on_delete=models.CASCADE)
    tracking = models.CharField(max_length=120)
    told = models.JSONField()  # vocabulary.Tracked, as a dict
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "tracking"], name="stray_by_tracking"),
            models.Index(fields=["at"], name="stray_by_age"),
        ]


class Forecast(Owned):
    """When an order will be there, as we thought at one moment. The newest counts; older ones are for the scoring.

    Days are calendar days in the merchant's time zone. The order is there when its last parcel is.
    """

    order = OwnedKey(Order, on_delete=models.CASCADE, related_name="forecasts")
    at = models.DateTimeField(db_default=Now())
    stage = models.CharField(max_length=18, blank=True, default="")  # of the parcel that is furthest back; "" not sent
    promised = models.DateField(null=True)  # the day it was measured against
    on_time = models.FloatField(null=True)  # probability of being there by the end of `promised`
    p50 = models.DateField()
    p80 = models.DateField()
    p90 = models.DateField()
    p95 = models.DateField()
    parcels = models.PositiveIntegerField(default=0)  # how many of ours it was learned from
    group = models.CharField(
        max_length=200, blank=True, default=""
    )  # "DHL Express · ES"; "carrier" or "shop": whose word it is
    newest = models.BooleanField(default=True)
    arrived = models.DateField(null=True)  # what became of it
    scored_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order"], condition=Q(newest=True), name="one_newest_forecast_an_order"
            ),
            models.CheckConstraint(
                condition=Q(on_time=None) | Q(on_time__gte=0, on_time__lte=1), name="forecast_is_a_probability"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "order", "-id"], name="forecasts_of_order"),
            models.Index(fields=["merchant", "scored_at"], name="forecasts_by_score"),
        ]


class Lesson(Owned):
    """What was learned from a merchant's parcels, one row a night at most; the newest counts."""

    at = models.DateTimeField(db_default=Now())
    parcels = models.PositiveIntegerField()
    learned = models.BinaryField()  # prediction's own form
    scores = models.JSONField(default=dict)  # share within, bins of the calibration picture, pinball loss

    class Meta:
        indexes = [models.Index(fields=["merchant", "-id"], name="newest_lesson")]
