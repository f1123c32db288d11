"""What service gives back: a month on one page, the conversations behind its numbers, and its letter. For leads."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from presszero.conversations.models import Topic
from presszero.core.refusal import Refused
from presszero.insights import days, letters, rates
from presszero.insights.gathering import has_orders, month_of
from presszero.insights.service import Month
from presszero.insights.telling import Screen, lines
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .behind import listed


class NoSuchMonth(Refused):
    """Not a month, or one that has not come."""


class NotTheWhole(Refused):
    """Whoever sees some queues only would see sums of what they do not see."""

    status = 403


@needs(Role.LEAD)
@require_GET
def service(request: MemberAsked) -> HttpResponse:
    """GET /insights/service?month=2026-10"""
    screen = _screen(request)
    return page(
        request,
        "desk/service.html",
        {
            "screen": screen,
            "month": screen.month,
            "table": lines(screen),
            "has_rates": rates.rates_of(request.merchant).has_hours,
            "has_orders": has_orders(request.merchant),
            "may_set": request.member.role == Role.ADMIN,
            "gets_letter": letters.wants(request.member),
            "said": request.GET.get("said", ""),
            "here": "service",
        },
    )


@needs(Role.LEAD)
@require_GET
def behind(request: MemberAsked) -> HttpResponse:
    """GET /insights/service/conversations?month=2026-10&what=bought:30, newest first, as the desk's list."""
    screen, what = _screen(request), request.GET.get("what", "")
    name = screen.called(what)
    if not name or what.startswith(("labour:", "contact:")) and what.partition(":")[2] not in settings.CHANNELS:
        raise Http404
    url = "/insights/service/conversations?" + urlencode({"month": f"{screen.month.first:%Y-%m}", "what": what})
    back = {"back": screen.address, "back_label": _("Back to the month"), "here": "service"}
    return listed(request, screen.month.ids(what), name, url, {**back, "on": screen.title})


@needs(Role.ADMIN)
@require_POST
def letter(request: MemberAsked) -> HttpResponse:
    """POST `wanted` to /insights/letter: the monthly letter to oneself, or none."""
    letters.want(request.member, request.POST.get("wanted") == "1")
    return HttpResponseRedirect("/insights/service?said=letter#letter")


def _screen(request: MemberAsked) -> Screen:
    if not request.member.sees_all:
        raise NotTheWhole(
            _("This page adds up the whole shop, and you see some of its queues."), _("Ask an admin for more.")
        )
    now = timezone.now()
    today = now.astimezone(days.zone_of(request.merchant.timezone)).date()
    topics = dict(Topic.objects.filter(merchant=request.merchant).values_list("id", "name"))
    return Screen(_month(request, today, now), topics, today, request.merchant.id)


def _month(request: MemberAsked, today: date, now: datetime) -> Month:
    """The month asked for; the present one where none is."""
    asked = request.GET.get("month", "").strip() or f"{today:%Y-%m}"
    try:
        first = datetime.strptime(asked, "%Y-%m").date()
    except ValueError:
        raise NoSuchMonth(_("This is not a month."), _("Write it like 2026-11.")) from None
    if first > today:
        raise NoSuchMonth(_("This month has not come yet."), _("Pick this one or one before."))
    if first.year < 2000:
        raise NoSuchMonth(_("Nobody wrote here that long ago."), _("Pick a later month."))
    return month_of(request.merchant, first, now)
