"""What a member wants to be told and where, their devices, and what waits to be told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.conversations.models import Conversation
from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership, Session


class PushKey(models.Model):
    """The installation's own key pair towards push services (RFC 8292), made once; its private half is sealed."""

    sealed = models.BinaryField()
    public = models.CharField(max_length=100)  # the application server key, base64url
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.public


class AlertChoice(Owned):
    """What a member asked to be told, and how. Without a row, or without any place, nothing is."""

    class Says(models.TextChoices):
        NOTHING = "nothing"  # "A customer wrote"
        NAME = "name"  # "Ada wrote"
        WORDS = "words"  # and the beginning of what she wrote

    member = OwnedKey(Membership, on_delete=models.CASCADE)
    mine = models.BooleanField(default=True)  # somebody wrote in a conversation of theirs
    given = models.BooleanField(default=True)  # a colleague gave them one
    unassigned = models.BooleanField(default=False)  # somebody wrote, and nobody has it yet
    mentions = models.BooleanField(default=True)  # a colleague named them
    promises = models.BooleanField(default=True)  # an answer of theirs is due soon
    questions = models.BooleanField(default=True, db_default=True)  # a colleague asks for what is theirs to grant
    waits = models.BooleanField(default=True, db_default=True)  # of a lead: somebody waits for a person for too long
    desktop = models.BooleanField(default=False)
    push = models.BooleanField(default=False)
    sound = models.BooleanField(default=False)
    says = models.CharField(max_length=10, choices=Says.choices, default=Says.NAME)
    quiet_from = models.TimeField(null=True, blank=True)  # in the member's own time zone
    quiet_to = models.TimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "member"], name="one_alert_choice_a_member")]


class Device(Owned):
    """A browser that may be sent web push while the session it was named in lasts. What opens it is sealed."""

    member = OwnedKey(Membership, on_delete=models.CASCADE)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    fingerprint = models.CharField(max_length=64)  # of its endpoint
    sealed = models.BinaryField()  # {"endpoint", "p256dh", "auth"}
    name = models.CharField(max_length=80)  # "Firefox on Linux"
    made_at = models.DateTimeField(db_default=Now())
    reached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "fingerprint"], name="one_device_an_endpoint")]
        indexes = [models.Index(fields=["merchant", "member"], name="device_of_member")]

    def __str__(self) -> str:
        return self.name


class Alert(Owned):
    """Something to tell a member. It holds no words: those are found, and their right to them, when it is told."""

    class What(models.TextChoices):
        MINE = "mine"
        GIVEN = "given"
        UNASSIGNED = "unassigned"
        MENTION = "mention"
        PROMISE = "promise"
        QUESTION = "question"
        ANSWER = "answer"
        TURN = "turn"  # a chat waits, and it is their turn although a colleague has it
        WAITS = "waits"  # somebody has waited for most of the time that is allowed
        LATE = "late"  # … for longer
        TRIAL = "trial"  # "send me one now"

    member = OwnedKey(Membership, on_delete=models.CASCADE)
    conversation = OwnedKey(Conversation, on_delete=models.CASCADE, null=True)  # null for a trial
    what = models.CharField(max_length=10, choices=What.choices)
    about = models.BigIntegerField(default=0)  # the event's id, the promise's, or the remedy's that is asked for
    by = models.CharField(max_length=40, blank=True, default="")  # core.actor code
    at = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(db_default=Now())  # of the next try to push it; whoever tries moves it on
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    pushed_at = models.DateTimeField(null=True)  # done with, told or not

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "member", "what", "about"],
                condition=~Q(what="trial"),
                name="one_alert_a_happening",
            )
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(pushed_at=None), name="alert_waiting"),
            models.Index(fields=["merchant", "member", "-id"], name="alert_newest"),
        ]
