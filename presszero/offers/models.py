"""Who may see a suggestion, what was suggested, and what is bought after what."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from presszero.commerce.models import DraftOrder, Product
from presszero.conversations.models import Conversation
from presszero.core.sealing import new_token
from presszero.customers.models import Customer
from presszero.merchants.owned import Owned, OwnedKey


def _salt() -> str:
    return new_token(128)


class Suggesting(Owned):
    """How a merchant wants suggestions. There from the first chance on."""

    on = models.BooleanField(default=True)
    share = models.FloatField(default=0.1)  # of customers held out
    most = models.PositiveSmallIntegerField(default=2)  # things in one suggestion
    salt = models.CharField(max_length=64, default=_salt)  # of the draw; never changes
    buyers = models.PositiveIntegerField(default=0)  # customers with a sale, when it was last counted
    counted_at = models.DateTimeField(null=True)  # what is bought together was brought up to date
    counted_whole_at = models.DateTimeField(null=True)  # and worked out anew from every order

    class Meta:
        verbose_name_plural = "suggesting"
        constraints = [models.UniqueConstraint(fields=["merchant"], name="suggesting_once")]


class AllWell(Owned):
    """Whoever answered says that the matter is solved and the customer is content."""

    conversation = OwnedKey(Conversation, on_delete=models.CASCADE)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "all well"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "conversation"], condition=Q(taken_back_at=None), name="all_well_once_at_a_time"
            )
        ]


class Chance(Owned):
    """A conversation that could see a suggestion. Drawn before anything else is decided, and never drawn again."""

    conversation = OwnedKey(Conversation, on_delete=models.CASCADE)
    customer = OwnedKey(Customer)
    at = models.DateTimeField(db_default=Now())
    draw = models.FloatField()  # 0 ≤ draw < 1, a hash of merchant, salt and customer
    held_out = models.BooleanField()  # nothing is ever shown
    share = models.FloatField()  # of customers held out, on the day this one was drawn
    mood = models.CharField(max_length=12)  # said · read: how we know that it is good

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "conversation"], name="one_chance_each")]
        indexes = [
            models.Index(fields=["merchant", "at"], name="chances_by_day"),
            models.Index(fields=["merchant", "customer"], name="chances_of_customer"),
        ]


class Suggestion(Owned):
    """Things suggested to whoever answers, in one conversation."""

    chance = OwnedKey(Chance, on_delete=models.CASCADE, related_name="suggestions")
    # [{"product": id, "variant": id, "after": product id or null, "bought": people, "of": people}, …]
    products = models.JSONField(default=list)
    at = models.DateTimeField(db_default=Now())
    shown_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    used_by = models.CharField(max_length=40, blank=True, default="")
    draft = OwnedKey(DraftOrder, null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["merchant", "chance", "-id"], name="suggestions_of_chance")]


class BoughtNext(Owned):
    """How many customers bought `then` in the same order as `first`, or in a later one. Rebuildable from orders."""

    first = OwnedKey(Product, on_delete=models.CASCADE)
    then = OwnedKey(Product, on_delete=models.CASCADE)
    customers = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "first", "then"], name="bought_next_once")]
        indexes = [models.Index(fields=["merchant", "first", "-customers"], name="bought_next_most")]


class Buyers(Owned):
    """How many customers ever bought a product, and how many of them again in a later order. Rebuildable too."""

    product = OwnedKey(Product, on_delete=models.CASCADE)
    kind = models.CharField(max_length=120, blank=True, default="")  # the product's, to find its like
    customers = models.PositiveIntegerField(default=0)
    again = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "buyers"
        constraints = [models.UniqueConstraint(fields=["merchant", "product"], name="buyers_once")]
        indexes = [models.Index(fields=["merchant", "kind", "-customers"], name="buyers_of_kind_most")]
