"""Yesterday, or any day, on one screen; and the conversations behind each of its numbers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.conversations.models import Topic
from presszero.conversations.queries.sight import those_seen
from presszero.core.refusal import Refused
from presszero.insights import days, queries
from presszero.insights.yesterday import Day
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.formats import dated
from presszero.ui.page import page

from ..figures import Screen, label
from .behind import listed, team


class NoSuchDay(Refused):
    """Not a date, or one that has not come."""


@needs(Role.READ_ONLY)
def yesterday(request: MemberAsked) -> HttpResponse:
    """GET /yesterday?day=2026-11-20"""
    now = timezone.now()
    today = _today(request, now)
    day = _day(request, today)
    found = _seen(request, queries.day_of(request.merchant, day, now))
    earlier = [_seen(request, other) for other in queries.before(request.merchant, day, now)]
    screen = Screen(found, earlier, _topics(request), team(request), today, _hours(request, day))
    return page(request, "desk/yesterday.html", {"screen": screen, "day": found, "here": "yesterday", "now": now})


@needs(Role.READ_ONLY)
def behind(request: MemberAsked) -> HttpResponse:
    """GET /yesterday/conversations?day=2026-11-20&what=channel:email, newest first, as the desk's list."""
    now = timezone.now()
    day, what = _day(request, _today(request, now)), request.GET.get("what", "")
    ids, name = _asked_for(request, _seen(request, queries.day_of(request.merchant, day, now)), what)
    url = "/yesterday/conversations?" + urlencode({"day": day.isoformat(), "what": what})
    back = {"back": f"/yesterday?day={day}", "back_label": _("Back to the day"), "here": "yesterday"}
    return listed(request, ids, name, url, {**back, "on": dated(day, "l j F Y")})


def _seen(request: MemberAsked, day: Day) -> Day:
    """The day as the member may see it."""
    return day if request.member.sees_all else day.of(those_seen(request.member, day.everything))


def _asked_for(request: MemberAsked, day: Day, what: str) -> tuple[list[int], str]:
    """The ids behind a number, and what it is called. 404 for no number of this merchant's."""
    name = label(what, _topics(request), team(request), _hours(request, day.day))
    if not name or what.startswith("channel:") and what.partition(":")[2] not in settings.CHANNELS:
        raise Http404
    return day.ids(what), name


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
