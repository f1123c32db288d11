"""One's own alerts: what, where, which devices; what is new; and the worker that shows it."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from presszero.core.refusal import Refused
from presszero.core.sealing import fingerprint
from presszero.team.browser import words_for
from presszero.team.gate import MemberAsked, needs, public
from presszero.team.models import Role
from presszero.ui.assets import asset_url
from presszero.ui.page import page, text_of

from . import actions, forms, queries
from .keys import public_key
from .models import AlertChoice, Device
from .wording import told


@needs(Role.AGENT)
@require_http_methods(["GET", "POST"])
def alerts(request: MemberAsked) -> HttpResponse:
    """GET /me/alerts · POST: what was chosen."""
    if request.method == "GET":
        return _show(request)
    form = forms.Choice(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    actions.choose(request.member, form.cleaned_data)
    return HttpResponseRedirect("/me/alerts?done=saved")


@needs(Role.AGENT)
@require_http_methods(["POST", "DELETE"])
def devices(request: MemberAsked) -> HttpResponse:
    """POST /me/alerts/devices: this browser may be told. DELETE: no more. 204; 422 with a sentence."""
    if request.method == "DELETE":
        endpoint = request.GET.get("endpoint", "")
        mine = Device.objects.filter(merchant=request.merchant, member=request.member)
        if device := mine.filter(fingerprint=fingerprint(endpoint)).first():
            actions.forget_device(request.member, device)
        return HttpResponse(status=204)
    form = forms.Subscribed(request.POST)
    asked = form.cleaned_data if form.is_valid() else {"endpoint": "", "p256dh": "", "auth": ""}
    name = words_for(request.headers.get("User-Agent", ""))
    try:
        actions.add_device(request.member, request.signed_in, actions.Subscription(**asked), name)
    except Refused as refused:
        return JsonResponse({"refused": str(refused), "next_step": refused.next_step}, status=refused.status)
    return HttpResponse(status=204)


@needs(Role.AGENT)
@require_POST
def device_removal(request: MemberAsked, device_id: int) -> HttpResponse:
    """POST /me/alerts/devices/<id>/removal"""
    device = Device.objects.filter(merchant=request.merchant, member=request.member, id=device_id).first()
    if device is None:
        raise Http404
    actions.forget_device(request.member, device)
    return HttpResponseRedirect("/me/alerts?done=device")


@needs(Role.AGENT)
@require_POST
def trial(request: MemberAsked) -> HttpResponse:
    """POST /me/alerts/trial: one now."""
    try:
        actions.try_out(request.member)
    except Refused as refused:
        return _show(request, refused=refused, status=refused.status)
    return HttpResponseRedirect("/me/alerts?done=trial")


@needs(Role.READ_ONLY)
@require_GET
def news(request: MemberAsked) -> JsonResponse:
    """GET /me/alerts/new?after=: what is new since an alert, and where it is to be told; {"on": false} for nothing.

    Without `after` it only says where one stands.
    """
    member, choice = request.member, queries.choice_of(request.member)
    if not (choice.desktop or choice.push or choice.sound):
        return JsonResponse({"on": False})
    after = request.GET.get("after", "")
    found = queries.since(member, int(after)) if after.isascii() and after.isdigit() and len(after) < 19 else []
    shown = [words.as_json(alert) for alert in found if (words := told(alert, choice, member))]
    newest = found[-1].id if found else int(after or 0) if after.isdigit() else queries.newest(member)
    quiet = queries.quiet_now(choice, member, timezone.now())
    places = {"desktop": choice.desktop and not quiet, "sound": choice.sound and not quiet, "push": choice.push}
    return JsonResponse({"on": True, "newest": newest, "alerts": shown, **places})


@public
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """GET /worker.js: what shows alerts and the page for when there is no network. At the root, so that it may."""
    kept = json.dumps([asset_url("style.css"), asset_url("ui/zero.svg")])
    script = text_of(request, "alerts/worker.js", {"kept": kept})
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@public
@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """GET /offline: kept by the worker, and the only page that is. It holds nothing of anybody."""
    response = page(request, "alerts/offline.html")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _show(
    request: MemberAsked, form: forms.Choice | None = None, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    choice = queries.choice_of(request.member)
    context: dict[str, Any] = {
        "form": form or forms.Choice.of(choice),
        "choice": choice,
        "says": AlertChoice.Says,
        "devices": queries.devices_of(request.member),
        "push_key": public_key(),
        "refused": refused,
        "done": request.GET.get("done", ""),
    }
    return page(request, "alerts/alerts.html", context, status)
