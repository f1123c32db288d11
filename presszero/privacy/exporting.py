"""A person's own copy of all we keep of them: one ZIP, to be read by people and by programs.

Their words and ours to them, on every channel; their addresses, consents, wishes, pages and files. Never words of
anybody else, nor side threads; the team's notes about them only when a lead looked at them and said so.
"""

from __future__ import annotations

import json
import logging
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import Error as DatabaseError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from presszero.audit.actions import record as audit
from presszero.calls.forgetting import told as told_of_calls
from presszero.channels.files import shown_name
from presszero.channels.models import Attachment, Delivery
from presszero.conversations.models import Conversation, Message, Note, Wish
from presszero.core.actor import Actor
from presszero.core.locks import alone
from presszero.core.sealing import new_token
from presszero.customers import queries as customers
from presszero.customers.models import Claim, Consent, Customer, CustomerNote
from presszero.insights.serving import told as told_of_service
from presszero.outreach.forgetting import told as told_of_outreach
from presszero.visitors.models import Visitor

from .actions import Request, check
from .buying import bought
from .erasing.person import Person, person_of
from .models import SubjectExport

log = logging.getLogger(__name__)

_LOCKS = 0x5E1F  # advisory lock class of copies being written
_README = "data.json is for programs, index.html for people; the files they name lie in files/.\n"


@transaction.atomic
def export(customer: Customer, request: Request, *, with_notes: bool, by: Actor) -> SubjectExport:
    """Asks for a person's copy; a worker writes it. Raises Refused where nobody made sure who asked."""
    row = customers.today(customer)
    check(row, request)
    made = SubjectExport.objects.create(
        merchant_id=row.merchant_id, customer=row, asked=request.asked, proven=request.proven, by=by.code,
        asked_on=request.asked_on or timezone.localdate(), with_notes=with_notes,
    )  # fmt: skip
    said = {"asked": request.asked, "proven": request.proven, "with_notes": with_notes}
    audit("customer.export", f"customer:{row.id}", by=by, merchant=row.merchant, after=said)
    return made


def taken(row: SubjectExport, *, by: Actor) -> None:
    """Somebody downloads it."""
    SubjectExport.objects.filter(merchant_id=row.merchant_id, id=row.id, taken_at=None).update(taken_at=timezone.now())
    audit("customer.export_taken", f"customer:{row.customer_id}", by=by, merchant=row.merchant, after={"copy": row.id})


def write_due(now: datetime) -> int:
    """Writes the copies that were asked for; how many."""
    waiting = SubjectExport.objects.filter(ready_at=None, failed="").select_related("customer").order_by("id")
    return sum(_write(row) for row in waiting[:5])


def _write(row: SubjectExport) -> int:
    with alone(_LOCKS, row.id) as got_it:
        mine = SubjectExport.objects.filter(merchant_id=row.merchant_id, id=row.id)
        if not got_it or mine.get().ready_at:
            return 0
        try:
            with tempfile.TemporaryFile() as file:
                _zip(row, file)
                size = file.tell()
                file.seek(0)
                key = default_storage.save(f"copies/{row.merchant_id}/{new_token(192)}.zip", File(file))
        except (DatabaseError, OSError, ValueError) as why:
            log.error("The copy %d could not be written: %s", row.id, type(why).__name__)
            mine.update(failed=type(why).__name__)
            return 0
        mine.update(ready_at=timezone.now(), storage_key=key, size=size)
    return 1


def _zip(row: SubjectExport, file: IO[bytes]) -> None:
    person = person_of(row.customer)
    told = _about(row, person)
    talks = Conversation.objects.filter(merchant_id=row.merchant_id, id__in=person.conversations).order_by("id")
    SubjectExport.objects.filter(id=row.id).update(total=talks.count())
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        told["conversations"] = []
        for number, talk in enumerate(talks, start=1):
            told["conversations"].append(_talk(row, talk, person, archive))
            SubjectExport.objects.filter(id=row.id).update(done=number)
        told["calls"] = [_call(call, archive) for call in told_of_calls(row.merchant_id, person.customers)]
        archive.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=2, default=str))
        archive.writestr("index.html", render_to_string("privacy/copy.html", {"told": told}))
        archive.writestr("README.txt", _README)


