"""Somebody asked in the chat and left before they read our answer: it goes on by mail, once for all they missed.

Whether they read it is asked under the lock of the deliveries, which reading takes too: they get it one way, or both
only where they had left before the mail was on its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from presszero.channels import outbox
from presszero.channels.envelope import message_id
from presszero.channels.models import Attachment, Delivery, Entry, Line, Thread
from presszero.channels.registry import adapter
from presszero.channels.wording import framed, to_html
from presszero.core.actor import SYSTEM
from presszero.core.rows import keep
from presszero.timeline.actions import record
from presszero.visitors.models import Visitor

from ..facts import MessageSent
from ..models import Conversation, LiveAnswer, Message
from ..ways import HERE_FOR
from .held import about, held
from .threads import mail_address, mail_line, open_thread

AFTER = timedelta(minutes=2)  # without being read
AGAIN = timedelta(minutes=1)  # while they are still there, or have left no address yet
NO_LONGER = timedelta(days=1)  # after it was said
WHY = "they left the chat before they read it"

State = Delivery.State


def watch_reading(message: Message, line: Line, *, after: datetime) -> None:
    """From `after` on an answer in a live channel waits to be read; others need nothing. In the reply's transaction."""
    if adapter(line.kind).can.live:
        keep(LiveAnswer(merchant_id=message.merchant_id, message=message, due_at=after + AFTER))


def carry_on_due(at: datetime, limit: int = 50) -> int:
    """Looks at every answer whose time has come; how many mails went out. The clock calls this."""
    due = LiveAnswer.objects.filter(settled_at=None, due_at__lte=at).select_related("message").order_by("due_at")
    return sum(carry_on(row, at) for row in due[:limit])


@transaction.atomic
def carry_on(waiting: LiveAnswer, at: datetime) -> int:
    """One mail with this answer and whatever else of its thread they have not read: 1. Or a later look: 0."""
    row = held(waiting.message.conversation)
    waiting = LiveAnswer.objects.select_related("message__entry__thread__line__brand").get(
        merchant_id=row.merchant_id, id=waiting.id
    )
    if waiting.settled_at:
        return 0
    thread = waiting.message.entry.thread
    unread, settled = _unread(row, thread)
    _settle(settled, at)
    if waiting.id not in {each.id for each in unread}:
        return 0
    if at - waiting.message.at > NO_LONGER:
        _settle(unread, at)
        return 0
    line, address = mail_line(thread.line), mail_address(row)
    if line is None or not address or _is_here(row.merchant_id, unread, at):
        _later(unread, at)
        return 0
    line.brand = thread.line.brand
    mail = _mail(row, open_thread(row, line, address), [each.message for each in unread], at)
    _settle(unread, at, mail)
    outbox.enqueue(mail.entry, line, [(adapter(line.kind).handle_kind, address)], not_before=at)
    record(MessageSent(**about(row), by=SYSTEM, message_id=mail.id, entry_id=mail.entry_id, channel=line.kind))
    return 1


def _unread(row: Conversation, thread: Thread) -> tuple[list[LiveAnswer], list[LiveAnswer]]:
    """What of the thread still waits to be read, oldest first, and what needs no watching any more."""
    waiting = LiveAnswer.objects.filter(merchant_id=row.merchant_id, settled_at=None, message__entry__thread=thread)
    rows = list(waiting.select_related("message__entry").order_by("message__at", "id"))
    entries = [each.message.entry_id for each in rows]
    deliveries = Delivery.objects.select_for_update().filter(merchant_id=row.merchant_id, entry_id__in=entries)
    states: dict[int, set[str]] = {}
    for delivery in deliveries.order_by("id"):
        states.setdefault(delivery.entry_id, set()).add(delivery.state)
    said = Message.objects.filter(merchant_id=row.merchant_id, entry__thread=thread, inbound=True)
    spoke = said.aggregate(last=Max("at"))["last"]
    unread, settled = [], []
    for each in rows:
        found = states.get(each.message.entry_id, set())
        went = found and found <= {State.ACCEPTED, State.DELIVERED}
        over = each.message.taken_back_at or State.READ in found or (spoke and spoke > each.message.at)
        if over:
            settled.append(each)
        elif went:
            unread.append(each)
    return unread, settled


def _is_here(merchant_id: int, unread: Sequence[LiveAnswer], at: datetime) -> bool:
    """Whether a chat of theirs is open: they are about to read it."""
    entries = [each.message.entry_id for each in unread]
    to = Delivery.objects.filter(merchant_id=merchant_id, entry_id__in=entries).values_list("address", flat=True)
    seen = Visitor.objects.filter(merchant_id=merchant_id, ended_at=None, seen_at__gt=at - HERE_FOR)
    addresses = list(to.distinct())
    return seen.filter(address__in=addresses).exists() or seen.filter(shopper__in=addresses).exists()


def _mail(row: Conversation, thread: Thread, unread: Sequence[Message], at: datetime) -> Message:
    words, brand, line = [each.entry.text for each in unread], thread.line.brand, thread.line
    with override((line.merchant.languages or ["en"])[0]):
        text = "\n\n".join([_("You asked in our chat, and left before our answer came. Here it is:"), *words])
        subject = row.subject or _("Your question to %(brand)s") % {"brand": brand.name}
    entry = keep(
        Entry(
            merchant_id=row.merchant_id,
            thread=thread,
            inbound=False,
            sender_kind=line.kind,
            sender_address=line.address,
            sender_name=unread[-1].entry.sender_name,
            actor=SYSTEM.code,
            subject=f"Re: {subject}",
            text=text,
            html=framed(to_html(text), "", brand.mail_template),
            message_id=message_id(thread, f"carried{unread[0].id}", line),
            automatic="carried_on",
            at=at,
        )
    )
    _copy_files(entry, unread)
    message = Message(merchant_id=row.merchant_id, conversation=row, entry=entry, at=at, inbound=False, reason=WHY)
    return keep(message)


def _copy_files(entry: Entry, unread: Sequence[Message]) -> None:
    """The same files, stored once."""
    files = Attachment.objects.filter(merchant_id=entry.merchant_id, entry_id__in=[m.entry_id for m in unread])
    Attachment.objects.bulk_create(
        Attachment(
            merchant_id=entry.merchant_id,
            entry=entry,
            filename=f.filename,
            content_type=f.content_type,
            size=f.size,
            storage_key=f.storage_key,
        )
        for f in files.order_by("id")
    )


def _settle(rows: Sequence[LiveAnswer], at: datetime, mail: Message | None = None) -> None:
    ids = [each.id for each in rows]
    LiveAnswer.objects.filter(id__in=ids).update(settled_at=at, mail=mail)


def _later(rows: Sequence[LiveAnswer], at: datetime) -> None:
    LiveAnswer.objects.filter(id__in=[each.id for each in rows]).update(due_at=max(at, timezone.now()) + AGAIN)
