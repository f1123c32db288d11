"""One matter with one customer, whatever the channels."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now

from presszero.channels.models import Line
from presszero.customers.models import Customer
from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership, Team


class Topic(Owned):
    """What matters are about; the top ten complaints are counted by it."""

    name = models.CharField(max_length=80)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "name"], name="one_topic_a_name")]

    def __str__(self) -> str:
        return self.name


class Conversation(Owned):
    """The row a list shows. What people did to it are rows of their own; the columns here are their present sum."""

    class State(models.TextChoices):
        OPEN = "open"
        SNOOZED = "snoozed"
        RESOLVED = "resolved"
        SPAM = "spam"

    class Priority(models.IntegerChoices):
        LOW = 1
        NORMAL = 2
        HIGH = 3
        URGENT = 4

    customer = OwnedKey(Customer, related_name="conversations")
    root = OwnedKey("self", null=True, blank=True)  # merged into, flat; null for itself
    line = OwnedKey(Line)  # where it began
    subject = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.OPEN, db_default=Value(State.OPEN.value)
    )
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    topic = OwnedKey(Topic, null=True, blank=True)
    assignee = OwnedKey(Membership, null=True, blank=True)
    team = OwnedKey(Team, null=True, blank=True)  # whose queue it stands in; null: everybody's
    fields = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))  # own field key → value
    created_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())  # of its newest message
    last_inbound = models.BooleanField(default=True)
    last_channel = models.CharField(max_length=20, blank=True, default="")
    snippet = models.CharField(max_length=200, blank=True, default="")
    waiting_since = models.DateTimeField(null=True)  # the oldest message of theirs we have not answered
    due_at = models.DateTimeField(null=True)  # when the first or next reply is due
    first_reply_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    matters = models.PositiveSmallIntegerField(null=True)  # what they said: channels.vocabulary.Wish
    needed_by = models.DateTimeField(null=True)  # what they said
    asked_channel = models.CharField(max_length=20, blank=True, default="", db_default="")  # how they want the answer
    work_at = models.DateTimeField(null=True)  # the order of work while they wait, see policy; null: they do not wait
    version = models.IntegerField(default=0)  # compare-and-set: two people, one change

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "customer"], name="conversation_by_customer"),
            models.Index(fields=["merchant", "root"], condition=Q(root__isnull=False), name="conversation_merged"),
            models.Index(
                fields=["merchant", "assignee", "-last_at"], condition=Q(state="open", root=None), name="view_mine"
            ),
            models.Index(
                fields=["merchant", "-last_at"],
                condition=Q(state="open", root=None, assignee=None),
                name="view_unassigned",
            ),
            models.Index(fields=["merchant", "-last_at"], condition=Q(state="open", root=None), name="view_open"),
            models.Index(
                fields=["merchant", "waiting_since"],
                condition=Q(state="open", root=None, waiting_since__isnull=False),
                name="view_waiting",
            ),
            models.Index(
                fields=["merchant", "work_at"],
                condition=Q(state="open", root=None, work_at__isnull=False),
                name="view_work",
            ),
            models.Index(
                fields=["merchant", "snoozed_until"], condition=Q(state="snoozed", root=None), name="view_snoozed"
            ),
            models.Index(
                fields=["merchant", "-last_at"], condition=Q(state="resolved", root=None), name="view_resolved"
            ),
            models.Index(fields=["merchant", "-last_at"], condition=Q(state="spam", root=None), name="view_spam"),
            models.Index(
                fields=["merchant", "team", "-last_at"],
                condition=Q(state="open", root=None, team__isnull=False),
                name="view_team_queue",
            ),
            models.Index(fields=["snoozed_until"], condition=Q(state="snoozed"), name="snooze_due"),
            GinIndex(fields=["subject"], opclasses=["gin_trgm_ops"], name="conversation_subject_trigram"),
        ]

    def __str__(self) -> str:
        return self.subject or f"Conversation {self.id}"

    @property
    def now_id(self) -> int:
        """The conversation this one is part of today."""
        return self.root_id or self.id
