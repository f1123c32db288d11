"""Help in five minutes: who had a person in time, and who gave up. For whoever leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from presszero.channels.models import Line
from presszero.conversations.queries.sight import those_seen
from presszero.insights.days import bounds, zone_of
from presszero.routing.models import Queue
from presszero.routing.reporting import Helped, behind, report
from presszero.routing.wording import customers_called, lasts
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.formats import dated
from presszero.ui.page import page

from .behind import listed

HERE = "/insights/help"
SPANS = (7, 30, 90)  # days


@dataclass(frozen=True)
class Span:
    """Some days up to today, as the merchant lives them."""

    days: int
    first: date
    last: date
    start: datetime
    end: datetime

    def url(self, what: str, by: str = "", value: str = "") -> str:
        """The conversations behind a number."""
        asked = {"what": what, "by": by, "value": value, "days": str(self.days)}
        return f"{HERE}/conversations?" + urlencode({name: said for name, said in asked.items() if said})


@dataclass(frozen=True)
class Row:
    """One line of a drawing. Sizes in percent."""

    label: str
    value: str
    part: Helped
    share: str  # "82 %", or "–"
    in_time: int
    late: int
    lost: str  # what was left in carts; "" for nothing


@needs(Role.LEAD)
@require_GET
def helped(request: MemberAsked) -> HttpResponse:
    """GET /insights/help?days=30"""
    span = _span(request)
    found = report(request.merchant, span.start, span.end)
    names = _names(request)
    parts = {by: _drawn(names.get(by, {}), rows) for by, rows in found.parts.items() if by != "day"}
    context = {
        "here": "helped",
        "span": span,
        "spans": SPANS,
        "whole": _row("", "", found.whole),
        "median": lasts(found.whole.median) if found.whole.median is not None else "–",
        "parts": [
            (by, name, parts[by])
            for by, name in (
                ("kind", _("By channel")),
                ("queue", _("By queue")),
                ("customers", _("By kind of customer")),
                ("line", _("By line")),
            )
        ],
        "days": _days(span, found.parts["day"]),
    }
    return page(request, "desk/helped.html", context)


@needs(Role.LEAD)
@require_GET
def conversations(request: MemberAsked) -> HttpResponse:
    """GET /insights/help/conversations?what=gave-up&by=queue&value=3&days=30, as the desk's list."""
    span, said = _span(request), request.GET
    what, by, value = said.get("what", ""), said.get("by", ""), said.get("value", "")
    found = behind(request.merchant, what, by, value, (span.start, span.end))
    if found is None:
        raise Http404
    ids = found if request.member.sees_all else [each for each in found if each in those_seen(request.member, found)]
    names = {"came": _("Waited for a person"), "in-time": _("Answered in time"), "late": _("Answered late")}
    name = names.get(what, _("Gave up"))
    back = {"back": f"{HERE}?days={span.days}", "back_label": _("Back to help in five minutes"), "here": "helped"}
    on = ngettext("the last %(n)d day", "the last %(n)d days", span.days) % {"n": span.days}
    return listed(request, ids, name, span.url(what, by, value), {**back, "on": on})


def _span(request: MemberAsked) -> Span:
    said = request.GET.get("days", "")
    days = int(said) if said in {str(each) for each in SPANS} else 30
    zone = zone_of(request.merchant.timezone)
    last = timezone.now().astimezone(zone).date()
    first = last - timedelta(days=days - 1)
    return Span(days, first, last, bounds(first, zone)[0], bounds(last, zone)[1])


def _names(request: MemberAsked) -> dict[str, dict[str, str]]:
    """What the values of the report are called."""
    queues = Queue.objects.filter(merchant=request.merchant).values_list("id", "name")
    lines = Line.objects.filter(merchant=request.merchant).values_list("id", "name")
    return {
        "kind": {"call": _("Phone"), "chat": _("Chat")},
        "queue": {str(number): name for number, name in queues},
        "line": {str(number): name for number, name in lines},
        "customers": {kind: customers_called(kind) for kind in ("new", "returning", "waiting_order", "all")},
    }


def _drawn(names: Mapping[str, str], rows: Mapping[str, Helped]) -> list[Row]:
    """The most frequent first."""
    found = [_row(names.get(value, _("Without a line")), value, part) for value, part in rows.items()]
    return sorted(found, key=lambda row: (-row.part.came, row.label))


def _row(label: str, value: str, part: Helped) -> Row:
    over = part.in_time + part.late + part.gave_up
    share = f"{round(part.share * 100)} %" if part.share is not None else "–"
    lost = " + ".join(each.says(get_language() or "en") for each in part.lost)
    sizes = [round(100 * count / over) if over else 0 for count in (part.in_time, part.late)]
    return Row(label, value, part, share, sizes[0], sizes[1], lost)


def _days(span: Span, rows: Mapping[str, Helped]) -> list[tuple[Row, str]]:
    """Every day with its short name; where there are many, only some are named."""
    every = {7: 1, 30: 5, 90: 14}[span.days]
    found = []
    for n in range(span.days):
        day = span.first + timedelta(days=n)
        row = _row(dated(day, "l j F"), day.isoformat(), rows.get(day.isoformat(), Helped()))
        found.append((row, dated(day, "j M") if (span.days - 1 - n) % every == 0 else ""))
    return found
