"""A browser with our chat open, and the signed identities it showed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.channels.models import Line
from presszero.merchants.owned import Owned, OwnedKey


class Visitor(Owned):
    """One browser on one line. Its cookie holds the secret; `address` is what the product calls it, and opens nothing.

    Words of an unproven visitor come from `address`; those of a signed-in shopper from `shopper`, while `signed_until`
    has not passed. Both are addresses of handles of kind "visitor", and each has a thread of its own.
    """

    line = OwnedKey(Line, on_delete=models.CASCADE)
    address = models.CharField(max_length=40)  # "v-" and 32 hex digits
    secret_hash = models.CharField(max_length=64)  # core.sealing.fingerprint of the cookie's value
    shopper = models.CharField(max_length=120, blank=True, default="")  # "s-" and the shop's own id of its customer
    shopper_email = models.CharField(max_length=254, blank=True, default="")  # as the shop first signed it
    signed_until = models.DateTimeField(null=True)
    name = models.CharField(max_length=120, blank=True, default="")  # typed, or signed
    language = models.CharField(max_length=12, blank=True, default="")
    pages = models.JSONField(default=list)  # the last ten: {"url", "title", "at"}, newest last; no query strings
    cart = models.JSONField(null=True)  # what the shop's page told: {"items": 2, "total": "148.00", "currency": "GBP"}
    created_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())  # a stream of it was open; fresh to about twenty seconds
    typing_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # signed out, blocked, or forgotten: its cookie opens nothing any more

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "address"], name="one_visitor_an_address"),
            models.UniqueConstraint(fields=["merchant", "secret_hash"], name="one_visitor_a_secret"),
        ]
        indexes = [
            models.Index(fields=["merchant", "shopper"], condition=~Q(shopper=""), name="visitor_by_shopper"),
        ]

    def __str__(self) -> str:
        return self.name or self.address


class ShownToken(Owned):
    """A signed identity works for the browser that showed it first: a copy of it opens nothing elsewhere."""

    fingerprint = models.CharField(max_length=64)
    visitor = OwnedKey(Visitor, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "fingerprint"], name="one_browser_a_token")]