def _about(row: SubjectExport, person: Person) -> dict[str, Any]:
    customer = row.customer
    own = {"merchant_id": row.merchant_id, "customer_id__in": person.customers}
    visits = Visitor.objects.filter(
        merchant_id=row.merchant_id, address__in=[a for k, a in person.addresses if k == "visitor"]
    )
    told: dict[str, Any] = {
        "made_on": timezone.now().isoformat(),
        "shop": row.merchant.name,
        "name": customer.name,
        "language": customer.language,
        "time_zone": customer.timezone,
        "own_fields": customer.fields,
        "known_since": customer.created_at,
        "addresses": [
            {"kind": h.kind, "address": h.address, "name": h.name, "proof": h.proof, "since": h.created_at}
            for h in customers.handles(customer)
        ],
        "claims": list(Claim.objects.filter(**own).values("kind", "address", "name", "at", "proven_at")),
        "consents": list(
            Consent.objects.filter(**own).values("channel", "purpose", "given", "at", "source", "wording", "ip")
        ),
        "visits": list(visits.values("name", "language", "pages", "cart", "created_at", "seen_at")),
        **bought(person),
        **told_of_outreach(row.merchant_id, person.customers),
    }
    if row.with_notes:
        notes = CustomerNote.objects.filter(**own, removed_at=None)
        told["notes_about_you"] = list(notes.values("text", "at"))
    return told


def _talk(row: SubjectExport, talk: Conversation, person: Person, archive: zipfile.ZipFile) -> dict[str, Any]:
    places = Message.objects.filter(merchant_id=row.merchant_id, conversation=talk, taken_back_at=None)
    places = places.select_related("entry__thread__line").order_by("at", "id")
    mine = [
        place
        for place in places
        if not place.inbound or person.is_theirs(place.entry.sender_kind, place.entry.sender_address)
    ]
    told = {
        "number": talk.id,
        "subject": talk.subject,
        "began": talk.created_at,
        "state": talk.state,
        "own_fields": talk.fields,
        "wishes": list(
            Wish.objects.filter(merchant_id=row.merchant_id, conversation=talk).values(
                "matters", "needed_by", "words", "at"
            )
        ),
        "messages": [_message(place, archive) for place in mine],
        "messages_of_others": places.count() - len(mine),
        "service": told_of_service(row.merchant_id, talk.id),
    }
    if row.with_notes:
        notes = Note.objects.filter(merchant_id=row.merchant_id, conversation=talk, removed_at=None)
        told["notes_about_you"] = list(notes.values("text", "at"))
    return told


def _call(call: dict[str, Any], archive: zipfile.ZipFile) -> dict[str, Any]:
    """A call of theirs, its sound put beside it."""
    inside = [f"files/call-{key.rpartition('/')[2]}" for key in call["sounds"]]
    kept = [_put(key, name, archive) for key, name in zip(call["sounds"], inside, strict=True)]
    return {**call, "sounds": [name for name in kept if name]}


def _put(key: str, inside: str, archive: zipfile.ZipFile) -> str:
    """Where it lies in the copy; "" when its time was over, and it went."""
    try:
        with default_storage.open(key) as kept, archive.open(inside, "w") as put:
            for chunk in kept.chunks():
                put.write(chunk)
    except OSError:
        return ""
    return inside


def _message(place: Message, archive: zipfile.ZipFile) -> dict[str, Any]:
    entry = place.entry
    sent_to = Delivery.objects.filter(merchant_id=place.merchant_id, entry=entry).values(
        "address", "state", "changed_at"
    )
    return {
        "at": entry.at,
        "channel": entry.thread.line.kind,
        "from": "you" if entry.inbound else entry.sender_name,
        "address": entry.sender_address if entry.inbound else "",
        "subject": entry.subject,
        "text": entry.text,
        "quoted": entry.folded if entry.inbound else "",
        "sent_to": list(sent_to),
        "files": list(_files(place, archive)),
    }


def _files(place: Message, archive: zipfile.ZipFile) -> Iterator[dict[str, Any]]:
    for file in Attachment.objects.filter(merchant_id=place.merchant_id, entry_id=place.entry_id).order_by("id"):
        inside = f"files/{file.id}-{shown_name(file.filename)}"
        path = _put(file.storage_key, inside, archive)
        yield {"name": file.filename, "type": file.content_type, "size": file.size, "path": path}
