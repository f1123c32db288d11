"""Rows of the timeline. `Event` is partitioned by id range and append-only by trigger (see the migration)."""

from __future__ import annotations

from django.db import models

from presszero.merchants.owned import Owned


class Event(models.Model):
    """Something that became true. Ids, enums and numbers only: erasing a person rewrites nothing here."""

    id = models.BigIntegerField(primary_key=True)  # given by timeline_next_id(), after the transaction has its xid
    merchant_id = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    customer_id = models.BigIntegerField(null=True)
    conversation_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "timeline_event"


class Cursor(models.Model):
    """How far a listener has heard: the highest id, and the gaps below it that may still be filled (see `holes`)."""

    listener = models.CharField(max_length=80, primary_key=True)
    high = models.BigIntegerField(default=0)
    gaps = models.JSONField(default=list)  # [[first id, last id, a transaction begun after we saw it, or null], …]
    moved_at = models.DateTimeField(auto_now=True)


class Parked(Owned):
    """An event that a listener failed on. It is shown and can be tried again; the rest went on."""

    listener = models.CharField(max_length=80)
    event_id = models.BigIntegerField()
    error = models.TextField()
    tries = models.PositiveSmallIntegerField(default=1)
    parked_at = models.DateTimeField(auto_now_add=True)
    solved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "listener", "event_id"], name="parked_once")]
