"""What was done to a conversation, by whom and when. The conversation's columns are the sum of these."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership

from .conversation import Conversation, Topic
from .stream import Message, Note


class Resolution(Owned):
    conversation = OwnedKey(Conversation, related_name="resolutions")
    topic = OwnedKey(Topic, null=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "conversation"], condition=Q(reopened_at=None), name="resolved_once_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "at"], name="resolution_by_day"),
            models.Index(
                fields=["merchant", "reopened_at"], condition=Q(reopened_at__isnull=False), name="reopened_by_day"
            ),
        ]


class Snooze(Owned):
    """Out of sight until a time, or until they write, whichever comes first. No time: until they write."""

    conversation = OwnedKey(Conversation, related_name="snoozes")
    until = models.DateTimeField(null=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "conversation"], condition=Q(ended_at=None), name="snoozed_once_at_a_time"
            )
        ]


class Assignment(Owned):
    conversation = OwnedKey(Conversation, related_name="assignments")
    to = OwnedKey(Membership, null=True)  # null: back to everyone
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["merchant", "conversation", "-id"])]


class Merge(Owned):
    """Two conversations found to be one matter, until undone."""

    loser = OwnedKey(Conversation)
    winner = OwnedKey(Conversation)
    loser_state = models.CharField(max_length=10)  # what an undo gives back
    winner_state = models.CharField(max_length=10, default="", db_default="")
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")  # why, for the agent to read
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "loser"], condition=Q(undone_at=None), name="conversation_merged_once_at_a_time"
            )
        ]


class Move(Owned):
    """Part of a stream split off, until undone: one row a message or note, one `split` id for all of them."""

    split = models.UUIDField()
    source = OwnedKey(Conversation)
    target = OwnedKey(Conversation)
    message = OwnedKey(Message, null=True)
    note = OwnedKey(Note, null=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["merchant", "split"])]


class Wish(Owned):
    """What a customer said of the matter: how much it matters, by when, how to answer. The newest of each counts."""

    conversation = OwnedKey(Conversation, related_name="wishes")
    matters = models.PositiveSmallIntegerField(null=True)
    needed_by = models.DateTimeField(null=True)
    words = models.CharField(max_length=500, blank=True, default="")
    channel = models.CharField(max_length=20, blank=True, default="")
    source = models.CharField(max_length=20)  # form · chat · page (the one-tap page) · agent
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "wishes"
        indexes = [models.Index(fields=["merchant", "conversation", "-id"], name="wish_newest")]


class Tag(Owned):
    """A word the team marks conversations with."""

    name = models.CharField(max_length=60)
    colour = models.CharField(max_length=12, blank=True, default="")  # a token: accent, good, warn, bad; "": none
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(F("merchant"), Lower("name"), condition=Q(retired_at=None), name="one_tag_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Tagged(Owned):
    """That a conversation carries a tag, until it is taken off."""

    conversation = OwnedKey(Conversation, related_name="tagged")
    tag = OwnedKey(Tag, related_name="tagged")
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "conversation", "tag"], condition=Q(removed_at=None), name="tagged_once_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["merchant", "tag", "-id"], condition=Q(removed_at=None), name="tagged_by_tag")]


class Spam(Owned):
    """That a conversation is spam, until somebody says it is not. Nothing in it waits, and nothing answers it."""

    conversation = OwnedKey(Conversation, related_name="spam")
    state = models.CharField(max_length=10)  # what "not spam" gives back
    reason = models.CharField(max_length=300, blank=True, default="")  # "from a blocked address"
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name_plural = "spam"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "conversation"], condition=Q(ended_at=None), name="spam_once_at_a_time"
            )
        ]
