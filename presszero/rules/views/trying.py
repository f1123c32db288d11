"""Before a rule runs: how it reads, and what it would have done."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import page

from .. import actions, forms, queries, shown
from ..models import DryRun
from ..reading import BadRule, read, says


@needs(Role.LEAD)
@require_POST
def sentence(request: MemberAsked) -> HttpResponse:
    """POST: what is in the builder as one plain sentence; or what is missing. Changes nothing."""
    try:
        said, missing = says(read(request.merchant.id, forms.reads(request.POST))), ""
    except BadRule as bad:
        said, missing = "", str(bad)
    return page(request, "rules/_sentence.html", {"sentence": said, "missing": missing})


@needs(Role.LEAD)
@require_POST
def dry_runs(request: MemberAsked) -> HttpResponse:
    """POST: asks what the rule in the builder would have done in the last thirty days."""
    number = request.POST.get("rule", "")
    rule = None
    if number.isascii() and number.isdecimal() and len(number) < 18:
        rule = queries.rules_of(request.merchant).filter(id=int(number)).first()
    try:
        run = actions.dry_run(request.merchant, forms.reads(request.POST), by=request.member, rule=rule)
    except BadRule as bad:
        return page(request, "rules/_dry_run.html", {"run": None, "wrong": str(bad)})
    return page(request, "rules/_dry_run.html", _shown(request, run, timezone.now()))


@needs(Role.LEAD)
@require_http_methods(["GET", "HEAD"])
def dry_run(request: MemberAsked, run_id: int) -> HttpResponse:
    """GET: how far it is, or what it found."""
    run = DryRun.objects.filter(merchant=request.merchant, id=run_id).first()
    if run is None:
        raise Http404
    return page(request, "rules/_dry_run.html", _shown(request, run, timezone.now()))


def _shown(request: MemberAsked, run: DryRun, at: datetime) -> dict[str, object]:
    return {"run": run, "wrong": run.failed, **shown.rehearsed(request.member, run, at)}
