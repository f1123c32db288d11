"""The merchant itself, its brands and its hours."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from presszero.channels.wording import fill, to_html
from presszero.channels.wording import framed as mail_of
from presszero.merchants.models import Brand, Hours
from presszero.merchants.policy import DAYS
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Membership, Role

from ...forms.shop import BrandForm, HoursForm, MerchantForm, as_text, zones
from ...frame import POLICY, framed
from .frame import kept, show
from .macros import VARIABLES

form_page = require_http_methods(["GET", "POST"])


@needs(Role.ADMIN)
@form_page
def shop(request: MemberAsked) -> HttpResponse:
    """GET and POST /settings/shop"""
    form = MerchantForm(request.POST or None, instance=request.merchant)
    if request.method == "POST" and form.is_valid():
        row = form.save()
        return kept(request, "merchant.save", f"merchant:{row.id}", form.cleaned_data, "/settings/shop")
    return show(request, "shop", {"form": form, "zones": zones()}, status=422 if form.is_bound else 200)


@needs(Role.ADMIN)
def brands(request: MemberAsked) -> HttpResponse:
    """GET /settings/brands"""
    return show(request, "brands", {"rows": Brand.objects.filter(merchant=request.merchant).order_by("id")})


@needs(Role.ADMIN)
@form_page
def brand(request: MemberAsked, brand_id: int = 0) -> HttpResponse:
    """GET and POST /settings/brands/7, or …/new"""
    row = _brand(request, brand_id) if brand_id else Brand(merchant=request.merchant)
    form = BrandForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        row = form.save()
        return kept(request, "brand.save", f"brand:{row.id}", {"name": row.name}, f"/settings/brands/{row.id}")
    context = {"form": form, "row": row, "variables": VARIABLES}
    return show(request, "brands", context, "desk/settings/brand.html", 422 if form.is_bound else 200)


@needs(Role.ADMIN)
def brand_preview(request: MemberAsked, brand_id: int) -> HttpResponse:
    """GET: an answer as a customer of this brand gets it."""
    row = _brand(request, brand_id)
    mail = sample_mail(row, request.member)
    response = HttpResponse(framed(mail, {}).document)
    response["Content-Security-Policy"] = POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def sample_mail(row: Brand, member: Membership) -> str:
    """An answer in a brand's frame with a member's name under it, as HTML that nobody has made safe yet."""
    values = {
        "customer.first_name": "Ada",
        "customer.name": "Ada Kowalski",
        "agent.name": member.person.name,
        "agent.first_name": member.first_name,
        "brand.name": row.name,
        "brand.phone": row.phone,
    }
    words = (
        "Hi Ada,\n\nthe new pair left this afternoon and is with you by **Friday noon**.\n\nI am watching it for you."
    )
    return mail_of(to_html(words), to_html(fill(row.signature, values)), row.mail_template)


@needs(Role.ADMIN)
def hours(request: MemberAsked) -> HttpResponse:
    """GET /settings/hours"""
    rows = Hours.objects.filter(merchant=request.merchant).order_by("id").prefetch_related("holidays")
    return show(request, "hours", {"rows": [(row, as_text(row)) for row in rows], "days": DAYS})


@needs(Role.ADMIN)
@form_page
@transaction.atomic
def hours_of(request: MemberAsked, hours_id: int = 0) -> HttpResponse:
    """GET and POST /settings/hours/7, or …/new"""
    row = Hours(merchant=request.merchant, timezone=request.merchant.timezone)
    if hours_id:
        found = Hours.objects.filter(merchant=request.merchant, id=hours_id).first()
        if found is None:
            raise Http404
        row = found
    usual = {**dict.fromkeys(DAYS[:5], "09:00-17:00"), "timezone": row.timezone}
    form = HoursForm(request.POST or None, initial=as_text(row) if hours_id else usual)
    if request.method == "POST" and form.is_valid():
        form.keep(row)
        return kept(request, "hours.save", f"hours:{row.id}", {"weekly": row.weekly}, "/settings/hours")
    context = {"form": form, "row": row, "days": DAYS, "zones": zones()}
    return show(request, "hours", context, "desk/settings/hours_of.html", 422 if form.is_bound else 200)


def _brand(request: MemberAsked, brand_id: int) -> Brand:
    found = Brand.objects.filter(merchant=request.merchant, id=brand_id).first()
    if found is None:
        raise Http404
    return found
