"""The shop's rules about how long things stay, everything asked of it, and what the nights took. For admins."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from presszero.channels.registry import kinds
from presszero.core.refusal import Refused
from presszero.mailroom.models import Received
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import forms, policy, queries, retention


@needs(Role.ADMIN)
@require_GET
def privacy(request: MemberAsked) -> HttpResponse:
    """GET /settings/privacy."""
    return _show(request)


@needs(Role.ADMIN)
@require_POST
def rule(request: MemberAsked, what: str) -> HttpResponse:
    """POST days, or none for ever."""
    form = forms.Rule(request.POST)
    if what not in policy.DEFAULTS:
        raise Http404
    if not form.is_valid():
        return _show(request, refused=Refused(str(next(iter(form.errors.values()))[0])), status=422)
    given = form.cleaned_data
    try:
        if given["drop"] and given["channel"]:
            retention.drop(request.merchant, what, given["channel"], by=request.member)
            return HttpResponseRedirect("/settings/privacy?said=dropped")
        retention.keep(request.merchant, what, given["channel"], given["days"], by=request.member)
    except Refused as refused:
        return _show(request, refused=refused, status=422)
    return HttpResponseRedirect("/settings/privacy?said=saved")


@needs(Role.ADMIN)
@require_POST
def channel_rule(request: MemberAsked) -> HttpResponse:
    """POST a rule for one channel. With `look` nothing is kept: the page says what would go tonight by it."""
    form = forms.ChannelRule(request.POST)
    if not form.is_valid() or form.cleaned_data["channel"] not in kinds():
        said = next((each[0] for each in form.errors.values()), _("Choose a channel."))
        return _show(request, refused=Refused(str(said)), given=request.POST, status=422)
    given = form.cleaned_data
    if given["look"]:
        kept = policy.Kept(given["what"], given["channel"], given["days"], True)
        count = retention.would_go(request.merchant, kept, timezone.now())
        return _show(request, given=request.POST, would_go=count)
    try:
        retention.keep(request.merchant, given["what"], given["channel"], given["days"], by=request.member)
    except Refused as refused:
        return _show(request, refused=refused, given=request.POST, status=422)
    return HttpResponseRedirect("/settings/privacy?said=saved")


def _show(request: MemberAsked, status: int = 200, **more: Any) -> HttpResponse:
    now = timezone.now()
    kept = [(each, retention.would_go(request.merchant, each, now)) for each in retention.rules(request.merchant)]
    context = {
        "kept": kept,
        "kinds": kinds(),
        "by_channel": policy.BY_CHANNEL,
        "requests": queries.requests(request.merchant, timezone.localdate()),
        "purges": queries.purges(request.merchant),
        "masked": Received.objects.filter(merchant=request.merchant, masked_at__isnull=False).count(),
        "said": request.GET.get("said", ""),
        "refused": None,
        "given": {},
        "would_go": None,
        **more,
    }
    return page(request, "privacy/shop.html", context, status)
