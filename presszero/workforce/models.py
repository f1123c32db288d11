"""Who is meant to work when, and what a shop plans by."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership


class Shift(Owned):
    """When a member works on a weekday of every week, or on one date instead of it. No spans: they are not there."""

    member = OwnedKey(Membership, on_delete=models.CASCADE, related_name="shifts")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    on = models.DateField(null=True)  # null: every week
    spans = models.JSONField(default=list)  # [["09:00", "17:30"], …] by the shop's clock; "24:00" is the day's end

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "member", "weekday"], condition=Q(on=None), name="one_shift_a_weekday"
            ),
            models.UniqueConstraint(
                fields=["merchant", "member", "on"], condition=Q(on__isnull=False), name="one_shift_a_date"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "on"], name="shifts_by_date")]


class Plan(Owned):
    """What staffing aims at, for calls or for chats. Null: what was measured, or the queue's own target."""

    kind = models.CharField(max_length=12)  # call · chat
    level = models.FloatField(default=0.8)  # the share to be answered in time
    within_seconds = models.PositiveIntegerField(null=True)
    handling_seconds = models.PositiveIntegerField(null=True)
    patience_seconds = models.PositiveIntegerField(null=True)
    occupancy = models.FloatField(default=0.85)
    shrinkage = models.FloatField(default=0.3)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "kind"], name="one_plan_a_kind")]
