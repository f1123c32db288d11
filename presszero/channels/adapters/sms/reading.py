"""From what a provider posts to what arrived: a text, or word of one of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, parse_qsl

from presszero.channels.adapter import LineSettings, Unreadable
from presszero.channels.vocabulary import (
    ANSWERED_BY_PROVIDER,
    FETCHING,
    Arrived,
    DeliveryReported,
    Handle,
    MessageArrived,
    Proof,
    Remote,
)
from presszero.core.phones import e164
from presszero.core.text import clean, one_line

from . import codes

MAX_MEDIA = 10  # files of one message, as the networks carry them

# Exactly as long as ids are. The signature runs names and values together without a mark between them, so that a field
# may be read into its neighbour: whoever holds an old request must not be able to make a new id of it.
_ID = re.compile(r"(?:[A-Z]{2})?[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-z]{12}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHORT = re.compile(r"\+?\d{3,8}")  # a short number, which no country's plan knows
_NAMED = re.compile(r"[A-Za-z0-9 ._&-]{1,11}")  # a sender that is a word: nobody can answer it

# The provider's states in ours. What is missing says nothing new.
STATES = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "accepted",
    "delivered": "delivered",
    "partially_delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}


def fields_of(body: bytes) -> dict[str, str]:
    """The fields of a form, or of a JSON object, each once. Empty for anything else."""
    if body[:1] == b"{":
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            return {}
        return {str(name): str(value) for name, value in found.items() if isinstance(value, str | int)}
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=500))
    except ValueError:
        return {}


def event_id(body: bytes) -> str:
    """The message's id; of a report with the state behind it."""
    given = fields_of(body)
    sid = _sid(given)
    state = one_line(given.get("MessageStatus") or given.get("SmsStatus") or "", 40).lower()
    return f"{sid}:{state}" if sid and _is_report(given) else sid


def other_side(body: bytes) -> str:
    """The number at the other end."""
    given = fields_of(body)
    return given.get("To" if _is_report(given) else "From", "")[:60]


def read(body: bytes, headers: Mapping[str, str], line: LineSettings) -> list[Arrived]:
    """One text, or one report; nothing for a state that says nothing. Raises Unreadable."""
    given = fields_of(body)
    sid = _sid(given)
    if not sid:
        raise Unreadable("The message has no id that we know the shape of.")
    wanted = str(line.settings.get("account_sid") or "")
    if wanted and given.get("AccountSid", wanted) != wanted:
        raise Unreadable("This is about another account than the line's.")
    if _is_report(given):
        told = _report(given, sid, headers)
        return [told] if told else []
    return [_message(given, sid, line)]


def _is_report(given: Mapping[str, str]) -> bool:
    """Inbound texts say "received", where they say anything."""
    state = (given.get("MessageStatus") or given.get("SmsStatus") or "").lower()
    return bool(state) and state not in ("received", "receiving")


def _sid(given: Mapping[str, str]) -> str:
    found = given.get("MessageSid") or given.get("SmsSid") or ""
    return found if _ID.fullmatch(found) else ""


def _report(given: Mapping[str, str], sid: str, headers: Mapping[str, str]) -> DeliveryReported | None:
    said = (given.get("MessageStatus") or given.get("SmsStatus") or "").lower()
    state = STATES.get(said)
    if state is None:
        return None
    ours = parse_qs(headers.get("presszero-query", "")).get("our_id", [""])[0]
    return reported(sid, said, given.get("ErrorCode"), recipient=given.get("To", ""), our_id=ours)


def reported(sid: str, said: str, error: object, *, recipient: str = "", our_id: str = "") -> DeliveryReported:
    """A provider's state of one of our texts, in our words."""
    code = codes.number(error)
    known = codes.meaning(code)
    state = STATES[said]
    reason = (f"{known.sentence} ({code})" if known else f"The network did not take it ({code}).") if code else ""
    refusal = known.refusal if known and state == "failed" else ""
    return DeliveryReported(
        external_id=f"{sid}:{said}",
        state=state,
        provider_id=sid,
        our_id=our_id if _UUID.fullmatch(our_id) else "",
        recipient=recipient,
        permanent=refusal == codes.DEAD,
        reason=reason if state == "failed" else "",
        refusal=refusal,
    )


def _message(given: Mapping[str, str], sid: str, line: LineSettings) -> MessageArrived:
    sender = _address(given.get("From", ""))
    if not sender:
        raise Unreadable("It is not to be seen who sent this text.")
    to = given.get("To", "")
    if line.address and to and _address(to) != _address(line.address):
        raise Unreadable(f"This text went to {one_line(to, 40)}, which is not this line's number.")
    text, media = clean(given.get("Body", ""), 20_000), _media(given)
    return MessageArrived(
        external_id=sid,
        sender=Handle("phone", sender),
        text=text,
        new_text=text,
        sent_at=_moment(given.get("DateSent", "")),
        proof=Proof.SEEN,
        proof_reason="The network delivered it from this number.",
        message_id=sid,
        media=media,
        warnings=(*((FETCHING,) if media else ()), *((ANSWERED_BY_PROVIDER,) if given.get("OptOutType") else ())),
    )


def _media(given: Mapping[str, str]) -> tuple[Remote, ...]:
    said = given.get("NumMedia", "0")
    many = min(int(said), MAX_MEDIA) if said.isdecimal() and len(said) < 4 else 0
    found = [(given.get(f"MediaUrl{n}", ""), given.get(f"MediaContentType{n}", "")) for n in range(many)]
    return tuple(
        Remote(url, one_line(kind, 100).lower().partition(";")[0])
        for url, kind in found
        if 0 < len(url) <= 1000 and url.isprintable() and url.isascii()
    )


def _address(given: str) -> str:
    """E.164; a short number or a sender's name as they are. "" for anything else."""
    said = given.strip()
    return e164(said) or (said if _SHORT.fullmatch(said) or _NAMED.fullmatch(said) else "")


def _moment(given: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(given) if given else None
    except (ValueError, TypeError):
        return None
    return found if found and found.tzinfo else None
