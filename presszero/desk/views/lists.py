"""The lists, their counts, and search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.conversations import queries
from presszero.conversations.queries import Row
from presszero.conversations.queries.lists import PAGE
from presszero.customers import queries as customers
from presszero.customers.models import Customer
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Membership, Role
from presszero.ui.page import asked_by_htmx, page, text_of

from .. import promised
from ..rail import first, label

_PAGES = 6  # how many pages a live list keeps fresh at once


@dataclass
class List:
    """A list as the column shows it. `names`: member id → first name, where whose it is matters."""

    name: str
    label: str
    url: str  # fetches the rows again
    rows: list[Row]
    next: str = ""
    count: str = ""
    words: str = ""
    names: dict[int, str] = field(default_factory=dict)
    people: list[Customer] = field(default_factory=list)
    empty: tuple[str, str, str] = ("inbox", "", "")


@needs(Role.READ_ONLY)
def start(request: MemberAsked) -> HttpResponse:
    """GET /"""
    return HttpResponseRedirect(f"/desk/{first(request.merchant)}")


@needs(Role.READ_ONLY)
def view(request: MemberAsked, name: str) -> HttpResponse:
    """GET /desk/<view>"""
    return page(request, "desk/list.html", {**in_list(request, name, ""), "open_id": 0})


@needs(Role.READ_ONLY)
def rows(request: MemberAsked, name: str) -> HttpResponse:
    """GET /desk/<view>/rows: the rows alone, to be morphed in; ?page=2 is what follows the first fifty.

    With ?counts=1 the rail comes along: a page that is nudged about both asks once.
    """
    shown = in_list(request, name, "")
    if "page" in request.GET:
        return page(request, "desk/_more_rows.html", shown)
    response = page(request, "desk/_rows_box.html", {**shown, "oob": True})
    if "counts" in request.GET:
        here = request.headers.get("X-View", name)
        response.write(text_of(request, "desk/_rail.html", {"here": here, "oob": True}))
    return response


@needs(Role.READ_ONLY)
def search(request: MemberAsked) -> HttpResponse:
    """GET /search?q="""
    words = request.GET.get("q", "")
    if asked_by_htmx(request):
        return page(request, "desk/_rows_box.html", in_list(request, request.GET.get("in", "mine"), words))
    return page(request, "desk/list.html", {**in_list(request, "mine", words), "open_id": 0})


@needs(Role.READ_ONLY)
def counts(request: MemberAsked) -> HttpResponse:
    """GET /desk/counts: the rail, to be morphed in."""
    return HttpResponse(text_of(request, "desk/_rail.html", {"here": request.GET.get("here", ""), "oob": True}))


def in_list(request: MemberAsked, name: str, words: str) -> dict[str, Any]:
    """What a page with the list column needs: a view, or the results for some words."""
    name = name if promised.is_view(name) else ""
    if not name:
        raise Http404
    shown = _found(request, name, words) if words.strip() else _page(request, name)
    return {"list": shown, "here": name, "now": timezone.now(), "open_id": 0, "tags": _tags(request, shown.rows)}


def _page(request: MemberAsked, name: str) -> List:
    asked = request.GET.get("page", "")
    first = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    many = request.GET.get("pages", "")
    last = first + min(int(many), _PAGES) - 1 if many.isascii() and many.isdigit() and len(many) < 3 else first
    found: list[Row] = []
    more = True
    for number in range(first, max(first, last) + 1):
        batch = promised.view(request.member, name, page=number) if more else []
        found, more = found + batch[:PAGE], len(batch) > PAGE
    after = f"/desk/{name}/rows?page={max(first, last) + 1}" if more else ""
    alone = request.merchant.alone
    whose = not alone and name in ("team", "for-you", "waiting", "promises", "snoozed", "resolved")
    empty = _EMPTY["waiting" if alone and name == "team" else name]()
    shown = label(name, request.merchant)
    return List(name, shown, f"/desk/{name}/rows", found, after, names=_names(request) if whose else {}, empty=empty)


def _tags(request: MemberAsked, rows: list[Row]) -> dict[int, list[promised.Tag]]:
    """Beside each row: what they said of the matter, and what we said."""
    now = timezone.now()
    said = promised.tags(request.merchant.id, rows, now)
    return {row.id: [*([said[row.id]] if row.id in said else []), *promised.wish_tags(row, now)] for row in rows}


def _found(request: MemberAsked, name: str, words: str) -> List:
    people = list(customers.find(request.merchant, words, 5)) if len(words.strip()) > 2 else []
    return List(
        name,
        _("Found"),
        f"/search?q={quote(words)}&in={name}",
        queries.search(request.member, words),
        words=words,
        names=_names(request),
        people=people,
        empty=("search", _("Nothing found"), _("Try fewer letters, a part of an address, or another word.")),
    )


def _names(request: MemberAsked) -> dict[int, str]:
    team = Membership.objects.filter(merchant=request.merchant, left_at=None).select_related("person")
    return {member.id: member.first_name for member in team}


_EMPTY: dict[str, Callable[[], tuple[str, str, str]]] = {
    "mine": lambda: ("inbox", _("Nothing waits for you"), _("What you answer or take becomes yours and stands here.")),
    "for-you": lambda: (
        "bell",
        _("Nobody asks for you"),
        _("Where a colleague names you with @, or what you follow moves on, it stands here."),
    ),
    "waiting": lambda: ("clock", _("Nobody waits"), _("Every customer has an answer. Enjoy the quiet.")),
    "promises": lambda: ("flag", _("Nothing is promised"), _("What we said we would do, and by when, stands here.")),
    "unassigned": lambda: ("plus", _("All taken"), _("New conversations that nobody has yet stand here.")),
    "team": lambda: ("people", _("Nothing is open"), _("Everything your team was asked is settled.")),
    "snoozed": lambda: ("snooze", _("Nothing is put aside"), _("Press S in a conversation to see it again later.")),
    "resolved": lambda: ("check", _("Nothing resolved yet"), _("Settled conversations stand here, newest first.")),
}
