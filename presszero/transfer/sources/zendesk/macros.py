"""Zendesk's macros: a list of {"field": …, "value": …}, as ready answers with steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from ...vocabulary import MacroFound, Record, Rejected
from .. import values
from ..placeholders import translated

KNOWN = {
    "ticket.requester.name": "customer.name",
    "ticket.requester.first_name": "customer.first_name",
    "ticket.id": "conversation.number",
    "ticket.title": "conversation.subject",
    "ticket.subject": "conversation.subject",
    "current_user.name": "agent.name",
    "current_user.first_name": "agent.first_name",
    "ticket.assignee.name": "agent.name",
    "ticket.assignee.first_name": "agent.first_name",
    "ticket.account": "brand.name",
    "ticket.brand.name": "brand.name",
    "ticket.organization.name": "brand.name",
    "ticket.phone": "brand.phone",
    "current_user.signature": "",
    "agent.signature": "",
    "ticket.assignee.signature": "",
}
_STATES = {
    "solved": {"do": "resolve"},
    "closed": {"do": "resolve"},
    "open": {"do": "reopen"},
    "pending": {"do": "snooze"},
}
_PRIORITIES = {"low": 1, "normal": 2, "high": 3, "urgent": 4}


def macro(found: Mapping[str, Any]) -> Record:
    name = values.words(found.get("title") or found.get("raw_title"), 80)
    if not name:
        return Rejected("macro", gettext_noop("It has no name."), values.number(found.get("id")), found)
    if found.get("active") is False:
        return Rejected("macro", gettext_noop("It was switched off there."), values.number(found.get("id")), found)
    text, steps, left_out = "", [], []
    private = any(
        values.words(a.get("value")) == "false" for a in _actions(found) if _field(a) == "comment_mode_is_public"
    )
    for action in _actions(found):
        field, value = _field(action), action.get("value")
        if field in ("comment_value", "comment_value_html"):
            said = _said(field, value)
            text = text or said if not private else text
            steps += [{"do": "note", "text": said}] if private and said else []
        elif step := _step(field, value):
            steps += step
        elif field != "comment_mode_is_public":
            left_out.append(f"{field} → {values.words(value, 60)}")
    text, unknown = translated(text, KNOWN)
    left_out += [f"{{{{{each}}}}}" for each in unknown]
    return MacroFound(values.number(found.get("id")), name, text, tuple(steps), left_out=tuple(left_out))


def _actions(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in values.some(found.get("actions")) if isinstance(each, Mapping)]


def _field(action: Mapping[str, Any]) -> str:
    return values.words(action.get("field"))


def _said(field: str, value: Any) -> str:
    """A comment is text, or ["channel:all", text] where it differs by channel."""
    value = value[-1] if isinstance(value, list) and value else value
    return values.text_of_html(value) if field.endswith("_html") else values.text(value)


def _step(field: str, value: Any) -> list[dict[str, Any]]:
    said = values.words(value, 200)
    if field == "status":
        return [dict(_STATES[said])] if said in _STATES else []
    if field == "priority":
        return [{"do": "priority", "priority": _PRIORITIES[said]}] if said in _PRIORITIES else []
    if field in ("current_tags", "set_tags"):
        return [{"do": "tag", "tag": name} for name in values.tags(value)]
    if field == "remove_tags":
        return [{"do": "untag", "tag": name} for name in values.tags(value)]
    if field == "assignee_id":
        return [{"do": "assign", "to": "me" if said == "current_user" else said}]
    if field == "subject":
        return []
    return []
