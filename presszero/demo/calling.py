"""The telephone on the Pretend page: real calls to the shop's menu, and from the shop. Demo only."""

from __future__ import annotations

import json

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from presszero.channels.models import Line
from presszero.core.phones import shown
from presszero.team.gate import Asked, public
from presszero.ui.page import page

from . import carrier
from .cast import CUSTOMERS, SHOP, SHOP_SLUG
from .handset import number_of
from .phone import NUMBER
from .views import in_demo, who_asks


@public
@in_demo
def telephone(request: Asked) -> HttpResponse:
    """GET /pretend/call?as=ada@example.com: keypad and microphone; the desk stands beside."""
    who = who_asks(request)
    line = Line.objects.filter(merchant__slug=SHOP_SLUG, kind="phone", paused_at=None).order_by("id").first()
    number = number_of(who)
    context = {"who": who, "cast": CUSTOMERS, "shop": SHOP, "shop_number": NUMBER, "device": "call"}
    query = urlencode({"as": who.address, "name": who.name})
    call = {"token": line.token if line else "", "number": number, "pretended": number, "query": query}
    return page(request, "demo/call.html", {**context, **call})


@public
@in_demo
def rings(request: Asked) -> HttpResponse:
    """GET /pretend/call/rings?as=ada@example.com: what rings there, as JSON; 204 where nothing does.

    A page that asks is open: it can be called.
    """
    found = carrier.ringing(number_of(who_asks(request)))
    return JsonResponse({**found, "caller": shown(found["caller"])}) if found else HttpResponse(status=204)


@public
@in_demo
@require_http_methods(["POST"])
def said(request: Asked, ring: str) -> HttpResponse:
    """POST {"sdp": …} takes the call; without a description it ends."""
    try:
        carrier.says(ring, str(json.loads(request.body or b"{}").get("sdp") or ""))
    except (ValueError, AttributeError):
        raise Http404 from None
    return HttpResponse(status=204)
