"""An arrival as jsonb, between splitting and understanding. Files are in storage already; the row holds their keys.

Here what came from outside becomes rows and files that people read: card numbers go no further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from presszero.channels import files
from presszero.channels.vocabulary import Attachment, DeliveryReported, Handle, MessageArrived, Proof, Remote, Wish
from presszero.core import delicate
from presszero.core.masking import holds_words, masked_file, masked_words

CARDS = "cards"  # of a payload: how many card numbers were taken out
_REMOVED = "A card number was removed."
_NOT_LOOKED = "A card number was removed. Pictures, PDFs and archives in this message were not looked into."


@dataclass(frozen=True, slots=True)
class KeptFile:
    """An attachment whose bytes lie in storage."""

    filename: str
    content_type: str
    size: int
    storage_key: str
    content_id: str = ""
    inline: bool = False


def pack(arrived: MessageArrived | DeliveryReported, merchant_id: int) -> dict[str, Any]:
    """Stores the files and returns what the row keeps. Touches the disk: call it outside any transaction."""
    if isinstance(arrived, DeliveryReported):
        return {"is": "report", **masked_words(_plain(asdict(arrived)))[0]}
    said, cards = masked_words(_plain(asdict(replace(arrived, attachments=()))))
    files = [_without_cards(file) for file in arrived.attachments]
    cards += sum(count for _, count in files)
    said["warnings"] += _warnings(arrived, cards)
    return {"is": "message", **said, CARDS: cards, "attachments": [asdict(_keep(f, merchant_id)) for f, _ in files]}


def unpack(payload: dict[str, Any]) -> tuple[MessageArrived | DeliveryReported, list[KeptFile]]:
    """The reverse; a message comes with its kept files. Raises KeyError, TypeError or ValueError when broken.

    What a newer version wrote besides is left alone: after going back to this one, its arrivals are understood too.
    """
    if payload["is"] == "report":
        values = _known(DeliveryReported, payload)
        values |= {key: tuple(values[key]) for key in ("tokens", "message_ids")}
        return DeliveryReported(**values | {"at": _moment(values["at"])}), []
    values = _known(MessageArrived, payload)
    kept = [KeptFile(**_known(KeptFile, file)) for file in values.pop("attachments")]
    values |= {key: tuple(values[key]) for key in ("references", "tokens", "warnings")}
    values |= {key: tuple(Handle(**h) for h in values.get(key, ())) for key in ("to", "cc", "claims")}
    values |= {"media": tuple(Remote(**_known(Remote, each)) for each in values.get("media", ()))}
    values |= {
        "sender": Handle(**values["sender"]),
        "reply_to": Handle(**values["reply_to"]) if values["reply_to"] else None,
        "wish": _wish(values.get("wish")),
        "sent_at": _moment(values["sent_at"]),
        "proof": Proof(values["proof"]),
        "attachments": (),
    }
    return MessageArrived(**values), kept


def _known(shape: type, payload: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(shape)}
    return {key: value for key, value in payload.items() if key in names}


def _without_cards(file: Attachment) -> tuple[Attachment, int]:
    content, count = masked_file(file.content, file.content_type, file.filename)
    named, more = masked_words({"filename": file.filename})
    return (replace(file, content=content, filename=named["filename"]), count + more) if count + more else (file, 0)


def _warnings(arrived: MessageArrived, cards: int) -> list[str]:
    files: Sequence[Attachment] = arrived.attachments
    said = list(delicate.warnings(arrived.text, [(file.filename, file.content_type) for file in files]))
    if cards:
        blind = any(not holds_words(file.content_type, file.filename) for file in files)
        said.append(_NOT_LOOKED if blind else _REMOVED)
    return said


def _keep(file: Attachment, merchant_id: int) -> KeptFile:
    key = files.keep(merchant_id, file.content)
    return KeptFile(file.filename[:255], file.content_type[:120], file.size, key, file.content_id[:400], file.inline)


def _plain(value: Any) -> Any:
    """JSON's own types, with nothing in them that jsonb refuses."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return value


def _wish(given: dict[str, Any] | None) -> Wish | None:
    return Wish(**_known(Wish, given) | {"needed_by": _moment(given["needed_by"])}) if given else None


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
