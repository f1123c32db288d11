"""What was tried before the shop opened, and what the DNS said."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from presszero.channels.models import Line
from presszero.core.sealing import fingerprint
from presszero.merchants.owned import Owned, OwnedKey


class Trial(Owned):
    """A message of our own through one line. Under way until it has an outcome."""

    class Outcome(models.TextChoices):
        UNDER_WAY = ""
        PASSED = "passed"
        FAILED = "failed"

    line = OwnedKey(Line, on_delete=models.CASCADE)
    number = models.UUIDField(default=uuid.uuid4)  # in the id of the message, so that it is known again
    by = models.CharField(max_length=40)  # core.actor code
    started_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField(null=True)  # a mail server took it, or our own door did
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True, default="")
    reason = models.TextField(blank=True, default="")  # why it failed, for the merchant
    conversation_id = models.BigIntegerField(null=True)  # where it was understood, settled at once; none for mail

    class Meta:
        indexes = [models.Index(fields=["merchant", "line", "-id"], name="trial_newest")]

    @property
    def sender(self) -> str:
        """Who it comes from where our own pages bring it in: always the same visitor, who is nobody."""
        return f"v-{fingerprint(self.line.token)[:32]}"

    @property
    def message_id(self) -> str:
        """Of the message that was sent, on its own channel."""
        if self.line.kind == "email":
            return f"trial-{self.number.hex}@{self.line.address.rpartition('@')[2]}"
        return f"form:{self.number.hex}" if self.line.kind == "form" else f"{self.sender}:{self.number.hex}"


class DomainCheck(Owned):
    """What the DNS says about one mail domain, as of the last time somebody asked."""

    domain = models.CharField(max_length=254)
    selector = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)  # null: not answered yet
    findings = models.JSONField(default=list)  # [{"subject", "level", "says", "mend"}]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "domain", "selector"], name="one_check_a_domain")]
