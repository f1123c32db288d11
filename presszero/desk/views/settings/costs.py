"""What service costs: the merchant's own rates, from a day on, with their history."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.channels.models import Line
from presszero.core.refusal import Refused
from presszero.insights import days, rates
from presszero.insights.models import Cost
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Membership, Role
from presszero.ui.formats import channel_word

from ...forms.costs import Asked, CostsForm
from .frame import show

form_page = require_http_methods(["GET", "POST"])
post = require_http_methods(["POST"])


@needs(Role.ADMIN)
@form_page
def costs(request: MemberAsked) -> HttpResponse:
    """GET /settings/costs; POST keeps every amount that changed, from `since` on."""
    wanted, today = _wanted(request), _today(request)
    form = CostsForm(wanted, request.merchant.currency, request.POST or None, today.replace(day=1))
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, status=422 if form.is_bound else 200)
    try:
        for what, amount in form.changed():
            rates.set_rate(request.merchant, what, amount, form.cleaned_data["since"], by=request.member.actor)
    except Refused as why:
        form.add_error(None, f"{why} {why.next_step}".strip())
        return _show(request, form, status=422)
    return HttpResponseRedirect("/settings/costs?said=saved")


@needs(Role.ADMIN)
@post
def removal(request: MemberAsked, cost_id: int) -> HttpResponse:
    """POST takes a rate away, as if it had never been set."""
    row = Cost.objects.filter(merchant=request.merchant, id=cost_id).select_related("merchant").first()
    if row is None:
        raise Http404
    rates.remove(row, by=request.member.actor)
    return HttpResponseRedirect("/settings/costs?said=saved")


def _show(request: MemberAsked, form: CostsForm, status: int = 200) -> HttpResponse:
    labels = {each.what: each.label for each in form.wanted}
    names = {member.actor.code: member.person.name for member in _people(request, everybody=True)}
    rows = Cost.objects.filter(merchant=request.merchant).order_by("-since", "what")[:200]
    history = [(row, labels.get(row.what) or _called(row, names), names.get(row.by, "Press Zero")) for row in rows]
    return show(request, "costs", {"form": form, "history": history, "currency": request.merchant.currency}, "", status)


def _wanted(request: MemberAsked) -> list[Asked]:
    """An hour, an hour of each person, a contact by each channel that has a line, and a month."""
    known, today = rates.rates_of(request.merchant), _today(request)

    def asked(what: str, label: str, unit: str = "") -> Asked:
        return Asked(what, label, known.on(what, today), unit)

    kinds = Line.objects.filter(merchant=request.merchant).order_by("kind").values_list("kind", flat=True).distinct()
    people = [asked(rates.of_member(each.id), each.person.name) for each in _people(request)]
    return [
        asked(rates.HOUR, _("An hour of work")),
        asked(rates.MONTH, _("A month, whatever happens")),
        *people,
        *(asked(rates.contact(kind), _contact(kind)) for kind in kinds),
    ]


def _contact(kind: str) -> str:
    if kind == "phone":
        return _("A minute on the phone")
    return _("A message by %(channel)s") % {"channel": channel_word(kind)}


def _called(row: Cost, names: dict[str, str]) -> str:
    """Of somebody who left, or a line that is no more."""
    kind, _sep, which = row.what.partition(":")
    return names.get(which, _("Someone who left")) if kind == "hour" else _contact(which)


def _people(request: MemberAsked, everybody: bool = False) -> list[Membership]:
    rows = Membership.objects.filter(merchant=request.merchant).select_related("person").order_by("person__name", "id")
    return list(rows if everybody else rows.filter(left_at=None).exclude(role=Role.READ_ONLY))


def _today(request: MemberAsked) -> date:
    return timezone.now().astimezone(days.zone_of(request.merchant.timezone)).date()
