"""What we said would happen, what they believe will, and where the two differ."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from presszero.channels.models import Entry
from presszero.commerce.models import Order
from presszero.conversations.models import Conversation
from presszero.customers.models import Customer
from presszero.merchants.owned import Owned, OwnedKey


class Kind(models.TextChoices):
    """What was promised; or "own:<id>" for one of the merchant's own kinds."""

    ANSWER = "answer", _("Answer")
    DELIVERY = "delivery", _("Delivery")
    CALLBACK = "callback", _("Call back")
    REFUND = "refund", _("Refund")
    RESTOCK = "restock", _("Back in stock")
    REPAIR = "repair", _("Repair")


class State(models.TextChoices):
    """Exactly one holds at any moment: the database works it out of what happened."""

    OPEN = "open", _("Open")
    AT_RISK = "at_risk", _("At risk")
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Broken")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RENEGOTIATED = "renegotiated", _("Renegotiated")


class Where(models.TextChoices):
    """Where it was said."""

    CHAT_HEAD = "chat_head", _("above the chat")
    CHECKOUT = "checkout", _("at checkout")
    ORDER_MAIL = "order_mail", _("in the order's mail")
    MESSAGE = "message", _("in our message")
    AGENT = "agent", _("in an agent's words")
    MACHINE = "machine", _("by the machine")
    CALL = "call", _("on the phone")


class PromiseKind(Owned):
    """A kind of the merchant's own: "Engraving ready"."""

    name = models.CharField(max_length=80)
    off_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"], condition=Q(off_at=None), name="one_promise_kind_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Promise(Owned):
    """What we said to somebody. At most one of `kept_at`, `withdrawn_at`, `renegotiated_at` ends it.

    A broken one may still be kept late, and stays broken. `customer` is null where the order waits
    for its buyer's proof, and in rows older than that column.
    """

    customer = OwnedKey(Customer, null=True, blank=True, related_name="promises")
    conversation = OwnedKey(Conversation, null=True, blank=True, related_name="promises")
    order = OwnedKey(Order, null=True, blank=True, related_name="promises")
    kind = models.CharField(max_length=20, default=Kind.ANSWER)  # Kind, or own:<id>
    due_at = models.DateTimeField()  # of a whole day: its end, in the merchant's time zone
    whole_day = models.BooleanField(default=False, db_default=False)
    where = models.CharField(max_length=12, blank=True, default="", db_default="")  # Where
    entry = OwnedKey(Entry, null=True)  # where it was said; null: shown in the chat's head, in no message
    quote = models.CharField(max_length=300, blank=True, default="", db_default="")  # "by Friday", as it was said
    by = models.CharField(max_length=40)  # core.actor code
    at = models.DateTimeField(db_default=Now())
    risk_at = models.DateTimeField(null=True)  # since when it is doubtful
    # forecast · clock · person · unheard (its day has passed, and nobody tells us whether parcels arrive)
    risk_because = models.CharField(max_length=20, blank=True, default="", db_default="")
    kept_at = models.DateTimeField(null=True)
    kept_by = models.CharField(max_length=40, blank=True, default="", db_default="")  # who said so; "" not written down
    broken_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    renegotiated_at = models.DateTimeField(null=True)
    instead = OwnedKey("self", null=True, blank=True)  # what was agreed instead of it
    state = models.GeneratedField(
        expression=Case(
            When(broken_at__isnull=False, then=Value("broken")),
            When(renegotiated_at__isnull=False, then=Value("renegotiated")),
            When(withdrawn_at__isnull=False, then=Value("withdrawn")),
            When(kept_at__isnull=False, kept_at__gt=F("due_at"), then=Value("broken")),
            When(kept_at__isnull=False, then=Value("kept")),
            When(risk_at__isnull=False, then=Value("at_risk")),
            default=Value("open"),
        ),
        output_field=models.CharField(max_length=12),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "conversation"],
                condition=Q(kind="answer", kept_at=None, withdrawn_at=None),
                name="one_open_answer_promise",
            ),
            # No customer is told two days for one order.
            models.UniqueConstraint(
                fields=["merchant", "order"],
                condition=Q(kind="delivery", kept_at=None, withdrawn_at=None, renegotiated_at=None),
                name="one_open_delivery_promise",
            ),
            models.CheckConstraint(
                condition=Q(kept_at=None, withdrawn_at=None)
                | Q(kept_at=None, renegotiated_at=None)
                | Q(withdrawn_at=None, renegotiated_at=None),
                name="promise_ends_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(kept_at=None, broken_at=None, withdrawn_at=None, renegotiated_at=None),
                name="promise_runs_out",
            ),
            models.Index(fields=["merchant", "entry"], condition=Q(entry__isnull=False), name="promises_said_in_entry"),
            models.Index(fields=["merchant", "conversation"], name="promise_of_conversation"),
            models.Index(fields=["merchant", "customer", "-id"], name="promises_of_customer"),
            models.Index(fields=["merchant", "order"], name="promises_of_order"),
            models.Index(fields=["merchant", "state", "due_at"], name="promises_by_state"),
        ]

    @property
    def is_open(self) -> bool:
        """Somebody may still wait for it: broken ones are, until they are kept late or given up."""
        return self.kept_at is None and self.withdrawn_at is None and self.renegotiated_at is None


