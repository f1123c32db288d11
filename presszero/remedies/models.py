"""Who may give what, what was given, and what came of it. Amounts are minor units beside their currency."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from presszero.commerce.models import Order, Store
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer
from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Membership


class Limit(Owned):
    """One row of the authority table: somebody may give some remedy, up to here. The most particular row counts.

    A row for a member comes before one for their role; one for a kind before one for "any". Nothing found: not allowed.
    """

    role = models.CharField(max_length=12, blank=True, default="")  # agent · lead · admin · assistant; "" with a member
    member = OwnedKey(Membership, on_delete=models.CASCADE, null=True, blank=True)
    kind = models.CharField(max_length=24, default="any")  # vocabulary.Kind · own:<id> · any
    allowed = models.BooleanField(default=True)
    currency = models.CharField(max_length=3)  # the merchant's, when the row was written
    each = models.BigIntegerField(null=True)  # one remedy at most; null: no limit
    share = models.PositiveSmallIntegerField(null=True)  # percent of the order's value, over all remedies on it
    order = models.BigIntegerField(null=True)  # on one order at most, over all remedies and people
    customer_month = models.BigIntegerField(null=True)  # to one customer in 30 days, over all remedies and people
    day = models.BigIntegerField(null=True)  # by this person in 24 hours
    month = models.BigIntegerField(null=True)  # by this person in 30 days
    worth_from = models.BigIntegerField(null=True)  # only for customers who spent so much with us
    may_pass = models.BooleanField(default=False)  # may go beyond, with a reason; counted as an exception
    may_grant = models.BooleanField(default=False)  # answers others who ask

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "role", "member", "kind", "worth_from"], nulls_distinct=False, name="one_limit_each"
            ),
            models.CheckConstraint(
                condition=Q(role="", member__isnull=False) | (~Q(role="") & Q(member=None)), name="limit_of_somebody"
            ),
        ]


class ExchangeRate(Owned):
    """What one of another currency is worth in the merchant's own, so that limits hold across currencies."""

    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8)  # merchant's currency for one of it
    at = models.DateTimeField(db_default=Now())
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "currency"], name="one_rate_a_currency")]


class State(models.TextChoices):
    """ASKED waits for a lead · GIVEN waits for its turn · DOING the store was asked · UNKNOWN it did not answer."""

    ASKED = "asked", _("Waits for a lead")
    REFUSED = "refused", _("Refused by a lead")
    GIVEN = "given", _("Being done")
    DOING = "doing", _("Being done")
    DONE = "done", _("Done")
    TASK = "task", _("To be done by hand")
    FAILED = "failed", _("Did not work")
    UNKNOWN = "unknown", _("Not sure, being checked")
    UNDONE = "undone", _("Taken back")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# These count against every limit and against what was captured: given, or not surely not given.
COUNTS = (State.GIVEN, State.DOING, State.DONE, State.TASK, State.UNKNOWN)


class Remedy(Owned):
    """One remedy, decided once. `key` makes a repeat harmless, here and in the store."""

    key = models.CharField(max_length=64)  # made by whoever asks: a page, a program, the assistant's decision id
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=State.choices)
    customer = OwnedKey(Customer, related_name="remedies")
    conversation = OwnedKey(Conversation, null=True, blank=True, related_name="remedies")
    order = OwnedKey(Order, null=True, blank=True, related_name="remedies")
    store = OwnedKey(Store, null=True, blank=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField(default=0)  # what the customer gets, in `currency`
    shipping = models.BigIntegerField(default=0)  # the part of it that is shipping
    weighs = models.BigIntegerField(default=0)  # what it counts against limits, in the merchant's currency of the day
    cost = models.BigIntegerField(default=0)  # what it costs the merchant, in `currency`: goods at cost where known
    asked = models.JSONField(default=dict)  # vocabulary.Asked, as it was asked
    says = models.CharField(max_length=300)  # "18.40 EUR back to Visa •••• 4242", in the merchant's first language
    reason = models.CharField(max_length=500, blank=True, default="")  # why, in the giver's words
    by = models.CharField(max_length=40)  # who wanted it; who granted it is in LeadAnswer
    # On whose authority: "member:7", or "assistant", "rule", "api" for all of a kind together. Their sums count it.
    authority = models.CharField(max_length=40, blank=True, default="", db_default="")
    under = models.CharField(max_length=60, blank=True, default="", db_default="")  # policy.LimitRow.name
    at = models.DateTimeField(db_default=Now())
    given_at = models.DateTimeField(null=True)  # decided: limits count from here
    done_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=120, blank=True, default="")
    code = models.CharField(max_length=60, blank=True, default="")  # of a card or code
    url = models.CharField(max_length=1000, blank=True, default="")  # of a label
    made_order = OwnedKey(Order, null=True, blank=True)  # the replacement
    outcome = models.CharField(max_length=500, blank=True, default="")  # the store's answer as a sentence
    tries = models.PositiveSmallIntegerField(default=0)
    looks = models.PositiveSmallIntegerField(default=0, db_default=0)  # for evidence, while unknown
    not_before = models.DateTimeField(null=True)
    before = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))  # what an undo needs
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=40, blank=True, default="")  # set first: the store is asked meanwhile

    class Meta:
        verbose_name_plural = "remedies"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="remedy_once"),
            models.CheckConstraint(condition=Q(amount__gte=0, shipping__gte=0, weighs__gte=0), name="remedy_amounts"),
        ]
        indexes = [
            models.Index(fields=["merchant", "conversation", "id"], name="remedies_of_conversation"),
            models.Index(fields=["merchant", "order"], name="remedies_of_order"),
            models.Index(fields=["merchant", "customer", "-id"], name="remedies_of_customer"),
            models.Index(fields=["merchant", "by", "given_at"], name="remedies_by_giver"),
            models.Index(fields=["merchant", "authority", "given_at"], name="remedies_by_authority"),
            models.Index(
                fields=["not_before", "id"],
                condition=Q(state="done", undone_at=None) & ~Q(undone_by=""),
                name="remedies_to_take_back",
            ),
            models.Index(
                fields=["not_before", "id"], condition=Q(state__in=["given", "doing", "unknown"]), name="remedies_to_do"
            ),
        ]


