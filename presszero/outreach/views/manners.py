"""Settings: how we write first, why something was not sent, and addresses that are left alone."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from presszero.core.phones import e164, region_of_zone
from presszero.core.refusal import Refused
from presszero.core.text import one_line
from presszero.remedies.forms import plain
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from ..batches import writing_kinds
from ..explaining import about, lately
from ..laws import LAWS
from ..manners import change, pause
from ..models import Manners, Suppression
from ..regarding import manners_of
from ..suppressing import lift, shown, suppress

HERE = "/settings/writing-first"
_SHOWN = 50  # addresses


@needs(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def manners(request: MemberAsked) -> HttpResponse:
    """GET and POST /settings/writing-first; GET ?who= looks up why somebody got nothing."""
    if request.method != "POST":
        return _show(request)
    try:
        change(request.merchant, request.POST.dict(), request.POST.getlist("prefer"), by=request.member.actor)
    except Refused as no:
        return _show(request, no, 422)
    return HttpResponseRedirect(f"{HERE}?said=saved")


@needs(Role.ADMIN)
@require_POST
def pausing(request: MemberAsked) -> HttpResponse:
    """POST /settings/writing-first/pause: nothing is written first, or again; `on` says which."""
    on = request.POST.get("on") == "1"
    pause(request.merchant, timezone.now() if on else None, by=request.member.actor)
    return HttpResponseRedirect(f"{HERE}?said={'paused' if on else 'resumed'}")


@needs(Role.ADMIN)
@require_POST
def suppressions(request: MemberAsked) -> HttpResponse:
    """POST /settings/writing-first/addresses: one more that is left alone."""
    address = one_line(request.POST.get("address", ""), 320).lower()
    kind = "email" if "@" in address else "phone"
    if kind == "phone":
        address = e164(address, region_of_zone(request.merchant.timezone))
    if len(address) < 4:
        return _show(request, Refused(_("This is no address."), _("Write an e-mail address or a number.")), 422)
    suppress(request.merchant, kind, address, "person", by=request.member.actor)
    return HttpResponseRedirect(f"{HERE}?said=left-alone#addresses")


@needs(Role.ADMIN)
@require_POST
def lifting(request: MemberAsked, suppression_id: int) -> HttpResponse:
    """POST /settings/writing-first/addresses/7/lifting: it may be written to again."""
    row = Suppression.objects.filter(merchant=request.merchant, id=suppression_id).first()
    if row is None:
        raise Http404
    lift(row, by=request.member.actor)
    return HttpResponseRedirect(f"{HERE}?said=lifted#addresses")


def _show(request: MemberAsked, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    merchant, who = request.merchant, one_line(request.GET.get("who", ""), 100)
    row = manners_of(merchant.id)
    standing = Suppression.objects.filter(merchant=merchant, lifted_at=None).order_by("-id")
    context: dict[str, Any] = {
        "row": row,
        "typed": request.POST if refused and "quiet_from" in request.POST else _typed(row, merchant.currency),
        "prefer": list(row.prefer),
        "channels": [*row.prefer, *(kind for kind in writing_kinds() if kind not in row.prefer)],
        "refused": refused,
        "said": request.GET.get("said", ""),
        "who": who,
        "found": about(merchant, who) if who else [],
        "lately": lately(merchant, timezone.now()),
        "standing": [(each, shown(each), _why(each.why)) for each in standing[:_SHOWN]],
        "more": max(standing.count() - _SHOWN, 0),
        "laws": sorted({law.place for law in LAWS if law.place}),
    }
    return page(request, "outreach/manners.html", context, status)


def _typed(row: Manners, currency: str) -> dict[str, str]:
    """The row as the form has it."""
    return {
        "quiet_from": str(row.quiet_from)[:5],
        "quiet_to": str(row.quiet_to)[:5],
        "a_day": str(row.a_day),
        "a_week": str(row.a_week),
        "postal_address": row.postal_address,
        "credit": plain(row.credit, currency),
        "person_from": plain(row.person_from, currency),
    }


def _why(why: str) -> str:
    return {
        "bounce": _("mail came back"),
        "complaint": _("marked us as spam"),
        "wrong": _("somebody else’s now"),
        "person": _("asked for it"),
    }.get(why, why)
