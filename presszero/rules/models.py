"""Rules, how they read at each change, what they did and why, and what they would have done."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Now

from presszero.conversations.models import Conversation
from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership


class Rule(Owned):
    """When something happens (`when`) and conditions hold (`filter`), then these steps. What it reads now."""

    name = models.CharField(max_length=80)
    when = models.JSONField(default=dict)  # rules.occasions: {"on": ["arrived"]}, {"on": ["waiting"], "for": "4h"}
    filter = models.JSONField(default=dict)  # conversations.filtering
    steps = models.JSONField(default=list)  # conversations.steps
    stop = models.BooleanField(default=False)  # rules after it are not asked about the same event
    once = models.BooleanField(default=False)  # at most once for a conversation
    rest = models.CharField(max_length=8, blank=True, default="")  # not again within this: "30m", "4h", "7d"
    position = models.PositiveIntegerField(default=0)
    enabled = models.BooleanField(default=False)
    enabled_at = models.DateTimeField(null=True)  # since when; what happened before is not looked at
    version = models.PositiveIntegerField(default=1)  # the number of the newest RuleVersion
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    failed = models.CharField(max_length=300, blank=True, default="")  # what went wrong last
    stopped_why = models.CharField(max_length=300, blank=True, default="")  # the product switched it off, and why
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(F("merchant"), Lower("name"), condition=Q(retired_at=None), name="one_rule_a_name")
        ]
        indexes = [
            models.Index(fields=["merchant", "position", "id"], condition=Q(retired_at=None), name="rules_in_order"),
            models.Index(fields=["merchant", "position"], condition=Q(enabled=True), name="rules_enabled"),
        ]

    def __str__(self) -> str:
        return self.name


class RuleVersion(Owned):
    """How a rule read from one change to the next."""

    rule = OwnedKey(Rule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    reads = models.JSONField()  # {"when", "filter", "steps", "stop", "once", "rest"}
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "rule", "number"], name="one_version_a_number")]


class Firing(Owned):
    """One time a rule acted, or was kept from it, and why. Its id is the actor's behind everything it did."""

    class Outcome(models.TextChoices):
        DONE = "done"
        REFUSED = "refused"  # it fired, and no step could be done
        FAILED = "failed"  # something broke; nothing was done
        STOPPED = "stopped"  # it would have gone round, or acted too often

    rule = OwnedKey(Rule, related_name="firings")
    version = OwnedKey(RuleVersion)
    conversation = OwnedKey(Conversation)
    event_id = models.BigIntegerField(null=True)  # what it heard; null for what is due by time
    on = models.CharField(max_length=20)  # rules.occasions
    reason = models.CharField(max_length=60, blank=True, default="")  # by time: what it is due for, fired for once
    at = models.DateTimeField(db_default=Now())
    because = models.JSONField(default=list)  # [["the subject contains “late”", "Where is my parcel"], …]
    did = models.JSONField(default=list)  # [{"step", "said", "before", "refused"}, …]
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    sentence = models.CharField(max_length=300, blank=True, default="")  # why it failed or was stopped
    chain = models.JSONField(default=list, db_default=Value([], models.JSONField()))  # rules whose doing led to it
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "rule", "conversation", "reason"],
                condition=~Q(reason=""),
                name="fired_once_a_reason",
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "rule", "-id"], name="firings_of_rule"),
            models.Index(fields=["merchant", "conversation", "-id"], name="firings_of_conversation"),
            models.Index(fields=["merchant", "at"], name="firings_by_day"),
        ]


class DryRun(Owned):
    """What a rule would have done in the last days. Nothing of it was done."""

    rule = OwnedKey(Rule, null=True, on_delete=models.CASCADE)  # null: not saved yet
    by = OwnedKey(Membership)
    reads = models.JSONField()  # as in RuleVersion
    at = models.DateTimeField(db_default=Now())
    days = models.PositiveSmallIntegerField(default=30)
    total = models.PositiveIntegerField(default=0)  # conversations to look at
    looked = models.PositiveIntegerField(default=0)
    found = models.JSONField(default=dict)  # {"days": {"2025-11-03": 4}, "count": 31, "rows": [[id, moment, words], …]}
    finished_at = models.DateTimeField(null=True)
    failed = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(finished_at=None), name="dry_run_waiting"),
            models.Index(fields=["merchant", "rule", "-id"], name="dry_runs_of_rule"),
        ]
