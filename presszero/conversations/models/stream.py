"""What stands in a conversation: messages (places of entries), notes, and which thread feeds it."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from presszero.channels.models import Entry, Thread
from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership

from .conversation import Conversation


class Message(Owned):
    """An entry's place in a conversation, and why it stands there."""

    conversation = OwnedKey(Conversation, related_name="messages")
    entry = OwnedKey(Entry)
    at = models.DateTimeField()
    inbound = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True, default="")  # "replied to our e-mail"
    client_id = models.UUIDField(null=True)  # made by the agent's page: a double click sends once
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "entry"], name="one_place_an_entry"),
            models.UniqueConstraint(fields=["merchant", "client_id"], name="one_message_a_click"),
        ]
        indexes = [
            models.Index(fields=["merchant", "conversation", "at", "id"], name="message_stream"),
            models.Index(fields=["merchant", "at"], name="message_by_day"),
        ]


class LiveAnswer(Owned):
    """An answer put into a chat. If they leave before they read it, it goes on by mail: once, or never."""

    message = OwnedKey(Message)
    due_at = models.DateTimeField()  # when to look again whether they read it
    mail = OwnedKey(Message, null=True)  # what carried it on
    settled_at = models.DateTimeField(null=True)  # read, carried on, or too old to be

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "message"], name="carried_on_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(settled_at=None), name="live_answer_due"),
            models.Index(fields=["merchant", "mail"], condition=Q(mail__isnull=False), name="live_answer_by_mail"),
        ]


class ThreadPlace(Owned):
    """Which conversation a thread feeds now."""

    thread = OwnedKey(Thread)
    conversation = OwnedKey(Conversation)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "thread"], name="one_place_a_thread")]
        indexes = [models.Index(fields=["merchant", "conversation"])]


class Note(Owned):
    """Words among us. No channel's code can import this, so no customer can be shown it."""

    conversation = OwnedKey(Conversation, related_name="notes")
    by = OwnedKey(Membership, null=True)  # null: the product itself
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())
    client_id = models.UUIDField(null=True)
    removed_at = models.DateTimeField(null=True)
    call = models.CharField(max_length=3, blank=True, default="", db_default="")  # of a call: in · out
    minutes = models.PositiveSmallIntegerField(null=True)  # how long it took, where somebody said so
    search = models.GeneratedField(
        expression=Func(F("merchant"), F("text"), function="presszero_lexemes"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "client_id"], name="one_note_a_click")]
        indexes = [
            models.Index(fields=["merchant", "conversation", "at"]),
            GinIndex(fields=["search"], name="note_search"),
        ]
