"""The lists, their counts, and search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.conversations.queries import Row
from presszero.conversations.queries.finding import Pieces, find
from presszero.conversations.queries.lists import PAGE
from presszero.conversations.queries.recent import people
from presszero.conversations.queries.typed import has_filters
from presszero.customers.models import Customer
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Membership, Role
from presszero.ui.page import asked_by_htmx, page, text_of

from .. import ordered, promised
from ..marked import beside
from ..rail import first, label
from ..saved import Kept, asked_by, kept

_AT_FIRST = 6  # rows beside a conversation before the rest is fetched
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
    orders: list[ordered.Shown] = field(default_factory=list)
    empty: tuple[str, str, str] = ("inbox", "", "")
    said: dict[int, Pieces] = field(default_factory=dict)  # of what was found, the words around it
    exports: bool = False  # whether all of it can be taken out as a file
    newest: bool = False  # of what was found these are the newest, and there may be more
    brief: bool = False  # only what is seen at first; the page fetches the rest once it stands

    def begin(self) -> None:
        """Beside a conversation the first rows are enough to begin with: the page is half as large."""
        if len(self.rows) > _AT_FIRST and self.url:
            self.rows, self.next, self.brief = self.rows[:_AT_FIRST], "", True


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
    shown = _found(request, name, words) if words.strip() else _page(request, name)
    return {"list": shown, "here": name, "now": timezone.now(), "open_id": 0, "tags": tags_of(request, shown.rows)}


def is_list(request: MemberAsked, name: str) -> bool:
    """Whether a list of this name can be opened by the member."""
    return promised.is_view(name) or kept(request.member, name) is not None


def _page(request: MemberAsked, name: str) -> List:
    saved = kept(request.member, name)
    if saved is None and not promised.is_view(name):
        raise Http404
    asked = request.GET.get("page", "")
    first = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    many = request.GET.get("pages", "")
    last = first + min(int(many), _PAGES) - 1 if many.isascii() and many.isdigit() and len(many) < 3 else first
    found: list[Row] = []
    more = True
    for number in range(first, max(first, last) + 1):
        batch = _batch(request, name, saved, number) if more else []
        found, more = found + batch[:PAGE], len(batch) > PAGE
    url = f"/views/{saved.view.id}/rows" if saved else f"/desk/{name}/rows"
    after = f"{url}?page={max(first, last) + 1}" if more else ""
    alone = request.merchant.alone
    whose = not alone and (saved or name in ("team", "for-you", "waiting", "promises", "snoozed", "resolved", "spam"))
    names = first_names(request) if whose else {}
    if saved:
        takes = saved.filter is not None
        return List(name, saved.view.name, url, found, after, names=names, empty=saved.empty(), exports=takes)
    empty = _EMPTY["waiting" if alone and name == "team" else name]()
    takes = asked_by(request.member, name) is not None
    return List(name, label(name, request.merchant), url, found, after, names=names, empty=empty, exports=takes)


def _batch(request: MemberAsked, name: str, saved: Kept | None, number: int) -> list[Row]:
    if saved:
        return saved.rows(request.member, number)
    return promised.view(request.member, name, page=number)


def tags_of(request: MemberAsked, rows: list[Row]) -> dict[int, list[promised.Tag]]:
    """Beside each row: what we said, what they said of the matter, and our tags."""
    now = timezone.now()
    said = promised.tags(request.merchant.id, rows, now)
    ours = beside(request.merchant.id, [row.id for row in rows])
    first = {row.id: [said[row.id]] if row.id in said else [] for row in rows}
    return {row.id: [*first[row.id], *promised.wish_tags(row, now), *ours.get(row.id, [])] for row in rows}


def _found(request: MemberAsked, name: str, words: str) -> List:
    alone = len(words.strip()) > 2 and not has_filters(words)
    found = find(request.member, words)
    wrong = found.problem or _("Try fewer letters, a part of an address, or another word.")
    if not (found.problem or found.whole):
        wrong = _("Not in the newest conversations. A rarer word, a name or a day finds older ones.")
    return List(
        name,
        _("Found"),
        f"/search?q={quote(words)}&in={name}",
        found.rows,
        words=words,
        names=first_names(request),
        people=[Customer(id=number, name=called) for number, called, _at in people(request.member, words, 5)]
        if alone
        else [],
        orders=_orders(request, words) if alone else [],
        empty=("search", _("Nothing found"), wrong),
        said=found.said,
        newest=not found.whole,
    )


def _orders(request: MemberAsked, words: str) -> list[ordered.Shown]:
    today = timezone.localdate()
    return [ordered.glance(row, [], [], today) for row in ordered.found(request.member, words, 4)]


def first_names(request: MemberAsked) -> dict[int, str]:
    """What each of the team is called, by id."""
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
    "spam": lambda: ("shield", _("No spam"), _("What comes from blocked senders, or is marked with !, stands here.")),
    "resolved": lambda: ("check", _("Nothing resolved yet"), _("Settled conversations stand here, newest first.")),
}
