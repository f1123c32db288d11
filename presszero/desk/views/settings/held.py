"""What was held back, and reactions that got stuck: why, and what to do."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from presszero.channels.models import Line
from presszero.commerce.models import PayAccount, Store
from presszero.commerce.payments.door import line_id as pay_line
from presszero.conversations.queries.sight import lines_seen
from presszero.fulfilment.carriers.door import line_id as carrier_line
from presszero.fulfilment.models import Carrier
from presszero.intake import hearing
from presszero.intake.quarantine import discard, in_quarantine, raw
from presszero.intake.quarantine import retry as try_again
from presszero.mailroom.models import Quarantine
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.timeline import queries as timeline
from presszero.timeline.models import Parked
from presszero.timeline.reactions import retry as react_again

from ..said import told
from .frame import show


@needs(Role.LEAD)
@require_safe
def quarantine(request: MemberAsked) -> HttpResponse:
    """GET /settings/quarantine"""
    names = dict(Line.objects.filter(merchant=request.merchant).values_list("id", "address"))
    stores = Store.objects.filter(merchant=request.merchant).values_list("id", "address")
    names |= {-number: address for number, address in stores}
    accounts = PayAccount.objects.filter(merchant=request.merchant).values_list("id", "name")
    names |= {pay_line(number): name for number, name in accounts}
    carriers = Carrier.objects.filter(merchant=request.merchant).values_list("id", "name")
    names |= {carrier_line(number): name for number, name in carriers}
    ours = _lines(request)
    rows = [(row, names.get(row.line_id, "")) for row in in_quarantine(request.merchant) if ours(row)]
    return show(request, "quarantine", {"rows": rows})


@needs(Role.LEAD)
@require_safe
def raw_bytes(request: MemberAsked, item_id: int) -> HttpResponse:
    """GET: the bytes as they came, to be saved and never run."""
    response = HttpResponse(raw(_item(request, item_id)), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="held-{item_id}.eml"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response


@needs(Role.LEAD)
@require_http_methods(["POST", "DELETE"])
def item(request: MemberAsked, item_id: int) -> HttpResponse:
    """POST tries it again, DELETE discards it. Either way the raw bytes stay on record."""
    row = _item(request, item_id)
    if request.method == "DELETE":
        discard(row, by=request.member.actor)
        return told(request, _("Discarded. The raw bytes stay on record."))
    try_again(row, by=request.member.actor)
    return told(request, _("Trying again. If it fails, it comes back here."))


@needs(Role.ADMIN)
@require_safe
def reactions(request: MemberAsked) -> HttpResponse:
    """GET /settings/reactions"""
    return show(request, "reactions", {"rows": timeline.parked(request.merchant)})


@needs(Role.ADMIN)
@require_http_methods(["POST"])
def reaction(request: MemberAsked, parked_id: int) -> HttpResponse:
    """POST tries a stuck reaction once more."""
    row = Parked.objects.filter(merchant=request.merchant, id=parked_id, solved_at=None).first()
    if row is None:
        raise Http404
    hearing.register()
    return told(request, _("Solved.") if react_again(row) else _("It failed again."))


def _item(request: MemberAsked, item_id: int) -> Quarantine:
    found = Quarantine.objects.filter(merchant=request.merchant, id=item_id).first()
    if found is None or not _lines(request)(found):
        raise Http404
    return found


def _lines(request: MemberAsked) -> Callable[[Quarantine], bool]:
    """Whether something held back came on a line whose queue the member sees."""
    if request.member.sees_all:
        return lambda row: True
    seen = Line.objects.filter(lines_seen(request.member), merchant=request.merchant)
    ids = set(seen.values_list("id", flat=True))
    return lambda row: row.line_id in ids
