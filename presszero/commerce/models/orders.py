"""Orders, what is in them, what was paid and what went back."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from presszero.core.money import Money
from presszero.customers.models import Customer
from presszero.merchants.owned import Owned, OwnedKey

from .catalogue import Variant
from .stores import Store


class Paid(models.TextChoices):
    """How the money stands."""

    PENDING = "pending", _("Not paid yet")
    AUTHORISED = "authorised", _("Reserved")
    PAID = "paid", _("Paid")
    PART_REFUNDED = "part_refunded", _("Partly refunded")
    REFUNDED = "refunded", _("Refunded")
    VOIDED = "voided", _("Payment voided")


class Sent(models.TextChoices):
    """Where the things are, over all of an order's shipments."""

    NOT = "not", _("Not sent yet")
    PART = "part", _("Partly sent")
    SENT = "sent", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    RETURNED = "returned", _("Returned")
    NOTHING = "nothing", _("Nothing to send")


class Order(Owned):
    """One order, as its store knows it or as somebody typed it. Sums are of this order alone, in its own currency."""

    store = OwnedKey(Store, null=True, blank=True)  # null: typed in, imported, or from our own order page
    external_id = models.CharField(max_length=120, blank=True, default="")
    number = models.CharField(max_length=60)  # as people say it: "#1042"
    number_key = models.CharField(max_length=60)  # see commerce.policy.number_key: "1042"
    source = models.CharField(max_length=10, default="store")  # store · sheet · typed · page
    kind = models.CharField(max_length=12, default="sale")  # sale · replacement · exchange: only a sale is a sale
    origin = OwnedKey("self", null=True, blank=True)  # what a replacement or exchange stands for
    key = models.CharField(max_length=64, blank=True, default="", db_default="")  # the remedy or draft it came of
    url = models.CharField(max_length=1000, blank=True, default="")  # in the shop's back office

    customer = OwnedKey(Customer, null=True, blank=True, related_name="orders")  # null: waits for proof
    attached_because = models.CharField(max_length=60, blank=True, default="")  # "email proven", "member:7: reason"
    store_customer = models.CharField(max_length=120, blank=True, default="")  # the store's id of theirs; "" a guest
    email = models.CharField(max_length=320, blank=True, default="")  # normalised as Handle.address is
    phone = models.CharField(max_length=40, blank=True, default="")  # E.164
    name = models.CharField(max_length=200, blank=True, default="")
    ship_to = models.JSONField(default=dict)  # commerce.vocabulary.Address as a dict; {} when there is none
    bill_to = models.JSONField(default=dict)
    note = models.TextField(blank=True, default="")  # what the buyer wrote; never an instruction to anybody

    currency = models.CharField(max_length=3)
    subtotal = models.BigIntegerField(default=0)  # lines before discounts; minor units, as all below
    discount = models.BigIntegerField(default=0)
    shipping = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    captured = models.BigIntegerField(default=0)  # really taken, over all payments
    refunded = models.BigIntegerField(default=0)  # really given back, over all refunds that did not fail

    paid = models.CharField(max_length=14, choices=Paid.choices, default=Paid.PENDING)
    sent = models.CharField(max_length=10, choices=Sent.choices, default=Sent.NOT)
    placed_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    promised_from = models.DateField(null=True)  # what the shop told the buyer at checkout
    promised_by = models.DateField(null=True)
    store_updated_at = models.DateTimeField(null=True)  # older news never overwrites newer
    created_at = models.DateTimeField(db_default=Now())
    forgotten_at = models.DateTimeField(
        null=True
    )  # the buyer was erased: nothing personal is kept, whoever says it again

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "store", "external_id"],
                condition=~Q(external_id=""),
                nulls_distinct=False,
                name="order_once",
            ),
            models.CheckConstraint(condition=Q(captured__gte=0, refunded__gte=0), name="order_sums_not_negative"),
        ]
        indexes = [
            models.Index(fields=["merchant", "customer", "-placed_at"], name="orders_of_customer"),
            models.Index(fields=["merchant", "number_key"], name="order_by_number"),
            models.Index("merchant", OpClass("number_key", name="varchar_pattern_ops"), name="order_by_number_start"),
            models.Index(fields=["merchant", "email"], condition=~Q(email=""), name="order_by_email"),
            models.Index(fields=["merchant", "key"], condition=~Q(key=""), name="order_by_key"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="order_name_trigram"),
            models.Index(fields=["merchant", "email"], condition=Q(customer=None), name="order_waits_by_email"),
            models.Index(fields=["merchant", "phone"], condition=Q(customer=None), name="order_waits_by_phone"),
            models.Index(fields=["merchant", "-placed_at"], name="order_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def refundable(self) -> int:
        """Captured less refunded, minor units: what can go back at most, before what is being given just now."""
        return max(0, self.captured - self.refunded)

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)


class OrderLine(Owned):
    """So many of one thing, at a price. Titles and prices are of the day it was sold."""

    order = OwnedKey(Order, on_delete=models.CASCADE, related_name="lines")
    variant = OwnedKey(Variant, on_delete=models.SET_NULL, null=True, blank=True)
    external_id = models.CharField(max_length=120, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=600)
    sku = models.CharField(max_length=120, blank=True, default="")
    quantity = models.PositiveIntegerField()
    price = models.BigIntegerField()  # of one, minor units, before discount
    discount = models.BigIntegerField(default=0)  # of the whole line
    tax = models.BigIntegerField(default=0)  # of the whole line
    total = models.BigIntegerField()  # what the buyer paid for the line
    cost = models.BigIntegerField(null=True)  # of one, minor units, on the day; null: not known
    sent = models.PositiveIntegerField(default=0)  # pieces in shipments
    refunded = models.PositiveIntegerField(default=0)  # pieces refunded or returned

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "order", "position"], name="lines_of_order"),
            models.Index(fields=["merchant", "variant", "order"], name="lines_of_variant"),
            # What is in no catalogue is found by its words.
            GinIndex(
                fields=["title"], opclasses=["gin_trgm_ops"], condition=Q(variant=None), name="line_title_trigram"
            ),
        ]


