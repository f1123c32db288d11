"""Received: the bytes. Arrival: one thing in them. Quarantine: what could not be understood, and why."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from presszero.merchants.owned import Owned, OwnedKey

LANES = 64


class Received(Owned):
    """One request, mail or fetch, as it came. Written by the door in groups; unique on (line, external id)."""

    line_id = models.BigIntegerField()  # a line of channels, which stand above us
    external_id = models.CharField(max_length=300)
    lane = models.SmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()  # `actions.body_of` opens it
    sealed = models.SmallIntegerField(db_default=0)  # 1: AES-256-GCM, see incoming; 0: as it came
    sha256 = models.BinaryField(null=True)  # of the bytes as they came, whatever was masked since
    masked_at = models.DateTimeField(null=True)  # a card number was taken out of the bytes
    received_at = models.DateTimeField(db_default=Now())
    split_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(db_default=0)
    backfill = models.BooleanField(db_default=False)  # history: nothing automatic answers it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "line_id", "external_id"], name="received_once")]
        indexes = [
            models.Index(fields=["lane", "id"], condition=models.Q(split_at=None), name="received_unsplit"),
            models.Index(fields=["merchant", "line_id", "-id"], name="received_by_line"),
        ]


class Arrival(Owned):
    """One message or report out of a Received, waiting for its turn in its lane."""

    received = OwnedKey(Received, on_delete=models.PROTECT)
    line_id = models.BigIntegerField()
    external_id = models.CharField(max_length=300)  # the message's own, once a line: two requests may carry one message
    lane = models.SmallIntegerField()
    payload = models.JSONField()
    arrived_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "line_id", "external_id"], name="arrived_once")]
        indexes = [models.Index(fields=["lane", "id"], condition=models.Q(done_at=None), name="arrival_waiting")]


class Quarantine(Owned):
    """What could not be understood. Visible, downloadable, and tried again or discarded by a person."""

    received = OwnedKey(Received, on_delete=models.PROTECT)
    arrival = OwnedKey(Arrival, on_delete=models.PROTECT, null=True)
    line_id = models.BigIntegerField()
    sender = models.CharField(max_length=320, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    reason = models.TextField()
    tries = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")
    outcome = models.CharField(max_length=12, blank=True, default="")  # retried · discarded

    class Meta:
        indexes = [models.Index(fields=["merchant", "-id"], condition=models.Q(closed_at=None), name="quarantine_open")]
