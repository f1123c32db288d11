"""Reply, note, draft, upload, and taking an answer back."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.channels import files, outbox
from presszero.channels.envelope import message_id
from presszero.channels.limits import unfit
from presszero.channels.models import Attachment, Delivery, Entry, Line, Participant, Thread
from presszero.channels.privacy import without_notes
from presszero.channels.registry import adapter
from presszero.channels.sharing import room_of_links
from presszero.channels.vocabulary import Shared
from presszero.channels.wording import fill, framed, to_html, to_text
from presszero.core.actor import Actor
from presszero.core.cards import masked
from presszero.core.masking import masked_file
from presszero.core.refusal import Refused
from presszero.core.rows import change, keep
from presszero.core.text import clean, snippet
from presszero.team.models import Membership
from presszero.team.sight import sees_queue
from presszero.timeline.actions import record, record_all
from presszero.timeline.facts import Fact

from .. import queries
from ..facts import ConversationAssigned, ConversationNotSpam, MessageSent, MessageTakenBack, NoteAdded, PersonMentioned
from ..models import Assignment, Conversation, Draft, Mention, Message, Note, Upload
from ..policy import base_subject
from .by_itself import hide_note
from .carry_on import watch_reading
from .held import about, held, sum_up
from .spam import end_spam
from .threads import thread_for, usual_thread

MAX_UPLOAD = 25 * 1024 * 1024  # bytes; what most mailboxes take
MAX_UPLOADS = 20

# What an answer changes in its conversation.
_SUMMED = (
    *("last_at", "last_inbound", "last_channel", "snippet", "waiting_since", "due_at", "work_at"),
    *("first_reply_at", "assignee", "state", "version"),
)
_SAID_BEFORE = "SELECT id FROM conversations_message WHERE merchant_id = %s AND client_id = %s"
_FORGET = """
DELETE FROM conversations_draft WHERE merchant_id = %s AND conversation_id = %s AND by_id = %s AND kind = %s
"""
_MENTION = re.compile(r"(?<![\w.])@([\w-]{2,40})")


class NothingToSay(Refused):
    """An empty answer."""


class WroteMeanwhile(Refused):
    """The customer wrote after the agent began; the agent should read it first."""


@dataclass(frozen=True)
class Answer:
    """What an agent sends. `client_id` is made by the page: sending the same one twice sends once."""

    text: str
    client_id: uuid.UUID
    thread: Thread | None = None  # None: where they last wrote
    line: Line | None = None  # with `address`: a way that has no thread yet
    address: str = ""  # theirs: the customer's own, a participant's, or one they say is theirs
    to: Sequence[str] = ()  # addresses; () is whoever takes part in the thread
    uploads: Sequence[str] = ()  # tokens
    send_at: datetime | None = None  # None: as soon as it can no longer be taken back
    after: int | None = None  # the newest message the agent had seen
    html: str = field(default="", repr=False)


@transaction.atomic
def reply(conversation: Conversation, answer: Answer, *, by: Membership) -> Message:
    """Stores the answer and its deliveries; a worker sends it. Raises NothingToSay, WroteMeanwhile, Refused."""
    row = held(conversation)
    again = _said_before(row, answer)
    if again:
        return again
    _check(row, answer)
    thread = _thread(row, answer)
    _recall(row, conversation, thread)
    recipients = _recipients(row, thread, answer.to)
    entry = _entry(row, thread, answer, by)
    attach(row, entry, answer.uploads, by)
    ready = adapter(thread.line.kind).can.undo_seconds
    at = answer.send_at or timezone.now() + timedelta(seconds=ready)
    _check_links(entry, outbox.enqueue(entry, thread.line, recipients, not_before=at))
    message = keep(
        Message(
            merchant_id=row.merchant_id,
            conversation=row,
            entry=entry,
            at=entry.at,
            inbound=False,
            client_id=answer.client_id,
        )
    )
    watch_reading(message, thread.line, after=at)
    sent = MessageSent(**about(row), by=by.actor, message_id=message.id, entry_id=entry.id, channel=thread.line.kind)
    record_all([*_sum_reply(row, entry, thread.line, by), sent])
    forget_draft(row, "reply", by=by)
    setattr(message, "goes_at", at)  # noqa: B010 - beside the row: whoever says it next need not ask again
    return message


@transaction.atomic
def take_back(message: Message, *, by: Membership) -> str:
    """Stops an answer that has not gone yet, and gives its text back as a draft. Raises outbox.AlreadyGone."""
    row = held(message.conversation)
    message = (
        Message.objects.select_for_update().select_related("entry").get(merchant_id=row.merchant_id, id=message.id)
    )
    if message.taken_back_at:
        return str(message.entry.text)
    outbox.take_back(message.entry)
    message.taken_back_at = timezone.now()
    message.save(update_fields=["taken_back_at"])
    text = str(message.entry.text)
    save_draft(row, "reply", text, by=by)
    sum_up(row)
    record(MessageTakenBack(**about(row), by=by.actor, message_id=message.id))
    return text


@transaction.atomic
def note(conversation: Conversation, text: str, *, by: Membership, client_id: uuid.UUID) -> Note:
    """Words among us; @names are told. The same `client_id` twice is one note."""
    row = held(conversation)
    again = Note.objects.filter(merchant_id=row.merchant_id, client_id=client_id).first()
    if again:
        return again
    text = masked(clean(text, 20_000).strip())[0]
    if not text:
        raise NothingToSay(_("There is nothing in this note."))
    made = Note.objects.create(merchant_id=row.merchant_id, conversation=row, by=by, text=text, client_id=client_id)
    mentioned = _mentioned(text, row)
    Mention.objects.bulk_create([Mention(merchant_id=row.merchant_id, note=made, member=m) for m in mentioned])
    Draft.objects.filter(merchant_id=row.merchant_id, conversation=row, by=by, kind="note").delete()
    record_all(
        [
            NoteAdded(**about(row), by=by.actor, note_id=made.id),
            *(PersonMentioned(**about(row), by=by.actor, note_id=made.id, member_id=m.id) for m in mentioned),
        ]
    )
    return made


def remove_note(note: Note, *, by: Membership) -> None:
    """Hides a note; only its writer or a lead may (the view asks)."""
    hide_note(note, by=by.actor)


def save_draft(conversation: Conversation, kind: str, text: str, *, by: Membership) -> None:
    """Keeps what somebody is writing. An empty text forgets it."""
    text = masked(clean(text, 100_000))[0]
    if not text.strip():
        forget_draft(conversation, kind, by=by)
        return
    Draft.objects.update_or_create(
        merchant_id=conversation.merchant_id,
        conversation_id=conversation.now_id,
        by=by,
        kind=kind,
        defaults={"text": text},
    )


def forget_draft(conversation: Conversation, kind: str, *, by: Membership) -> None:
    """What they began to write is thrown away."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [conversation.merchant_id, conversation.now_id, by.id, kind])


def upload(conversation: Conversation, filename: str, content: bytes, *, by: Membership) -> Upload:
    """Takes a file into the composer. Its token works for this person and conversation, once. Raises Refused."""
    if len(content) > MAX_UPLOAD:
        raise Refused(_("This file is larger than 25 MB, which most mailboxes refuse."), _("Send a link to it."))
    waiting = Upload.objects.filter(
        merchant_id=conversation.merchant_id, conversation_id=conversation.now_id, by=by, used_at=None
    )
    if waiting.count() >= MAX_UPLOADS:
        raise Refused(_("Twenty files are the most for one answer."))
    name, content = masked(files.shown_name(filename))[0], without_notes(content)
    content = masked_file(content, files.kind_of(content, name), name)[0]
    return Upload.objects.create(
        merchant_id=conversation.merchant_id,
        conversation_id=conversation.now_id,
        by=by,
        filename=name,
        content_type=files.kind_of(content, name),
        size=len(content),
        storage_key=files.keep(conversation.merchant_id, content),
    )


def _said_before(row: Conversation, answer: Answer) -> Message | None:
    """What the same click sent already."""
    with connection.cursor() as cursor:
        cursor.execute(_SAID_BEFORE, [row.merchant_id, answer.client_id])
        found = cursor.fetchone()
    return Message.objects.get(merchant_id=row.merchant_id, id=found[0]) if found else None


