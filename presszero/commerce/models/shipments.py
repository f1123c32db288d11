"""Parcels on their way there, and on their way back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.merchants.owned import Owned, OwnedKey

from .orders import Order


class Shipment(Owned):
    """One parcel of an order."""

    order = OwnedKey(Order, on_delete=models.CASCADE, related_name="shipments")
    external_id = models.CharField(max_length=120, blank=True, default="")
    carrier = models.CharField(max_length=80, blank=True, default="")
    service = models.CharField(max_length=80, blank=True, default="")  # "Express", as the store names it
    warehouse = models.CharField(max_length=80, blank=True, default="", db_default="")  # where it was packed
    tracking = models.CharField(max_length=120, blank=True, default="")
    tracking_url = models.CharField(max_length=1000, blank=True, default="")
    # waiting · sent · in_transit · out_for_delivery · delivered · exception · returned · cancelled
    state = models.CharField(max_length=18, default="sent")
    lines = models.JSONField(default=list)  # [{"line": OrderLine id, "quantity": pieces}, …]
    sent_at = models.DateTimeField(null=True)
    expected_at = models.DateTimeField(null=True)  # the carrier's own word
    delivered_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "external_id"], condition=~Q(external_id=""), name="shipment_once"
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "order"], name="shipments_of_order"),
            models.Index(fields=["merchant", "tracking"], condition=~Q(tracking=""), name="shipment_by_tracking"),
        ]


class Return(Owned):
    """Things that come back: asked for, on their way, here."""

    order = OwnedKey(Order, on_delete=models.CASCADE, related_name="returns")
    external_id = models.CharField(max_length=120, blank=True, default="")
    key = models.CharField(max_length=64, blank=True, default="")  # the remedy that asked for it
    state = models.CharField(max_length=10, default="open")  # open · sent · received · closed · refused · cancelled
    reason = models.CharField(max_length=300, blank=True, default="")
    lines = models.JSONField(default=list)  # as of Shipment
    tracking = models.CharField(max_length=120, blank=True, default="")
    label_url = models.CharField(max_length=1000, blank=True, default="")
    at = models.DateTimeField(db_default=Now())
    received_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "external_id"], condition=~Q(external_id=""), name="return_once"
            )
        ]
        indexes = [models.Index(fields=["merchant", "order"], name="returns_of_order")]
