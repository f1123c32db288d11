"""The few words every channel speaks inside the product. Frozen, no Django, no provider's names.

An adapter turns what a provider sends into these, and these into what a provider wants.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Proof(StrEnum):
    """How strongly an address is known to belong to whoever wrote, weakest first."""

    CLAIMED = "claimed"  # somebody typed it, or a mail header says so and nothing backs it
    SEEN = "seen"  # the provider delivered from it, and nothing contradicts it
    VERIFIED = "verified"  # DMARC of our own receiver passed, a code was entered, a signed identity
    REFUTED = "refuted"  # our own receiver says that the claim failed

    @property
    def strength(self) -> int:
        return {"refuted": 0, "claimed": 1, "seen": 2, "verified": 3}[self.value]


@dataclass(frozen=True, slots=True)
class Handle:
    """An address of a person on some kind of channel: ("email", "ada@example.com", "Ada Kowalski")."""

    kind: str  # email · phone · visitor · custom · …
    address: str  # normalised: what two spellings of one address have in common
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. `content` is the bytes; size in bytes."""

    filename: str  # as the sender called it, cleaned for showing; never used as a path
    content_type: str  # lower case, no parameters, as our own sniff decides
    content: bytes
    content_id: str = ""  # without angle brackets; inline images are found by it
    inline: bool = False

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Remote:
    """A file of a message that the provider still has: fetched later, with the line's own key."""

    url: str
    content_type: str = ""  # as the provider says


@dataclass(frozen=True, slots=True)
class Shared:
    """A file of something we send that goes as an address of ours: whoever carries it fetches it, or who reads it."""

    content_type: str
    size: int  # bytes
    url: str = ""  # "" while it is only asked what would become of it


@dataclass(frozen=True, slots=True)
class Wish:
    """What a sender says about the matter itself: how much it matters, by when, and where they would be answered."""

    matters: int | None = None  # 1 can wait · 2 as usual · 3 matters a lot; None: they did not say
    needed_by: datetime | None = None  # aware
    words: str = ""  # their own sentence: "We leave for the mountains on Saturday."
    channel: str = ""  # a kind of handle: email · visitor · phone; "" : they did not say


@dataclass(frozen=True, slots=True)
class MessageArrived:
    """Somebody wrote to one of our lines."""

    external_id: str  # unique on the line; for mail Message-ID + hash of the raw bytes
    sender: Handle
    text: str  # everything they sent, as plain text
    new_text: str  # what they wrote now: quotes and signature folded away
    html: str = ""  # as sent, not yet sanitised
    subject: str = ""
    sent_at: datetime | None = None  # what the sender's clock said; aware
    proof: Proof = Proof.CLAIMED
    proof_reason: str = ""  # "DMARC passed at mx.juniper.example"
    reply_to: Handle | None = None  # where the sender asks for answers, when that differs
    to: tuple[Handle, ...] = ()
    cc: tuple[Handle, ...] = ()
    message_id: str = ""  # the channel's own id of the message, without angle brackets for mail
    in_reply_to: str = ""
    references: tuple[str, ...] = ()  # oldest first
    tokens: tuple[str, ...] = ()  # our own thread tokens found in the addresses and ids, unchecked
    thread_key: str = ""  # the provider's name for the exchange, where it has one
    automatic: str = ""  # auto_reply · list · verification · own · loop: why no person wrote it; "" for a person
    attachments: tuple[Attachment, ...] = ()
    media: tuple[Remote, ...] = ()
    warnings: tuple[str, ...] = ()  # sentences for the agent: "The reply address is on another domain."
    claims: tuple[Handle, ...] = ()  # addresses they say are theirs; nothing is believed of them until proven
    wish: Wish | None = None
    new_matter: bool = False  # they said that it is about something else than before
    topic: str = ""  # the name of one of the merchant's topics, picked by them


@dataclass(frozen=True, slots=True)
class DeliveryReported:
    """A provider, or a bounce, says what became of something we sent."""

    external_id: str  # unique on the line
    state: str  # accepted · delivered · read · failed
    provider_id: str = ""  # the id the provider gave when it took the message
    our_id: str = ""  # our own delivery id, where the provider hands it back
    tokens: tuple[str, ...] = ()  # our thread tokens found in the report
    message_ids: tuple[str, ...] = ()  # ids of the original message found in the report
    recipient: str = ""
    permanent: bool = False  # the address itself is dead
    reason: str = ""
    at: datetime | None = None
    complaint: bool = False  # whoever got it marked it as spam
    refusal: str = ""  # of a failure: opted_out · dead · "" anything else


@dataclass(frozen=True, slots=True)
class Unread:
    """One element of an arrival that made no sense. It goes to the quarantine; its neighbours go on."""

    external_id: str
    reason: str  # a sentence for the merchant
    sender: str = ""
    subject: str = ""


WITHHELD = "withheld"  # kind of handle of a caller without a number: an address that we made up, a new one each time
MADE_UP = frozenset({"visitor", WITHHELD})  # kinds of handles whose addresses say nothing to anybody

# A warning of a message whose word (STOP, HELP) the provider answered by itself: we say nothing more.
ANSWERED_BY_PROVIDER = "The network answered this word by itself."

# A warning of a message while a file of it is still with the provider; and how the one begins that says it stays there.
FETCHING = "A file of this message is being fetched from the network."
NOT_FETCHED = "A file of this message could not be fetched: "

Arrived = MessageArrived | DeliveryReported | Unread


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One thing to send to one set of recipients. The adapter needs nothing else."""

    our_id: str  # the same for every try
    message_id: str  # the same for every try
    sender: Handle  # the line, under the brand's name
    to: tuple[Handle, ...]
    text: str
    html: str = ""
    subject: str = ""
    reply_to: str = ""  # carries the thread's token where the channel allows
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = False
    attachments: tuple[Attachment, ...] = ()
    shared: tuple[Shared, ...] = ()  # instead of attachments, where the channel takes addresses
    links: bool = False  # the addresses of `shared` stand in the words: whoever carries them does not carry files
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a provider answered. `state`: accepted · refused (for good) · later (again) · unknown (evidence needed)."""

    state: str
    provider_id: str = ""
    reason: str = ""
    retry_after: float | None = None  # seconds
    refusal: str = ""  # of one refused: opted_out (they said STOP to the network) · dead (there is no such number)
