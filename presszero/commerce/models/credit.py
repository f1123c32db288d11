"""Store credit, gift cards and codes that we gave: what each is worth still."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from presszero.customers.models import Customer
from presszero.merchants.owned import Owned, OwnedKey

from .orders import Order
from .stores import Store


class Credit(Owned):
    """Given to one customer. In a shop it is a gift card or code of the shop's; without one, ours."""

    store = OwnedKey(Store, null=True, blank=True)
    external_id = models.CharField(max_length=120, blank=True, default="")
    key = models.CharField(max_length=64)  # the remedy that gave it
    kind = models.CharField(max_length=12)  # credit · gift_card · code
    customer = OwnedKey(Customer, related_name="credits")
    code = models.CharField(max_length=60, blank=True, default="")  # what they type; "" for an account's credit
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    left = models.BigIntegerField()
    percent = models.PositiveSmallIntegerField(null=True)  # of a code that is a share; amount and left are 0 then
    expires_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    at = models.DateTimeField(db_default=Now())
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="credit_once_a_remedy"),
            models.CheckConstraint(condition=Q(left__gte=0) & Q(left__lte=F("amount")), name="credit_left_in_bounds"),
        ]
        indexes = [models.Index(fields=["merchant", "customer", "-id"], name="credits_of_customer")]


class CreditUse(Owned):
    """A part of a credit that was spent."""

    credit = OwnedKey(Credit, on_delete=models.CASCADE, related_name="uses")
    order = OwnedKey(Order, null=True, blank=True)
    amount = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["merchant", "credit"], name="uses_of_credit")]
