"""Menus, calls, everybody's end of them, what is asked of the gateway, recordings and kept places."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now

from presszero.channels.models import Entry, Line
from presszero.conversations.models import Conversation
from presszero.core.sealing import new_token, open_sealed, seal
from presszero.customers.models import Customer
from presszero.merchants.owned import Owned, OwnedKey
from presszero.routing.models import Queue, Turn, Waiting
from presszero.team.models import Membership


def _token() -> str:
    return new_token(192)


def _empty() -> Value:
    return Value({}, models.JSONField())


class Menu(Owned):
    """What a caller hears and may press. `draft` is being edited; what callers get is the newest MenuVersion."""

    name = models.CharField(max_length=60)
    draft = models.JSONField(default=dict)  # menu.flow.Flow as JSON
    draft_version = models.PositiveIntegerField(default=0)  # compare-and-set: two people, one change
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)


class MenuVersion(Owned):
    """A menu as it was published; never changed again."""

    menu = OwnedKey(Menu, related_name="versions")
    number = models.PositiveIntegerField()
    flow = models.JSONField()
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    says = models.CharField(max_length=200, blank=True, default="")  # what was changed, in their words

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "menu", "number"], name="one_menu_version")]


class Prompt(Owned):
    """A recording of the merchant's own, uploaded: 8 kHz mono WAV after we converted it."""

    name = models.CharField(max_length=80)
    language = models.CharField(max_length=12, blank=True, default="")
    storage_key = models.CharField(max_length=200)
    seconds = models.FloatField()
    token = models.CharField(max_length=64, default=_token)  # in the address the provider fetches it from
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)


class Reception(Owned):
    """How a phone line is answered. No row: everybody's queue at once."""

    class Records(models.TextChoices):
        NEVER = "never"
        ASKED = "asked"  # after they were asked and did not decline

    line = OwnedKey(Line, on_delete=models.CASCADE)
    menu = OwnedKey(Menu, null=True, blank=True)  # null: straight to the queue
    queue = OwnedKey(Queue, null=True, blank=True)  # where 0 leads; null: the first there is
    records = models.CharField(max_length=8, choices=Records.choices, default=Records.NEVER)
    texts_missed = models.BooleanField(default=True)  # a missed call gets a text with a link
    closed_plan = models.CharField(max_length=12, default="voicemail")  # voicemail · callback · say
    ring_seconds = models.PositiveSmallIntegerField(default=20)  # at one member, before the next
    wrap_seconds = models.PositiveSmallIntegerField(default=30)  # after a call, before the next
    countries = models.JSONField(default=list)  # ISO 3166, which we may dial; empty: the line's own country
    settings = models.JSONField(default=dict)  # voices by language, music, caller id …

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "line"], name="one_reception_a_line")]


class Call(Owned):
    """One call of a customer's or to a customer, from first to last, whoever took part."""

    class Stage(models.TextChoices):
        MENU = "menu"
        WAITING = "waiting"  # for a person
        TALKING = "talking"  # with one
        RECORDING = "recording"  # leaves a message
        DIALLING = "dialling"  # we call them
        ENDED = "ended"

    line = OwnedKey(Line)
    driver = models.CharField(max_length=8)  # sip · hosted
    provider_id = models.CharField(max_length=200)  # SIP Call-ID, or the provider's own
    uid = models.UUIDField()  # ours, known before the row is
    kind = models.CharField(max_length=10, default="call")  # call · callback · talk (from a browser) · trial
    inbound = models.BooleanField()
    number = models.CharField(max_length=40, blank=True, default="")  # theirs, E.164; "" withheld, or a browser
    customer = OwnedKey(Customer, null=True, blank=True)  # a hint by number, never proof
    conversation = OwnedKey(Conversation, null=True, blank=True)
    entry = OwnedKey(Entry, null=True, blank=True)  # its place in the conversation's stream
    version = OwnedKey(MenuVersion, null=True, blank=True)
    waiting = OwnedKey(Waiting, null=True, blank=True)  # the latest
    stage = models.CharField(max_length=10, choices=Stage.choices)
    state = models.JSONField(default=dict)  # the machine's, for a driver without a memory of its own
    language = models.CharField(max_length=12, blank=True, default="")
    gateway = models.CharField(max_length=80, blank=True, default="")  # which process holds it
    dialog = models.JSONField(default=dict)  # what that needs to go on after it was started anew
    began_at = models.DateTimeField(db_default=Now())
    zero_at = models.DateTimeField(null=True)  # they first asked for a person
    zero_node = models.CharField(max_length=60, blank=True, default="")
    waiting_at = models.DateTimeField(null=True)  # entered the first queue
    talked_at = models.DateTimeField(null=True)  # two-way speech with a person
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=12, blank=True, default="")  # served · abandoned · callback · voicemail · …
    quality = models.JSONField(default=dict, db_default=_empty())  # jitter ms, lost share, mos as the page measured
    wrapped_at = models.DateTimeField(null=True)  # what was said is written down

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "uid"], name="one_call_a_uid"),
            models.UniqueConstraint(fields=["merchant", "line", "provider_id"], name="one_call_an_id"),
        ]
        indexes = [
            models.Index(fields=["merchant", "stage"], condition=Q(ended_at=None), name="calls_now"),
            models.Index(fields=["gateway"], condition=Q(ended_at=None), name="calls_of_gateway"),
            models.Index(fields=["merchant", "conversation", "began_at"], name="calls_of_conversation"),
            models.Index(fields=["merchant", "entry"], condition=Q(entry__isnull=False), name="call_of_entry"),
            models.Index(fields=["merchant", "began_at"], name="calls_by_day"),
        ]


class CallStep(Owned):
    """One step of a caller's way: where they were, what they pressed. Append-only."""

    call = OwnedKey(Call, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(db_default=Now())
    what = models.CharField(max_length=16)  # entered · digit · zero · queue · consent · declined · looked · failed …
    node = models.CharField(max_length=60, blank=True, default="")
    says = models.CharField(max_length=200, blank=True, default="")  # the node's name, the digit; never card numbers

    class Meta:
        indexes = [models.Index(fields=["merchant", "call", "id"], name="steps_of_call")]


class Leg(Owned):
    """A member's end of a call, or of whoever else was brought in."""

    class State(models.TextChoices):
        OFFERED = "offered"  # rings
        TALKING = "talking"
        HELD = "held"
        ENDED = "ended"

    call = OwnedKey(Call, on_delete=models.CASCADE, related_name="legs")
    turn = OwnedKey(Turn, null=True, blank=True)
    member = OwnedKey(Membership, null=True, blank=True)
    number = models.CharField(max_length=40, blank=True, default="")  # a mobile, or where it was transferred to
    via = models.CharField(max_length=8, default="browser")  # browser · mobile · number
    role = models.CharField(max_length=10, default="agent")  # agent · colleague · listens · whispers
    state = models.CharField(max_length=8, choices=State.choices, default=State.OFFERED)
    tag = models.CharField(
        max_length=60, blank=True, default=""
    )  # of the media relay; a new one each time it is offered
    offer = models.TextField(blank=True, default="")  # SDP for the page
    answer = models.TextField(blank=True, default="")  # SDP of the page
    muted = models.BooleanField(default=False)
    offered_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)  # they took it
    talked_at = models.DateTimeField(null=True)  # media goes both ways
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=12, blank=True, default="")  # declined · missed · hung_up · transferred …

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "call"], name="legs_of_call"),
            models.Index(fields=["merchant", "member"], condition=Q(ended_at=None), name="legs_now"),
        ]


class Ask(Owned):
    """What a page asks of whoever holds the call; the gateway does them in order and writes what became of it."""

    call = OwnedKey(Call, on_delete=models.CASCADE, related_name="asks")
    leg = OwnedKey(Leg, null=True, blank=True)
    what = models.CharField(max_length=12)  # see calls.asking
    given = models.JSONField(default=dict)
    by = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    failed = models.CharField(max_length=200, blank=True, default="")  # a sentence for whoever asked

    class Meta:
        indexes = [models.Index(fields=["call", "id"], condition=Q(done_at=None), name="asks_open")]


