"""From posted JSON to what arrived. One bad element never fails its neighbours (F16)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from presszero.channels.adapter import Unreadable
from presszero.channels.adapters.email.reading import clean as naming
from presszero.channels.adapters.email.reading import sniff
from presszero.channels.vocabulary import (
    Arrived,
    Attachment,
    DeliveryReported,
    Handle,
    MessageArrived,
    Proof,
    Unread,
)
from presszero.core.text import clean, one_line

MAX_MESSAGES = 1000
MAX_ATTACHMENTS = 20
_TOKEN = re.compile(r"[0-9a-f]{32}")
STATES = ("accepted", "delivered", "read", "failed")


class _Bad(ValueError):
    """One element is not what it should be; the text names the field."""


def read(body: bytes, *, trusts_identity: bool) -> list[Arrived]:
    """Everything in a request, in order; an element that makes no sense is an Unread. Raises Unreadable."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as why:
        raise Unreadable(f"The request is not JSON ({one_line(str(why), 100)}).") from why
    return [_element(each, place, trusts_identity) for place, each in enumerate(_elements(given))]


def _elements(given: Any) -> list[Any]:
    if not isinstance(given, dict):
        raise Unreadable("The request should hold one JSON object.")
    if "messages" not in given:
        return [given]
    messages = given["messages"]
    if not isinstance(messages, list) or not messages:
        raise Unreadable("`messages` should be a list with something in it.")
    if len(messages) > MAX_MESSAGES:
        raise Unreadable(f"`messages` may hold {MAX_MESSAGES} messages, not {len(messages)}.")
    return messages


def _element(given: Any, place: int, trusts_identity: bool) -> Arrived:
    try:
        if not isinstance(given, dict):
            raise _Bad("A message should be a JSON object.")
        return _status(given) if given.get("type") == "status" else _message(given, trusts_identity)
    except (_Bad, RecursionError) as why:
        known = given if isinstance(given, dict) else {}
        sender = known.get("from") if isinstance(known.get("from"), dict) else {}
        digest = hashlib.sha256(repr(given).encode("utf-8", "replace")).hexdigest()
        return Unread(
            f"{one_line(str(known.get('id', place)), 100)}:{digest}",
            str(why) or "The message is nested too deeply.",
            one_line(str((sender or {}).get("address", "")), 320),
            one_line(str(known.get("subject", "")), 300),
        )


def _message(given: Mapping[str, Any], trusts_identity: bool) -> MessageArrived:
    kind = given.get("type", "message")
    if kind != "message":
        raise _Bad(f"`type` should be message or status, not {kind!r:.40}.")
    external_id = _text(given, "id", required=True, limit=200)
    text = _body(given)
    attachments = _attachments(given.get("attachments", []))
    if not text.strip() and not attachments:
        raise _Bad("A message needs `text` or an attachment.")
    sender, verified = _sender(given.get("from"))
    sent_at, warnings = _sent_at(given.get("sent_at"))
    known = verified and trusts_identity
    thread = _text(given, "thread", limit=300)
    return MessageArrived(
        external_id=external_id,
        sender=sender,
        text=text,
        new_text=text,
        subject=_text(given, "subject", limit=998),
        sent_at=sent_at,
        proof=Proof.VERIFIED if known else Proof.SEEN,
        proof_reason="The program that sent this knows who it is." if known else "",
        message_id=external_id,
        thread_key=thread,
        tokens=(thread,) if _TOKEN.fullmatch(thread) else (),  # a thread that we began bears our own name
        attachments=attachments,
        warnings=warnings,
    )


def _sender(given: Any) -> tuple[Handle, bool]:
    if not isinstance(given, dict):
        raise _Bad("`from` should be an object with an `address`.")
    address = _text(given, "address", required=True, limit=320)
    return Handle("custom", address, _text(given, "name", limit=200)), given.get("verified") is True


def _status(given: Mapping[str, Any]) -> DeliveryReported:
    state = given.get("state")
    if state not in STATES:
        raise _Bad(f"`state` should be one of {', '.join(STATES)}, not {state!r:.40}.")
    our_id, message_id = _text(given, "our_id", limit=60), _text(given, "message_id", limit=300)
    if not our_id and not message_id:
        raise _Bad("A status needs `our_id` or `message_id`.")
    if our_id and not is_uuid(our_id):
        raise _Bad("`our_id` is not one of ours.")
    at, _ = _sent_at(given.get("at"))
    return DeliveryReported(
        external_id=_text(given, "id", limit=200) or f"{our_id or message_id}:{state}"[:300],
        state=state,
        our_id=our_id,
        provider_id=message_id,
        message_ids=(message_id,) if message_id else (),
        reason=_text(given, "reason", limit=500),
        permanent=given.get("permanent") is True,
        at=at,
    )


def is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _text(given: Mapping[str, Any], name: str, *, required: bool = False, limit: int) -> str:
    value = given.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise _Bad(f"`{name}` should be text.")
    line = one_line(value, limit + 1)
    if len(line) > limit:
        raise _Bad(f"`{name}` may have {limit} characters.")
    if required and not line:
        raise _Bad(f"`{name}` is missing.")
    return line


def _body(given: Mapping[str, Any]) -> str:
    value = given.get("text", "")
    if not isinstance(value, str):
        raise _Bad("`text` should be text.")
    if len(value) > 1_000_000:
        raise _Bad("`text` may have 1,000,000 characters.")
    return clean(value)


def _sent_at(given: Any) -> tuple[datetime | None, tuple[str, ...]]:
    """A clock that makes no sense is no reason to lose the message."""
    if given is None:
        return None, ()
    try:
        found = datetime.fromisoformat(given)
    except (ValueError, TypeError):
        return None, ("The time of sending could not be read.",)
    return (found, ()) if found.tzinfo else (None, ("The time of sending names no time zone.",))


def _attachments(given: Any) -> tuple[Attachment, ...]:
    if not isinstance(given, list) or len(given) > MAX_ATTACHMENTS:
        raise _Bad(f"`attachments` should be a list of at most {MAX_ATTACHMENTS}.")
    return tuple(_attachment(each, place) for place, each in enumerate(given))


def _attachment(given: Any, place: int) -> Attachment:
    if not isinstance(given, dict) or not isinstance(given.get("base64"), str):
        raise _Bad(f"`attachments[{place}]` should be an object with `filename`, `content_type` and `base64`.")
    try:
        content = base64.b64decode(given["base64"], validate=True)
    except (binascii.Error, ValueError) as why:
        raise _Bad(f"`attachments[{place}].base64` is not base64.") from why
    filename = naming.filename(_text(given, "filename", limit=4000)) or "file"
    declared = _text(given, "content_type", limit=200).lower().partition(";")[0].strip()
    return Attachment(filename, sniff.content_type(content, declared, filename), content)
