"""Lines we own, threads on them, the words said there, and what became of what we sent."""

from __future__ import annotations

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from presszero.core.sealing import new_token, open_sealed, seal
from presszero.merchants.models import Brand, Hours
from presszero.merchants.owned import Owned, OwnedKey
from presszero.team.models import Team

from .adapter import LineSettings


def _token() -> str:
    return new_token(192)


def _short_token() -> str:
    return new_token(128)


class Line(Owned):
    """An address we own on some channel: support@juniper.example, a custom line called Kiosk."""

    kind = models.CharField(max_length=20)  # a key of settings.CHANNELS
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=120)
    brand = OwnedKey(Brand)
    hours = OwnedKey(Hours, null=True, blank=True)
    team = OwnedKey(Team, null=True, blank=True)  # whose queue a new conversation stands in; null: everybody's
    settings = models.JSONField(default=dict)
    sealed = models.BinaryField(default=bytes)  # secrets, see sealing; never in `settings`
    token = models.CharField(max_length=64, unique=True, default=_token)  # in the webhook's address
    first_reply_minutes = models.PositiveIntegerField(default=60)  # of open time
    next_reply_minutes = models.PositiveIntegerField(default=240)
    created_at = models.DateTimeField(auto_now_add=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)  # anything at all came in
    checked_at = models.DateTimeField(null=True, blank=True)  # the mailbox was looked into
    trouble = models.TextField(blank=True, default="")  # what the last fetch or send said, "" when well
    trouble_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "kind", "address"], name="one_line_an_address")]
        indexes = [models.Index(fields=["kind", "address"])]

    def __str__(self) -> str:
        return self.address

    @property
    def secrets(self) -> dict[str, str]:
        """Raises CannotOpen when they were sealed under another key."""
        return open_sealed(bytes(self.sealed), "line")

    def keep_secrets(self, values: dict[str, str]) -> None:
        """Seals them into the row; the caller saves."""
        self.sealed = seal(values, "line")

    def for_adapter(self) -> LineSettings:
        return LineSettings(self.id, self.kind, self.address, self.name, self.settings, self.secrets, self.token)


class Mailbox(Owned):
    """How far an IMAP folder was read: RFC 3501's UIDVALIDITY and UID, kept in the transaction that stored the mail."""

    line = OwnedKey(Line, on_delete=models.CASCADE)
    folder = models.CharField(max_length=200, default="INBOX")
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    rescanned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "line", "folder"], name="one_cursor_a_folder")]


class Thread(Owned):
    """One exchange on one line, as the other side's program sees it. `token` is ours, random, and unguessable."""

    line = OwnedKey(Line)
    token = models.CharField(max_length=64)  # lower-case hex, 128 bits
    key = models.CharField(max_length=300, blank=True, default="")  # the provider's own name for it
    subject = models.CharField(max_length=998, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "token"], name="one_thread_a_token"),
            models.UniqueConstraint(fields=["merchant", "line", "key"], condition=~Q(key=""), name="one_thread_a_key"),
        ]


class Participant(Owned):
    """Who takes part in a thread. Only they may continue it; `wants_in` was seen in a Cc and has no access."""

    class Standing(models.TextChoices):
        CUSTOMER = "customer"
        COPIED = "copied"  # an agent put them in
        WANTS_IN = "wants_in"  # somebody copied them; an agent decides

    thread = OwnedKey(Thread, on_delete=models.CASCADE, related_name="participants")
    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=200, blank=True, default="")
    standing = models.CharField(max_length=12, choices=Standing.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "thread", "kind", "address"], name="takes_part_once")
        ]


class Joined(Func):
    """Text beside text. Unlike concat(), immutable, so that a generated column may use it."""

    template = "(%(expressions)s)"
    arg_joiner = " || "


class Entry(Owned):
    """The words, stored once. `inbound` came to us; otherwise we said them."""

    thread = OwnedKey(Thread)
    inbound = models.BooleanField()
    sender_kind = models.CharField(max_length=20, blank=True, default="")
    sender_address = models.CharField(max_length=320, blank=True, default="")
    sender_name = models.CharField(max_length=200, blank=True, default="")
    actor = models.CharField(max_length=40, blank=True, default="")  # who of us said it
    subject = models.CharField(max_length=998, blank=True, default="")
    text = models.TextField(blank=True, default="")  # what was written now
    folded = models.TextField(blank=True, default="")  # the quotes and the signature under it
    html = models.TextField(blank=True, default="")  # inbound: as sent, unsafe; outbound: as we built it
    message_id = models.CharField(max_length=400, blank=True, default="")
    proof = models.CharField(max_length=12, blank=True, default="")
    automatic = models.CharField(max_length=20, blank=True, default="")
    warnings = models.JSONField(default=list)
    reply_to = models.CharField(max_length=320, blank=True, default="")  # where they ask for answers, if elsewhere
    copied = models.JSONField(default=list)  # [[name, address], …] of To and Cc besides us
    at = models.DateTimeField()  # its place in time: when it came to us, or we sent it
    sent_at = models.DateTimeField(null=True)  # what the sender's clock said
    received_id = models.BigIntegerField(null=True)  # the raw bytes in the mailroom
    search = models.GeneratedField(
        expression=Func(F("merchant"), Joined("subject", Value(" "), "text"), function="presszero_lexemes"),
        output_field=SearchVectorField(),
        db_persist=True,
    )  # lexemes prefixed by merchant: a word common elsewhere stays quick in a small shop

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["merchant", "thread", "id"]),
            models.Index(fields=["merchant", "message_id"], condition=~Q(message_id=""), name="entry_by_message_id"),
            models.Index(fields=["merchant", "-id"], name="entry_newest"),
            GinIndex(fields=["search"], name="entry_search"),
        ]


