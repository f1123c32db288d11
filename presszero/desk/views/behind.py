"""The conversations behind a number, as the desk's list; a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.conversations import queries as conversations
from presszero.conversations.queries.lists import PAGE
from presszero.team.gate import MemberAsked
from presszero.team.models import Membership
from presszero.ui.page import asked_by_htmx, page

from .lists import List

_MOST_PAGES = 20  # how many pages a live list keeps fresh at once


def listed(request: MemberAsked, ids: Sequence[int], name: str, url: str, context: Mapping[str, Any]) -> HttpResponse:
    """The page of it, or the part that was asked for. `context` says where it came from: back, back_label, on, here."""
    template = "desk/yesterday_list.html"
    if "page" in request.GET:
        template = "desk/_more_rows.html"
    elif asked_by_htmx(request):
        template = "desk/_rows_box.html"
    whole = {"list": _list(request, ids, name, url), "now": timezone.now(), "open_id": 0, **context}
    return page(request, template, whole if template != "desk/_rows_box.html" else {**whole, "oob": True})


def team(request: MemberAsked) -> dict[int, str]:
    """Everybody who works or worked here, by name."""
    people = Membership.objects.filter(merchant=request.merchant).select_related("person")
    return {member.id: member.person.name or member.person.email for member in people}


def _list(request: MemberAsked, ids: Sequence[int], name: str, url: str) -> List:
    first = _number(request.GET.get("page", ""), 1, 999)
    last = first + _number(request.GET.get("pages", ""), 1, _MOST_PAGES) - 1
    rows = conversations.rows_by_id(request.member, ids[(first - 1) * PAGE : last * PAGE])
    after = f"{url}&page={last + 1}" if len(ids) > last * PAGE else ""
    nothing = ("calendar", _("None any more"), _("What stood behind this number has changed since."))
    names = {number: found.split()[0] for number, found in team(request).items() if found.split()}
    return List("mine", name, url, rows, after, count=str(len(ids)), names=names, empty=nothing)


def _number(text: str, otherwise: int, most: int) -> int:
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise
