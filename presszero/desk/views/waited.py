"""The conversations behind a number of the wallboard."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from presszero.conversations.queries.sight import those_seen
from presszero.insights.days import zone_of
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.formats import dated
from presszero.workforce.waited import behind

from .behind import listed


@needs(Role.READ_ONLY)
@require_GET
def waited(request: MemberAsked) -> HttpResponse:
    """GET /workforce/conversations?what=gave-up:call&day=2026-11-20, newest first, as the desk's list."""
    now, what = timezone.now(), request.GET.get("what", "")
    today = now.astimezone(zone_of(request.merchant.timezone)).date()
    try:
        day = date.fromisoformat(request.GET.get("day", "") or today.isoformat())
    except ValueError:
        raise Http404 from None
    found, name = behind(request.merchant, what, day, now), _called(what)
    if found is None or not name:
        raise Http404
    ids = found if request.member.sees_all else [each for each in found if each in those_seen(request.member, found)]
    url = "/workforce/conversations?" + urlencode({"what": what, "day": day.isoformat()})
    back = {"back": f"/workforce/board?day={day}", "back_label": _("Back to who waits"), "here": "board"}
    return listed(request, ids, name, url, {**back, "on": dated(day, "l j F Y")})


def _called(what: str) -> str:
    """What the number is called; empty where there is none."""
    return {
        "waiting": _("Wait now"),
        "talking": _("Talk now"),
        "menu": _("In the menu"),
        "zero": _("Pressed 0"),
        "came": _("Waited for a person"),
        "answered": _("Answered"),
        "in-time": _("Answered in time"),
        "late": _("Answered late"),
        "gave-up": _("Gave up"),
    }.get(what.partition(":")[0], "")
