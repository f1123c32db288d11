"""`/talk/<token>`: the page says what it can hear (SDP), the gateway answers where the page looks, and they talk.

The number of the call is the page's alone: whoever has it may look at it and end it.
"""

from __future__ import annotations

import json
import secrets
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from presszero.calls.actions import Moment, plan_of, ring_in
from presszero.calls.asking import WAKES, ask
from presszero.calls.dialling import dials_out
from presszero.calls.ice import ice
from presszero.calls.models import Call
from presszero.channels.models import Line
from presszero.core.actor import Actor
from presszero.core.phones import shown
from presszero.team.browser import address_of
from presszero.team.gate import public
from presszero.team.throttle import Limit, network, tries
from presszero.timeline.actions import wake
from presszero.ui.looks import look_of

from ..alone import alone, nothing
from ..form.words import language_of

LONGEST = 16_000  # letters of a description
KNOCKS = Limit("talk-knocks", 240, timedelta(minutes=15))  # of one network
CALLS = Limit("talk-calls", 12, timedelta(minutes=15))  # begun by one network
AT_ONCE = 50  # such calls of one merchant


@public
@require_safe
def talk(request: HttpRequest, token: str) -> HttpResponse:
    """GET /talk/<token>: a telephone."""
    line = _line(token)
    if line is None or tries(KNOCKS, network(address_of(request)), timezone.now()) > KNOCKS.most:
        sentence = _("Look on the shop’s page how to reach it.")
        return nothing(request, _("Contact"), _("This link no longer works"), sentence, 404)
    with translation.override(language_of(request, line)):
        brand = {"brand": line.brand.name, "token": line.token, "look": f"/talk/{line.token}/look.css"}
        ways = {
            "tel": line.address,
            "number": shown(line.address),
            "calls": dials_out(line),
        }
        return alone(request, "frontdoor/talk.html", {**brand, **ways})


@public
@require_safe
def look(request: HttpRequest, token: str) -> HttpResponse:
    """GET /talk/<token>/look.css: the brand's colour."""
    line = _line(token)
    return look_of(line.brand.colour if line else "")


@public
@require_GET
def ways(request: HttpRequest, token: str) -> HttpResponse:
    """GET /talk/<token>/ways: {"ice"}, servers that help two networks to meet. Asked for as a call begins: what they
    take as a password is made for that call, and does not hold for long."""
    now = timezone.now()
    if _line(token) is None or tries(KNOCKS, network(address_of(request)), now) > KNOCKS.most:
        raise Http404
    return JsonResponse({"ice": ice(f"page-{secrets.token_hex(6)}", now)}, headers={"Cache-Control": "no-store"})


@public
@require_POST
def calls(request: HttpRequest, token: str) -> HttpResponse:
    """POST {"sdp": …}: begins a call and answers {"call": its number}."""
    line, now = _line(token), timezone.now()
    if line is None:
        raise Http404
    if tries(CALLS, network(address_of(request)), now) > CALLS.most or _open(line) >= AT_ONCE:
        return JsonResponse({"says": _("That was tried too often. Call us, or wait a while.")}, status=429)
    sdp = _described(request)
    if not sdp:
        return JsonResponse({"says": _("This browser cannot talk. Call us instead.")}, status=422)
    uid = uuid.uuid4()
    pretended = request.headers.get("X-Pretend", "")[:20] if settings.DEMO else ""
    moment = Moment(line, "sip", f"{uid}", uid, pretended, "talk", visitor="" if pretended else f"v-{uid.hex}")
    with transaction.atomic():
        row = ring_in(moment, plan_of(line, now), now)
        Call.objects.filter(merchant_id=row.merchant_id, id=row.id).update(dialog={"offer": sdp})
        wake(WAKES, str(row.id))
    return JsonResponse({"call": str(uid)}, status=201)


@public
@require_GET
def call(request: HttpRequest, token: str, uid: uuid.UUID) -> HttpResponse:
    """GET: {"stage", "answer"}: our side of the sound, once the gateway has it."""
    row = _call(token, uid)
    told: dict[str, Any] = {"stage": row.stage, "answer": row.dialog.get("answer") or ""}
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


@public
@require_POST
def end(request: HttpRequest, token: str, uid: uuid.UUID) -> HttpResponse:
    """POST: they hang up, or closed the page."""
    row = _call(token, uid)
    if row.ended_at is None:
        ask(row, "hangup", by=Actor("customer", row.customer_id))
    return HttpResponse(status=204)


def _line(token: str) -> Line | None:
    """A number that our own gateway answers."""
    lines = Line.objects.select_related("brand", "hours", "merchant")
    return lines.filter(token=token, kind="phone", settings__driver="sip", paused_at=None).first()


def _open(line: Line) -> int:
    return Call.objects.filter(merchant_id=line.merchant_id, kind="talk", ended_at=None).count()


def _described(request: HttpRequest) -> str:
    try:
        sdp = json.loads(request.body[: 2 * LONGEST])["sdp"]
    except (ValueError, KeyError, TypeError):
        return ""
    fits = isinstance(sdp, str) and sdp.startswith("v=0") and "m=audio" in sdp and len(sdp) <= LONGEST
    return sdp if fits else ""


def _call(token: str, uid: uuid.UUID) -> Call:
    line = _line(token)
    row = Call.objects.filter(merchant_id=line.merchant_id, line=line, uid=uid, kind="talk").first() if line else None
    if row is None:
        raise Http404
    return row
