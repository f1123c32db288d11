"""Gorgias's macros: a list of actions with names and arguments, as ready answers with steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from ...vocabulary import MacroFound, Record, Rejected
from .. import values
from ..placeholders import translated

KNOWN = {
    "ticket.customer.name": "customer.name",
    "ticket.customer.firstname": "customer.first_name",
    "ticket.customer.full_name": "customer.name",
    "ticket.requester.name": "customer.name",
    "ticket.requester.firstname": "customer.first_name",
    "current_user.name": "agent.name",
    "current_user.firstname": "agent.first_name",
    "current_user.first_name": "agent.first_name",
    "ticket.assignee_user.name": "agent.name",
    "ticket.subject": "conversation.subject",
    "ticket.id": "conversation.number",
    "ticket.account.name": "brand.name",
}
_STATES = {"closed": {"do": "resolve"}, "open": {"do": "reopen"}}


def macro(found: Mapping[str, Any]) -> Record:
    name = values.words(found.get("name"), 80)
    if not name:
        return Rejected("macro", gettext_noop("It has no name."), values.number(found.get("id")), found)
    text, steps, left_out = "", [], []
    for action in values.some(found.get("actions")):
        if not isinstance(action, Mapping):
            continue
        kind, given = values.words(action.get("name")), action.get("arguments")
        given = given if isinstance(given, Mapping) else {}
        if kind == "setResponseText":
            text = text or values.text(given.get("body_text")) or values.text_of_html(given.get("body_html"))
        elif kind == "addInternalNote":
            said = values.text(given.get("body_text")) or values.text_of_html(given.get("body_html"))
            steps += [{"do": "note", "text": said}] if said else []
        elif step := _step(kind, given):
            steps += step
        else:
            left_out.append(kind)
    text, unknown = translated(text, KNOWN)
    left_out += [f"{{{{{each}}}}}" for each in unknown]
    language = values.words(found.get("language"), 12)
    return MacroFound(values.number(found.get("id")), name, text, tuple(steps), language, tuple(filter(None, left_out)))


def _step(kind: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    if kind == "setStatus":
        state = _STATES.get(values.words(given.get("status")))
        return [dict(state)] if state else []
    if kind == "addTags":
        return [{"do": "tag", "tag": name} for name in values.tags(given.get("tags"))]
    if kind == "removeTags":
        return [{"do": "untag", "tag": name} for name in values.tags(given.get("tags"))]
    if kind == "setAssignee":
        who = given.get("assignee_user")
        return [{"do": "assign", "to": f"user:{values.number(values.part(who, 'id'))}" if who else None}]
    if kind == "setTeamAssignee":
        return [{"do": "team", "team": values.words(values.part(given.get("assignee_team"), "name"), 80)}]
    if kind == "snoozeTicket":
        return [{"do": "snooze"}]
    return []
