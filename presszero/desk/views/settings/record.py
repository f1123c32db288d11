"""The record: who did what, when, and what was there before."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from presszero.audit.actions import record as keep
from presszero.audit.queries import PAGE, Wanted, chain_of, kinds, recorded
from presszero.core.sheets import text_of
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Membership, Role
from presszero.ui.page import page

from ...recorded import kind_name, lines
from .frame import show

_MOST = 50_000  # rows of one export


@needs(Role.ADMIN)
@require_safe
def record(request: MemberAsked) -> HttpResponse:
    """GET /settings/record?who=&kind=&from=&to=&before= , newest first."""
    rows = recorded(request.merchant, _wanted(request))
    before = request.GET.get("before", "")
    if before:
        rows = rows.filter(id__lt=_number(before))
    found, names = list(rows[: PAGE + 1]), _names(request)
    asked = {name: request.GET.get(name, "") for name in ("who", "kind", "from", "to")}
    kept = {name: value for name, value in asked.items() if value}
    context = {
        "lines": lines(found[:PAGE], names),
        "people": [(f"member:{number}", name) for number, name in sorted(names.items(), key=lambda each: each[1])],
        "kinds": [(kind, kind_name(kind)) for kind in kinds(request.merchant)],
        "asked": asked,
        "older": "?" + urlencode({**kept, "before": found[PAGE - 1].id}) if len(found) > PAGE else "",
        "export": "/settings/record.csv?" + urlencode(kept),
    }
    return show(request, "record", context)


@needs(Role.ADMIN)
@require_safe
def chain(request: MemberAsked) -> HttpResponse:
    """GET /settings/record/chain: whether it is whole, looked at now."""
    return page(request, "desk/settings/_chain.html", {"chain": chain_of(request.merchant)})


@needs(Role.ADMIN)
@require_safe
def sheet(request: MemberAsked) -> HttpResponse:
    """GET /settings/record.csv: the same rows for a spreadsheet, which runs nothing of them. Exporting is on record."""
    wanted, names = _wanted(request), _names(request)
    header = ("at", "who", "what", "subject", "before", "after", "why", "chain")
    rows = list(recorded(request.merchant, wanted)[:_MOST])
    body = (
        (
            row.at.isoformat(timespec="seconds"),
            line.who,
            line.sentence,
            row.subject,
            "; ".join(f"{c.name}: {c.before}" for c in line.changes if c.before),
            "; ".join(f"{c.name}: {c.after}" for c in line.changes if c.after),
            row.why,
            row.chain,
        )
        for row, line in zip(rows, lines(rows, names), strict=True)
    )
    response = HttpResponse(text_of(header, body), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="record-{timezone.localdate()}.csv"'
    response["Cache-Control"] = "no-store"
    after = {"rows": len(rows)}
    keep("record.export", "record:all", by=request.member.actor, merchant=request.merchant, after=after)
    return response


def _wanted(request: MemberAsked) -> Wanted:
    until = _day(request.GET.get("to", ""))
    return Wanted(
        request.GET.get("who", "")[:40],
        request.GET.get("kind", "")[:40],
        _day(request.GET.get("from", "")),
        until + timedelta(days=1) if until else None,
    )


def _day(text: str) -> datetime | None:
    """The beginning of a day, where the reader is. 404 for no day."""
    if not text:
        return None
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(text), time()))
    except (ValueError, OverflowError):
        raise Http404 from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise Http404
    return int(text)


def _names(request: MemberAsked) -> dict[int, str]:
    rows = Membership.objects.filter(merchant=request.merchant).select_related("person")
    return {member.id: member.person.name or member.person.email for member in rows}
