"""The screen for the wall, the lead's page of the same, and a day of waiting as a sheet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from presszero.core.refusal import Refused
from presszero.core.sheets import text_of
from presszero.insights import days
from presszero.routing.wording import reason_called
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import fragment, page

from .. import drawn
from ..arrivals import target_seconds
from ..picture import Picture
from ..waited import KINDS, SLOTS, day_of, same_day_before
from ..watching import now_of, zeros


class NoSuchDay(Refused):
    """Not a date, or one that has not come."""


class NotTheWhole(Refused):
    """Whoever sees some queues only would see sums of what they do not see."""

    status = 403


@needs(Role.READ_ONLY)
@require_GET
def wall(request: MemberAsked) -> HttpResponse:
    """GET /workforce/wall?theme=light: dark unless it is asked for light. A member who only reads may hang it up."""
    light = request.GET.get("theme") == "light"
    return page(request, "workforce/wall.html", {**_today(request), "theme": "light" if light else "dark"})


@needs(Role.READ_ONLY)
@require_GET
def wall_now(request: MemberAsked) -> HttpResponse:
    """GET /workforce/wall/now: what moves on it."""
    return fragment(request, "workforce/wall.html", "now", _today(request))


@needs(Role.LEAD)
@require_GET
def board(request: MemberAsked) -> HttpResponse:
    """GET /workforce/board?day=2026-11-20: the same for a lead's desk, with what they may do; another day's history."""
    return page(request, "workforce/board.html", _board(request))


@needs(Role.LEAD)
@require_GET
def board_now(request: MemberAsked) -> HttpResponse:
    """GET /workforce/board/now: what moves on it."""
    return fragment(request, "workforce/board.html", "now", _board(request))


@needs(Role.LEAD)
@require_GET
def sheet(request: MemberAsked) -> HttpResponse:
    """GET /workforce/waits.csv?day=…: a day's half-hours, calls and chats apart."""
    now, day = timezone.now(), _day(request)
    whole = day_of(_whole(request), day, now)
    head = ["day", "from", "kind", "came", "answered", "in_time", "late", "gave_up", "mean_wait_s"]
    rows = []
    for slot in range(SLOTS):
        for kind in KINDS:
            some = whole.of(kind).at(slot)
            wait = "" if some.mean_wait is None else f"{some.mean_wait:.1f}"
            counts = [len(each) for each in (some.rows, some.answered, some.in_time, some.late, some.gave_up)]
            rows.append([day, f"{slot // 2:02d}:{slot % 2 * 30:02d}", kind, *counts, wait])
    answer = HttpResponse(text_of(head, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="waits-{day}.csv"'
    return answer


def _today(request: MemberAsked) -> dict[str, Any]:
    now, merchant = timezone.now(), _whole(request)
    today = now.astimezone(days.zone_of(merchant.timezone)).date()
    start, end = days.bounds(today, days.zone_of(merchant.timezone))
    whole = day_of(merchant, today, now)
    return {
        "now": now,
        "present": now_of(merchant, now, request.member),
        "today": today,
        "day": today,
        "whole": whole,
        "picture": Picture(whole, now.astimezone(days.zone_of(merchant.timezone))),
        "zeros": zeros(merchant, start, end),
        "target": target_seconds(merchant, KINDS[0]),
        "length_of": drawn.length,
        "share_of": drawn.share,
        "clock_of": drawn.clock,
        "reason_called": reason_called,
        "here": "board",
    }


def _board(request: MemberAsked) -> dict[str, Any]:
    found, merchant, day = _today(request), _whole(request), _day(request)
    zone, now = days.zone_of(merchant.timezone), timezone.now()
    if day != found["today"]:
        start, end = days.bounds(day, zone)
        whole = day_of(merchant, day, now)
        found |= {"day": day, "whole": whole, "picture": Picture(whole, end), "zeros": zeros(merchant, start, end)}
    before = day_of(merchant, same_day_before(day), now)
    return {**found, "before": before, "kinds": [(kind, found["whole"].of(kind)) for kind in KINDS]}


def _whole(request: MemberAsked) -> Any:
    if not request.member.sees_all:
        raise NotTheWhole(
            _("This page adds up the whole shop, and you see some of its queues."), _("Ask an admin for more.")
        )
    return request.merchant


def _day(request: MemberAsked) -> date:
    today = _now_there(request).date()
    asked = request.GET.get("day", "").strip()
    try:
        day = date.fromisoformat(asked) if asked else today
    except ValueError:
        raise NoSuchDay(_("This is not a date."), _("Write it like 2026-11-20.")) from None
    if day > today:
        raise NoSuchDay(_("This day has not come yet."), _("Pick today or one before."))
    return day


def _now_there(request: MemberAsked) -> datetime:
    return timezone.now().astimezone(days.zone_of(request.merchant.timezone))
