"""Gorgias: its API's answers saved to files, with `messages` in each ticket or beside them.

The CSV it writes of tickets has no words of them; it can be brought in as a table.

customers.json, users.json, tags.json, macros.json, tickets.json, messages.json: lists, lines, or {"data": […]}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from ...archive import Archive
from ...vocabulary import (
    ConversationFound,
    FileFound,
    MessageFound,
    PersonFound,
    Record,
    Rejected,
    Who,
)
from .. import values
from ..found import Found, broken, by_ticket, listed, tag
from . import macros

NAME = "Gorgias"

_KINDS = (".json", ".ndjson", ".jsonl")
_PRIORITIES = {"low": 1, "normal": 2, "high": 3, "critical": 4, "urgent": 4}
TOO_LOOSE = gettext_noop("There are too many messages in a file of their own. Export them with their tickets.")


def recognises(archive: Archive) -> bool:
    return bool(archive.named(*_names("tickets"), *_names("customers")))


def records(archive: Archive) -> Iterator[tuple[str, Record]]:
    for place, found in _found(archive, "users"):
        yield place, _person(found, ours=True)
    for place, found in _found(archive, "customers"):
        yield place, _person(found, ours=False)
    for place, found in _found(archive, "tags"):
        yield place, tag(found)
    for place, found in _found(archive, "macros"):
        yield place, macros.macro(found) if isinstance(found, Mapping) else broken("macro", found)
    loose = by_ticket(_found(archive, "messages"), TOO_LOOSE)
    for place, found in _found(archive, "tickets"):
        yield place, _ticket(found, loose)


def _names(what: str) -> list[str]:
    return [*(what + kind for kind in _KINDS), *(f"ticket_{what}{kind}" for kind in _KINDS)]


def _found(archive: Archive, what: str) -> Found:
    return listed(archive, _names(what), ("data", what))


def _person(found: Any, *, ours: bool) -> Record:
    if not isinstance(found, Mapping) or not found.get("id"):
        return broken("person", found)
    channels = [each for each in values.some(found.get("channels")) if isinstance(each, Mapping)]
    emails = [found.get("email"), *(each.get("address") for each in channels if each.get("type") == "email")]
    phones = [each.get("address") for each in channels if each.get("type") in ("phone", "sms", "whatsapp")]
    name = found.get("name") or f"{found.get('firstname') or ''} {found.get('lastname') or ''}"
    return PersonFound(
        # Their customers and users are counted apart.
        _number(found["id"], ours),
        values.words(name, 200),
        values.handles(emails, phones),
        ours=ours,
        language=values.words(found.get("language"), 12),
        timezone=values.words(found.get("timezone"), 60),
        note=values.text(found.get("note")),
    )


def _number(value: Any, ours: bool) -> str:
    number = values.number(value)
    return f"user:{number}" if ours and number else number


def _ticket(found: Any, loose: Mapping[str, list[Any]]) -> Record:
    if not isinstance(found, Mapping):
        return broken("conversation", found)
    external_id = values.number(found.get("id"))
    if not external_id:
        return Rejected("conversation", gettext_noop("It has no number."), raw=found)
    if found.get("trashed_datetime") or found.get("deleted_datetime"):
        return Rejected("conversation", gettext_noop("It was deleted there."), external_id, found)
    said = [*values.some(found.get("messages")), *loose.get(external_id, ())]
    messages = tuple(_message(each) for each in said if isinstance(each, Mapping))
    requester = _who(found.get("customer") or found.get("requester"), ours=False)
    return ConversationFound(
        external_id,
        requester,
        messages,
        subject=values.words(found.get("subject")),
        state=_state(found),
        priority=_PRIORITIES.get(values.words(found.get("priority")).lower(), 2),
        assignee=_who(found.get("assignee_user"), ours=True),
        team=values.words(values.part(found, "assignee_team", "name"), 80),
        tags=values.tags(found.get("tags")),
        fields=_fields(found),
        created_at=values.when(found.get("created_datetime")),
        resolved_at=values.when(found.get("closed_datetime")),
        channel=values.words(found.get("channel"), 20),
    )


def _state(found: Mapping[str, Any]) -> str:
    if found.get("spam") is True:
        return "spam"
    if values.words(found.get("status")) == "closed":
        return "resolved"
    return "snoozed" if found.get("snooze_datetime") else "open"


def _who(found: Any, *, ours: bool) -> Who:
    if not isinstance(found, Mapping):
        return Who()
    name = values.words(found.get("name"), 200)
    return Who(_number(found.get("id"), ours), name, values.address(found.get("email")))


def _message(found: Mapping[str, Any]) -> MessageFound:
    ours = values.fact(found.get("from_agent"))
    html = found.get("body_html") if isinstance(found.get("body_html"), str) else ""
    said = values.text(found.get("stripped_text") or found.get("body_text"))
    is_note = found.get("channel") == "internal-note" or values.part(found, "source", "type") == "internal-note"
    return MessageFound(
        values.number(found.get("id")),
        _who(found.get("sender"), ours=ours),
        values.when(found.get("sent_datetime")) or values.when(found.get("created_datetime")),
        said or values.text_of_html(html),
        html or "",
        public=not is_note and values.fact(found.get("public", True)),
        inbound=not ours,
        files=tuple(
            FileFound(values.words(each.get("name"), 200) or "file", "", values.words(each.get("url"), 500))
            for each in values.some(found.get("attachments"))
            if isinstance(each, Mapping)
        ),
    )


def _fields(found: Mapping[str, Any]) -> dict[str, str]:
    """`custom_fields`: {"12": {"id": 12, "value": …}} or a list of them."""
    listed = found.get("custom_fields")
    each_of = list(listed.values()) if isinstance(listed, Mapping) else values.some(listed)
    made = {}
    for each in each_of:
        if isinstance(each, Mapping) and (value := values.words(each.get("value"))):
            made[values.words(each.get("label") or each.get("name"), 80) or f"Gorgias {each.get('id')}"] = value
    return made
