"""What we write first, in whose words, what they may choose, and what the gate said."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from presszero.channels.models import Entry
from presszero.commerce.models import Order
from presszero.conversations.models import Conversation, Message
from presszero.core.sealing import new_token
from presszero.customers.models import Customer
from presszero.merchants.models import Brand
from presszero.merchants.owned import Owned, OwnedKey
from presszero.promises.models import Gap, Promise
from presszero.remedies.models import Remedy


def _token() -> str:
    return new_token(192)


class Purpose(models.TextChoices):
    """Why we write. Consent is by channel and purpose."""

    SERVICE = "service", _("Their order or question")  # what they bought or asked
    MARKETING = "marketing", _("Offers")
    SURVEY = "survey", _("A question to them")


class Notice(Owned):
    """The merchant's own words for one kind of message in one language; without a row, ours are used."""

    kind = models.CharField(max_length=24)  # outreach.notices.KINDS, or own:<id of the first row>
    language = models.CharField(max_length=12)
    brand = OwnedKey(Brand, null=True, blank=True)  # null: every brand
    name = models.CharField(max_length=120, blank=True, default="")  # of an own kind
    subject = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField()  # with {{ order.number }} …; see outreach.filling
    on = models.BooleanField(default=True)
    changed_at = models.DateTimeField(db_default=Now())
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "language", "brand"], nulls_distinct=False, name="one_notice_a_language"
            )
        ]


class Batch(Owned):
    """One message to many. More than 50 start five minutes after the dry run, and can be stopped at any moment."""

    name = models.CharField(max_length=120)
    notice = models.CharField(max_length=24)
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.SERVICE)
    channel = models.CharField(max_length=20, blank=True, default="")  # "": each by the channel they prefer
    whom = models.JSONField(default=dict)  # the filter, as the screen says it
    subject = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField(blank=True, default="")
    choices = models.JSONField(default=list)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    rehearsed_at = models.DateTimeField(null=True)
    rehearsal = models.JSONField(default=dict)  # {"yes": 212, "later": 8, "no": 31, "rules": {…}, "samples": […]}
    starts_at = models.DateTimeField(null=True)  # somebody said go; not before this moment
    started_by = models.CharField(max_length=40, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name_plural = "batches"
        indexes = [
            models.Index(fields=["merchant", "-id"], name="batches_newest"),
            models.Index(fields=["starts_at"], condition=Q(ended_at=None, stopped_at=None), name="batches_to_go_on"),
        ]


class State(models.TextChoices):
    PLANNED = "planned", _("To be written")
    QUEUED = "queued", _("On its way")  # entry and delivery are there; the gate is asked once more at the sending
    HELD = "held", _("Waits")  # the gate said later
    SENT = "sent", _("Sent")
    ANSWERED = "answered", _("They chose")
    REFUSED = "refused", _("May not be sent")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Did not arrive")
    OVER = "over", _("No longer needed")  # what it was about has passed


class Outreach(Owned):
    """One message that we write first to one customer. `key` makes a repeat harmless."""

    key = models.CharField(max_length=80)  # "late:gap:12", "sent:shipment:9", "batch:4:customer:7"
    notice = models.CharField(max_length=24)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    customer = OwnedKey(Customer, related_name="outreach")
    order = OwnedKey(Order, null=True, blank=True, related_name="outreach")
    promise = OwnedKey(Promise, null=True, blank=True)
    gap = OwnedKey(Gap, null=True, blank=True, related_name="outreach")
    conversation = OwnedKey(Conversation, null=True, blank=True, related_name="outreach")
    batch = OwnedKey(Batch, null=True, blank=True, related_name="messages")
    channel = models.CharField(max_length=20, blank=True, default="")  # a line's kind, once decided
    address = models.CharField(max_length=320, blank=True, default="")
    language = models.CharField(max_length=12, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    because = models.CharField(max_length=300, blank=True, default="")  # the gate's sentence, when held or refused
    token = models.CharField(max_length=64, unique=True, default=_token)  # of the page with the choices
    told = models.JSONField(default=dict)  # what it said, for the page: {"day": "2026-11-27", "was": "2026-11-24"}
    entry = OwnedKey(Entry, null=True, blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)  # the page with the choices was seen
    answered_at = models.DateTimeField(null=True)
    asked_first = models.BooleanField(null=True)  # they had asked about it before we wrote
    needs_person = models.CharField(max_length=40, blank=True, default="")  # worth · angry · broken before; "" none

    class Meta:
        verbose_name_plural = "outreach"
        constraints = [models.UniqueConstraint(fields=["merchant", "key"], name="outreach_once")]
        indexes = [
            models.Index(fields=["merchant", "customer", "-id"], name="outreach_of_customer"),
            models.Index(fields=["merchant", "order", "-id"], name="outreach_of_order"),
            models.Index(fields=["merchant", "conversation", "id"], name="outreach_of_conversation"),
            models.Index(fields=["merchant", "batch", "state"], name="outreach_of_batch"),
            models.Index(
                fields=["not_before", "id"], condition=Q(state__in=["planned", "held"]), name="outreach_to_do"
            ),
            models.Index(fields=["merchant", "entry"], condition=Q(entry__isnull=False), name="outreach_by_entry"),
            models.Index(fields=["merchant", "customer", "-sent_at"], name="outreach_for_caps"),
        ]


class Choice(Owned):
    """One thing they may tap."""

    outreach = OwnedKey(Outreach, on_delete=models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=24)  # new_day · cancel · replace · credit · own:<id> · person · fine
    label = models.CharField(max_length=200)
    asked = models.JSONField(default=dict)  # remedies.vocabulary.Asked, for those that are a remedy
    day = models.DateField(null=True)  # of a new day
    taken_at = models.DateTimeField(null=True)
    remedy = OwnedKey(Remedy, null=True, blank=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "outreach"],
                condition=Q(taken_at__isnull=False, undone_at=None),
                name="one_choice_taken",
            )
        ]
        indexes = [models.Index(fields=["merchant", "outreach", "position"], name="choices_of_outreach")]


