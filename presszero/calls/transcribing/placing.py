"""Where the words of a recording stand: in the message that was left, or beside the call; and how they go again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from presszero.channels.adapters.phone.adapter import external_id
from presszero.channels.models import Entry
from presszero.conversations.models import Conversation, Message
from presszero.core.text import snippet

from ..models import Recording

_GAP = "\n\n"  # between what a call is called and what was said in it


def place(row: Recording) -> None:
    """Puts the words into the entry, once; nothing where it is not there yet. In the caller's transaction."""
    entry = entry_of(row)
    if entry is None or not row.transcript or row.transcript in entry.text:
        return
    if row.kind == "voicemail":  # what it was called until now lies under the fold
        _write(entry, row.transcript, entry.text)
    else:
        _write(entry, f"{entry.text}{_GAP}{row.transcript}", entry.folded)


def place_arrived(entry: Entry) -> None:
    """The message found its place after its words were understood."""
    said = _said_in(entry) if entry.message_id.startswith("call:") else ()
    for row in (*_left_as(entry), *said):
        place(row)


def take_out(rows: Iterable[Recording]) -> None:
    """The words go out of the entries, which are called as before. In the caller's transaction."""
    for row in rows:
        entry = entry_of(row) if row.transcript else None
        if entry is None:
            continue
        if row.kind == "voicemail" and entry.folded:
            _write(entry, entry.folded, "")
        elif row.kind == "call" and _GAP in entry.text:
            _write(entry, entry.text.partition(_GAP)[0], entry.folded)


def cut(entry: Entry, cutter: Callable[[str], str]) -> None:
    """What is taken out of an entry is taken out of the recording's words too."""
    for row in (*_said_in(entry).exclude(transcript=""), *_left_as(entry).exclude(transcript="")):
        row.transcript = cutter(row.transcript)
        row.save(update_fields=["transcript"])


def entry_of(row: Recording) -> Entry | None:
    """Of a message left its own, of a call the call's."""
    rows = Entry.objects.select_for_update().filter(merchant_id=row.merchant_id)
    if row.kind == "voicemail":
        return rows.filter(message_id=external_id("voicemail", str(row.id)), thread__line_id=row.call.line_id).first()
    return rows.filter(id=row.call.entry_id).first() if row.call.entry_id else None


def _left_as(entry: Entry) -> QuerySet[Recording]:
    """The message left that an entry is."""
    what, _colon, number = entry.message_id.partition(":")
    if what != "voicemail" or not number.isdecimal():
        return Recording.objects.none()
    return Recording.objects.filter(merchant_id=entry.merchant_id, id=int(number), kind="voicemail")


def _said_in(entry: Entry) -> QuerySet[Recording]:
    """What was recorded of the call that an entry is."""
    return Recording.objects.filter(merchant_id=entry.merchant_id, call__entry=entry, kind="call")


def _write(entry: Entry, text: str, folded: str) -> None:
    """With the first words that lists show of the conversation, where they are this entry's."""
    before = snippet(entry.text)
    Entry.objects.filter(merchant_id=entry.merchant_id, id=entry.id).update(text=text, folded=folded)
    places = Message.objects.filter(merchant_id=entry.merchant_id, entry=entry).values("conversation_id")
    talks = Conversation.objects.filter(merchant_id=entry.merchant_id, id__in=places, snippet=before)
    talks.update(snippet=snippet(text))
