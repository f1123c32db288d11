"""What service cost and what came of it, written down at the time, since it cannot be collected backwards."""

from __future__ import annotations

from django.db import models
from django.db.models import Value
from django.db.models.functions import Now

from presszero.conversations.models import Conversation, Resolution
from presszero.customers.models import Customer
from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership


class Worked(Owned):
    """Seconds that a member really spent in a conversation on a day: its page in front of them, and hands at work."""

    conversation = OwnedKey(Conversation, on_delete=models.CASCADE)
    member = OwnedKey(Membership)
    channel = models.CharField(max_length=20)  # of the conversation's last message, while they worked
    day = models.DateField()  # in the merchant's time zone
    seconds = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()  # one member's time counts once, however many pages they have open

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "conversation", "member", "channel", "day"], name="worked_once")
        ]
        indexes = [
            models.Index(fields=["merchant", "member", "-last_at"], name="worked_by_member"),
            models.Index(fields=["merchant", "day"], name="worked_by_day"),
        ]


class Beat(Owned):
    """When a member's hands were last at work, on any page: what makes beats that overlap count once."""

    member = OwnedKey(Membership, on_delete=models.CASCADE)
    last_at = models.DateTimeField()  # up to here their time is counted
    seconds = models.PositiveIntegerField(default=0)  # what the last beat counted

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "member"], name="one_beat_a_member")]


class Cost(Owned):
    """The merchant's own rates. The newest row that began before a day counts for it."""

    what = models.CharField(max_length=40)  # "hour", "hour:member:7", "contact:phone", "month": minor units of each
    currency = models.CharField(max_length=3)
    minor = models.BigIntegerField()
    since = models.DateField()
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "what", "since"], name="one_cost_a_day")]


class Served(Owned):
    """One matter that was resolved, with what it took. Written at resolve; the next resolve adds to it.

    What can be found again is (`serving.rebuild`); the exchange rates and the topic of the day cannot.
    """

    conversation = OwnedKey(Conversation, on_delete=models.CASCADE)
    resolution = OwnedKey(Resolution, on_delete=models.CASCADE, null=True)
    customer = OwnedKey(Customer)
    topic_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()  # of the newest resolve that stood
    first_at = models.DateTimeField(null=True)  # of the first
    seconds = models.JSONField(default=dict)  # {"member:7": {"email": 320}, …}
    contacts = models.JSONField(default=dict)  # {"email": 3, "chat": 1}: what they wrote, by channel
    currency = models.CharField(max_length=3)  # the merchant's
    labour = models.BigIntegerField(null=True)  # minor units by the merchant's rates; null: no rate was known
    remedies = models.BigIntegerField(default=0)  # what remedies cost, in `currency`
    remedies_other = models.JSONField(default=dict)  # {"USD": 1840}: in currencies without a rate
    # What remedies cost by their kind, in `currency`: {"refund": 1840}; `remedies` is the sum
    given = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    # {"suggestions": [ids], "used": [ids of them], "drafts": [ids of draft orders]}
    offered = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    chance_id = models.BigIntegerField(null=True)  # offers.Chance
    held_out = models.BooleanField(null=True)  # null: no chance was drawn

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "conversation"], name="served_once")]
        indexes = [
            models.Index(fields=["merchant", "at"], name="served_by_day"),
            models.Index(fields=["merchant", "first_at"], name="served_first_by_day"),
        ]


class BossLetter(Owned):
    """The page for the boss, as it was mailed for a month."""

    month = models.DateField()  # its first day
    figures = models.JSONField(default=dict)
    sent_at = models.DateTimeField(null=True)
    sent_to = models.JSONField(default=list)  # ids of members

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "month"], name="one_letter_a_month")]


class NoLetter(Owned):
    """An admin who does not want the boss's letter."""

    member = OwnedKey(Membership, on_delete=models.CASCADE)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "member"], name="no_letter_once")]
