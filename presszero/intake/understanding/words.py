"""What somebody wrote as the rows that keep it: the words once, and the files beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from presszero.channels.models import Attachment, Entry, MediaToFetch, Thread
from presszero.channels.vocabulary import MADE_UP, Handle

from ..payload import KeptFile
from .batch import Item


def entry_of(item: Item, thread: Thread, copied: Iterable[Handle]) -> Entry:
    """The entry of a message in a thread, not saved yet. `copied`: whom it went to besides us."""
    message = item.message
    return Entry(
        merchant_id=item.line.merchant_id,
        thread=thread,
        inbound=True,
        sender_kind=message.sender.kind,
        sender_address=message.sender.address[:320],
        sender_name=(message.sender.name or _called(message.sender))[:200],
        subject=message.subject[:998],
        text=message.new_text,
        folded=_folded(message.text, message.new_text),
        html=message.html,
        message_id=message.message_id[:400],
        proof=message.proof,
        automatic=item.automatic,
        warnings=item.warnings,
        reply_to=message.reply_to.address[:320] if message.reply_to else "",
        copied=[[h.name, h.address] for h in copied][:50],
        at=item.at,
        sent_at=message.sent_at,
        received_id=item.received_id,
    )


def file_of(file: KeptFile, entry: Entry) -> Attachment:
    """A file of an entry, not saved yet."""
    return Attachment(
        merchant_id=entry.merchant_id,
        entry=entry,
        filename=file.filename,
        content_type=file.content_type,
        size=file.size,
        storage_key=file.storage_key,
        content_id=file.content_id,
        inline=file.inline,
    )


def media_of(item: Item) -> Iterator[MediaToFetch]:
    """The files of an item that are still to be fetched, once it has its entry."""
    for each in item.message.media:
        yield MediaToFetch(
            merchant_id=item.line.merchant_id,
            entry=item.entry,
            line=item.line,
            url=each.url,
            content_type=each.content_type[:120],
            not_before=item.arrived_at,
        )


def _called(sender: Handle) -> str:
    """Somebody without a name goes by their address, unless it is one that we made up."""
    return "" if sender.kind in MADE_UP else sender.address


def _folded(whole: str, new: str) -> str:
    """What lies under the fold: the rest after the new words, or everything where they stood in between."""
    if whole.strip() == new.strip():
        return ""
    return whole[len(new) :].lstrip("\n") if new and whole.startswith(new) else whole