class Attempt(Owned):
    """One call to the store for a remedy. `writing_at` is set before the first byte that it might act on."""

    remedy = OwnedKey(Remedy, on_delete=models.CASCADE, related_name="attempts")
    step = models.PositiveSmallIntegerField(default=0, db_default=0)  # an exchange takes two: the return, the order
    started_at = models.DateTimeField(db_default=Now())
    writing_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, blank=True, default="")  # commerce.vocabulary.Done.state
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["merchant", "remedy", "id"], name="attempts_of_remedy")]


class LeadAnswer(Owned):
    """Somebody asked for more than they may give. A lead answers, from anywhere, once."""

    remedy = OwnedKey(Remedy, on_delete=models.CASCADE, related_name="questions")
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField(db_default=Now())
    words = models.CharField(max_length=500, blank=True, default="")  # why it should be given
    beyond = models.CharField(max_length=300)  # the sentence of the limit that stood in the way
    # Every limit that stands in the way: [{"rule", "sentence", "needed"}, …], written down as exceptions when granted
    passes = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    answer_by = models.DateTimeField()  # what the customer is told
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=40, blank=True, default="")
    granted = models.BooleanField(null=True)
    answer = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "remedy"], condition=Q(answered_at=None), name="one_question_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["merchant", "answer_by"], condition=Q(answered_at=None), name="questions_open")]


class Passed(Owned):
    """A rule was passed by somebody allowed to: an exception, recorded and counted, never forbidden."""

    remedy = OwnedKey(Remedy, on_delete=models.CASCADE, related_name="exceptions")
    rule = models.CharField(max_length=60)  # policy.Beyond.rule: "each:refund:agent", "day:any:lead"
    # What the limit would have had to be, minor units of the merchant's currency, or percent; null: no number would do
    needed = models.BigIntegerField(null=True)
    sentence = models.CharField(max_length=300)
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["merchant", "rule", "-at"], name="exceptions_by_rule")]


class OwnRemedy(Owned):
    """A remedy that the merchant defined: what to fill in, what the customer reads, which program is told."""

    name = models.CharField(max_length=80)
    says = models.CharField(max_length=200, blank=True, default="")  # what it does, for the agent
    # [{"key": "size", "label": "Which size", "kind": "text|number|money|choice|date", "choices": [], "required": true}]
    fields = models.JSONField(default=list)
    amount_field = models.CharField(max_length=40, blank=True, default="")  # which of them limits count; "" none
    message = models.TextField(blank=True, default="")  # put into the composer; may use {{ fields.size }}
    webhook = models.CharField(max_length=1000, blank=True, default="")  # "" : written down as a task
    sealed = models.BinaryField(default=bytes)  # the webhook's secret
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "own remedies"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], condition=Q(retired_at=None), name="own_remedy_name")
        ]


class Task(Owned):
    """What a person has to do by hand, because no program can: pay it out in the bank, pack it, tell the carrier."""

    remedy = OwnedKey(Remedy, on_delete=models.CASCADE, related_name="tasks")
    text = models.CharField(max_length=500)
    at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["merchant", "at"], condition=Q(done_at=None), name="tasks_open")]
