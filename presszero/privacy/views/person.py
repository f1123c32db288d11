"""A person's own records: their copy, their erasure, and what must not go. For leads."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from presszero.channels.models import Entry
from presszero.conversations.models import Message
from presszero.conversations.queries.sight import customers_seen, sees_entry
from presszero.core.refusal import Refused
from presszero.customers.models import Customer
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import asked_by_htmx, page

from .. import actions, duty, exporting, forms, queries
from ..erasing.steps import STEPS
from ..models import Erasure, LegalHold, SubjectExport
from ..redacting import redact


@needs(Role.LEAD)
@require_GET
def privacy(request: MemberAsked, number: int) -> HttpResponse:
    """GET /customers/7/privacy: what was asked, what is under way, what can be done."""
    return _show(request, _customer(request, number))


@needs(Role.LEAD)
@require_POST
def copies(request: MemberAsked, number: int) -> HttpResponse:
    """POST: their own copy of everything."""
    row, form = _customer(request, number), forms.Asked(request.POST)
    if not form.is_valid():
        return _show(request, row, copy=form, status=422)
    try:
        exporting.export(row, _asked(form), with_notes=form.cleaned_data["with_notes"], by=request.member.actor)
    except Refused as refused:
        return _show(request, row, copy=form, refused=refused, status=422)
    duty.wake()
    return HttpResponseRedirect(f"/customers/{row.id}/privacy?said=copy")


@needs(Role.LEAD)
@require_POST
def erasure(request: MemberAsked, number: int) -> HttpResponse:
    """POST: erase them, a day from now or at once."""
    row, form = _customer(request, number), forms.Asked(request.POST)
    if not form.is_valid():
        return _show(request, row, erase=form, status=422)
    try:
        at_once = form.cleaned_data["at_once"]
        actions.erase(row, _asked(form), by=request.member.actor, at_once=at_once)
    except Refused as refused:
        return _show(request, row, erase=form, refused=refused, status=422)
    duty.wake()
    return HttpResponseRedirect(f"/customers/{row.id}/privacy?said=erase")


@needs(Role.LEAD)
@require_POST
def hold(request: MemberAsked, number: int) -> HttpResponse:
    """POST with `why`: nothing of them goes."""
    row = _customer(request, number)
    try:
        actions.hold(row, request.POST.get("why", ""), by=request.member.actor)
    except Refused as refused:
        return _show(request, row, refused=refused, status=422)
    return HttpResponseRedirect(f"/customers/{row.id}/privacy?said=hold")


@needs(Role.LEAD)
@require_POST
def hold_end(request: MemberAsked, hold_id: int) -> HttpResponse:
    """POST lifts a hold."""
    found = get_object_or_404(LegalHold, merchant=request.merchant, id=hold_id)
    row = _customer(request, found.customer_id)
    actions.lift(found, by=request.member.actor)
    return HttpResponseRedirect(f"/customers/{row.id}/privacy?said=lifted")


@needs(Role.LEAD)
@require_POST
def withdrawal(request: MemberAsked, erasure_id: int) -> HttpResponse:
    """POST calls an erasure off that has not begun."""
    found = get_object_or_404(Erasure, merchant=request.merchant, id=erasure_id)
    row = _customer(request, found.customer_id)
    try:
        actions.call_off(found, by=request.member.actor)
    except Refused as refused:
        return _show(request, row, refused=refused, status=422)
    return HttpResponseRedirect(f"/customers/{row.id}/privacy?said=called_off")


@needs(Role.LEAD)
@require_GET
def copy_file(request: MemberAsked, copy_id: int) -> FileResponse:
    """GET the ZIP, while it lies ready. That it was taken is written down."""
    found = get_object_or_404(SubjectExport, merchant=request.merchant, id=copy_id)
    _customer(request, found.customer_id)
    if not found.storage_key:
        raise Http404
    exporting.taken(found, by=request.member.actor)
    file = default_storage.open(found.storage_key)
    answer = FileResponse(file, as_attachment=True, filename=f"copy-{found.id}.zip", content_type="application/zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@needs(Role.AGENT)
@require_POST
def redaction(request: MemberAsked, entry_id: int) -> HttpResponse:
    """POST takes passwords and keys out of a message the member may see, and goes back to it."""
    found = get_object_or_404(Entry, merchant=request.merchant, id=entry_id)
    if not request.member.sees_all and not sees_entry(request.member, found):
        raise Http404
    redact(found, by=request.member.actor)
    if asked_by_htmx(request):
        answer = HttpResponse(status=204)
        answer.headers["HX-Refresh"] = "true"
        return answer
    place = Message.objects.filter(merchant=request.merchant, entry=found).first()
    return HttpResponseRedirect(f"/conversations/{place.conversation_id}" if place else "/")


def _customer(request: MemberAsked, number: int) -> Customer:
    """As they are today; 404 where the member sees nothing of what they ever wrote."""
    found = get_object_or_404(Customer, merchant=request.merchant, id=number)
    rows = Customer.objects.filter(merchant=request.merchant, id=found.now_id)
    seen = rows if request.member.sees_all else rows.filter(customers_seen(request.member))
    return get_object_or_404(seen)


def _asked(form: forms.Asked) -> actions.Request:
    given = form.cleaned_data
    return actions.Request(given["asked"], given["proven"], given["asked_on"] or None)


def _show(request: MemberAsked, row: Customer, status: int = 200, **more: Any) -> HttpResponse:
    erasures = queries.erasures_of(row)
    context = {
        "customer": row,
        "hold": actions.held(row),
        "erasures": erasures,
        "waiting": next((each for each in erasures if not each.done_at and not each.called_off_at), None),
        "copies": queries.copies_of(row),
        "copy": forms.Asked(initial={"asked": "email", "proven": "address"}),
        "erase": forms.Asked(initial={"asked": "email", "proven": "address"}),
        "today": timezone.localdate(),
        "steps": len(STEPS),
        "said": request.GET.get("said", ""),
        "refused": None,
        **more,
    }
    return page(request, "privacy/person.html", context, status)
