"""Taking a password, a key or a network recording out of a message once somebody has read it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from presszero.audit.actions import record as audit
from presszero.calls.transcribing.placing import cut
from presszero.channels.models import Attachment, Entry
from presszero.conversations.models import Conversation, Message
from presszero.core.actor import Actor
from presszero.core.delicate import is_recording, without_secrets
from presszero.mailroom.actions import put_body
from presszero.mailroom.models import Arrival, Received

from .erasing.words import drop_file


@transaction.atomic
def redact(entry: Entry, *, by: Actor) -> int:
    """How many were taken out. The message as it was sent goes too: nobody can cut into that surely."""
    row = Entry.objects.select_for_update().get(merchant_id=entry.merchant_id, id=entry.id)
    text, count = without_secrets(row.text)
    folded, more = without_secrets(row.folded)
    subject, yet_more = without_secrets(row.subject)
    recordings = [
        each
        for each in Attachment.objects.filter(merchant_id=row.merchant_id, entry=row)
        if is_recording(each.filename)
    ]
    count += more + yet_more + len(recordings)
    if not count:
        return 0
    row.text, row.folded, row.subject, row.html = text, folded, subject, ""
    row.warnings = [*(each for each in row.warnings if "hold" not in each), "A password or a key was removed."]
    row.save(update_fields=["text", "folded", "subject", "html", "warnings"])
    for file in recordings:
        key = file.storage_key
        file.delete()
        drop_file(row.merchant_id, key)
    for raw in Received.objects.filter(merchant_id=row.merchant_id, id=row.received_id or 0):
        put_body(raw, b"", at=timezone.now())
        Arrival.objects.filter(merchant_id=row.merchant_id, received=raw, done_at__isnull=False).update(payload={})
    place = Message.objects.filter(merchant_id=row.merchant_id, entry=row).first()
    if place:
        rows = Conversation.objects.filter(merchant_id=row.merchant_id, id=place.conversation_id)
        for talk in rows:  # its first words and its subject may be another message's
            cleaned = {"snippet": without_secrets(talk.snippet)[0], "subject": without_secrets(talk.subject)[0][:300]}
            rows.update(**cleaned)
    cut(row, lambda words: without_secrets(words)[0])
    audit("entry.redact", f"entry:{row.id}", by=by, merchant=row.merchant, after={"removed": count})
    return count