class Attachment(Owned):
    """A file of an entry. The name is only shown, never used as a path; the token is the key to read it."""

    entry = OwnedKey(Entry, on_delete=models.CASCADE, related_name="attachments")
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField()  # bytes
    storage_key = models.CharField(max_length=200)
    content_id = models.CharField(max_length=400, blank=True, default="")
    inline = models.BooleanField(default=False)
    token = models.CharField(max_length=64, default=_token)

    class Meta:
        indexes = [models.Index(fields=["merchant", "entry"])]


class MediaToFetch(Owned):
    """A picture or another file that the provider still has: the words came without it. It becomes an attachment."""

    class State(models.TextChoices):
        WAITING = "waiting"
        FETCHED = "fetched"
        FAILED = "failed"  # for good, or until somebody asks for it again

    entry = OwnedKey(Entry, on_delete=models.CASCADE, related_name="media")
    line = OwnedKey(Line)
    url = models.CharField(max_length=1000)
    content_type = models.CharField(max_length=120, blank=True, default="")  # as the provider says
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=500, blank=True, default="")  # what the last try said

    class Meta:
        verbose_name_plural = "media to fetch"
        indexes = [
            models.Index(fields=["merchant", "entry"]),
            models.Index(fields=["not_before"], condition=Q(state="waiting"), name="media_due"),
        ]


class Delivery(Owned):
    """One entry to one address. The row is there before the first try."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        ACCEPTED = "accepted"
        DELIVERED = "delivered"
        READ = "read"
        FAILED = "failed"  # for good
        UNKNOWN = "unknown"  # the connection broke after the request was written; evidence decides
        CANCELLED = "cancelled"  # taken back before it went

    entry = OwnedKey(Entry, on_delete=models.PROTECT, related_name="deliveries")
    line = OwnedKey(Line)
    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=320)
    our_id = models.UUIDField(default=uuid.uuid4)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    not_before = models.DateTimeField(db_default=Now())
    tries = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)  # of the try under way
    written_at = models.DateTimeField(null=True)  # from here on the provider may have it: no blind retry
    provider_id = models.CharField(max_length=300, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    # Why we write first: service · marketing · survey; then the gate is asked at the sending. "" answers them.
    purpose = models.CharField(max_length=12, blank=True, default="", db_default="")
    refusal = models.CharField(max_length=12, blank=True, default="", db_default="")  # opted_out · dead · "" anything
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["merchant", "our_id"], name="one_delivery_an_id")]
        indexes = [
            models.Index(fields=["merchant", "entry"]),
            models.Index(fields=["not_before"], condition=Q(state="queued"), name="delivery_due"),
            models.Index(
                fields=["started_at"], condition=Q(state__in=["sending", "unknown"]), name="delivery_under_way"
            ),
            models.Index(fields=["merchant", "provider_id"], condition=~Q(provider_id=""), name="delivery_by_provider"),
        ]


class Share(Owned):
    """An address of ours under which one file of one delivery is had without signing in, by whoever has the address.

    Whoever carries the message fetches it there, while it is under way; or it stands in the words, for who reads them.
    """

    delivery = OwnedKey(Delivery, on_delete=models.CASCADE, related_name="shares")
    attachment = OwnedKey(Attachment, on_delete=models.CASCADE, related_name="shares")
    token = models.CharField(max_length=22, unique=True, default=_short_token)
    for_reader = models.BooleanField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "delivery", "attachment", "for_reader"], name="shared_once_a_delivery"
            ),
        ]


class DeliveryTry(Owned):
    """One attempt to send, kept for whoever asks what happened."""

    delivery = OwnedKey(Delivery, on_delete=models.CASCADE, related_name="history")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True, default="")  # accepted · refused · later · unknown
    reason = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["merchant", "delivery"])]


class StrayReport(Owned):
    """A provider's word on a message whose provider id we had not stored yet; applied when we do."""

    line_id = models.BigIntegerField()
    provider_id = models.CharField(max_length=300)
    state = models.CharField(max_length=10)
    permanent = models.BooleanField(default=False)
    reason = models.TextField(blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["merchant", "provider_id"])]


class SendingHeld(models.Model):
    """While such a row stands nothing leaves this installation: a restored copy must not write to customers again."""

    why = models.TextField()
    since = models.DateTimeField(auto_now_add=True)
