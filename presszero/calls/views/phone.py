"""The phone of a member's desk: what rings, what is held, and what they do with it. JSON, for its own script."""

from __future__ import annotations

from math import isfinite

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from presszero.conversations.queries.sight import those_seen
from presszero.core.refusal import Refused
from presszero.team.gate import MemberAsked, needs
from presszero.team.marks import at_least
from presszero.team.models import Role
from presszero.ui.page import TextJson

from .. import actions, phone
from ..asking import ask
from ..dialling import lines_of, why_not
from ..models import Call, Leg
from ..wanted import WHEN, NotNow, given
from ..wording import words

_ALL = ("jitter", "lost", "rtt", "mos")


@needs(Role.AGENT)
@require_GET
def desk_phone(request: MemberAsked) -> TextJson:
    """GET /phone: the calls at this member's end. `?first=1` adds words and lines."""
    found = phone.shown(request.member, timezone.now())
    if request.GET.get("first"):
        lines = [{"id": each.line.id, "name": each.line.name, "number": each.number} for each in lines_of(_m(request))]
        lead = at_least(request.member.role, Role.LEAD)
        found |= {"words": words(), "member": request.member.id, "lead": lead}
        found |= {"lines": lines, "mute": why_not(request.member.merchant_id)}
    return TextJson(found)


@needs(Role.AGENT)
@require_POST
def leg(request: MemberAsked, leg_id: int, verb: str) -> TextJson:
    """POST /phone/legs/7/hold: asks it of whoever holds the call, and says how the phone stands. Raises as `given`."""
    if verb not in WHEN:
        raise Http404
    now, mine = timezone.now(), _mine(request, leg_id)
    what = given(mine, verb, request.POST.dict(), request.member, now)
    ask(mine.call, verb, what, leg=mine, by=request.member.actor)
    return TextJson(phone.shown(request.member, now))


@needs(Role.AGENT)
@require_POST
def quality(request: MemberAsked, leg_id: int) -> HttpResponse:
    """POST /phone/legs/7/quality {jitter, lost, rtt, mos}: how it sounded, as the browser measured it."""
    mine = _mine(request, leg_id)
    told = {name: _measured(request.POST.get(name, "")) for name in _ALL}
    with transaction.atomic():
        call = Call.objects.select_for_update().get(merchant_id=mine.merchant_id, id=mine.call_id)
        call.quality = {**call.quality, str(mine.id): told}
        call.save(update_fields=["quality"])
    return HttpResponse(status=204)


@needs(Role.LEAD)
@require_POST
def listen(request: MemberAsked, call_id: int) -> TextJson:
    """POST /phone/calls/7/listen: a lead hears the call, and says nothing unless they whisper."""
    call = _call(request, call_id)
    if call.ended_at or call.stage != Call.Stage.TALKING:
        raise NotNow(_("Nobody talks there any more."), _("It stands in the conversation."))
    with transaction.atomic():
        role = {"merchant_id": call.merchant_id, "call": call, "member": request.member, "role": "listens"}
        mine = Leg.objects.filter(**role, ended_at=None).first() or Leg.objects.create(**role)
        ask(call, "listen", leg=mine, by=request.member.actor)
    return TextJson(phone.shown(request.member, timezone.now()))


@needs(Role.AGENT)
@require_POST
def wrap_up(request: MemberAsked, call_id: int) -> TextJson:
    """POST /phone/calls/7/wrap-up: there is nothing to write down of it."""
    call = _call(request, call_id)
    if not Leg.objects.filter(merchant_id=_m(request), call=call, member=request.member).exists():
        raise Http404
    actions.wrap_up(call, by=request.member, at=timezone.now())
    return TextJson(phone.shown(request.member, timezone.now()))


def _m(request: MemberAsked) -> int:
    return request.merchant.id


def _mine(request: MemberAsked, leg_id: int) -> Leg:
    """A leg of their own; 404 for anybody else's."""
    rows = Leg.objects.filter(merchant_id=_m(request), member=request.member).select_related("call__line")
    found = rows.filter(id=leg_id).first()
    if found is None:
        raise Http404
    return found


def _call(request: MemberAsked, call_id: int) -> Call:
    """A call whose conversation the member sees."""
    found = Call.objects.filter(merchant_id=_m(request), id=call_id).first()
    if found is None or (found.conversation_id and not those_seen(request.member, [found.conversation_id])):
        raise Http404
    return found


def _measured(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Refused(_("That is no measurement."), _("Load the page again.")) from None
    return round(min(max(value, 0.0), 60_000.0), 4) if isfinite(value) else 0.0
