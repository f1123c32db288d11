"""The coming week: who is needed, who is there, what one more would do; the roster; what it all rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from presszero.audit.actions import record
from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.core.sheets import text_of
from presszero.insights.days import zone_of
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import arrivals
from ..coming import coming, foretold
from ..drawn import Screen, figure, length, weeks_around
from ..forms import PlanForm, roster_typed
from ..models import Plan
from ..planning import Planned
from ..proposing import Proposed, propose
from ..rostering import Working, from_half_hours, keep, members_of, roster

AHEAD, BACK = 26, 52  # weeks that may be asked for


class NoSuchWeek(Refused):
    """Not a date, or one too far away to say anything about."""


@needs(Role.LEAD)
@require_GET
def staffing(request: MemberAsked) -> HttpResponse:
    """GET /workforce/staffing?week=2026-11-23&kind=call"""
    return _show(request)


@needs(Role.LEAD)
@require_POST
def roster_kept(request: MemberAsked) -> HttpResponse:
    """POST /workforce/roster: `s-7-0` is member 7's Monday; `every` is 1 for every week."""
    monday = _monday(request)
    found, wrong = roster_typed(request.POST, _cells(request, monday))
    if wrong:
        return _show(request, {"wrong": wrong, "typed": request.POST}, 422)
    keep(request.merchant, found, every_week=request.POST.get("every") == "1", by=request.member.actor)
    return _back(request, monday, "roster")


@needs(Role.LEAD)
@require_POST
def plan_kept(request: MemberAsked) -> HttpResponse:
    """POST /workforce/plan: what staffing aims at."""
    form, kind = PlanForm(request.POST), _live_kind(request)
    if not form.is_valid():
        return _show(request, {"form": form}, 422)
    was = PlanForm.of(Plan.objects.filter(merchant=request.merchant, kind=kind).first() or Plan()).initial
    more = {**form.values(), "updated_at": timezone.now()}
    Plan.objects.update_or_create(merchant=request.merchant, kind=kind, defaults=more)
    record(
        "staffing.planned",
        f"plan:{kind}",
        by=request.member.actor,
        merchant=request.merchant,
        before=was,
        after={name: request.POST.get(name, "") for name in form.fields},
    )
    return _back(request, _monday(request), "basis")


@needs(Role.LEAD)
@require_POST
def proposal_taken(request: MemberAsked) -> HttpResponse:
    """POST /workforce/proposal: the proposed shifts become this week's."""
    monday = _monday(request)
    week = coming(request.merchant, _live_kind(request), monday, timezone.now())
    proposed = _proposal(request, week.planned)
    wanted = {
        (member.id, day): from_half_hours(*proposed.shifts[day][member.id]) if member.id in proposed.shifts[day] else []
        for member in members_of(request.merchant)
        for day in proposed.shifts
    }
    keep(request.merchant, wanted, every_week=False, by=request.member.actor)
    return _back(request, monday, "roster")


