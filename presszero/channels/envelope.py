"""From a delivery's rows to what an adapter sends. The same rows give the same bytes at every try."""

from __future__ import annotations

from django.core.files.storage import default_storage

from .asking import along
from .models import Attachment as AttachmentRow
from .models import Delivery, Entry, Line, Participant, Thread
from .registry import adapter
from .sharing import as_links, shared
from .vocabulary import Attachment, Handle, Outgoing
from .wording import to_text

_REFERENCES = 20  # ids kept in the chain: the first and the newest


def message_id(thread: Thread, entry_code: str, line: Line) -> str:
    """Ours, with the thread's token in it: t.TOKEN.CODE@domain."""
    domain = line.address.rpartition("@")[2] or "presszero.invalid"
    return f"t.{thread.token}.{entry_code}@{domain}"


def reply_address(thread: Thread, line: Line) -> str:
    """support+TOKEN@juniper.example: an answer finds its thread even where headers were lost."""
    local, _, domain = line.address.rpartition("@")
    return f"{local}+{thread.token}@{domain}" if local else ""


def outgoing(row: Delivery) -> Outgoing:
    """Reads what is needed to send one delivery. The caller selected entry, thread, line and brand."""
    entry, line, thread = row.entry, row.line, row.entry.thread
    answered, earlier = _chain(entry)
    addresses = adapter(line.kind).can.addresses
    links = addresses and as_links(row)
    return Outgoing(
        our_id=str(row.our_id),
        message_id=entry.message_id,
        sender=Handle(line.kind, line.address, entry.sender_name or line.name),
        to=(Handle(row.kind, row.address, "" if entry.automatic else _name_of(row)),),  # a name may hold anything
        text=_plain(entry),
        html=entry.html,
        subject=entry.subject,
        reply_to=reply_address(thread, line),
        in_reply_to=answered,
        references=tuple(earlier),
        automatic=bool(entry.automatic),
        attachments=() if addresses else tuple(_files(entry)),
        shared=shared(row, for_reader=links) if addresses else (),
        links=links,
        extra={
            "thread": thread.key or thread.token,
            "also_to": ", ".join(address for _, address in entry.copied),
            **along(row),
        },
    )


def _plain(entry: Entry) -> str:
    """The words without our marks, and the signature under the customary line (RFC 3676 §4.3)."""
    words = to_text(entry.text)
    return f"{words}\n\n-- \n{entry.folded}" if entry.folded else words


def _chain(entry: Entry) -> tuple[str, list[str]]:
    """The id this answers, and the ids of the thread's earlier messages, oldest first (RFC 5322 §3.6.4).

    An answer answers what they wrote last, even where our own first words came in between.
    """
    before = Entry.objects.filter(merchant_id=entry.merchant_id, thread_id=entry.thread_id, id__lt=entry.id)
    rows = [row for row in before.order_by("id").values_list("message_id", "automatic", "inbound") if row[0]]
    ids = [number for number, _, _ in rows]
    words = [number for number, automatic, inbound in rows if inbound or not automatic]
    kept = ids if len(ids) <= _REFERENCES else [ids[0], *ids[1 - _REFERENCES :]]
    return (words or ids or [""])[-1], kept


def _name_of(row: Delivery) -> str:
    found = Participant.objects.filter(
        merchant_id=row.merchant_id, thread_id=row.entry.thread_id, kind=row.kind, address=row.address
    )
    return found.values_list("name", flat=True).first() or ""


def _files(entry: Entry) -> list[Attachment]:
    rows = AttachmentRow.objects.filter(merchant_id=entry.merchant_id, entry=entry).order_by("id")
    return [Attachment(r.filename, r.content_type, _read(r.storage_key), r.content_id, r.inline) for r in rows]


def _read(key: str) -> bytes:
    with default_storage.open(key, "rb") as file:
        return bytes(file.read())