class Discount(Owned):
    """A code or a deal that made the order cheaper."""

    order = OwnedKey(Order, on_delete=models.CASCADE, related_name="discounts")
    code = models.CharField(max_length=120, blank=True, default="")
    title = models.CharField(max_length=200, blank=True, default="")
    amount = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["merchant", "order"], name="discounts_of_order")]


class Payment(Owned):
    """Money that came, or is reserved. Never a card number: `label` is what a receipt says, "Visa •••• 4242"."""

    order = OwnedKey(Order, on_delete=models.CASCADE, related_name="payments")
    external_id = models.CharField(max_length=120, blank=True, default="")
    method = models.CharField(max_length=40, blank=True, default="")  # card · paypal · klarna · transfer · credit · …
    label = models.CharField(max_length=120, blank=True, default="")
    instrument = models.CharField(max_length=120, blank=True, default="")  # same card, same word
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=12)  # pending · authorised · captured · failed · voided
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["merchant", "order"], name="payments_of_order")]


class Refund(Owned):
    """Money that went back, as the store or the payment's provider says, or as a person wrote down."""

    order = OwnedKey(Order, on_delete=models.CASCADE, related_name="refunds")
    external_id = models.CharField(max_length=120, blank=True, default="")
    key = models.CharField(max_length=64, blank=True, default="")  # the remedy that asked for it; "": done in the shop
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    shipping = models.BigIntegerField(default=0)  # the part of it that is shipping
    reason = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=10, default="done")  # pending · done · failed
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "external_id"], condition=~Q(external_id=""), name="refund_once"
            ),
            models.UniqueConstraint(fields=["merchant", "key"], condition=~Q(key=""), name="refund_once_a_remedy"),
        ]
        indexes = [models.Index(fields=["merchant", "order"], name="refunds_of_order")]
