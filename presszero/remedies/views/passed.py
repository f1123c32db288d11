"""Settings: how often each rule was passed, and the limits that should change."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from presszero.core.money import Money
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ..actions.limits import set_limit
from ..models import OwnRemedy
from ..owning import PREFIX
from ..policy import ANY
from ..proposing import SINCE, Counted, Proposal, exceptions_by_rule, proposals
from ..table import RULES, what_of, who_of
from ..wording import says


@dataclass(frozen=True, slots=True)
class Line:
    """One rule as it is drawn. `wide`: of the longest, in percent."""

    who: str
    what: str
    rule: str
    counted: Counted
    wide: int


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal in words, and the name it is adopted by."""

    line: Line
    name: str
    now: str
    then: str


@needs(Role.ADMIN)
@require_http_methods(["GET", "HEAD"])
def exceptions(request: MemberAsked) -> HttpResponse:
    """GET /settings/exceptions: counted by rule over the last 30 days, and what is proposed."""
    names = _own_names(request)
    counted = exceptions_by_rule(request.merchant, timezone.now() - SINCE)
    most = max((each.times for each in counted), default=1)
    context = {
        "lines": [_line(each, most, names) for each in counted],
        "changes": [_change(request, each, names) for each in proposals(request.merchant)],
        "said": request.GET.get("said", ""),
    }
    return page(request, "remedies/exceptions.html", context)


@needs(Role.ADMIN)
@require_POST
def adoptions(request: MemberAsked) -> HttpResponse:
    """POST with `name`: the proposed limit counts from now on. 404 where it is proposed no more."""
    found = next((each for each in proposals(request.merchant) if _name(each) == request.POST.get("name")), None)
    if found is None:
        raise Http404
    whose, kind = found.counted.whose, found.counted.kind
    set_limit(request.merchant, whose, kind, {found.column: found.then}, request.member.actor)
    return HttpResponseRedirect("/settings/exceptions?said=adopted")


def _line(each: Counted, most: int, names: dict[str, str]) -> Line:
    who = _("One person’s own limit") if each.whose == "member" else who_of(each.whose)
    what = what_of(each.kind or ANY, names.get(each.kind, ""))
    rule = RULES[each.rule]() if each.rule in RULES else each.rule
    return Line(who, what, rule, each, max(2, each.times * 100 // most))


def _change(request: MemberAsked, each: Proposal, names: dict[str, str]) -> Change:
    currency = request.merchant.currency

    def words(value: int) -> str:
        return f"{value} %" if each.column == "share" else says(Money(value, currency))

    return Change(_line(each.counted, each.counted.times, names), _name(each), words(each.now), words(each.then))


def _name(each: Proposal) -> str:
    return f"{each.counted.rule}:{each.counted.kind}:{each.counted.whose}:{each.then}"


def _own_names(request: MemberAsked) -> dict[str, str]:
    rows = OwnRemedy.objects.filter(merchant=request.merchant)
    return {f"{PREFIX}{number}": name for number, name in rows.values_list("id", "name")}
