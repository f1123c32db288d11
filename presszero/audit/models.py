"""One row for each act worth answering for."""

from __future__ import annotations

from django.db import models

from presszero.merchants.owned import Owned


class Record(Owned):
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=40)  # Actor.code
    verb = models.CharField(max_length=80)  # "role.change", "line.connect"
    subject = models.CharField(max_length=80)  # "membership:7"
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    why = models.TextField(blank=True, default="")
    # Both are written once, afterwards. Places in a merchant's chain are 1, 2, 3 …: rows may commit out of id order.
    place = models.BigIntegerField(null=True, editable=False)
    chain = models.CharField(max_length=64, blank=True, default="")  # SHA-256 over the one before and this row

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "-id"]),
            models.Index(fields=["id"], condition=models.Q(chain=""), name="audit_unchained"),
        ]
        constraints = [models.UniqueConstraint(fields=["merchant", "place"], name="one_record_a_place")]


class Look(Owned):
    """That a member opened a customer's record; at most one an hour. By id: customers and members are known above."""

    member_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    hour = models.DateTimeField()  # the hour it began in
    at = models.DateTimeField()  # the first time within it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "customer_id", "hour", "member_id"], name="one_look_an_hour")
        ]
