"""People, where they belong, and how they prove who they are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from presszero.core.actor import Actor
from presszero.merchants.models import Merchant
from presszero.merchants.owned import Owned, OwnedKey


class Role(models.TextChoices):
    READ_ONLY = "read_only", _("Read only")
    AGENT = "agent", _("Agent")
    LEAD = "lead", _("Lead")
    ADMIN = "admin", _("Admin")


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
    sees_all = models.BooleanField(default=True, db_default=True)  # False: what is in their teams, or theirs
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


class Team(Owned):
    """People who share a queue: returns, wholesale. A conversation stands in one team's queue, or in none."""

    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], condition=Q(retired_at=None), name="one_team_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(Owned):
    """A member in a team, and the most they may do in its queue; never more than their role with the merchant."""

    team = OwnedKey(Team, on_delete=models.CASCADE, related_name="members")
    member = OwnedKey(Membership, on_delete=models.CASCADE, related_name="teams")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.AGENT)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "team", "member"], name="in_a_team_once")]
        indexes = [models.Index(fields=["merchant", "member"], name="teams_of_member")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.team_id} ({self.role})"


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
    provider = models.ForeignKey(
        "SignInProvider", null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )  # who said that it is they; such a session stays at the provider's merchant

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


class SignInProvider(Owned):
    """Somebody else who says who people are, by OpenID Connect. It speaks for its own merchant and for no other."""

    name = models.CharField(max_length=60)  # "Okta", as the button says it
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=300)
    sealed = models.BinaryField(default=b"")  # the client secret
    domains = models.JSONField(default=list)  # whose addresses it may speak for, lower case
    may_join = models.BooleanField(default=False)  # people we do not know yet join as `role`
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.AGENT)
    enforced = models.BooleanField(default=False)  # the only way in, but for admins with a second factor
    made_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"], condition=Q(retired_at=None), name="one_sign_in_provider_a_merchant"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Identity(Owned):
    """Who a person is at a provider. Its own word for them counts, never their address."""

    provider = OwnedKey(SignInProvider, on_delete=models.CASCADE, related_name="identities")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities", db_constraint=False)
    subject = models.CharField(max_length=255)
    at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "provider", "subject"], name="one_person_a_subject"),
            models.UniqueConstraint(fields=["merchant", "provider", "person"], name="one_subject_a_person"),
        ]

    def __str__(self) -> str:
        return f"identity {self.id}"


class SignInAttempt(Owned):
    """Somebody went to a provider and is expected back: in the same browser, within ten minutes, once."""

    provider = OwnedKey(SignInProvider, on_delete=models.CASCADE)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )  # who links their account; null: signing in
    state_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64)
    sealed = models.BinaryField()  # the nonce and the proof key
    after = models.CharField(max_length=500, blank=True, default="")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"sign-in attempt {self.id}"