@needs(Role.LEAD)
@require_GET
def sheet(request: MemberAsked) -> HttpResponse:
    """GET /workforce/staffing.csv?week=…&kind=call: every half-hour of the week."""
    week = coming(request.merchant, _live_kind(request), _monday(request), timezone.now())
    head = ["day", "from", "open", "expected", "came", "on_roster", "needed_erlang_c", "needed_erlang_a"]
    more = ["service_level_erlang_c", "service_level_erlang_a", "mean_wait_s_erlang_a", "p_abandon_erlang_a"]
    rows = []
    for slot in week.planned.slots:
        patient, impatient = slot.with_more(0)
        came = week.came.get(slot.day)
        told = [f"{each:.4f}" for each in (patient.level, impatient.level, impatient.wait, impatient.gives_up)]
        rows.append(
            [slot.day, slot.clock, int(slot.open), f"{slot.expected:.3f}", came[slot.number] if came else ""]
            + [slot.roster, slot.most, slot.least, *(told if slot.counts else [""] * 4)]
        )
    answer = HttpResponse(text_of([*head, *more], rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="staffing-{week.kind}-{week.monday}.csv"'
    return answer


def _show(request: MemberAsked, more: Mapping[str, Any] | None = None, status: int = 200) -> HttpResponse:
    now, kind, monday = timezone.now(), _kind(request), _monday(request)
    whole: dict[str, Any] = {
        "kind": kind,
        "kinds": _kinds(request),
        "monday": monday,
        "around": weeks_around(monday),
        "today": _today(request, now),
        "here": "staffing",
        "said": request.GET.get("said", ""),
        "wrong": {},
        "typed": {},
        "length_of": length,
        "figure_of": figure,
    }
    whole |= _live(request, kind, monday, now) if kind in arrivals.LIVE else _written(request, kind, monday, now)
    return page(request, "workforce/staffing.html", {**whole, **(more or {})}, status)


def _live(request: MemberAsked, kind: str, monday: date, now: datetime) -> dict[str, Any]:
    week = coming(request.merchant, kind, monday, now)
    people = members_of(request.merchant)
    return {
        "week": week,
        "screen": Screen(week),
        "people": people,
        "rows": _rows(request, monday),
        "dates": [monday + timedelta(days=n) for n in range(7)],
        "form": PlanForm.of(week.basis.plan),
        "proposed": _proposal(request, week.planned) if week.planned.slots else None,
        "names": {member.id: member.first_name for member in people},
    }


def _written(request: MemberAsked, kind: str, monday: date, now: datetime) -> dict[str, Any]:
    """What needs no answer at once: how much of it, and the hours it takes where those were measured."""
    dates = [monday + timedelta(days=n) for n in range(7)]
    told = foretold(request.merchant, kind, dates, now, arrivals.week_for(request.merchant, kind))
    takes = arrivals.writing_takes(request.merchant, kind, _today(request, now))
    days = [(day, [float(each) for each in told.mean[n]]) for n, day in enumerate(dates)] if told else []
    return {"written": days, "takes": takes, "most": max((max(row) for _day, row in days), default=0) or 1}


def _rows(request: MemberAsked, monday: date) -> list[tuple[Any, list[tuple[str, date, Working]]]]:
    """Each member, and a cell for each day."""
    shifts, dates = roster(request.merchant, monday), [monday + timedelta(days=n) for n in range(7)]
    return [
        (who, [(_cell(who.id, day), day, shifts.get(who.id, {}).get(day, Working([]))) for day in dates])
        for who in members_of(request.merchant)
    ]


def _cells(request: MemberAsked, monday: date) -> dict[str, tuple[int, date]]:
    return {name: (who.id, day) for who, cells in _rows(request, monday) for name, day, _working in cells}


def _cell(member: int, day: date) -> str:
    return f"s-{member}-{day.weekday()}"


def _proposal(request: MemberAsked, planned: Planned) -> Proposed:
    """So many that both formulas are met half-way."""
    needed = {day: [-(-(s.least + s.most) // 2) for s in slots] for day, slots in planned.days.items()}
    return propose(needed, [member.id for member in members_of(request.merchant)])


def _kinds(request: MemberAsked) -> list[str]:
    """Calls, chats, and every other way there is a line for."""
    lines = Line.objects.filter(merchant=request.merchant).order_by("kind").values_list("kind", flat=True).distinct()
    return [*arrivals.LIVE, *(kind for kind in lines if kind not in ("phone", "chat"))]


def _kind(request: MemberAsked) -> str:
    asked = request.GET.get("kind", "") or request.POST.get("kind", "") or arrivals.LIVE[0]
    if asked not in _kinds(request):
        raise Http404
    return asked


def _live_kind(request: MemberAsked) -> str:
    kind = _kind(request)
    if kind not in arrivals.LIVE:
        raise Http404
    return kind


def _monday(request: MemberAsked) -> date:
    """Of the week asked for; of the coming one where none is."""
    today = _today(request, timezone.now())
    this = today - timedelta(days=today.weekday())
    asked = (request.GET.get("week") or request.POST.get("week") or "").strip()
    if not asked:
        return this if today.weekday() < 2 else this + timedelta(days=7)
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        raise NoSuchWeek(_("This is not a date."), _("Write it like 2026-11-23.")) from None
    if not this - timedelta(weeks=BACK) <= day < this + timedelta(weeks=AHEAD):
        raise NoSuchWeek(_("That week is too far away to plan."), _("Pick one of the coming six months."))
    return day - timedelta(days=day.weekday())


def _today(request: MemberAsked, now: datetime) -> date:
    return now.astimezone(zone_of(request.merchant.timezone)).date()


def _back(request: MemberAsked, monday: date, anchor: str) -> HttpResponse:
    asked = urlencode({"week": monday.isoformat(), "kind": _kind(request), "said": "saved"})
    return HttpResponseRedirect(f"/workforce/staffing?{asked}#{anchor}")
