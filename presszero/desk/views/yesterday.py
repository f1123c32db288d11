"""Yesterday, or any day, on one screen; and the conversations behind each of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from presszero.conversations import queries as conversations
from presszero.conversations.models import Topic
from presszero.conversations.queries.lists import PAGE
from presszero.core.refusal import Refused
from presszero.insights import days, queries
from presszero.insights.yesterday import Day
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Membership, Role
from presszero.ui.page import asked_by_htmx, page

from ..figures import Screen, label
from .lists import List

_MOST_PAGES = 20  # how many pages a live list keeps fresh at once


class NoSuchDay(Refused):
    """Not a date, or one that has not come."""


@needs(Role.READ_ONLY)
def yesterday(request: MemberAsked) -> HttpResponse:
    """GET /yesterday?day=2026-11-20"""
    now = timezone.now()
    today = _today(request, now)
    day = _day(request, today)
    found = queries.day_of(request.merchant, day, now)
    earlier = queries.before(request.merchant, day, now)
    screen = Screen(found, earlier, _topics(request), _team(request), today, _hours(request, day))
    return page(request, "desk/yesterday.html", {"screen": screen, "day": found, "here": "yesterday", "now": now})


@needs(Role.READ_ONLY)
def behind(request: MemberAsked) -> HttpResponse:
    """GET /yesterday/conversations?day=2026-11-20&what=channel:email, newest first, as the desk's list."""
    now = timezone.now()
    day, what = _day(request, _today(request, now)), request.GET.get("what", "")
    ids, name = _asked_for(request, queries.day_of(request.merchant, day, now), what)
    url = "/yesterday/conversations?" + urlencode({"day": day.isoformat(), "what": what})
    shown = _list(request, ids, name, url)
    template = "desk/yesterday_list.html"
    if "page" in request.GET:
        template = "desk/_more_rows.html"
    elif asked_by_htmx(request):
        template = "desk/_rows_box.html"
    context = {
        "list": shown,
        "day": day,
        "on": date_format(day, "l j F Y"),
        "here": "yesterday",
        "now": now,
        "open_id": 0,
    }
    return page(request, template, context if template != "desk/_rows_box.html" else {**context, "oob": True})


def _asked_for(request: MemberAsked, day: Day, what: str) -> tuple[list[int], str]:
    """The ids behind a number, and what it is called. 404 for no number of this merchant's."""
    name = label(what, _topics(request), _team(request), _hours(request, day.day))
    if not name or what.startswith("channel:") and what.partition(":")[2] not in settings.CHANNELS:
        raise Http404
    return day.ids(what), name


def _list(request: MemberAsked, ids: Sequence[int], name: str, url: str) -> List:
    first = _number(request.GET.get("page", ""), 1, 999)
    last = first + _number(request.GET.get("pages", ""), 1, _MOST_PAGES) - 1
    rows = conversations.rows_by_id(request.member, ids[(first - 1) * PAGE : last * PAGE])
    after = f"{url}&page={last + 1}" if len(ids) > last * PAGE else ""
    nothing = ("calendar", _("None any more"), _("What stood behind this number has changed since."))
    names = {number: found.split()[0] for number, found in _team(request).items() if found.split()}
    return List("mine", name, url, rows, after, count=str(len(ids)), names=names, empty=nothing)


def _hours(request: MemberAsked, day: date) -> list[str]:
    return days.hours(day, days.zone_of(request.merchant.timezone))


def _today(request: MemberAsked, now: datetime) -> date:
    return now.astimezone(days.zone_of(request.merchant.timezone)).date()


def _day(request: MemberAsked, today: date) -> date:
    """The day asked for; yesterday where none is."""
    asked = request.GET.get("day", "").strip()
    if not asked:
        return today - timedelta(days=1)
    try:
        found = date.fromisoformat(asked)
    except ValueError:
        raise NoSuchDay(_("This is not a day."), _("Write it like 2026-11-20.")) from None
    if found > today:
        raise NoSuchDay(_("This day has not come yet."), _("Pick today or one before."))
    if found.year < 2000:
        raise NoSuchDay(_("Nobody wrote here that long ago."), _("Pick a later day."))
    return found


def _topics(request: MemberAsked) -> dict[int, str]:
    return dict(Topic.objects.filter(merchant=request.merchant).values_list("id", "name"))


def _team(request: MemberAsked) -> dict[int, str]:
    """Everybody who works or worked here, by name."""
    people = Membership.objects.filter(merchant=request.merchant).select_related("person")
    return {member.id: member.person.name or member.person.email for member in people}


def _number(text: str, otherwise: int, most: int) -> int:
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise
