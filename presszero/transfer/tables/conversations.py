"""Conversations, what was said in them, and how they stood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from presszero.channels.models import Attachment
from presszero.conversations.models import Conversation, Message, Note, Resolution, Snooze, Tagged
from presszero.customers.models import Handle
from presszero.promises.models import Expectation, Gap, Promise

from .cells import of_model, said
from .people import own_cells, own_columns
from .registry import Scope, Table, batches, register

_COLUMNS = [
    "id", "subject", "customer_id", "customer_name", "customer_email", "state", "priority", "assignee", "team", "topic",
    "tags", "line", "created_at", "last_at", "first_reply_at", "waiting_since", "due_at", "snoozed_until", "matters",
    "needed_by", "merged_into",
]  # fmt: skip
_PRIORITIES = {1: "low", 2: "normal", 3: "high", 4: "urgent"}


def _found(scope: Scope) -> QuerySet[Conversation]:
    found = Conversation.objects.filter(merchant=scope.merchant)
    return found if scope.conversations is None else found.filter(id__in=scope.conversations)


def _columns(scope: Scope) -> list[str]:
    return [*_COLUMNS, *own_columns(scope, "conversation")]


def _rows(scope: Scope) -> Iterator[list[Any]]:
    keys = own_columns(scope, "conversation")
    rows = _found(scope).select_related("customer", "assignee__person", "team", "topic", "line")
    for batch in batches(rows):
        ids = [row.id for row in batch]
        tags: dict[int, list[str]] = defaultdict(list)
        tagged = Tagged.objects.filter(merchant=scope.merchant, conversation_id__in=ids, removed_at=None)
        for number, name in tagged.order_by("id").values_list("conversation_id", "tag__name"):
            tags[number].append(name)
        emails = _emails(scope, [row.customer_id for row in batch])
        for row in batch:
            yield [*_cells(row, tags[row.id], emails.get(row.customer_id, "")), *own_cells(keys, row.fields)]


def _cells(row: Conversation, tags: list[str], email: str) -> list[str]:
    return [
        str(row.id),
        row.subject,
        str(row.customer_id),
        row.customer.name,
        email,
        row.state,
        _PRIORITIES[row.priority],
        row.assignee.person.email if row.assignee else "",
        row.team.name if row.team else "",
        row.topic.name if row.topic else "",
        ", ".join(tags),
        row.line.address,
        *(said(each) for each in (row.created_at, row.last_at, row.first_reply_at, row.waiting_since, row.due_at)),
        *(said(each) for each in (row.snoozed_until, row.matters, row.needed_by, row.root_id)),
    ]


def _emails(scope: Scope, customers: list[int]) -> dict[int, str]:
    rows = Handle.objects.filter(merchant=scope.merchant, kind="email", customer_id__in=customers)
    return dict(rows.exclude(proof="refuted").order_by("-id").values_list("customer_id", "address"))


def _messages(scope: Scope) -> QuerySet[Message]:
    found = Message.objects.filter(merchant=scope.merchant)
    return found if scope.conversations is None else found.filter(conversation_id__in=scope.conversations)


_MESSAGE = [
    "id", "message_id", "subject", "customer_id", "customer_name", "customer_email", "at", "direction", "author_name",
    "author_email", "channel", "text", "quoted", "attachments", "taken_back_at",
]  # fmt: skip


# Six rows a message are joined for this: what nobody writes down is not read.
_READ = (
    "at", "inbound", "taken_back_at", "entry__sender_name", "entry__sender_address", "entry__text", "entry__folded",
    "entry__thread__line__kind", "conversation__subject", "conversation__customer__name",
)  # fmt: skip


def _message_rows(scope: Scope) -> Iterator[list[Any]]:
    """A message a row; `id` is its conversation's, so that the rows of one belong together when they come back."""
    rows = _messages(scope).select_related("entry__thread__line", "conversation__customer").only(*_READ)
    for batch in batches(rows):
        files: dict[int, list[str]] = defaultdict(list)
        listed = Attachment.objects.filter(merchant=scope.merchant, entry_id__in=[row.entry_id for row in batch])
        for number, name in listed.order_by("id").values_list("entry_id", "filename"):
            files[number].append(name)
        emails = _emails(scope, [row.conversation.customer_id for row in batch])
        for row in batch:
            yield [
                str(row.conversation_id),
                str(row.id),
                row.conversation.subject,
                str(row.conversation.customer_id),
                row.conversation.customer.name,
                emails.get(row.conversation.customer_id, ""),
                said(row.at),
                "in" if row.inbound else "out",
                row.entry.sender_name,
                row.entry.sender_address,
                row.entry.thread.line.kind,
                row.entry.text,
                row.entry.folded,
                ", ".join(files[row.entry_id]),
                said(row.taken_back_at),
            ]


register(
    Table("conversations", lambda: str(_("Conversations")), _columns, _rows, lambda scope: _found(scope).count(), True),
    Table(
        "messages",
        lambda: str(_("Messages")),
        lambda _scope: list(_MESSAGE),
        _message_rows,
        lambda scope: _messages(scope).count(),
        True,
    ),
    of_model("notes", _("Notes"), Note, "id conversation_id by_id text at removed_at", "conversation_id"),
    of_model(
        "resolutions",
        _("Resolutions"),
        Resolution,
        "id conversation_id topic_id by at reopened_at reopened_by",
        "conversation_id",
    ),
    of_model("snoozes", _("Snoozes"), Snooze, "id conversation_id until by at ended_at ended_by", "conversation_id"),
    of_model(
        "promises",
        _("Promises"),
        Promise,
        " ".join(f.attname for f in Promise._meta.concrete_fields if f.name != "merchant"),
        "conversation_id",
    ),
    of_model(
        "expectations",
        _("Expectations"),
        Expectation,
        "id customer_id order_id conversation_id kind by_day firm source quote by at withdrawn_at",
        "conversation_id",
    ),
    of_model(
        "gaps",
        _("Differences"),
        Gap,
        "id customer_id order_id conversation_id promise_id expectation_id kind expected promised planned chance"
        " opened_at changed_at closed_at closed_because by",
        "conversation_id",
    ),
)
