"""What we said would happen, by when; and whom we told today that we have their words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.channels.models import Entry
from presszero.conversations.models import Conversation
from presszero.merchants.owned import Owned, OwnedKey


class Promise(Owned):
    """Exactly one of `kept_at`, `broken_at`, `withdrawn_at` ends it; a broken one may still be kept late."""

    class Kind(models.TextChoices):
        ANSWER = "answer"  # we answer by then

    conversation = OwnedKey(Conversation, related_name="promises")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.ANSWER)
    due_at = models.DateTimeField()
    entry = OwnedKey(Entry, null=True)  # where it was said; null: shown in the chat's head, in no message
    by = models.CharField(max_length=40)  # core.actor code
    at = models.DateTimeField(db_default=Now())
    kept_at = models.DateTimeField(null=True)
    broken_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "conversation", "kind"],
                condition=Q(kept_at=None, withdrawn_at=None),
                name="one_open_promise_a_kind",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(kept_at=None, broken_at=None, withdrawn_at=None), name="promise_due"
            ),
            models.Index(fields=["merchant", "conversation"], name="promise_of_conversation"),
        ]


class Acknowledged(models.Model):
    """An address was told "we have it" within a day, by whichever merchant here: one such mail a day and no more.

    Of no merchant: a flood through a hundred shops is one flood to its victim. The address is kept as a keyed hash.
    """

    recipient = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()
