"""Who may come in, how often, and what was answered; where we tell what happened, and what became of that."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.core.sealing import open_sealed, seal
from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership


class ApiToken(Owned):
    """What lets an outside program in. We keep its fingerprint; the token itself was shown once."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)  # how it begins, so that people tell theirs apart
    fingerprint = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30))
    member = OwnedKey(Membership, null=True)  # acts as them, sees what they see; null: as the whole shop
    per_minute = models.PositiveIntegerField(default=600)
    created_by = OwnedKey(Membership)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to the minute
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["merchant", "-id"], name="tokens_of")]

    def __str__(self) -> str:
        return self.name


class Allowance(Owned):
    """How many requests a token has left: a bucket that fills all the time. Not logged: a crash fills it again."""

    token = OwnedKey(ApiToken, on_delete=models.CASCADE)
    remaining = models.FloatField()
    allowed = models.BooleanField()  # the last one asked for
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "token"], name="one_allowance_a_token")]


class KeptAnswer(Owned):
    """What a request under an Idempotency-Key was answered with. Kept in the transaction of its effect, for a day."""

    token = OwnedKey(ApiToken, on_delete=models.CASCADE)
    key = models.CharField(max_length=255)
    asked = models.CharField(max_length=64)  # SHA-256 of method, path, query and body
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "token", "key"], name="one_answer_a_key")]
        indexes = [models.Index(fields=["at"], name="kept_answers_by_age")]


class Webhook(Owned):
    """An address of the merchant's own that is told what happens here."""

    name = models.CharField(max_length=80, blank=True, default="")
    url = models.CharField(max_length=2000)
    events = ArrayField(models.CharField(max_length=60))  # kinds of facts
    sealed = models.BinaryField(default=bytes)  # {"secret", "old_secret"}
    rotated_at = models.DateTimeField(null=True)  # the old secret signs too, for a day from here
    created_by = models.CharField(max_length=40)
    created_at = models.DateTimeField(db_default=Now())
    succeeded_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True, default="")  # what the last failed try said
    disabled_at = models.DateTimeField(null=True)
    disabled_why = models.CharField(max_length=20, blank=True, default="")  # by hand · gone · failing
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["merchant", "id"], condition=Q(removed_at=None), name="webhooks_of")]

    def __str__(self) -> str:
        return self.name or self.url

    @property
    def secrets(self) -> dict[str, str]:
        """Raises CannotOpen when they were sealed under another key."""
        return open_sealed(bytes(self.sealed), "webhook")

    def keep_secrets(self, values: dict[str, str]) -> None:
        """Seals them into the row; the caller saves."""
        self.sealed = seal(values, "webhook")


class WebhookDelivery(Owned):
    """One thing told to one webhook. The row is there before the first try; its id goes out with every try."""

    class State(models.TextChoices):
        WAITS = "waits"
        SENDING = "sending"
        DELIVERED = "delivered"
        FAILED = "failed"  # after three days of trying
        DROPPED = "dropped"  # the webhook was switched off or removed

    webhook = OwnedKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=60)  # the webhook-id header
    kind = models.CharField(max_length=60)
    event_id = models.BigIntegerField(null=True)  # null: a test
    customer_id = models.BigIntegerField(null=True)  # whose words may stand in the body
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITS)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    held_until = models.DateTimeField(null=True)  # while it is sent; after that whoever sent it has died
    created_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "message_id"], name="one_webhook_message"),
            models.UniqueConstraint(
                fields=["merchant", "webhook", "event_id"], condition=Q(event_id__isnull=False), name="told_once"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waits"), name="webhook_due"),
            models.Index(fields=["webhook", "held_until"], condition=Q(state="sending"), name="webhook_sending"),
            models.Index(fields=["merchant", "webhook", "-id"], name="webhook_log"),
            models.Index(fields=["merchant", "customer_id"], name="webhook_told_of"),
            models.Index(fields=["created_at"], name="webhook_by_age"),
        ]


class WebhookTry(Owned):
    """One attempt, and what came back."""

    delivery = OwnedKey(WebhookDelivery, on_delete=models.CASCADE, related_name="history")
    at = models.DateTimeField(db_default=Now())
    took_ms = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)  # null: no answer
    answer = models.TextField(blank=True, default="")  # the first 2 kB
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name_plural = "webhook tries"
        indexes = [models.Index(fields=["merchant", "delivery", "id"], name="webhook_tries_of")]
