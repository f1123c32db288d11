"""`/call/<token>`: a number, an hour, what it is about. Whoever is thanked has it on disk and a promise beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from presszero.calls.actions.callbacks import Wish, told
from presszero.calls.actions.wishing import ask_to_be_called
from presszero.calls.dialling import dials_out
from presszero.channels.models import Line
from presszero.core.phones import shown
from presszero.core.refusal import Refused
from presszero.core.text import clean, one_line
from presszero.merchants.policy import is_open
from presszero.routing.queries import main_queue, staffed
from presszero.routing.targets import week
from presszero.team.browser import address_of
from presszero.team.gate import public
from presszero.team.throttle import Limit, network, tries
from presszero.ui.looks import look_of

from ..alone import alone, nothing
from ..form.words import language_of
from .hours import slots

KNOCKS = Limit("call-knocks", 120, timedelta(minutes=15))  # of one network; addresses that lead nowhere count as well
WISHES = Limit("call-wishes", 6, timedelta(hours=1))  # of one network, on all lines
LINE = Limit("call-line", 120, timedelta(hours=1))  # on one line


@dataclass(frozen=True, slots=True)
class Typed:
    """What they filled in, and what is wrong with it."""

    number: str = ""
    when: str = ""  # "" as soon as somebody can; else the beginning of a half-hour, ISO 8601
    name: str = ""
    about: str = ""
    wrong: str = ""
    next_step: str = ""


@public
@require_http_methods(["GET", "HEAD", "POST"])
def ring(request: HttpRequest, token: str) -> HttpResponse:
    """GET draws it; POST keeps their place. 404 for what leads nowhere, and where no call could be made."""
    now = timezone.now()
    if tries(KNOCKS, network(address_of(request)), now) > KNOCKS.most:
        return nothing(
            request, _("Contact"), _("That was tried too often."), _("Wait a quarter of an hour, then try again."), 429
        )
    line = _line(token)
    if line is None:
        return nothing(
            request, _("Contact"), _("This link no longer works"), _("Look on the shop’s page how to reach it."), 404
        )
    with translation.override(language_of(request, line)):
        if not dials_out(line):
            return _page(request, "frontdoor/ring_mute.html", line, _ways(line), 404)
        if request.method == "POST":
            return _wished(request, line, now)
        about = one_line(request.GET.get("at", ""), 80)
        return _drawn(request, line, Typed(about=_("I am at: %(place)s") % {"place": about} if about else ""), now)


@public
@require_safe
def look(request: HttpRequest, token: str) -> HttpResponse:
    """GET /call/<token>/look.css: the brand's colour."""
    line = _line(token)
    return look_of(line.brand.colour if line else "")


def _line(token: str) -> Line | None:
    lines = Line.objects.select_related("brand", "hours", "merchant")
    return lines.filter(token=token, kind="phone", paused_at=None).first()


def _wished(request: HttpRequest, line: Line, now: datetime) -> HttpResponse:
    given = request.POST
    typed = Typed(
        one_line(given.get("number", ""), 40),
        given.get("when", "")[:40],
        one_line(given.get("name", ""), 120),
        clean(given.get("about", ""), 1_000).strip(),
    )
    if tries(WISHES, network(address_of(request)), now) > WISHES.most or tries(LINE, f"{line.id}", now) > LINE.most:
        return nothing(request, _("Contact"), _("That was tried too often."), _("Call us, or wait an hour."), 429)
    offered = {each.isoformat(): each for each in slots(week(main_queue(line.merchant), line), now)}
    wished = offered.get(typed.when)
    if typed.when and wished is None:
        return _again(request, line, typed, _("That hour is gone."), _("Pick another."), now)
    wish = Wish(line, typed.number, wished_from=wished, language=translation.get_language() or "")
    try:
        row = ask_to_be_called(wish, typed.name, typed.about, now)
    except Refused as why:
        return _again(request, line, typed, str(why), why.next_step, now)
    context: dict[str, object] = {
        "when": told(row, now),
        "number": shown(row.number),
        "line_number": shown(line.address),
    }
    return _page(request, "frontdoor/ring_thanks.html", line, context)


def _again(request: HttpRequest, line: Line, typed: Typed, wrong: str, next_step: str, now: datetime) -> HttpResponse:
    again = Typed(typed.number, typed.when, typed.name, typed.about, wrong, next_step)
    return _drawn(request, line, again, now, 422)


def _drawn(request: HttpRequest, line: Line, typed: Typed, now: datetime, status: int = 200) -> HttpResponse:
    queue = main_queue(line.merchant)
    hours = week(queue, line)
    found = list(slots(hours, now))
    days: dict[str, list[datetime]] = {}
    for each in found:
        days.setdefault(each.date().isoformat(), []).append(each)
    context = {
        "typed": typed,
        "days": [(rows[0], rows) for rows in days.values()],
        "there": is_open(hours, now) and bool(staffed(queue, now).ready),
        **_ways(line),
    }
    return _page(request, "frontdoor/ring.html", line, context, status)


def _ways(line: Line) -> dict[str, object]:
    """How to reach us without being called."""
    talks = line.settings.get("driver") == "sip"
    return {"line_number": shown(line.address), "tel": line.address, "talk": talks}


def _page(request: HttpRequest, template: str, line: Line, more: dict[str, object], status: int = 200) -> HttpResponse:
    brand = {"brand": line.brand.name, "token": line.token, "look": f"/call/{line.token}/look.css"}
    return alone(request, template, {**brand, **more}, status)
