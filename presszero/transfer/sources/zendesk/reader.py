"""Zendesk's account export, and its API's answers saved to files.

JSON (a line an object, or {"tickets": […]}): users.json, tickets.json with `comments` in each ticket, or beside them
in ticket_comments.json; macros.json, tags.json and ticket_fields.json as the API answers. XML: users.xml, tickets.xml.
Names may carry numbers and folders. Numbers of status and priority are those of the XML export.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
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
from ..found import broken, by_ticket, listed, marked_up, tag
from . import macros

NAME = "Zendesk"

_USERS = ("users.json", "users.ndjson", "users.jsonl", "user.json")
_TICKETS = ("tickets.json", "tickets.ndjson", "tickets.jsonl", "ticket.json")
_COMMENTS = ("ticket_comments.json", "comments.json", "ticket_comments.ndjson")
_STATES = {
    "new": "open", "open": "open", "hold": "open", "pending": "snoozed", "solved": "resolved", "closed": "resolved",
    "0": "open", "1": "open", "2": "snoozed", "3": "resolved", "4": "resolved", "6": "open",
}  # fmt: skip
_PRIORITIES = {"low": 1, "normal": 2, "high": 3, "urgent": 4, "0": 2, "1": 1, "2": 2, "3": 3, "4": 4}
_TEAM = ("agent", "admin", "2", "4")  # in XML: 0 end user, 2 admin, 4 agent
TOO_LOOSE = gettext_noop("There are too many comments in a file of their own. Export them with their tickets.")


def recognises(archive: Archive) -> bool:
    return bool(archive.named(*_TICKETS, "tickets.xml", *_USERS, "users.xml"))


def records(archive: Archive) -> Iterator[tuple[str, Record]]:
    labels = _labels(archive)
    for place, found in chain(listed(archive, _USERS, ("users",)), marked_up(archive, "users.xml", "user")):
        yield place, _person(found)
    for place, found in listed(archive, ("tags.json",), ("tags",)):
        yield place, tag(found)
    for place, found in listed(archive, ("macros.json", "macro.json"), ("macros",)):
        yield place, macros.macro(found) if isinstance(found, Mapping) else broken("macro", found)
    loose = by_ticket(listed(archive, _COMMENTS, ("comments", "ticket_comments")), TOO_LOOSE)
    for place, found in chain(listed(archive, _TICKETS, ("tickets",)), marked_up(archive, "tickets.xml", "ticket")):
        yield place, _ticket(found, loose, labels, archive)


def _person(found: Any) -> Record:
    if not isinstance(found, Mapping) or not found.get("id"):
        return broken("person", found)
    emails = [found.get("email"), *(i.get("value") for i in _identities(found) if i.get("type") == "email")]
    phones = [found.get("phone"), *(i.get("value") for i in _identities(found) if i.get("type") == "phone_number")]
    fields = (
        {words: values.words(value) for words, value in (found.get("user_fields") or {}).items()}
        if isinstance(found.get("user_fields"), Mapping)
        else {}
    )
    return PersonFound(
        values.number(found["id"]),
        values.words(found.get("name"), 200),
        values.handles(emails, phones),
        ours=values.words(found.get("role") if found.get("role") is not None else found.get("roles")) in _TEAM,
        language=values.words(found.get("locale"), 12),
        timezone=values.words(found.get("iana_time_zone"), 60),
        fields={label: value for label, value in fields.items() if value},
        note=values.text(found.get("notes")),
    )


def _identities(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in values.some(found.get("identities")) if isinstance(each, Mapping)]


def _ticket(found: Any, loose: Mapping[str, list[Any]], labels: Mapping[str, str], archive: Archive) -> Record:
    if not isinstance(found, Mapping):
        return broken("conversation", found)
    external_id = values.number(found.get("id") or found.get("nice_id"))
    status = values.words(found.get("status") if found.get("status") is not None else found.get("status_id")).lower()
    if not external_id:
        return Rejected("conversation", gettext_noop("It has no number."), raw=found)
    if status in ("deleted", "5"):
        return Rejected("conversation", gettext_noop("It was deleted there."), external_id, found)
    requester = _who(found, "requester")
    said = [*values.some(found.get("comments")), *loose.get(external_id, ())]
    messages = tuple(_comment(each, archive) for each in said if isinstance(each, Mapping))
    if not messages and found.get("description"):
        messages = (_description(found, requester, external_id),)
    return ConversationFound(
        external_id,
        requester,
        messages,
        subject=values.words(found.get("subject") or found.get("raw_subject")),
        state=_STATES.get(status, "resolved"),
        priority=_PRIORITIES.get(values.words(found.get("priority") or found.get("priority_id")).lower(), 2),
        assignee=_who(found, "assignee"),
        team=values.words(values.part(found, "group", "name"), 80),
        tags=values.tags(found.get("tags") or found.get("current_tags")),
        fields=_fields(found, labels),
        created_at=values.when(found.get("created_at")),
        resolved_at=values.when(found.get("solved_at")) or values.when(found.get("updated_at")),
        channel=values.words(values.part(found, "via", "channel"), 20),
    )


def _who(found: Mapping[str, Any], role: str) -> Who:
    whole = found.get(role)
    whole = whole if isinstance(whole, Mapping) else {}
    return Who(
        values.number(found.get(f"{role}_id") or whole.get("id")),
        values.words(whole.get("name"), 200),
        values.address(whole.get("email")),
        values.phone(whole.get("phone")),
    )


def _comment(found: Mapping[str, Any], archive: Archive) -> MessageFound:
    html = found.get("html_body") if isinstance(found.get("html_body"), str) else ""
    said = values.text(found.get("plain_body") or found.get("body") or found.get("value"))
    public = found.get("public") if found.get("public") is not None else found.get("is_public", True)
    return MessageFound(
        values.number(found.get("id")),
        _who(found, "author"),
        values.when(found.get("created_at")),
        said or values.text_of_html(html),
        html or "",
        public=values.fact(public),
        files=tuple(
            _file(each, archive) for each in values.some(found.get("attachments")) if isinstance(each, Mapping)
        ),
    )


def _description(found: Mapping[str, Any], requester: Who, external_id: str) -> MessageFound:
    return MessageFound(
        f"{external_id}:description",
        requester,
        values.when(found.get("created_at")),
        values.text(found.get("description")),
        inbound=True,
    )


def _file(found: Mapping[str, Any], archive: Archive) -> FileFound:
    name = values.words(found.get("file_name") or found.get("filename"), 200) or "file"
    number = values.number(found.get("id") or found.get("token"))
    member = archive.find(f"attachments/{number}/{name}", f"attachments/{number}-{name}", f"attachments/{number}")
    return FileFound(name, member, values.words(found.get("content_url") or found.get("url"), 500))


def _fields(found: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, str]:
    made = {}
    for each in [*values.some(found.get("custom_fields")), *values.some(found.get("ticket_field_entries"))]:
        if isinstance(each, Mapping):
            number = values.number(each.get("id") or each.get("ticket_field_id"))
            value = ", ".join(values.words(v) for v in values.some(each.get("value")))
            if number and value and value != "False":
                made[labels.get(number, f"Zendesk {number}")] = value
    return made


def _labels(archive: Archive) -> dict[str, str]:
    """What own fields are called, where the file says so."""
    made = {}
    for _place, found in listed(archive, ("ticket_fields.json",), ("ticket_fields",)):
        if isinstance(found, Mapping) and values.fact(found.get("removable", True)):
            made[values.number(found.get("id"))] = values.words(found.get("title"), 80)
    return {number: title for number, title in made.items() if number and title}
