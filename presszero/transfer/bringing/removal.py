"""Taking back what a row of the report made. Each says whether it went; what somebody worked on since stays."""

from __future__ import annotations

from django.db.models import Model, Q

from presszero.channels.models import Attachment, Entry, Participant, Thread
from presszero.conversations.actions.held import sum_up
from presszero.conversations.models import (
    Assignment,
    Conversation,
    Macro,
    Message,
    Note,
    Resolution,
    Snooze,
    Spam,
    Tag,
    Tagged,
    ThreadPlace,
    Topic,
)
from presszero.core.actor import SYSTEM
from presszero.customers.models import Consent, Customer, CustomerNote, Handle

from ..models import ImportRow

Outcome = ImportRow.Outcome


def conversation(row: ImportRow) -> bool:
    rows = Conversation.objects.select_for_update()
    found = rows.filter(merchant_id=row.merchant_id, id=_target(row)).first()
    if found is None:
        return True
    if found.version != row.version:
        return False
    return _more_of_it(row, found) if row.outcome == Outcome.CHANGED else _all_of_it(row, found)


def _all_of_it(row: ImportRow, found: Conversation) -> bool:
    of = {"merchant_id": row.merchant_id, "conversation": found}
    if Message.objects.filter(**of).exclude(entry_id__in=_brought(row, "message")).exists():
        return False
    if Note.objects.filter(**of).exclude(id__in=_brought(row, "note")).exists():
        return False
    entries = list(Message.objects.filter(**of).values_list("entry_id", flat=True))
    threads = list(ThreadPlace.objects.filter(**of).values_list("thread_id", flat=True))
    for model in (Message, Note, Tagged, Resolution, Snooze, Assignment, Spam, ThreadPlace):
        model._default_manager.filter(**of).delete()
    _entries(row, entries)
    Participant.objects.filter(merchant_id=row.merchant_id, thread_id__in=threads).delete()
    found.delete()
    Thread.objects.filter(merchant_id=row.merchant_id, id__in=threads).delete()
    return True


def _more_of_it(row: ImportRow, found: Conversation) -> bool:
    """What this import added to one that was here. Whoever brought the rest may still take that back."""
    of = {"merchant_id": row.merchant_id, "conversation": found}
    said = Message.objects.filter(entry_id__in=_brought(row, "message"), **of)
    entries = list(said.values_list("entry_id", flat=True))
    said.delete()
    _entries(row, entries)
    Note.objects.filter(id__in=_brought(row, "note"), **of).delete()
    sum_up(found)
    before = (row.raw or {}).get("before")
    others = ImportRow.objects.filter(merchant_id=row.merchant_id, kind="conversation", target_id=found.id)
    others.filter(version=before).update(version=found.version)
    return True


def _brought(row: ImportRow, kind: str) -> list[int]:
    """What this import brought of a kind, and nobody else."""
    rows = ImportRow.objects.filter(merchant_id=row.merchant_id, job_id=row.job_id, kind=kind)
    return [number for number in rows.values_list("target_id", flat=True) if number]


def _entries(row: ImportRow, entries: list[int]) -> None:
    Attachment.objects.filter(merchant_id=row.merchant_id, entry_id__in=entries).delete()
    Entry.objects.filter(merchant_id=row.merchant_id, id__in=entries).delete()


def person(row: ImportRow) -> bool:
    found = Customer.objects.filter(merchant_id=row.merchant_id, id=_target(row)).first()
    if found is None:
        return True
    return _as_before(row, found) if row.outcome == Outcome.CHANGED else _whole(row, found)


def _as_before(row: ImportRow, found: Customer) -> bool:
    """What stood there before, where it still says what this import said."""
    said = row.raw or {}
    before, after = said.get("before", {}), said.get("after", {})
    back = [name for name in before if getattr(found, name) == after.get(name)]
    for name in back:
        setattr(found, name, before[name])
    if back:
        found.save(update_fields=back)
    return len(back) == len(before)


def _whole(row: ImportRow, found: Customer) -> bool:
    """Stays when anything of theirs is somebody else's doing: a conversation, another import, a proof, a word."""
    of = {"merchant_id": row.merchant_id, "customer": found}
    by = row.job.by.actor.code if row.job.by else SYSTEM.code
    elsewhere = ImportRow.objects.filter(merchant_id=row.merchant_id, kind="person", target_id=found.id)
    if (
        Conversation.objects.filter(**of).exists()
        or elsewhere.exclude(job_id=row.job_id).exists()
        or Handle.objects.filter(~Q(proof="claimed"), **of).exists()
        or Consent.objects.filter(~Q(by=by), **of).exists()
        or CustomerNote.objects.filter(~Q(by=by), **of).exists()
    ):
        return False
    theirs: tuple[type[Model], ...] = (Handle, Consent, CustomerNote)
    for model in theirs:
        model._default_manager.filter(**of).delete()
    found.delete()
    return True


def address(row: ImportRow) -> bool:
    """One that was added to somebody who was here; a proven one stays."""
    rows = Handle.objects.filter(merchant_id=row.merchant_id, id=_target(row))
    rows.filter(proof="claimed").delete()
    return not rows.exists()


def consent(row: ImportRow) -> bool:
    Consent.objects.filter(merchant_id=row.merchant_id, id=_target(row)).delete()
    return True


def macro(row: ImportRow) -> bool:
    Macro.objects.filter(merchant_id=row.merchant_id, id=_target(row)).delete()
    return True


def tag(row: ImportRow) -> bool:
    if Tagged.objects.filter(merchant_id=row.merchant_id, tag_id=_target(row)).exists():
        return False
    Tag.objects.filter(merchant_id=row.merchant_id, id=_target(row)).delete()
    return True


def topic(row: ImportRow) -> bool:
    Topic.objects.filter(merchant_id=row.merchant_id, id=_target(row)).delete()
    return True


def forgotten(row: ImportRow) -> bool:
    """A colleague there, who was only noted."""
    return row.outcome != Outcome.NEW


def _target(row: ImportRow) -> int:
    return row.target_id or 0
