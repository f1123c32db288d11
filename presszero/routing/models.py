"""Queues, who can answer what, who is ready, and who waited for whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now

from presszero.channels.models import Line
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer
from presszero.merchants.models import Hours
from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership, Team


class Presence(Owned):
    """Whether a member takes new conversations. `seen_at` is refreshed while a desk is open."""

    member = OwnedKey(Membership, on_delete=models.CASCADE, related_name="presence")
    ready = models.BooleanField(default=False)
    since = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    last_turn_at = models.DateTimeField(null=True)  # when round robin last gave them one
    reason = models.CharField(max_length=20, blank=True, default="", db_default="")  # why not: lunch · break · …
    until = models.DateTimeField(null=True)  # ready again by themselves then; after a call: while it is wrapped up
    elsewhere = models.BooleanField(default=False, db_default=False)  # calls reach them without a desk: their own phone

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "member"], name="one_presence_a_member")]


class Skill(Owned):
    """Something not everybody can: a language, resoling, wholesale."""

    name = models.CharField(max_length=60)
    language = models.CharField(max_length=12, blank=True, default="")  # BCP 47, where the skill is a language
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], condition=Q(retired_at=None), name="one_skill_a_name")
        ]


class MemberSkill(Owned):
    """How well a member can it: 1 a little … 5 nobody better."""

    member = OwnedKey(Membership, on_delete=models.CASCADE, related_name="skills")
    skill = OwnedKey(Skill, on_delete=models.CASCADE)
    level = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "member", "skill"], name="can_it_once")]


class Queue(Owned):
    """Where live work waits for a person. The one called first is where 0 leads."""

    name = models.CharField(max_length=60)
    team = OwnedKey(Team, null=True, blank=True)  # who answers it; null: everybody who takes calls or chats
    priority = models.SmallIntegerField(default=0)  # higher goes first between queues
    target_seconds = models.PositiveIntegerField(default=300)  # of open time, to a person
    warn_share = models.FloatField(default=0.6)  # of the target, after which somebody is warned
    hours = OwnedKey(Hours, null=True, blank=True)  # null: the line's
    overflow = OwnedKey("self", null=True, blank=True)  # whose people may answer too …
    overflow_seconds = models.PositiveIntegerField(default=120)  # … after so long
    announces = models.BooleanField(default=True)  # says place and estimate
    offers_callback = models.BooleanField(default=True)
    sticky_seconds = models.PositiveIntegerField(default=20)  # how long it waits for who answered them last
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], condition=Q(retired_at=None), name="one_queue_a_name")
        ]


class QueueSkill(Owned):
    """What whoever answers a queue must be able to, and how well at least."""

    queue = OwnedKey(Queue, on_delete=models.CASCADE, related_name="skills")
    skill = OwnedKey(Skill, on_delete=models.CASCADE)
    level = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "queue", "skill"], name="asks_for_it_once")]


class Capacity(Owned):
    """How much of one kind of work a member takes at once. No row: the rule of policy.USUAL."""

    member = OwnedKey(Membership, on_delete=models.CASCADE, related_name="capacities")
    kind = models.CharField(max_length=12)  # call · chat
    most = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "member", "kind"], name="one_capacity_a_kind")]


class Target(Owned):
    """By when somebody is helped, for one line and kind of customer; the queue's own target is the rule."""

    line = OwnedKey(Line, null=True, blank=True)  # null: every line
    kind = models.CharField(max_length=12, blank=True, default="")  # call · chat; "" both
    customers = models.CharField(max_length=14, default="all")  # all · new · returning · waiting_order
    seconds = models.PositiveIntegerField(default=300)

    class Meta:
        indexes = [models.Index(fields=["merchant", "line"], name="targets_of_line")]