class Expectation(Owned):
    """What a customer believes or needs; all of them are the record.

    The newest of an order counts. What a checkout showed counts only where they said nothing and were told nothing.
    """

    class Source(models.TextChoices):
        SAID = "said", _("said by them")
        CHECKOUT = "checkout", _("shown at checkout")
        ASKED = "asked", _("asked after ordering")
        MESSAGE = "message", _("told by us")

    customer = OwnedKey(Customer, null=True, blank=True, related_name="expectations")  # null: a guest's order
    order = OwnedKey(Order, null=True, blank=True, related_name="expectations")
    conversation = OwnedKey(Conversation, null=True, blank=True)
    kind = models.CharField(max_length=20, default=Kind.DELIVERY)
    by_day = models.DateField()  # the last day that is still good
    firm = models.BooleanField(default=False)  # needed by then, not only hoped for
    source = models.CharField(max_length=10, choices=Source.choices)
    entry = OwnedKey(Entry, null=True, blank=True)
    quote = models.CharField(max_length=300, blank=True, default="")
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "customer", "-id"], name="expectations_of_customer"),
            models.Index(fields=["merchant", "order", "-id"], name="expectations_of_order"),
            models.Index(
                fields=["merchant", "by_day"],
                condition=Q(source__in=["said", "asked"], withdrawn_at=None, order__isnull=False),
                name="expectations_they_said",
            ),
            models.Index(fields=["merchant", "entry"], condition=Q(entry__isnull=False), name="expectations_in_entry"),
        ]


class Gap(Owned):
    """Expectation, promise and plan differ: somebody acts now. Closed when they agree, or somebody settled it."""

    class Kind(models.TextChoices):
        LATE = "late", _("We will not be there in time")  # plan after promise
        WANTED_SOONER = "wanted_sooner", _("Needed sooner than we said")  # expectation before promise or plan
        OVERDUE = "overdue", _("The day has passed")  # broken, and still not there
        NO_ANSWER = "no_answer", _("Promised, and nobody does it")  # callback, refund, repair … about to be missed

    customer = OwnedKey(Customer, null=True, blank=True, related_name="gaps")
    order = OwnedKey(Order, null=True, blank=True, related_name="gaps")
    conversation = OwnedKey(Conversation, null=True, blank=True)  # where a person works on it
    promise = OwnedKey(Promise, null=True, blank=True)
    expectation = OwnedKey(Expectation, null=True, blank=True)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    expected = models.DateField(null=True)
    promised = models.DateField(null=True)
    planned = models.DateField(null=True)  # the day the forecast keeps with the merchant's reliability
    chance = models.FloatField(null=True)  # of being there in time
    opened_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=12, blank=True, default="")  # agrees · agreed · over · person
    by = models.CharField(max_length=40, blank=True, default="")  # who closed it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order"],
                condition=Q(closed_at=None, order__isnull=False),
                name="one_open_gap_order",
            ),
            models.UniqueConstraint(
                fields=["merchant", "promise"],
                condition=Q(closed_at=None, order=None, promise__isnull=False),
                name="one_open_gap_promise",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "customer", "-id"], name="gaps_of_customer"),
            models.Index(fields=["merchant", "-id"], condition=Q(closed_at=None), name="gaps_open"),
        ]


class Keeping(Owned):
    """How a merchant keeps promises: one row, made with the first change."""

    sure = models.FloatField(default=0.5)  # below this probability of being on time a delivery is at risk
    keep = models.FloatField(default=0.95)  # a new day is promised so that this share arrives by it
    notice_words = models.BooleanField(default=True)  # watch what agents type for promises
    ask_after_order = models.BooleanField(default=False)  # one tap: "by when do you need it?"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant"], name="one_keeping_a_merchant")]


class Acknowledged(models.Model):
    """An address was told "we have it" within a day, by whichever merchant here: one such mail a day and no more.

    Of no merchant: a flood through a hundred shops is one flood to its victim. The address is kept as a keyed hash.
    """

    recipient = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()
