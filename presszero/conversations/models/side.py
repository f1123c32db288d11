"""Side threads: with a warehouse, carrier, supplier or colleague, in the conversation, unseen by the customer."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from presszero.channels.models import Thread
from presszero.merchants.owned import Owned, OwnedKey

from .conversation import Conversation


class Outsider(Owned):
    """Somebody we ask for help: no customer, and no member. Kept so that the next question finds them."""

    class Kind(models.TextChoices):
        WAREHOUSE = "warehouse"
        CARRIER = "carrier"
        SUPPLIER = "supplier"
        COLLEAGUE = "colleague"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=320)  # e-mail, lower case
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "address"], condition=models.Q(retired_at=None), name="one_outsider_an_address"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SideThread(Owned):
    """A thread with an outsider that stands in a conversation beside the customer's own, never in front of them."""

    conversation = OwnedKey(Conversation, related_name="side_threads")
    thread = OwnedKey(Thread)
    outsider = OwnedKey(Outsider)
    subject = models.CharField(max_length=300)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())
    waits_for = models.CharField(max_length=6, default="them")  # them · us
    client_id = models.UUIDField(null=True)  # made by the agent's page: a double click asks once
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "thread"], name="one_side_a_thread"),
            models.UniqueConstraint(fields=["merchant", "client_id"], name="one_side_a_click"),
        ]
        indexes = [
            models.Index(fields=["merchant", "conversation", "id"], name="side_threads_of"),
            models.Index(
                fields=["merchant", "by"], condition=models.Q(waits_for="us", closed_at=None), name="side_answered"
            ),
        ]
