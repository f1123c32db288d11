"""Settings: who may give what, in plain words, and what other currencies are worth."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Membership, Role
from presszero.ui.page import page

from ..actions import limits
from ..authority import ROLES
from ..forms import as_typed, limit_values, rate
from ..models import ExchangeRate, Limit, OwnRemedy
from ..owning import PREFIX
from ..policy import ANY, MACHINES
from ..saying import NAMES
from ..table import sentence, what_of, who_of

HERE = "/settings/authority"
_ORDER = {name: n for n, name in enumerate((*ROLES, *MACHINES))}


@needs(Role.ADMIN)
@require_http_methods(["GET", "HEAD"])
def authority(request: MemberAsked) -> HttpResponse:
    """GET /settings/authority: a sentence for each row, under whom it is about."""
    return _show(request)


@needs(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def limit(request: MemberAsked, limit_id: int = 0) -> HttpResponse:
    """GET and POST /settings/authority/limits/7, or …/new?whose=agent"""
    row = _row(request, limit_id) if limit_id else None
    if request.method != "POST":
        return page(request, "remedies/limit.html", _form(request, row))
    form, merchant = request.POST, request.merchant
    try:
        whose = row.member or row.role if row else _whose(request, form.get("whose", ""))
        values = limit_values(form, merchant.currency)
        if row:
            values["worth_from"] = row.worth_from
        limits.set_limit(merchant, whose, row.kind if row else form.get("kind", ANY), values, request.member.actor)
    except Refused as no:
        return page(request, "remedies/limit.html", {**_form(request, row), "refused": no}, 422)
    return HttpResponseRedirect(f"{HERE}?said=saved")


@needs(Role.ADMIN)
@require_POST
def says(request: MemberAsked) -> HttpResponse:
    """POST /settings/authority/sentence: what the form would mean. Changes nothing."""
    form = request.POST
    try:
        values = limit_values(form, request.merchant.currency)
        row = Limit(merchant=request.merchant, currency=request.merchant.currency, **values)
        whose = _whose(request, form.get("whose", ""))
        name = whose.person.name if isinstance(whose, Membership) else who_of(whose)
        context: dict[str, Any] = {"says": sentence(row, name, _what(request, form.get("kind", ANY))), "refused": None}
    except Refused as no:
        context = {"says": "", "refused": no}
    return page(request, "remedies/_limit_says.html", context)


@needs(Role.ADMIN)
@require_POST
def removal(request: MemberAsked, limit_id: int) -> HttpResponse:
    """POST: what is more general counts again."""
    limits.remove_limit(_row(request, limit_id), request.member.actor)
    return HttpResponseRedirect(f"{HERE}?said=removed")


@needs(Role.ADMIN)
@require_POST
def rates(request: MemberAsked) -> HttpResponse:
    """POST /settings/authority/rates: what one of a currency is worth in ours."""
    currency = one_line(request.POST.get("currency", ""), 3).upper()
    try:
        limits.set_rate(request.merchant, currency, rate(request.POST.get("rate", "")), request.member.actor)
    except Refused as no:
        return _show(request, no, 422)
    return HttpResponseRedirect(f"{HERE}?said=rate#rates")


@needs(Role.ADMIN)
@require_POST
def rate_removal(request: MemberAsked, rate_id: int) -> HttpResponse:
    """POST: nobody can say then what it is worth."""
    found = ExchangeRate.objects.filter(merchant=request.merchant, id=rate_id).first()
    if found is None:
        raise Http404
    limits.remove_rate(found, request.member.actor)
    return HttpResponseRedirect(f"{HERE}?said=saved#rates")


def _show(request: MemberAsked, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    rows = Limit.objects.filter(merchant=request.merchant).select_related("member__person")
    names = _own_names(request)
    whose: dict[str, list[tuple[Limit, str]]] = {}
    for row in sorted(rows, key=_place):
        who = row.member.person.name if row.member else who_of(row.role)
        said = sentence(row, who, what_of(row.kind, names.get(row.kind, "")))
        whose.setdefault(who, []).append((row, said))
    context = {
        "whose": [(who, _named(listed[0][0]), listed) for who, listed in whose.items()],
        "rates": list(ExchangeRate.objects.filter(merchant=request.merchant).order_by("currency")),
        "refused": refused,
        "typed": request.POST,
        "said": request.GET.get("said", ""),
    }
    return page(request, "remedies/authority.html", context, status)


def _place(row: Limit) -> tuple[int, str, bool, str, int]:
    """Roles, then people, then machines; what counts for anything before what is particular."""
    rank = 3 if row.member else _ORDER.get(row.role, 9) + (4 if row.role in MACHINES else 0)
    return rank, row.member.person.name if row.member else "", row.kind != ANY, row.kind, row.worth_from or 0


def _named(row: Limit) -> str:
    return f"member:{row.member_id}" if row.member_id else row.role


def _form(request: MemberAsked, row: Limit | None) -> dict[str, Any]:
    posted = request.method == "POST"
    whose = _named(row) if row else (request.POST if posted else request.GET).get("whose", "agent")
    people = Membership.objects.filter(merchant=request.merchant, left_at=None).exclude(role=Role.READ_ONLY)
    named = [
        (f"member:{each.id}", each.person.name) for each in people.select_related("person").order_by("person__name")
    ]
    typed: dict[str, Any] = {name: str(request.POST.get(name, "")) for name in request.POST} if posted else {}
    if row and not posted:
        typed = as_typed(row) | {name: getattr(row, name) for name in ("allowed", "may_pass", "may_grant")}
    kinds = [(ANY, what_of(ANY)), *((str(kind), NAMES[kind]()) for kind in NAMES), *_own_names(request).items()]
    who = next((label for value, label in named if value == whose), "") or who_of(whose)
    kind = row.kind if row else typed.get("kind", ANY)
    return {
        "row": row,
        "whose": whose,
        "who": who,
        "people": [(role, who_of(role)) for role in (*ROLES, *MACHINES)] + named,
        "kinds": kinds,
        "kind": kind,
        "typed": typed if row or posted else {"allowed": True},
        "says": sentence(row, who, _what(request, row.kind)) if row else "",
        "refused": None,
    }


def _what(request: MemberAsked, kind: str) -> str:
    return what_of(kind, _own_names(request).get(kind, "") if kind.startswith(PREFIX) else "")


def _own_names(request: MemberAsked) -> dict[str, str]:
    rows = OwnRemedy.objects.filter(merchant=request.merchant, retired_at=None).order_by("name")
    return {f"{PREFIX}{number}": name for number, name in rows.values_list("id", "name")}


def _whose(request: MemberAsked, said: str) -> str | Membership:
    number = said.removeprefix("member:")
    if number == said:
        return said
    rows = Membership.objects.filter(merchant=request.merchant, left_at=None).select_related("person")
    found = rows.filter(id=int(number) if number.isdecimal() and len(number) < 19 else 0).first()
    if found is None:
        raise Http404
    return found


def _row(request: MemberAsked, limit_id: int) -> Limit:
    found = Limit.objects.filter(merchant=request.merchant, id=limit_id).select_related("member__person").first()
    if found is None:
        raise Http404
    return found
