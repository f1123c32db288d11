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

# address, icon, the least role
_PARTS = {
    "macros": ("hash", Role.AGENT),
    "topics": ("tagged", Role.LEAD),
    "fields": ("list", Role.LEAD),
    "lines": ("mail", Role.ADMIN),
    "hours": ("clock", Role.ADMIN),
    "acknowledgements": ("flag", Role.ADMIN),
    "brands": ("store", Role.ADMIN),
    "shop": ("settings", Role.ADMIN),
    "people": ("people", Role.ADMIN),
    "quarantine": ("shield", Role.LEAD),
    "reactions": ("refresh", Role.ADMIN),
}


@needs(Role.READ_ONLY)
def start(request: MemberAsked) -> HttpResponse:
    """GET /settings: the first part that is open to the member."""
    open_to = [name for name, (_icon, role) in _PARTS.items() if at_least(request.member.role, role)]
    return HttpResponseRedirect(f"/settings/{open_to[0]}" if open_to else "/me")


def parts(request: MemberAsked) -> list[tuple[str, str, str]]:
    """(name, label, icon) of what the member may open."""
    return [(name, label(name), icon) for name, (icon, role) in _PARTS.items() if at_least(request.member.role, role)]


def label(name: str) -> str:
    """What a part is called."""
    return {
        "macros": _("Macros"),
        "topics": _("Topics"),
        "fields": _("Own fields"),
        "lines": _("Lines"),
        "hours": _("Hours"),
        "acknowledgements": _("First words"),
        "brands": _("Brands"),
        "shop": _("Shop"),
        "people": _("People"),
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
