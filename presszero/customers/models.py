"""One customer, however many addresses. Merging rewrites nothing: `root` points at who they are now."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now

from presszero.merchants.owned import Owned, OwnedKey


class Customer(Owned):
    root = OwnedKey("self", null=True, blank=True)  # the customer this one was merged into, flat; null for themselves
    name = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=12, blank=True, default="")
    timezone = models.CharField(max_length=60, blank=True, default="")
    preferred_channel = models.CharField(max_length=20, blank=True, default="")
    fields = models.JSONField(default=dict)  # own field key → value
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "root"], condition=Q(root__isnull=False), name="customer_merged"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="customer_name_trigram"),
        ]

    def __str__(self) -> str:
        return self.name or "Someone"

    @property
    def now_id(self) -> int:
        """Who this is today, after merges."""
        return self.root_id or self.id


class Handle(Owned):
    """An address of a customer, and how strongly it is proven to be theirs. It stays with whom it was born to."""

    customer = OwnedKey(Customer, related_name="handles")
    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=200, blank=True, default="")
    proof = models.CharField(max_length=12, default="claimed")  # channels.vocabulary.Proof
    proof_reason = models.CharField(max_length=200, blank=True, default="")
    proven_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)  # the address is dead
    bounce_reason = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # Whoever used an address while our own receiver said "not them" is somebody else until proven.
            models.UniqueConstraint(
                fields=["merchant", "kind", "address"], condition=~Q(proof="refuted"), name="one_handle_an_address"
            ),
            models.UniqueConstraint(
                fields=["merchant", "kind", "address"], condition=Q(proof="refuted"), name="one_impostor_an_address"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "customer"]),
            GinIndex(fields=["address"], opclasses=["gin_trgm_ops"], name="handle_address_trigram"),
        ]

    def __str__(self) -> str:
        return self.address


class Claim(Owned):
    """An address that somebody says is theirs. It joins nothing and teaches us nothing until it is proven."""

    customer = OwnedKey(Customer, related_name="claims")
    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=20)  # the kind of the line it was said on: form · chat
    at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)  # somebody answered from there what we had sent there
    proven_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "customer", "kind", "address"], name="one_claim_an_address")
        ]


class ProofCode(Owned):
    """Six digits sent to a claimed address. Three tries, ten minutes, once."""

    claim = OwnedKey(Claim, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["merchant", "claim", "-id"], name="code_newest")]


class Merge(Owned):
    """Two customers found to be one, until undone. Undo is another mark on the row, never a rewrite."""

    loser = OwnedKey(Customer)
    winner = OwnedKey(Customer)
    at = models.DateTimeField(db_default=Now())
    by = models.CharField(max_length=40)
    reason = models.CharField(max_length=300, blank=True, default="")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "loser"], condition=Q(undone_at=None), name="merged_once_at_a_time"
            )
        ]


class Consent(Owned):
    """What a customer allows on a channel for a purpose. The newest row counts; older ones are the record."""

    customer = OwnedKey(Customer, related_name="consents")
    channel = models.CharField(max_length=20)  # a line's kind; "" is every channel
    purpose = models.CharField(max_length=30)  # service · marketing · survey
    given = models.BooleanField()
    at = models.DateTimeField(db_default=Now())
    source = models.CharField(max_length=60)  # "agent", "web form", "STOP by text"
    wording = models.TextField(blank=True, default="")  # the sentence they agreed to
    ip = models.GenericIPAddressField(null=True)  # whence, where it was said on a page
    by = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["merchant", "customer", "-id"])]


class CustomerNote(Owned):
    """Something the team should know about this person, whatever the matter."""

    customer = OwnedKey(Customer, related_name="notes")
    text = models.TextField()
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["merchant", "customer", "-id"])]


class Block(Owned):
    """What comes from this address is spam, until somebody lifts it. "@spam.example" blocks a whole domain."""

    kind = models.CharField(max_length=20)  # of the handle
    address = models.CharField(max_length=320)
    reason = models.CharField(max_length=300, blank=True, default="")
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "address"], condition=Q(lifted_at=None), name="blocked_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.address


class OwnField(Owned):
    """A field the merchant added to customers, or to conversations."""

    class About(models.TextChoices):
        CUSTOMER = "customer"
        CONVERSATION = "conversation"

    about = models.CharField(
        max_length=12, choices=About.choices, default=About.CUSTOMER, db_default=Value(About.CUSTOMER.value)
    )

    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, default="text")  # text · number · date · yesno · choice
    choices = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "about", "key"], name="one_own_field_a_key_each")]
