"""What the product says without anybody writing it: a rule's note, a rule's reply, a matter that we begin ourselves.

Nobody's wait ends by it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels import outbox
from presszero.channels.envelope import message_id
from presszero.channels.models import Entry, Line, Thread
from presszero.channels.registry import adapter
from presszero.channels.wording import framed, to_html
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.core.rows import keep
from presszero.core.text import clean, one_line
from presszero.customers.models import Customer
from presszero.timeline.actions import record

from .. import queries
from ..facts import MessageSent, NoteAdded, NoteRemoved
from ..models import Conversation, Message, Note, Resolution
from .held import about, held
from .threads import usual_thread

RULE = "rule"  # an Entry.automatic: a rule said it


@transaction.atomic
def note_by_itself(conversation: Conversation, text: str, *, by: Actor) -> Note:
    """A note nobody of us wrote. Raises Refused for an empty one."""
    row, text = held(conversation), clean(text, 20_000).strip()
    if not text:
        raise Refused(_("There is nothing in this note."))
    made = Note.objects.create(merchant_id=row.merchant_id, conversation=row, by=None, text=text)
    record(NoteAdded(**about(row), by=by, note_id=made.id))
    return made


@transaction.atomic
def hide_note(note: Note, *, by: Actor) -> None:
    """A note is seen no more; the row stays."""
    row = held(note.conversation)
    Note.objects.filter(merchant_id=row.merchant_id, id=note.id).update(removed_at=timezone.now())
    record(NoteRemoved(**about(row), by=by, note_id=note.id))


@transaction.atomic
def reply_by_itself(conversation: Conversation, text: str, *, by: Actor) -> Message:
    """Goes out where they last wrote, marked as a machine's. Raises Refused after a machine's words, and for spam."""
    row, text = held(conversation), text.strip()
    if not text:
        raise Refused(_("There is nothing in this answer."))
    if row.state == Conversation.State.SPAM:
        raise Refused(_("This is spam: nothing answers it by itself."))
    if _a_machine_wrote(row):
        raise Refused(_("A machine wrote last, and two machines never stop answering each other."))
    thread = usual_thread(row)
    to = queries.usual_recipients(row, thread)
    if not to:
        raise Refused(_("There is nobody to send this to."), _("Add an address to the customer."))
    kind = adapter(thread.line.kind).handle_kind
    message = placed(row, thread, [(kind, address) for address in to], _entry(row, thread, text, by))
    said = {"message_id": message.id, "entry_id": message.entry_id, "channel": thread.line.kind}
    record(MessageSent(**about(row), by=by, **said))
    return message


@transaction.atomic
def begin_at_rest(customer: Customer, line: Line, subject: str, *, by: Actor) -> Conversation:
    """A matter that nobody has to look at until they answer: it is born resolved, and their answer opens it.

    Nothing is announced: nobody contacted us, nothing was settled, and rules about either would be misled.
    """
    row = Conversation.objects.create(
        merchant_id=line.merchant_id,
        customer_id=customer.now_id,
        line=line,
        team_id=line.team_id,
        subject=one_line(subject, 300),
        state=Conversation.State.RESOLVED,
        last_inbound=False,
        last_channel=line.kind,
    )
    Resolution.objects.create(merchant_id=row.merchant_id, conversation=row, by=by.code)
    return row


def placed(row: Conversation, thread: Thread, to: Sequence[tuple[str, str]], entry: Entry) -> Message:
    """Keeps an entry that is not kept yet, puts it in the outbox and in the conversation. Held by the caller."""
    kept = keep(entry)
    outbox.enqueue(kept, thread.line, list(to), not_before=kept.at)
    return keep(Message(merchant_id=row.merchant_id, conversation=row, entry=kept, at=kept.at, inbound=False))


def _entry(row: Conversation, thread: Thread, text: str, by: Actor) -> Entry:
    line = thread.line
    can = adapter(line.kind).can
    subject = (thread.subject or row.subject) if can.subject else ""
    return Entry(
        merchant_id=row.merchant_id,
        thread=thread,
        inbound=False,
        sender_kind=line.kind,
        sender_address=line.address,
        sender_name=line.name,
        actor=by.code,
        subject=subject if not subject or subject.casefold().startswith("re:") else f"Re: {subject}"[:998],
        text=clean(text, can.max_text),
        html=framed(to_html(text), "", line.brand.mail_template) if can.html else "",
        message_id=message_id(thread, uuid.uuid4().hex, line),
        automatic=RULE,
        at=timezone.now(),
    )


def _a_machine_wrote(row: Conversation) -> bool:
    last = Message.objects.filter(
        merchant_id=row.merchant_id, conversation_id__in=queries.family(row), inbound=True, taken_back_at=None
    )
    return bool(last.order_by("-at", "-id").values_list("entry__automatic", flat=True).first())
