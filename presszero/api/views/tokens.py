"""Settings → API: which programs come in, and what they may do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.team import queries
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Membership, Role
from presszero.ui.page import page

from ..models import ApiToken
from ..scopes import SCOPES
from ..tokens import Given, Wanted, give, revoke

LASTS = {"30": timedelta(days=30), "90": timedelta(days=90), "365": timedelta(days=365), "": None}


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def tokens(request: MemberAsked) -> HttpResponse:
    """GET /settings/api · POST makes a token, shown on the answer to this request and nowhere else."""
    if request.method == "GET":
        return _show(request)
    try:
        given = give(_wanted(request), by=request.member)
    except Refused as refused:
        return _show(request, refused=refused, status=refused.status)
    return _show(request, given=given)


@needs(Role.ADMIN)
@require_POST
def revocation(request: MemberAsked, token_id: int) -> HttpResponse:
    """POST: from now on it opens nothing."""
    found = get_object_or_404(ApiToken, merchant=request.merchant, id=token_id)
    revoke(found, by=request.member)
    return HttpResponseRedirect("/settings/api?said=revoked")


def _wanted(request: MemberAsked) -> Wanted:
    form = request.POST
    lasts = LASTS.get(form.get("lasts", ""))
    return Wanted(
        form.get("name", ""),
        form.getlist("scopes"),
        _member(request, form.get("member", "")),
        timezone.now() + lasts if lasts else None,
    )


def _member(request: MemberAsked, number: str) -> Membership | None:
    if not number:
        return None
    rows = queries.members_of(request.merchant)
    found = rows.filter(id=number).first() if number.isdecimal() and len(number) < 18 else None
    if found is None:
        raise Refused(_("They are not on this team."))
    return found


def _show(
    request: MemberAsked, given: Given | None = None, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    rows = ApiToken.objects.filter(merchant=request.merchant).select_related("member__person", "created_by__person")
    asked = request.POST if refused else None
    context: dict[str, Any] = {
        "tokens": [(row, _state(row, timezone.now())) for row in rows.order_by("revoked_at", "-id")[:100]],
        "given": given,
        "refused": refused,
        "scopes": SCOPES,
        "chosen": asked.getlist("scopes") if asked else ["customers:read", "conversations:read"],
        "name": asked.get("name", "") if asked else "",
        "whose": asked.get("member", "") if asked else "",
        "lasts": asked.get("lasts", "365") if asked else "365",
        "members": [(member.id, member.person.name) for member in queries.members_of(request.merchant)],
        "said": request.GET.get("said", ""),
        "origin": settings.ORIGIN,
    }
    return page(request, "api/tokens.html", context, status)


def _state(row: ApiToken, now: datetime) -> str:
    if row.revoked_at:
        return "revoked"
    if row.expires_at and row.expires_at <= now:
        return "expired"
    return "gone" if row.member and row.member.left_at else "works"
