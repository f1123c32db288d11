"""What somebody is about to buy: the cart they fill in the shop, and the draft that an agent makes for them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.core.sealing import new_token
from presszero.customers.models import Customer
from presszero.merchants.owned import Owned, OwnedKey

from .orders import Order
from .stores import Store


def _token() -> str:
    """More than 192 bits. Letters and digits alone, so that no mail program ends the link before its last sign."""
    while not (token := new_token(200)).isalnum():
        continue
    return token


class Cart(Owned):
    """ "Shopping now", where the shop tells us."""

    store = OwnedKey(Store, on_delete=models.CASCADE)
    external_id = models.CharField(max_length=120)
    customer = OwnedKey(Customer, null=True, blank=True)  # by a proven handle only
    email = models.CharField(max_length=320, blank=True, default="")
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    lines = models.JSONField(default=list)  # [{"title", "sku", "variant": external id, "quantity", "price"}, …]
    url = models.CharField(max_length=1000, blank=True, default="")  # where the shop recovers it
    updated_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)  # became an order, or was emptied

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "store", "external_id"], name="cart_once")]
        indexes = [
            models.Index(
                fields=["merchant", "customer", "-updated_at"], condition=Q(ended_at=None), name="cart_of_customer"
            )
        ]


class DraftOrder(Owned):
    """An order made here for a customer, who pays it by its link: the shop's own page, or ours at `/pay/<token>`."""

    store = OwnedKey(Store, null=True, blank=True)  # null: our own order page
    external_id = models.CharField(max_length=120, blank=True, default="")
    key = models.CharField(max_length=64)  # client-made: a double click makes one
    token = models.CharField(max_length=64, unique=True, default=_token)
    customer = OwnedKey(Customer)
    conversation_id = models.BigIntegerField(null=True)  # of conversations, which stand above us
    currency = models.CharField(max_length=3)
    lines = models.JSONField(default=list)  # [{"variant": id or null, "title", "sku", "quantity", "price"}, …]
    shipping = models.BigIntegerField(default=0)
    discount = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    note = models.TextField(blank=True, default="")
    pay_account_kind = models.CharField(max_length=20, blank=True, default="")  # how it was paid on our own page
    provider_id = models.CharField(max_length=200, blank=True, default="")  # the payment's, at its provider
    pay_url = models.CharField(max_length=1000, blank=True, default="")  # the shop's or provider's; "" until made
    state = models.CharField(max_length=10, default="making")  # making · open · paid · expired · cancelled · failed
    trouble = models.TextField(blank=True, default="")
    order = OwnedKey(Order, null=True, blank=True)  # what it became
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    writing_at = models.DateTimeField(null=True)  # the shop or the payment's provider may have heard of it since
    not_before = models.DateTimeField(null=True)  # when the shop is asked next, or the provider looked at
    pay_until = models.DateTimeField(null=True)  # when the provider's page closes
    tries = models.PositiveSmallIntegerField(db_default=0)  # of the shop; pages made at the provider

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "key"], name="draft_once")]
        indexes = [
            models.Index(fields=["merchant", "conversation_id", "-id"], name="drafts_of_conversation"),
            models.Index(fields=["merchant", "customer", "-id"], name="drafts_of_customer"),
            models.Index(fields=["merchant", "state", "-id"], name="drafts_by_state"),
            models.Index(fields=["not_before"], condition=Q(not_before__isnull=False), name="drafts_to_look_at"),
            models.Index(fields=["expires_at"], condition=Q(state__in=("making", "open")), name="drafts_to_expire"),
        ]
