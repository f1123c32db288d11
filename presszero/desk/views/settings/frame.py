"""The settings' frame: which parts there are, for whom, and how a change is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from presszero.audit.actions import record
from presszero.team.gate import MemberAsked, needs
from presszero.team.marks import at_least
from presszero.team.models import Role
from presszero.ui.page import page

# address → icon, the least role; parts that belong together stand together
_GROUPS: tuple[Mapping[str, tuple[str, Role]], ...] = (
    {
        "macros": ("hash", Role.AGENT),
        "rules": ("play", Role.LEAD),
        "tags": ("tagged", Role.LEAD),
        "topics": ("book", Role.LEAD),
        "fields": ("list", Role.LEAD),
    },
    {
        "shop": ("settings", Role.ADMIN),
        "brands": ("store", Role.ADMIN),
        "lines": ("mail", Role.ADMIN),
        "phone": ("phone", Role.ADMIN),
        "signs": ("place", Role.LEAD),
        "stores": ("link", Role.ADMIN),
        "payments": ("coin", Role.ADMIN),
        "carriers": ("truck", Role.ADMIN),
        "forecasts": ("calendar", Role.LEAD),
        "hours": ("clock", Role.ADMIN),
        "acknowledgements": ("flag", Role.ADMIN),
        "writing-first": ("send", Role.ADMIN),
        "promises": ("checks", Role.LEAD),
        "messages": ("quote", Role.ADMIN),
        "suggestions": ("gift", Role.ADMIN),
        "costs": ("coin", Role.ADMIN),
    },
    {
        "authority": ("shield-check", Role.ADMIN),
        "exceptions": ("flag", Role.ADMIN),
        "remedies": ("heart", Role.ADMIN),
    },
    {
        "people": ("person", Role.ADMIN),
        "teams": ("people", Role.ADMIN),
        "queues": ("ear", Role.LEAD),
        "skills": ("globe", Role.LEAD),
        "sign-in": ("shield-check", Role.ADMIN),
    },
    {
        "privacy": ("eye", Role.ADMIN),
        "record": ("note", Role.ADMIN),
        "blocks": ("close", Role.LEAD),
        "quarantine": ("shield", Role.LEAD),
    },
    {
        "import": ("download", Role.ADMIN),
        "export": ("out", Role.ADMIN),
        "api": ("plug", Role.ADMIN),
        "webhooks": ("send", Role.ADMIN),
        "reactions": ("refresh", Role.ADMIN),
    },
)
PARTS = {name: what for group in _GROUPS for name, what in group.items()}
_BEGIN = {next(iter(group)) for group in _GROUPS}


@needs(Role.READ_ONLY)
def start(request: MemberAsked) -> HttpResponse:
    """GET /settings: the first part that is open to the member."""
    open_to = [name for name, (_icon, role) in PARTS.items() if at_least(request.member.role, role)]
    return HttpResponseRedirect(f"/settings/{open_to[0]}" if open_to else "/me")


def parts(request: MemberAsked) -> list[tuple[str, str, str, bool]]:
    """(name, label, icon, whether a group begins with it) of what the member may open."""
    return [
        (name, label(name), icon, name in _BEGIN)
        for name, (icon, role) in PARTS.items()
        if at_least(request.member.role, role)
    ]


def label(name: str) -> str:
    """What a part is called."""
    return {
        "macros": _("Macros"),
        "authority": _("Who may give what"),
        "exceptions": _("Exceptions"),
        "remedies": _("Own remedies"),
        "rules": _("Rules"),
        "tags": _("Tags"),
        "topics": _("Topics"),
        "blocks": _("Blocked senders"),
        "fields": _("Own fields"),
        "lines": _("Lines"),
        "phone": _("Phone"),
        "signs": _("Signs in the shop"),
        "stores": _("Stores"),
        "payments": _("Being paid"),
        "carriers": _("Carriers"),
        "forecasts": _("How well we predict"),
        "hours": _("Hours"),
        "acknowledgements": _("First words"),
        "writing-first": _("Writing first"),
        "promises": _("Promises"),
        "costs": _("What service costs"),
        "messages": _("Messages to customers"),
        "suggestions": _("Suggestions"),
        "brands": _("Brands"),
        "shop": _("Shop"),
        "people": _("People"),
        "teams": _("Teams"),
        "queues": _("Queues"),
        "skills": _("Who can what"),
        "sign-in": _("Sign-in"),
        "record": _("Record"),
        "import": _("Import"),
        "export": _("Export"),
        "api": _("API"),
        "webhooks": _("Webhooks"),
        "privacy": _("Privacy"),
        "quarantine": _("Held back"),
        "reactions": _("Stuck reactions"),
    }[name]


def show(
    request: MemberAsked, part: str, context: Mapping[str, Any], template: str = "", status: int = 200
) -> HttpResponse:
    """A part's page."""
    whole = {"part": part, "here": "settings", "title": label(part), "said": request.GET.get("said", ""), **context}
    return page(request, template or f"desk/settings/{part}.html", whole, status)


def kept(request: MemberAsked, verb: str, subject: str, after: Mapping[str, Any], to: str) -> HttpResponse:
    """Written down for the record, and back to the list with a word."""
    record(verb, subject, by=request.member.actor, merchant=request.merchant, after=after)
    return HttpResponseRedirect(f"{to}{'&' if '?' in to else '?'}said=saved")
