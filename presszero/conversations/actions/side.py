"""Asking the warehouse, a carrier, a supplier or a colleague, beside the customer's own thread and unseen by them.

What is said there stands in entries of a thread of its own and is no message of the conversation: nothing that shows,
quotes or sends the conversation can come upon it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels import outbox
from presszero.channels.envelope import message_id
from presszero.channels.models import Attachment, Entry, Line, Participant, Thread
from presszero.channels.registry import adapter
from presszero.channels.wording import fill, framed, to_html
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.text import clean, one_line
from presszero.merchants.models import Merchant
from presszero.team.models import Membership
from presszero.timeline.actions import record

from ..facts import SideAnswered, SideAsked, SideClosed
from ..models import Conversation, Outsider, SideThread
from ..queries import variables
from ..queries.side import files_to_pass_on, line_for, quoted
from .answer import NothingToSay, attach
from .held import about, held
from .settle import reopen

MAIL = "email"


@dataclass(frozen=True)
class Asking:
    """What goes to an outsider. `client_id` is made by the page: the same one twice asks once."""

    text: str
    client_id: uuid.UUID
    subject: str = ""  # of a new thread; "" is the conversation's own
    uploads: Sequence[str] = ()  # tokens of new files
    passed_on: Sequence[int] = ()  # attachments of the conversation's messages
    quotes: bool = False  # with what the customer wrote last


def know(merchant: Merchant, kind: str, name: str, address: str) -> Outsider:
    """The outsider with this address, made if they are new, and called so from now on. Raises Refused."""
    address, name = one_line(address, 320).lower(), one_line(name, 200)
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(_("This is not an e-mail address."), _("Write it as name@example.com.")) from None
    if kind not in Outsider.Kind.values:
        raise Refused(_("Say who they are: the warehouse, a carrier, a supplier or a colleague."))
    if Line.objects.filter(merchant=merchant, kind=MAIL, address=address).exists():
        raise Refused(_("This is an address of ours, so the question would come back to us."))
    row, is_new = Outsider.objects.get_or_create(
        merchant=merchant, address=address, retired_at=None, defaults={"kind": kind, "name": name or address}
    )
    if not is_new and (row.kind, row.name) != (kind, name or row.name):
        row.kind, row.name = kind, name or row.name
        row.save(update_fields=["kind", "name"])
    return row


@transaction.atomic
def ask(conversation: Conversation, outsider: Outsider, asking: Asking, *, by: Membership) -> SideThread:
    """Opens a side thread with its first words. Raises NothingToSay, Refused."""
    row = held(conversation)
    again = SideThread.objects.filter(merchant_id=row.merchant_id, client_id=asking.client_id).first()
    if again:
        return again
    line = line_for(row)
    if line is None:
        raise Refused(_("There is no e-mail line to ask from."), _("An admin can add one in the settings."))
    subject = one_line(asking.subject, 300) or row.subject or _("A question")
    thread = Thread.objects.create(merchant_id=row.merchant_id, line=line, token=token_hex(16), subject=subject)
    Participant.objects.create(
        merchant_id=row.merchant_id,
        thread=thread,
        kind=MAIL,
        address=outsider.address,
        name=outsider.name,
        standing=Participant.Standing.COPIED,
    )
    side = SideThread.objects.create(
        merchant_id=row.merchant_id,
        conversation=row,
        thread=thread,
        outsider=outsider,
        subject=subject,
        by=by.actor.code,
        client_id=asking.client_id,
    )
    _send(row, side, asking, by)
    return side


@transaction.atomic
def ask_on(side: SideThread, asking: Asking, *, by: Membership) -> SideThread:
    """Writes on in a side thread; a closed one is open again. Raises NothingToSay, Refused."""
    row = held(side.conversation)
    ours = message_id(side.thread, asking.client_id.hex, side.thread.line)
    if not Entry.objects.filter(merchant_id=row.merchant_id, thread=side.thread, message_id=ours).exists():
        _send(row, side, asking, by)
    return side


@transaction.atomic
def close(side: SideThread, *, by: Actor) -> None:
    """Nothing more is expected there. An answer, or another question, opens it again."""
    row = held(side.conversation)
    rows = SideThread.objects.filter(merchant_id=side.merchant_id, id=side.id, closed_at=None)
    if rows.update(closed_at=timezone.now(), closed_by=by.code):
        record(SideClosed(**about(row), by=by, side_id=side.id))


def heard(side: SideThread, entry: Entry, *, by: Actor) -> None:
    """An outsider's words were stored: it is our turn, and what was put aside until then is back. In a transaction."""
    automatic = bool(entry.automatic)
    row = held(side.conversation)
    side.last_at = max(side.last_at, entry.at)
    if not automatic:
        side.waits_for, side.closed_at, side.closed_by = "us", None, ""
        if row.state in (Conversation.State.SNOOZED, Conversation.State.RESOLVED):
            reopen(row, by=by)
    side.save(update_fields=["last_at", "waits_for", "closed_at", "closed_by"])
    record(SideAnswered(**about(row), by=by, side_id=side.id, entry_id=entry.id, automatic=automatic))


def _send(row: Conversation, side: SideThread, asking: Asking, by: Membership) -> None:
    if not asking.text.strip():
        raise NothingToSay(_("There is nothing in this question yet."))
    line = side.thread.line
    entry = _entry(row, side, asking, by)
    attach(row, entry, asking.uploads, by)
    _pass_on(row, entry, asking.passed_on)
    at = timezone.now() + timedelta(seconds=adapter(line.kind).can.undo_seconds)
    outbox.enqueue(entry, line, [(MAIL, side.outsider.address)], not_before=at)
    side.last_at, side.waits_for, side.closed_at, side.closed_by = entry.at, "them", None, ""
    side.save(update_fields=["last_at", "waits_for", "closed_at", "closed_by"])
    record(SideAsked(**about(row), by=by.actor, side_id=side.id, entry_id=entry.id))


def _entry(row: Conversation, side: SideThread, asking: Asking, by: Membership) -> Entry:
    line, brand = side.thread.line, side.thread.line.brand
    values = variables(row, by) if "{{" in asking.text + brand.signature else {}
    text = fill(clean(asking.text, 100_000).strip(), values)
    whole = f"{text}\n\n{quoted(row)}".strip() if asking.quotes else text
    signature = fill(brand.signature, values)
    first = not Entry.objects.filter(merchant_id=row.merchant_id, thread=side.thread).exists()
    return Entry.objects.create(
        merchant_id=row.merchant_id,
        thread=side.thread,
        inbound=False,
        sender_kind=line.kind,
        sender_address=line.address,
        sender_name=f"{by.first_name}, {line.name}",
        actor=by.actor.code,
        subject=side.subject if first else f"Re: {side.subject}",
        text=whole,
        folded=signature,
        html=framed(to_html(whole), to_html(signature), brand.mail_template),
        message_id=message_id(side.thread, asking.client_id.hex, line),
        at=timezone.now(),
    )


def _pass_on(row: Conversation, entry: Entry, wanted: Sequence[int]) -> None:
    """Files of the conversation's own messages go along: the same bytes, under a key to read of their own."""
    if not wanted:
        return
    found = {file.id: file for file in files_to_pass_on(row)}
    if set(wanted) - found.keys():
        raise Refused(_("One of the files is no longer there."), _("Pick again what goes along."))
    Attachment.objects.bulk_create(
        Attachment(
            merchant_id=row.merchant_id,
            entry=entry,
            filename=found[number].filename,
            content_type=found[number].content_type,
            size=found[number].size,
            storage_key=found[number].storage_key,
        )
        for number in dict.fromkeys(wanted)
    )
