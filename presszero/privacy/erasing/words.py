"""Their words, what we wrote to them, files, and what the team noted; of others' words only the names go."""

from __future__ import annotations

import re

from django.core.files.storage import default_storage
from django.db.models import Q

from presszero.channels.models import (
    Attachment,
    Delivery,
    DeliveryTry,
    Entry,
    MediaToFetch,
    Participant,
    StrayReport,
    Thread,
)
from presszero.conversations.models import BulkItem, Conversation, Draft, Note, SideThread, Upload, Wish

from .person import GONE, Person

EMPTY = {
    "text": "",
    "folded": "",
    "html": "",
    "subject": "",
    "message_id": "",
    "reply_to": "",
    "copied": [],
    "warnings": [],
}


def entries(person: Person) -> int:
    """Their words and ours to them are emptied; somebody else's words stay, without the name and without quotes."""
    kept = 0
    rows = Entry.objects.filter(merchant_id=person.merchant_id, id__in=person.entries)
    for row in rows.iterator(200):
        theirs = not row.inbound or person.is_theirs(row.sender_kind, row.sender_address)
        values = _emptied(row, person) if theirs else _without_them(row, person)
        Entry.objects.filter(merchant_id=row.merchant_id, id=row.id).update(**values)
        kept += not theirs
    return len(person.entries) - kept


def files(person: Person) -> int:
    """Files of the conversations and of composers. Bytes that another row points at stay for it."""
    attached = Attachment.objects.filter(merchant_id=person.merchant_id, entry_id__in=person.entries)
    put_in = Upload.objects.filter(merchant_id=person.merchant_id, conversation_id__in=person.conversations)
    keys = {*attached.values_list("storage_key", flat=True), *put_in.values_list("storage_key", flat=True)}
    count = attached.count() + put_in.count()
    MediaToFetch.objects.filter(merchant_id=person.merchant_id, entry_id__in=person.entries).delete()
    attached.delete()
    put_in.delete()
    for key in keys:
        drop_file(person.merchant_id, key)
    return count


def drop_file(merchant_id: int, key: str) -> bool:
    """Deletes the bytes nobody's row points at any more."""
    used = Attachment.objects.filter(merchant_id=merchant_id, storage_key=key).exists()
    if used or Upload.objects.filter(merchant_id=merchant_id, storage_key=key).exists():
        return False
    default_storage.delete(key)
    return True


def conversations(person: Person) -> int:
    """What stands around the words: subjects, first words, own fields, notes, drafts, wishes."""
    here = {"merchant_id": person.merchant_id, "conversation_id__in": person.conversations}
    Note.objects.filter(**here).update(text="")
    Draft.objects.filter(**here).delete()
    Wish.objects.filter(**here).update(words="")
    SideThread.objects.filter(**here).update(subject="")
    BulkItem.objects.filter(**here).update(sentence="")
    Thread.objects.filter(merchant_id=person.merchant_id, id__in=[*person.threads, *person.side]).update(subject="")
    Thread.objects.filter(merchant_id=person.merchant_id, id__in=person.threads).update(key="")
    rows = Conversation.objects.filter(merchant_id=person.merchant_id, id__in=person.conversations)
    return rows.update(subject="", snippet="", fields={})


def addresses(person: Person) -> int:
    """Where we sent to, who took part, and what providers said of them."""
    sent = Delivery.objects.filter(merchant_id=person.merchant_id, entry_id__in=person.entries)
    mine = [row for row in sent.iterator(500) if person.is_theirs(row.kind, row.address)]
    ids = [row.id for row in mine]
    reports = StrayReport.objects.filter(merchant_id=person.merchant_id)
    reports.filter(provider_id__in=[row.provider_id for row in mine if row.provider_id]).delete()
    DeliveryTry.objects.filter(merchant_id=person.merchant_id, delivery_id__in=ids).update(reason="")
    rows = Delivery.objects.filter(merchant_id=person.merchant_id, id__in=ids)
    # What still waits to go would go to nobody: it is taken back.
    rows.filter(state__in=("queued", "sending", "unknown")).update(state="cancelled")
    rows.update(address="", provider_id="", reason="")
    count = len(ids)
    for row in Participant.objects.filter(_named(person), merchant_id=person.merchant_id):
        Participant.objects.filter(merchant_id=row.merchant_id, id=row.id).update(address=f"erased-{row.id}", name="")
        count += 1
    return count


def _named(person: Person) -> Q:
    said = Q(thread_id__in=person.threads, standing=Participant.Standing.CUSTOMER)
    for kind, address in person.addresses:
        said |= Q(kind=kind, address__iexact=address)
    return said


def _emptied(row: Entry, person: Person) -> dict[str, object]:
    found: dict[str, object] = dict(EMPTY)
    if row.inbound:
        found |= {"sender_name": "", "sender_address": f"erased-{row.id}"}
    return found


def _without_them(row: Entry, person: Person) -> dict[str, object]:
    text = redacted(row.text, person)
    return {**EMPTY, "text": text, "subject": redacted(row.subject, person)}


def redacted(text: str, person: Person) -> str:
    """Somebody else's words without this person's names and addresses."""
    if not person.at_home:
        return text
    return re.sub(rf"(?<!\w)(?:{person.at_home})(?!\w)", GONE, text, flags=re.IGNORECASE)