class GateDecision(Owned):
    """What the gate said, when, and by which rule. Kept for as long as messages are."""

    customer = OwnedKey(Customer)
    outreach = OwnedKey(Outreach, on_delete=models.CASCADE, null=True, blank=True, related_name="decisions")
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=12)
    at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=5)  # yes · later · no
    rule = models.CharField(max_length=40)  # gate.RULES; "" with a yes
    until = models.DateTimeField(null=True)  # of a later
    local = models.CharField(max_length=60, blank=True, default="")  # their time zone, as it was worked out
    rehearsal = models.BooleanField(default=False)  # asked by a dry run

    class Meta:
        indexes = [models.Index(fields=["merchant", "customer", "-id"], name="gate_by_customer")]


class Suppression(Owned):
    """An address that is not written to first: it bounced, complained, or was somebody else's. Until it is lifted."""

    kind = models.CharField(max_length=20)  # of the handle: email · phone · …
    address = models.CharField(max_length=320)
    why = models.CharField(max_length=12)  # bounce · complaint · wrong · person
    at = models.DateTimeField(db_default=Now())
    by = models.CharField(max_length=40)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "address"], condition=Q(lifted_at=None), name="suppressed_once"
            )
        ]


class StopWish(Owned):
    """Words that seem to ask us to stop, or say that we have the wrong person. A person of ours decides; see stopping.

    Until they have, nothing is written first by itself.
    """

    message = OwnedKey(Message, on_delete=models.CASCADE, related_name="stop_wishes")
    customer = OwnedKey(Customer)
    kind = models.CharField(max_length=20)  # of the address
    address = models.CharField(max_length=320)
    why = models.CharField(max_length=8)  # person: they want no more · wrong: it is somebody else's address
    at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=40, blank=True, default="")
    meant_it = models.BooleanField(null=True)  # what was decided

    class Meta:
        verbose_name_plural = "stop wishes"
        constraints = [models.UniqueConstraint(fields=["merchant", "message"], name="one_stop_wish_a_message")]
        indexes = [
            models.Index(fields=["merchant", "customer"], condition=Q(settled_at=None), name="stop_wishes_open"),
        ]


class Manners(Owned):
    """How this merchant writes first: one row, made with the first change. Laws are stricter where they are."""

    quiet_from = models.TimeField(default="20:00")  # of the recipient's day
    quiet_to = models.TimeField(default="09:00")
    a_day = models.PositiveSmallIntegerField(default=2)  # messages to one customer, all channels together
    a_week = models.PositiveSmallIntegerField(default=5)
    prefer = models.JSONField(default=list, db_default=Value([], models.JSONField()))  # channels, best first
    postal_address = models.CharField(max_length=300, blank=True, default="")  # at the foot of proactive mail
    credit = models.BigIntegerField(null=True)  # minor units offered for a late order; null: not offered
    person_from = models.BigIntegerField(null=True)  # a person looks at it from this customer worth on
    paused_at = models.DateTimeField(null=True)  # nothing is written first
    # STOP by text ends all that we write first by telephone; off: only the purpose that it answered.
    stop_ends_all = models.BooleanField(default=True, db_default=True)

    class Meta:
        verbose_name_plural = "manners"
        constraints = [models.UniqueConstraint(fields=["merchant"], name="one_manners_a_merchant")]
