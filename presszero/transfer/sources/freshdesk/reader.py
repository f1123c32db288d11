"""Freshdesk's account export: Users0.json, Agents0.json, CannedResponses0.json and Tickets0.json with their notes, each
a list of {"user": …}, {"helpdesk_ticket": …}; or the same as XML (`helpdesk-ticket`). Answers of its newer API with
`conversations` are read too. Statuses 2 open, 3 pending, 4 resolved, 5 closed; own ones count as open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from ...archive import Archive
from ...vocabulary import (
    ConversationFound,
    FileFound,
    MacroFound,
    MessageFound,
    PersonFound,
    Record,
    Rejected,
    Who,
)
from .. import values
from ..found import broken, listed, marked_up
from ..placeholders import translated

NAME = "Freshdesk"

KNOWN = {
    "ticket.requester.name": "customer.name",
    "ticket.requester.firstname": "customer.first_name",
    "ticket.requester.first_name": "customer.first_name",
    "ticket.agent.name": "agent.name",
    "ticket.agent.first_name": "agent.first_name",
    "agent.name": "agent.name",
    "ticket.id": "conversation.number",
    "ticket.subject": "conversation.subject",
    "helpdesk_name": "brand.name",
    "ticket.portal_name": "brand.name",
    "ticket.product.name": "brand.name",
}
_STATES = {"2": "open", "3": "snoozed", "4": "resolved", "5": "resolved"}
_STATE_WORDS = {"open": "open", "pending": "snoozed", "resolved": "resolved", "closed": "resolved"}
_PRIORITIES = {"1": 1, "2": 2, "3": 3, "4": 4, "low": 1, "medium": 2, "high": 3, "urgent": 4}


def recognises(archive: Archive) -> bool:
    return bool(archive.named("tickets.json", "tickets.xml", "users.json", "users.xml"))


def records(archive: Archive) -> Iterator[tuple[str, Record]]:
    for place, found in _found(archive, "agents", "agent"):
        yield place, _person(found, ours=True)
    for what, inner in (("users", "user"), ("contacts", "contact")):
        for place, found in _found(archive, what, inner):
            yield place, _person(found, ours=False)
    for what in ("cannedresponses", "canned_responses"):
        for place, found in _found(archive, what, "folder"):
            yield from ((place, record) for record in _ready_answers(found))
    for place, found in _found(archive, "tickets", "helpdesk_ticket"):
        yield place, _ticket(found, archive)


def _found(archive: Archive, what: str, inner: str) -> Iterator[tuple[str, Any]]:
    """Items, out of the mapping with one name that each stands in."""
    for name, each in listed(archive, (f"{what}.json",), (what, "results")):
        yield name, each.get(inner, each) if isinstance(each, Mapping) else each
    yield from marked_up(archive, f"{what}.xml", inner.replace("_", "-"))


def _person(found: Any, *, ours: bool) -> Record:
    inside = found.get("user") or found.get("contact") if isinstance(found, Mapping) else None
    whole = {**found, **inside} if isinstance(found, Mapping) and isinstance(inside, Mapping) else found
    if not isinstance(whole, Mapping):
        return broken("person", found)
    external_id = values.number(whole.get("user_id") or whole.get("id"))
    if not external_id:
        return broken("person", found)
    fields = whole.get("custom_field") or whole.get("custom_fields")
    return PersonFound(
        external_id,
        values.words(whole.get("name"), 200),
        values.handles(
            [whole.get("email"), *values.some(whole.get("other_emails"))], [whole.get("mobile"), whole.get("phone")]
        ),
        ours=ours or values.fact(whole.get("helpdesk_agent")),
        language=values.words(whole.get("language"), 12),
        fields=_fields(fields),
        note=values.text(whole.get("description")),
    )


def _ready_answers(found: Any) -> Iterator[Record]:
    """A folder of ready answers, or one of them alone."""
    if not isinstance(found, Mapping):
        yield broken("macro", found)
        return
    listed = [
        each for name in ("canned_responses", "admin_canned_responses", "responses") for each in _each(found, name)
    ]
    for each in listed or [found]:
        whole = each.get("canned_response", each)
        if not isinstance(whole, Mapping) or not values.words(whole.get("title")):
            if listed:
                yield broken("macro", each)
            continue
        said = values.text_of_html(whole.get("content_html")) or values.text(whole.get("content"))
        text, unknown = translated(said, KNOWN)
        left_out = tuple(f"{{{{{name}}}}}" for name in unknown)
        yield MacroFound(values.number(whole.get("id")), values.words(whole["title"], 80), text, left_out=left_out)


def _each(found: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [each for each in values.some(found.get(name)) if isinstance(each, Mapping)]


def _ticket(found: Any, archive: Archive) -> Record:
    if not isinstance(found, Mapping):
        return broken("conversation", found)
    external_id = values.number(found.get("display_id") or found.get("id"))
    if not external_id:
        return Rejected("conversation", gettext_noop("It has no number."), raw=found)
    if values.fact(found.get("deleted")):
        return Rejected("conversation", gettext_noop("It was deleted there."), external_id, found)
    requester = _who(found, "requester")
    notes = [*_each(found, "notes"), *_each(found, "helpdesk_notes"), *_each(found, "conversations")]
    said = [_note(each.get("note") or each.get("helpdesk_note") or each, archive) for each in notes if not _gone(each)]
    return ConversationFound(
        external_id,
        requester,
        (_first(found, requester, external_id, archive), *said),
        subject=values.words(found.get("subject")),
        state="spam" if values.fact(found.get("spam")) else _state(found),
        priority=_PRIORITIES.get(values.words(found.get("priority")).lower(), 2),
        assignee=_who(found, "responder"),
        team=values.words(values.part(found, "group", "name") or found.get("group_name"), 80),
        topic=values.words(found.get("ticket_type") or found.get("type"), 80),
        tags=values.tags(found.get("tags")),
        fields=_fields(found.get("custom_field") or found.get("custom_fields")),
        created_at=values.when(found.get("created_at")),
        resolved_at=values.when(values.part(found, "ticket_states", "resolved_at"))
        or values.when(values.part(found, "stats", "resolved_at"))
        or values.when(found.get("updated_at")),
    )


def _state(found: Mapping[str, Any]) -> str:
    said = values.words(found.get("status"))
    return _STATES.get(said) or _STATE_WORDS.get(values.words(found.get("status_name")).lower(), "open")


def _who(found: Mapping[str, Any], role: str) -> Who:
    whole = found.get(role)
    whole = whole if isinstance(whole, Mapping) else {}
    name = values.words(whole.get("name") or found.get(f"{role}_name"), 200)
    email = values.address(whole.get("email") or (found.get("email") if role == "requester" else ""))
    return Who(values.number(found.get(f"{role}_id") or whole.get("id")), name, email, values.phone(whole.get("phone")))


def _first(found: Mapping[str, Any], requester: Who, external_id: str, archive: Archive) -> MessageFound:
    """The ticket itself is the first message."""
    html = found.get("description_html") or found.get("description")
    return MessageFound(
        f"{external_id}:description",
        requester,
        values.when(found.get("created_at")),
        values.text(found.get("description_text")) or values.text_of_html(html),
        html if isinstance(html, str) else "",
        inbound=not values.fact(found.get("outbound_email")),
        files=_files(found, archive),
    )


def _note(found: Mapping[str, Any], archive: Archive) -> MessageFound:
    html = found.get("body_html") or found.get("full_text_html") or found.get("body")
    said = values.text(found.get("body_text")) or values.text_of_html(html)
    return MessageFound(
        values.number(found.get("id")),
        Who(values.number(found.get("user_id")), "", values.address(found.get("from_email"))),
        values.when(found.get("created_at")),
        said,
        html if isinstance(html, str) else "",
        public=not values.fact(found.get("private")),
        inbound=values.fact(found.get("incoming")),
        files=_files(found, archive),
    )


def _gone(found: Mapping[str, Any]) -> bool:
    inside = found.get("note") or found.get("helpdesk_note") or found
    return isinstance(inside, Mapping) and values.fact(inside.get("deleted"))


def _files(found: Mapping[str, Any], archive: Archive) -> tuple[FileFound, ...]:
    made = []
    for each in _each(found, "attachments"):
        whole = each.get("attachment") or each
        name = values.words(values.part(whole, "content_file_name") or values.part(whole, "name"), 200) or "file"
        number = values.number(values.part(whole, "id"))
        member = archive.find(f"attachments/{number}/{name}", f"attachments/{number}-{name}", f"attachments/{number}")
        made.append(FileFound(name, member, values.words(values.part(whole, "attachment_url"), 500)))
    return tuple(made)


def _fields(found: Any) -> dict[str, str]:
    """Own fields: {"shoe_size_1234": "42"}; the account's number at the end is no part of the name."""
    if not isinstance(found, Mapping):
        return {}
    made = {}
    for key, value in found.items():
        said = values.words(value)
        label = " ".join(piece for piece in str(key).removeprefix("cf_").split("_") if not piece.isdigit())
        if said and label:
            made[label.capitalize()[:80]] = said
    return made
