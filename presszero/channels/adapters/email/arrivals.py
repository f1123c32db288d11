"""From what a mail says (a Reading) to what arrived."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from presszero.channels.adapter import LineSettings
from presszero.channels.vocabulary import Arrived, DeliveryReported, Handle, MessageArrived, Unread

from . import scan
from .reading.shape import BOUNCE, QUARANTINED, Reading

TRIAL = re.compile(r"trial-[0-9a-f]{32}@")  # the Message-ID of a mail by which a line is tried out
_TOKEN = re.compile(r"[0-9a-f]{16,64}")


def arrived(reading: Reading, raw: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Arrived]:
    """What one mail brings: a message, reports about our mails, or nothing (our own trial)."""
    if reading.kind == QUARANTINED:
        sender = reading.sender.address or scan.lane_key(raw)
        subject = reading.subject or scan.header(raw, "Subject")
        return [
            Unread(scan.external_id(raw), reading.reason or "The mail cannot be read.", sender[:320], subject[:300])
        ]
    own = _is_own(reading, line)
    if own and TRIAL.match(reading.message_id):
        return []
    tokens = _tokens(reading, headers)
    external_id = scan.external_id(raw)
    if reading.kind == BOUNCE and reading.bounce:
        return list(_reports(reading, external_id, tokens))
    return [_message(reading, external_id, tokens, "own" if own else reading.automatic)]


def trusted_servers(headers: Mapping[str, str], line: LineSettings) -> tuple[str, ...]:
    """Whose Authentication-Results count for this mail: the merchant's own server, if the mail came through it.

    Whoever reaches our SMTP door from outside could write such a header too, so there the word counts only when the
    connection came from the merchant's network or a relay named in settings["relays"].
    """
    server = str(line.settings.get("authserv_id", "")).strip()
    if not server or (headers.get("via") == "smtp" and not _is_relay(headers.get("peer", ""), line)):
        return ()
    return (server,)


def _is_relay(peer: str, line: LineSettings) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    return address.is_private or peer in (line.settings.get("relays") or ())


def _is_own(reading: Reading, line: LineSettings) -> bool:
    return scan.without_plus(reading.sender.address) == scan.without_plus(line.address)


def _tokens(reading: Reading, headers: Mapping[str, str]) -> tuple[str, ...]:
    """The envelope's first: nobody but the sender's server can have changed it."""
    given = headers.get("envelope_to", "")
    envelope = given.split(",") if isinstance(given, str) else list(given)
    found = [scan.plus_part(each.strip()) for each in [*envelope, *reading.delivered_to]]
    found = [each for each in found if _TOKEN.fullmatch(each)]
    return tuple(dict.fromkeys([*found, *reading.tokens]))[:50]


def _message(reading: Reading, external_id: str, tokens: tuple[str, ...], automatic: str) -> MessageArrived:
    return MessageArrived(
        external_id=external_id,
        sender=reading.sender.handle,
        text=reading.text,
        new_text=reading.new_text,
        html=reading.html,
        subject=reading.subject,
        sent_at=reading.date,
        proof=reading.authentication.proof,
        proof_reason=reading.authentication.reason,
        reply_to=_reply_to(reading),
        to=tuple(party.handle for party in reading.to),
        cc=tuple(party.handle for party in reading.cc),
        message_id=reading.message_id,
        in_reply_to=reading.in_reply_to,
        references=reading.references,
        tokens=tokens,
        automatic=automatic,
        attachments=reading.attachments,
        warnings=reading.warnings,
    )


def _reply_to(reading: Reading) -> Handle | None:
    """Where answers are asked to go, when that is somebody else. On another domain the reading warns (M13)."""
    wished = next((party.handle for party in reading.reply_to if "@" in party.address), None)
    return None if wished is None or wished.address == reading.sender.handle.address else wished


def _reports(reading: Reading, external_id: str, tokens: tuple[str, ...]) -> list[DeliveryReported]:
    bounce = reading.bounce
    assert bounce is not None
    recipients = bounce.recipients or (bounce.recipient,)
    return [
        DeliveryReported(
            external_id=external_id if place == 0 else f"{external_id[:190]}:{place}",
            state="accepted" if bounce.delayed else "failed",
            tokens=tokens,
            message_ids=reading.original_ids,
            recipient=recipient.lower(),
            permanent=bounce.permanent and recipient == bounce.recipient and not bounce.delayed,
            reason=bounce.reason,
            at=reading.date,
        )
        for place, recipient in enumerate(dict.fromkeys(recipients))
    ]
