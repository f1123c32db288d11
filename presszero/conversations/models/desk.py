"""What agents prepare and remember while they work."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now

from presszero.core.sealing import new_token
from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership, Team

from .conversation import Conversation
from .stream import Note


def _token() -> str:
    return new_token(192)


class Draft(Owned):
    """What somebody is writing, saved as they type. One of each kind per person and conversation."""

    conversation = OwnedKey(Conversation, on_delete=models.CASCADE)
    by = OwnedKey(Membership, on_delete=models.CASCADE)
    kind = models.CharField(max_length=24, default="reply", db_default="reply")  # reply · note · ask · ask-7
    text = models.TextField(blank=True, default="")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "conversation", "by", "kind"], name="one_draft_each")
        ]


class Upload(Owned):
    """A file put into a composer and not sent yet: bound to its person and conversation, used once."""

    conversation = OwnedKey(Conversation, on_delete=models.CASCADE)
    by = OwnedKey(Membership, on_delete=models.CASCADE)
    token = models.CharField(max_length=64, default=_token)
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    storage_key = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "token"], name="one_upload_a_token")]


class Mention(Owned):
    note = OwnedKey(Note, on_delete=models.CASCADE, related_name="mentions")
    member = OwnedKey(Membership, on_delete=models.CASCADE)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "note", "member"], name="mentioned_once_a_note")]
        indexes = [models.Index(fields=["merchant", "member"], condition=Q(seen_at=None), name="mention_unseen")]


class Follower(Owned):
    conversation = OwnedKey(Conversation, on_delete=models.CASCADE, related_name="followers")
    member = OwnedKey(Membership, on_delete=models.CASCADE)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "conversation", "member"], name="follows_once")]
        indexes = [models.Index(fields=["merchant", "member"], name="follows_what")]


class Seen(Owned):
    """How far a member has read a conversation: the time of the newest message they saw."""

    conversation = OwnedKey(Conversation, on_delete=models.CASCADE)
    member = OwnedKey(Membership, on_delete=models.CASCADE)
    up_to = models.DateTimeField()

    class Meta:
        verbose_name_plural = "seen"
        constraints = [models.UniqueConstraint(fields=["merchant", "conversation", "member"], name="seen_once")]


class Looking(Owned):
    """Who has a conversation open right now, and whether they type. Forgotten after half a minute."""

    conversation = OwnedKey(Conversation, on_delete=models.CASCADE)
    member = OwnedKey(Membership, on_delete=models.CASCADE)
    typing_at = models.DateTimeField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "conversation", "member"], name="looks_once")]


class Macro(Owned):
    """A ready answer with variables, and what else to do: {"resolve": true, "topic": 3, "assign": "me"}."""

    name = models.CharField(max_length=80)
    text = models.TextField(blank=True, default="")
    actions = models.JSONField(default=dict)
    language = models.CharField(max_length=12, blank=True, default="")
    shortcut = models.SlugField(max_length=30, blank=True, default="", db_default="")  # ";hello" in the composer
    steps = models.JSONField(default=list, db_default=Value([], models.JSONField()))  # conversations.steps
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], condition=Q(retired_at=None), name="one_macro_a_name")
        ]


class MacroText(Owned):
    """A macro's words in another language; the customer's language picks."""

    macro = OwnedKey(Macro, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=12)  # BCP 47
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "macro", "language"], name="one_macro_text_a_language")
        ]


class SavedView(Owned):
    """A list by filter that somebody keeps: for themselves, for a team, or for everybody."""

    class Shared(models.TextChoices):
        NOBODY = "nobody"
        TEAM = "team"
        EVERYBODY = "everybody"

    name = models.CharField(max_length=60)
    icon = models.CharField(max_length=20, blank=True, default="list")
    by = OwnedKey(Membership)
    shared = models.CharField(max_length=10, choices=Shared.choices, default=Shared.NOBODY)
    team = OwnedKey(Team, null=True, blank=True)  # when shared with one
    filter = models.JSONField(default=dict)  # conversations.filtering
    order = models.CharField(max_length=20, default="newest")  # newest · oldest · waiting · due · priority
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["merchant", "position"], condition=Q(retired_at=None), name="views_kept")]

    def __str__(self) -> str:
        return self.name