class Waiting(Owned):
    """One call or chat that waits for a person, from entering the queue until it left it."""

    class Left(models.TextChoices):
        ANSWERED = "answered"
        ABANDONED = "abandoned"  # they gave up
        CALLBACK = "callback"  # they keep their place and are called back
        VOICEMAIL = "voicemail"
        CLOSED = "closed"  # nobody is there any more
        WITHDRAWN = "withdrawn"  # it ended for another reason, such as another agent's hand

    queue = OwnedKey(Queue)
    kind = models.CharField(max_length=12)  # call · chat
    subject_id = models.BigIntegerField()  # the call, or the conversation of the chat
    line = OwnedKey(Line, null=True, blank=True)
    customer = OwnedKey(Customer, null=True, blank=True)
    conversation = OwnedKey(Conversation, null=True, blank=True)
    priority = models.SmallIntegerField(default=0)  # beside the queue's own
    skills = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))  # skill id → level, beside them
    sticky = OwnedKey(Membership, null=True, blank=True)  # who answered them last
    since = models.DateTimeField(db_default=Now())  # entered; a kept place keeps it
    began_at = models.DateTimeField(db_default=Now())  # this row
    rank = models.SmallIntegerField(default=0, db_default=0)  # the queue's priority and their own, as it is sorted by
    customers = models.CharField(max_length=14, default="all", db_default="all")  # new · returning · waiting_order
    target_seconds = models.PositiveIntegerField(null=True)  # which target holds
    due_at = models.DateTimeField(null=True)  # the target in open hours; null: never open
    warned_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)  # the target passed, and somebody was told
    left_at = models.DateTimeField(null=True)
    left = models.CharField(max_length=12, choices=Left.choices, blank=True, default="")
    taken_by = OwnedKey(Membership, null=True, blank=True)
    cart_value = models.BigIntegerField(null=True)  # minor units in the cart when they gave up
    currency = models.CharField(max_length=3, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "subject_id"], condition=Q(left_at=None), name="waits_in_one_place"
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "queue", "since"], condition=Q(left_at=None), name="who_waits"),
            models.Index(fields=["merchant", "-rank", "since", "id"], condition=Q(left_at=None), name="waits_in_order"),
            models.Index(fields=["due_at"], condition=Q(left_at=None), name="waiting_by_target"),
            models.Index(fields=["merchant", "began_at"], name="waiting_by_day"),
            models.Index(fields=["merchant", "kind", "subject_id"], name="waiting_of_subject"),
        ]


class Turn(Owned):
    """One member was offered one that waits, and why them; and what they did."""

    class Outcome(models.TextChoices):
        OFFERED = "offered"
        TAKEN = "taken"
        DECLINED = "declined"
        MISSED = "missed"  # it rang out
        WITHDRAWN = "withdrawn"  # they gave up, or somebody else took it

    waiting = OwnedKey(Waiting, on_delete=models.CASCADE, related_name="turns")
    member = OwnedKey(Membership)
    kind = models.CharField(max_length=12)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OFFERED)
    why = models.JSONField(default=dict)  # policy.Why, for "why did this come to me"
    offered_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)  # whatever they did
    ended_at = models.DateTimeField(null=True)  # of one that was taken: they talk no more
    free_at = models.DateTimeField(null=True)  # … and have written it down: ready for the next

    class Meta:
        constraints = [
            # However many processes decide at once: one open offer or answer for each that waits …
            models.UniqueConstraint(
                fields=["merchant", "waiting"], condition=Q(outcome__in=["offered", "taken"]), name="one_turn_at_a_time"
            ),
            # … and one call at a time for each member.
            models.UniqueConstraint(
                fields=["merchant", "member"],
                condition=Q(kind="call", outcome__in=["offered", "taken"], ended_at=None),
                name="one_call_a_member",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "member", "-offered_at"], name="turns_of_member"),
            models.Index(fields=["offered_at"], condition=Q(outcome="offered"), name="turns_open"),
            models.Index(fields=["merchant", "waiting"], name="turns_of_waiting"),
            models.Index(
                fields=["merchant", "member", "kind"],
                condition=Q(outcome__in=["offered", "taken"], ended_at=None),
                name="turns_now",
            ),
            models.Index(fields=["merchant", "kind", "-ended_at"], condition=Q(outcome="taken"), name="turns_done"),
        ]
