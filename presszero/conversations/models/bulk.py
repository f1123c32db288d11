"""The same done to many conversations at once, and what each was before, so that all of it can be undone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership

from .conversation import Conversation


class Bulk(Owned):
    """Steps to be done to many. A worker does them a few at a time; the numbers here tell how far it is."""

    by = OwnedKey(Membership)
    steps = models.JSONField()  # conversations.steps
    at = models.DateTimeField(db_default=Now())
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)  # of them, left as they were
    finished_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)  # somebody stopped it; what was done stays
    undo_at = models.DateTimeField(null=True)  # somebody asked for all of it to be undone
    undo_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    undone = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)  # it is

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(finished_at=None, stopped_at=None) | Q(undo_at__isnull=False, undone_at=None),
                name="bulk_waiting",
            ),
            models.Index(fields=["merchant", "by", "-id"], name="bulk_newest"),
        ]


class BulkItem(Owned):
    """One conversation of a bulk, what it was before, and what became of it."""

    class Outcome(models.TextChoices):
        WAITS = "waits"
        DONE = "done"
        REFUSED = "refused"
        UNDONE = "undone"
        KEPT = "kept"  # it moved on since, so undoing left it alone

    bulk = OwnedKey(Bulk, on_delete=models.CASCADE, related_name="items")
    conversation = OwnedKey(Conversation)
    before = models.JSONField(default=list)  # one entry a step, as steps.perform gave it
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.WAITS)
    sentence = models.CharField(max_length=300, blank=True, default="")  # why it was refused or kept

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "bulk", "conversation"], name="once_a_bulk")]
        indexes = [models.Index(fields=["merchant", "bulk", "outcome", "id"], name="bulk_next")]
