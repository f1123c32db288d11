"""People, where they belong, and how they prove who they are."""

from __future__ import annotations

from django.db import models

from presszero.core.actor import Actor
from presszero.merchants.models import Merchant
from presszero.merchants.owned import Owned, OwnedKey


class Role(models.TextChoices):
    READ_ONLY = "read_only", "Read only"
    AGENT = "agent", "Agent"
    LEAD = "lead", "Lead"
    ADMIN = "admin", "Admin"


class Person(models.Model):
    """Somebody who signs in; may belong to several merchants."""

    email = models.CharField(max_length=254, unique=True)  # lower case
    name = models.CharField(max_length=120)
    password = models.CharField(max_length=256, blank=True, default="")  # Argon2; "" cannot sign in
    timezone = models.CharField(max_length=60, blank=True, default="")
    language = models.CharField(max_length=12, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Membership(Owned):
    """A person in a merchant's team. Left, never deleted: what they did stays theirs."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.AGENT)
    capacity = models.PositiveSmallIntegerField(default=20)  # open conversations given by round robin at most
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "person"], name="one_membership_a_merchant")]

    def __str__(self) -> str:
        return f"{self.person} ({self.role})"

    @property
    def actor(self) -> Actor:
        return Actor("member", self.id, self.person.name)

    @property
    def first_name(self) -> str:
        return self.person.name.split()[0] if self.person.name.split() else self.person.email


class Invitation(Owned):
    """A way into the team, for one person, once."""

    email = models.CharField(max_length=254)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.AGENT)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = OwnedKey(Membership, on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation {self.id}"


class Session(models.Model):
    """One browser signed in. The cookie holds the token, we hold its fingerprint."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sessions")
    merchant = models.ForeignKey(Merchant, null=True, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    address = models.CharField(max_length=64, blank=True, default="")
    browser = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return f"session {self.id}"


class SecondFactor(models.Model):
    """A TOTP secret (RFC 6238), sealed. Counts once it was confirmed."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="second_factor")
    sealed = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0)  # a code's time step is used once

    def __str__(self) -> str:
        return f"second factor of person {self.person_id}"


class RecoveryCode(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"recovery code {self.id}"


class Challenge(models.Model):
    """The password was right and the second factor is awaited. Short-lived, used once, held by a cookie of its own."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"challenge {self.id}"


class PasswordReset(models.Model):
    """A link that lets a person choose a new password, once. It dies when the password changes by any other way."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"password reset {self.id}"


class Throttle(models.Model):
    """How often something was tried within a window. Counted in one statement, so parallel tries cannot slip by."""

    key = models.CharField(max_length=200, primary_key=True)
    count = models.PositiveIntegerField()
    window_ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.count} until {self.window_ends_at}"
