"""What one mail says, frozen, and how it crosses the pipe from the parsing child (JSON and raw bytes, no pickle)."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from presszero.channels.vocabulary import Attachment, Handle, Proof

MESSAGE, BOUNCE, AUTO_REPLY, QUARANTINED = "message", "bounce", "auto_reply", "quarantined"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody named in a header, as written there: name may be "", address may be "" or lack a domain."""

    name: str = ""
    address: str = ""

    @property
    def handle(self) -> Handle:
        """The same, as the rest of the product compares addresses: lower case."""
        return Handle("email", self.address.lower(), self.name)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that a mail of ours did not arrive (yet)."""

    recipient: str  # whom we wrote to; "" where the report does not say
    permanent: bool  # the address itself is dead: no such user or host, moved, refuses all mail
    reason: str  # one readable line, in the reporting server's own words
    status: str = ""  # enhanced status code, "5.1.1"
    delayed: bool = False  # the server is still trying
    recipients: tuple[str, ...] = ()  # everyone the report names, `recipient` first


@dataclass(frozen=True, slots=True)
class Authentication:
    """What our own receiving server said about the sender (Authentication-Results of a trusted server only)."""

    proof: Proof = Proof.CLAIMED
    reason: str = ""  # "DMARC passed at mx.juniper.example"


@dataclass(frozen=True, slots=True)
class Reading:
    """One mail, understood. Text never holds NUL or lone surrogates; ids have no angle brackets."""

    kind: str = MESSAGE  # message · bounce · auto_reply · quarantined
    sender: Party = Party()
    senders: tuple[Party, ...] = ()  # every From address, `sender` first
    reply_to: tuple[Party, ...] = ()
    to: tuple[Party, ...] = ()
    cc: tuple[Party, ...] = ()
    subject: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()  # oldest first
    date: datetime | None = None  # aware
    text: str = ""  # all of it as plain text
    new_text: str = ""  # what the sender wrote now
    html: str = ""  # as sent, not sanitised
    attachments: tuple[Attachment, ...] = ()
    bounce: Bounce | None = None
    original_ids: tuple[str, ...] = ()  # Message-IDs of the mail a bounce or auto reply is about
    automatic: str = ""  # auto_reply · list · verification · bounce · receipt · complaint; "" for a person
    tokens: tuple[str, ...] = ()  # candidates for our thread tokens, unchecked, in order of trustworthiness
    delivered_to: tuple[str, ...] = ()  # envelope recipients noted by servers, where plus-tokens survive
    return_path: str | None = None  # None where no server noted it; "" is the null sender
    authentication: Authentication = Authentication()
    warnings: tuple[str, ...] = ()  # sentences for the agent
    reason: str = ""  # why it is quarantined
    language_hint: str = field(default="")  # Content-Language, as declared


def quarantine(reason: str, seen: Reading | None = None) -> Reading:
    """A mail that could not be read, with whatever could still be seen of it."""
    return replace(seen or Reading(), kind=QUARANTINED, reason=reason)


def pack(reading: Reading) -> bytes:
    """4 bytes length of the JSON, the JSON, then the attachments' bytes one after another."""
    plain = asdict(reading)
    plain["date"] = reading.date.isoformat() if reading.date else None
    plain["authentication"]["proof"] = reading.authentication.proof.value
    contents = [attachment.pop("content") for attachment in plain["attachments"]]
    for attachment, content in zip(plain["attachments"], contents, strict=True):
        attachment["size"] = len(content)
    header = json.dumps(plain).encode()
    return b"".join([struct.pack(">I", len(header)), header, *contents])


def unpack(wire: bytes) -> Reading:
    """The inverse of `pack`. Raises ValueError or struct.error for anything else."""
    (length,) = struct.unpack_from(">I", wire)
    plain: dict[str, Any] = json.loads(wire[4 : 4 + length])
    at, attachments = 4 + length, []
    for each in plain["attachments"]:
        size = each.pop("size")
        attachments.append(Attachment(content=wire[at : at + size], **each))
        at += size
    plain["attachments"] = tuple(attachments)
    plain["sender"] = Party(**plain["sender"])
    for name in ("senders", "reply_to", "to", "cc"):
        plain[name] = tuple(Party(**each) for each in plain[name])
    for name in ("references", "original_ids", "tokens", "warnings", "delivered_to"):
        plain[name] = tuple(plain[name])
    plain["date"] = datetime.fromisoformat(plain["date"]) if plain["date"] else None
    if plain["bounce"]:
        plain["bounce"]["recipients"] = tuple(plain["bounce"]["recipients"])
        plain["bounce"] = Bounce(**plain["bounce"])
    known = plain["authentication"]
    plain["authentication"] = Authentication(Proof(known["proof"]), known["reason"])
    return Reading(**plain)