class Recording(Owned):
    """Sound we kept: of a call whose caller did not decline, or a message they left."""

    class State(models.TextChoices):
        RUNNING = "running"
        PAUSED = "paused"
        STORED = "stored"
        FAILED = "failed"
        DELETED = "deleted"

    call = OwnedKey(Call, on_delete=models.CASCADE, related_name="recordings")
    kind = models.CharField(max_length=10)  # call · voicemail
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    consent_at = models.DateTimeField(null=True)  # when they were asked and went on
    began_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    pauses = models.JSONField(default=list)  # [[from, to], …] seconds from the beginning
    seconds = models.FloatField(default=0.0)
    storage_key = models.CharField(max_length=200, blank=True, default="")
    provider_id = models.CharField(max_length=200, blank=True, default="")
    token = models.CharField(max_length=64, default=_token)
    transcript = models.TextField(blank=True, default="")
    trouble = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["merchant", "call"], name="recordings_of_call")]


class Transcriber(Owned):
    """A merchant's program that writes down what was said, and which recordings it is given."""

    url = models.CharField(max_length=300)  # up to what stands before /audio/transcriptions
    model = models.CharField(max_length=120)
    sealed = models.BinaryField(default=bytes)  # its key, if it wants one
    voicemails = models.BooleanField(default=True)
    calls = models.BooleanField(default=False)
    worked_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True, default="")
    trouble_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant"], name="one_transcriber")]

    @property
    def key(self) -> str:
        """Raises CannotOpen when it was sealed under another secret of ours."""
        return open_sealed(bytes(self.sealed), "transcriber").get("key", "")

    def keep_key(self, key: str) -> None:
        """Seals it into the row; the caller saves."""
        self.sealed = seal({"key": key}, "transcriber") if key else b""


class Transcription(Owned):
    """A recording that is to be written down. What was understood stands in the recording."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"  # for good, or until somebody asks for it again

    recording = OwnedKey(Recording, on_delete=models.CASCADE)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    trouble = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "recording"], name="written_down_once")]
        indexes = [models.Index(fields=["not_before"], condition=Q(state="waiting"), name="transcription_due")]


class Callback(Owned):
    """They keep their place, and we call. The promise of it stands beside."""

    class State(models.TextChoices):
        WAITS = "waits"
        CALLING = "calling"
        DONE = "done"
        GIVEN_UP = "given_up"  # two tries; they were texted
        CANCELLED = "cancelled"

    line = OwnedKey(Line)
    queue = OwnedKey(Queue)
    number = models.CharField(max_length=40)
    customer = OwnedKey(Customer, null=True, blank=True)
    conversation = OwnedKey(Conversation, null=True, blank=True)
    call = OwnedKey(Call, null=True, blank=True)  # in which they asked for it; null: on a page
    promise_id = models.BigIntegerField(null=True)  # promises.Promise
    since = models.DateTimeField()  # the place they keep
    due_at = models.DateTimeField()  # what we said
    wished_from = models.DateTimeField(null=True)
    first = models.CharField(max_length=8, default="agent")  # agent · customer: who is rung first
    language = models.CharField(max_length=12, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITS)
    tries = models.PositiveSmallIntegerField(default=0)
    try_id = models.BigIntegerField(null=True)  # the Call by which they were tried last
    next_at = models.DateTimeField(null=True)  # the next try
    asked_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["merchant", "queue", "since"], condition=Q(ended_at=None), name="callbacks_now"),
            models.Index(fields=["merchant", "conversation"], name="callbacks_of_talk"),
            models.Index(fields=["next_at"], condition=Q(state="waits"), name="callbacks_due"),
            models.Index(fields=["merchant", "try_id"], condition=Q(try_id__isnull=False), name="callback_of_try"),
        ]


class MobileEnd(Owned):
    """Rings a member's own phone when nobody has a desk open, or always."""

    member = OwnedKey(Membership, on_delete=models.CASCADE)
    number = models.CharField(max_length=40)  # E.164
    when = models.CharField(max_length=8, default="away")  # never · away · always
    confirmed_at = models.DateTimeField(null=True)  # they pressed a key when it rang the first time

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "member"], name="one_mobile_a_member")]
