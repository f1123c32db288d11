"""How promises are kept: when one is at risk, how sure a new day must be, and kinds of the merchant's own."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from presszero.audit.actions import record
from presszero.core.refusal import Refused
from presszero.promises.models import Keeping, PromiseKind
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role

from ...forms.promises import KeepingForm, PromiseKindForm, said
from .frame import kept, show

post = require_http_methods(["POST"])
_HERE = "/settings/promises"


@needs(Role.LEAD)
@require_http_methods(["GET", "POST"])
def promises(request: MemberAsked) -> HttpResponse:
    """GET /settings/promises; POST keeps what counts."""
    row = Keeping.objects.filter(merchant=request.merchant).first() or Keeping(merchant=request.merchant)
    form = KeepingForm.of(row, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, PromiseKindForm(None, request.merchant.id), 422 if form.is_bound else 200)
    before, after = said(row), form.put(row)
    row.save()
    record(
        "keeping.save", f"keeping:{row.id}", by=request.member.actor, merchant=request.merchant, before=before,
        after=after,
    )  # fmt: skip
    return HttpResponseRedirect(f"{_HERE}?said=saved")


@needs(Role.LEAD)
@post
def kinds(request: MemberAsked) -> HttpResponse:
    """POST /settings/promises/kinds adds a kind."""
    form = PromiseKindForm(request.POST, request.merchant.id)
    if not form.is_valid():
        now = Keeping.objects.filter(merchant=request.merchant).first() or Keeping(merchant=request.merchant)
        return _show(request, KeepingForm.of(now), form, 422)
    name, by = form.cleaned_data["name"], request.member.actor.code
    row = PromiseKind.objects.create(merchant=request.merchant, name=name, by=by)
    return kept(request, "promise_kind.save", f"promise_kind:{row.id}", {"name": name}, _HERE)


@needs(Role.LEAD)
@post
def kind_retirement(request: MemberAsked, kind_id: int) -> HttpResponse:
    """POST puts a kind away, or brings it back; promises of it stay what they are."""
    row = PromiseKind.objects.filter(merchant=request.merchant, id=kind_id).first()
    if row is None:
        raise Http404
    same = PromiseKind.objects.filter(merchant=request.merchant, name=row.name, off_at=None)
    if row.off_at and same.exists():
        raise Refused(_("There is a kind of this name already."), _("Put that one away first."))
    row.off_at = None if row.off_at else timezone.now()
    row.save(update_fields=["off_at"])
    return kept(request, "promise_kind.retire", f"promise_kind:{row.id}", {"retired": bool(row.off_at)}, _HERE)


def _show(request: MemberAsked, form: KeepingForm, kind: PromiseKindForm, status: int) -> HttpResponse:
    rows = PromiseKind.objects.filter(merchant=request.merchant).order_by("off_at", "name")
    return show(request, "promises", {"form": form, "kind": kind, "rows": rows}, "", status)