def _recall(row: Conversation, conversation: Conversation, thread: Thread) -> None:
    """What was read already with the conversation or its thread is not asked for again."""
    if row.line_id == thread.line_id:
        row.line = thread.line
    if row.customer_id == conversation.customer_id and "customer" in conversation._state.fields_cache:
        row.customer = conversation.customer


def _check(row: Conversation, answer: Answer) -> None:
    if not answer.text.strip() and not answer.uploads:
        raise NothingToSay(_("There is nothing in this answer yet."))
    if answer.after is not None:
        newer = Message.objects.filter(
            merchant_id=row.merchant_id, conversation_id__in=queries.family(row), inbound=True, id__gt=answer.after
        )
        if newer.exists():
            raise WroteMeanwhile(_("They wrote again while you were writing."), _("Read it, then send."))


def _thread(row: Conversation, answer: Answer) -> Thread:
    if answer.line:
        return thread_for(row, answer.line, answer.address)
    if answer.thread is None:
        return usual_thread(row)
    if answer.thread.merchant_id != row.merchant_id or not adapter(answer.thread.line.kind).can.answers:
        raise Refused(_("There is no way to answer here."), _("Pick another channel."))
    return answer.thread


def _recipients(row: Conversation, thread: Thread, chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Whoever takes part, or those of the known addresses that the agent picked; never anyone else."""
    if not chosen:
        usual = queries.usual_recipients(row, thread)
        if not usual:
            raise Refused(_("There is nobody to send this to."), _("Add an address to the customer."))
        kind = adapter(thread.line.kind).handle_kind
        return [(kind, address) for address in dict.fromkeys(usual)]
    known = queries.reachable(row, thread)
    unknown = [address for address in chosen if address not in known]
    if unknown:
        raise Refused(
            _("%(who)s has no part in this conversation.") % {"who": unknown[0]}, _("Add them to the customer first.")
        )
    return [(known[address], address) for address in dict.fromkeys(chosen)]


def _entry(row: Conversation, thread: Thread, answer: Answer, by: Membership) -> Entry:
    line, brand = thread.line, thread.line.brand
    can = adapter(line.kind).can
    values = _variables(row, by, answer.text, brand.signature)
    text = masked(fill(clean(answer.text, can.max_text + 1).strip(), values))[0]
    if len(text) > can.max_text:
        raise Refused(_("This is longer than can be sent here: %(n)d characters.") % {"n": can.max_text})
    signature = fill(brand.signature, values) if can.html else ""
    subject = base_subject_kept(thread.subject or row.subject) if can.subject else ""
    return keep(
        Entry(
            merchant_id=row.merchant_id,
            thread=thread,
            inbound=False,
            sender_kind=line.kind,
            sender_address=line.address,
            sender_name=f"{by.first_name}, {line.name}",
            actor=by.actor.code,
            subject=f"Re: {subject}" if subject and (answer.thread is None or _was_written_in(thread)) else subject,
            text=text,
            folded=signature,
            html=framed(to_html(text), to_html(signature), brand.mail_template) if can.html else "",
            message_id=message_id(thread, answer.client_id.hex, line),
            at=timezone.now(),
        )
    )


def _variables(row: Conversation, by: Membership, *texts: str) -> dict[str, str]:
    """What {{ … }} stands for, looked up only where something is to be filled in."""
    return queries.variables(row, by) if any("{{" in text for text in texts) else {}


def _was_written_in(thread: Thread) -> bool:
    return Entry.objects.filter(merchant_id=thread.merchant_id, thread=thread).exists()


def base_subject_kept(subject: str) -> str:
    """Without its Re: and Fwd:, but in the customer's own spelling."""
    wanted = base_subject(subject)
    start = " ".join(subject.split())
    at = " ".join(start.casefold().split()).rfind(wanted) if wanted else -1
    return start[at:] if at >= 0 and len(start.casefold()) == len(start) else start


def attach(row: Conversation, entry: Entry, tokens: Sequence[str], by: Membership) -> None:
    """Binds uploads to the entry: their own person's, of this conversation, never used before."""
    if not tokens:
        return
    found = Upload.objects.select_for_update().filter(
        merchant_id=row.merchant_id, conversation=row, by=by, used_at=None, token__in=list(tokens)
    )
    rows = list(found.order_by("id"))  # as they were added
    if len(rows) != len(set(tokens)):
        raise Refused(_("One of the files is no longer there."), _("Add it again."))
    refused = unfit([Shared(r.content_type, r.size) for r in rows], adapter(entry.thread.line.kind).can)
    if refused:
        raise Refused(*refused)
    Attachment.objects.bulk_create(
        Attachment(
            merchant_id=row.merchant_id,
            entry=entry,
            filename=r.filename,
            content_type=r.content_type,
            size=r.size,
            storage_key=r.storage_key,
        )
        for r in rows
    )
    Upload.objects.filter(id__in=[r.id for r in rows]).update(used_at=timezone.now())


def _check_links(entry: Entry, deliveries: Sequence[Delivery]) -> None:
    """Where files go as links the words need room for them."""
    most = adapter(entry.sender_kind).can.max_text
    over = len(entry.text) + max((room_of_links(row) for row in deliveries), default=0) - most
    if over > 0:
        raise Refused(
            _("With the links to its files this is %(n)d characters too long.") % {"n": over},
            _("Write less, or send fewer files."),
        )


def _sum_reply(row: Conversation, entry: Entry, line: Line, by: Membership) -> list[Fact]:
    """They have their answer: nobody waits, and whoever answers first has it. What became true besides."""
    facts: list[Fact] = []
    row.last_at, row.last_inbound, row.last_channel = entry.at, False, line.kind
    row.snippet = snippet(to_text(entry.text))
    row.waiting_since = row.due_at = row.work_at = None
    row.first_reply_at = row.first_reply_at or entry.at
    if row.assignee_id is None:
        row.assignee = by
        keep(Assignment(merchant_id=row.merchant_id, conversation=row, to=by, by=by.actor.code, reason="answered it"))
        facts.append(ConversationAssigned(**about(row), by=by.actor, member_id=by.id))
    if row.state == Conversation.State.SPAM:  # nobody answers spam
        end_spam(row, by.actor)
        row.state = Conversation.State.OPEN
        facts.append(ConversationNotSpam(**about(row), by=by.actor))
    row.version += 1
    change(row, *_SUMMED)
    return facts


def _mentioned(text: str, row: Conversation) -> list[Membership]:
    """The colleagues named by @; not those who do not see what is said here."""
    names = {found.casefold() for found in _MENTION.findall(text)}
    if not names:
        return []
    sees = sees_queue(row.merchant_id, row.team_id) | Q(id=row.assignee_id)
    team = Membership.objects.filter(sees, merchant_id=row.merchant_id, left_at=None).select_related("person")
    return [m for m in team if m.first_name.casefold() in names or m.person.email.split("@")[0].casefold() in names]


@transaction.atomic
def let_in(participant: Participant, *, by: Actor) -> None:
    """An agent decides that a copied person takes part: from now on answers go to them too."""
    Participant.objects.filter(merchant_id=participant.merchant_id, id=participant.id).update(
        standing=Participant.Standing.COPIED
    )
