"""Requests about a person's own records, what must not go, how long things stay, and the proofs. Nobody's words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.customers.models import Customer
from presszero.merchants.owned import Owned, OwnedKey


class Asked(models.TextChoices):
    """How the person asked."""

    EMAIL = "email"
    CHAT = "chat"
    PHONE = "phone"
    LETTER = "letter"
    PERSON = "person"
    OURSELVES = "ourselves"  # nobody asked; the merchant decided


class Proven(models.TextChoices):
    """How we know that it was them. Never a copy of a paper: that would be more to erase."""

    ADDRESS = "address"  # they wrote from an address that is verified
    CODE = "code"  # a code we sent them
    ACCOUNT = "account"  # signed in to the shop
    CALL = "call"  # called back on the number we had
    KNOWN = "known"  # known in person
    NOT_NEEDED = "not_needed"  # nobody asked


class LegalHold(Owned):
    """That nothing of a person may be erased for now, and why."""

    customer = OwnedKey(Customer, related_name="legal_holds")
    why = models.CharField(max_length=300)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "customer"], condition=Q(lifted_at=None), name="held_once_at_a_time"
            )
        ]


class Erasure(Owned):
    """Taking out everything that says who a person was. The row is the proof, and says nothing of them."""

    customer = OwnedKey(Customer, related_name="erasures")
    asked = models.CharField(max_length=12, choices=Asked.choices)
    proven = models.CharField(max_length=12, choices=Proven.choices)
    asked_on = models.DateField()  # from here the month runs (GDPR Art. 12)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()  # until then it can be called off
    called_off_at = models.DateTimeField(null=True)
    called_off_by = models.CharField(max_length=40, blank=True, default="")
    started_at = models.DateTimeField(null=True)
    step = models.PositiveSmallIntegerField(default=0)  # of erasing.STEPS, so many are done
    counts = models.JSONField(default=dict)  # {"messages": 12, …}: rows and files, by kind
    done_at = models.DateTimeField(null=True)
    left = models.IntegerField(null=True)  # rows that still named them when it was done; 0 is the proof
    failed = models.CharField(max_length=120, blank=True, default="")  # the kind of error of the last try
    again = models.BooleanField(default=False)  # a restored copy had brought them back

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, called_off_at=None), name="erasure_due"),
            models.Index(fields=["merchant", "customer", "-id"], name="erasures_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "customer"],
                condition=Q(done_at=None, called_off_at=None),
                name="erased_once_at_a_time",
            )
        ]


class Tombstone(Owned):
    """What remembers that somebody, or something of theirs, was erased. A keyed hash: it names nobody."""

    class Of(models.TextChoices):
        HANDLE = "handle"
        ARRIVAL = "arrival"  # the id of a mail: fetched again, it is dropped

    of = models.CharField(max_length=8, choices=Of.choices)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "of", "digest"], name="one_tombstone_each")]


class SubjectExport(Owned):
    """A person's own copy of all we keep of them."""

    customer = OwnedKey(Customer, related_name="subject_exports")
    asked = models.CharField(max_length=12, choices=Asked.choices)
    proven = models.CharField(max_length=12, choices=Proven.choices)
    asked_on = models.DateField()
    with_notes = models.BooleanField(default=False)  # the team's notes on them, after a lead looked at them
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    done = models.PositiveIntegerField(default=0)  # conversations written
    total = models.PositiveIntegerField(default=0)
    ready_at = models.DateTimeField(null=True)
    storage_key = models.CharField(max_length=200, blank=True, default="")
    size = models.BigIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)  # somebody downloaded it
    gone_at = models.DateTimeField(null=True)  # its file was deleted
    failed = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(ready_at=None, failed=""), name="subject_export_due"),
            models.Index(fields=["merchant", "customer", "-id"], name="subject_exports_of"),
        ]


class RetentionRule(Owned):
    """How long something is kept. Without a row the default of `policy.DEFAULTS` counts."""

    what = models.CharField(max_length=12)  # a key of policy.DEFAULTS
    channel = models.CharField(max_length=20, blank=True, default="")  # "": all
    days = models.PositiveIntegerField(null=True)  # null: for ever
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "what", "channel"], name="one_retention_rule_each")]


class Purge(Owned):
    """What a night took, and by which rule: the proof of retention."""

    what = models.CharField(max_length=12)
    channel = models.CharField(max_length=20, blank=True, default="")
    days = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["merchant", "-id"], name="purges_newest")]
