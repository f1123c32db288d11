"""Calling somebody: what the dialler shows, whom a call can go to, and beginning one."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from presszero.conversations.models import Conversation
from presszero.conversations.queries.sight import customer_seen, those_seen
from presszero.customers.models import Customer
from presszero.team.gate import MemberAsked, needs
from presszero.team.models import Role
from presszero.ui.page import TextJson

from .. import actions, people, phone
from ..dialling import From, checked, lines_of, why_not
from ..models import Leg
from ..policy_dial import Undialable
from ..wanted import NotNow


@needs(Role.AGENT)
@require_GET
def dialler(request: MemberAsked) -> TextJson:
    """GET /phone/dialler: the member's last calls."""
    return TextJson({"recent": people.lately(request.member, timezone.now())})


@needs(Role.AGENT)
@require_GET
def others(request: MemberAsked) -> TextJson:
    """GET /phone/others: colleagues and queues that a call can go to."""
    return TextJson(people.who_else(request.member, timezone.now()))


@needs(Role.AGENT)
@require_POST
def calls(request: MemberAsked) -> TextJson:
    """POST /phone/calls {number, line, conversation, customer}: rings them, from this member's own end.

    Raises Undialable, NotNow.
    """
    now, form = timezone.now(), request.POST
    if Leg.objects.filter(merchant=request.merchant, member=request.member, ended_at=None).exists():
        raise NotNow(_("You are in a call already."), _("End it first, or bring the other in."))
    given = _line(request)
    number = checked(request.member, given, form.get("number", ""), now)
    made = actions.dial(_about(request), number.e164, given.line, by=request.member)
    return TextJson({**phone.shown(request.member, now), "dialled": made.id})


def _line(request: MemberAsked) -> From:
    lines = lines_of(request.merchant.id)
    wanted = request.POST.get("line", "")
    found = next((each for each in lines if str(each.line.id) == wanted or not wanted), None)
    if found is None:
        mute = why_not(request.merchant.id)
        nothing = _("There is no phone line to call from.")
        raise Undialable(nothing, " ".join(mute) or _("An admin can add one in the settings."))
    return found


def _about(request: MemberAsked) -> Conversation | Customer | None:
    """Where the call will stand: in this conversation, with this customer, or wherever the number leads."""
    number, person = request.POST.get("conversation", ""), request.POST.get("customer", "")
    if _is_id(number):
        row = Conversation.objects.filter(merchant=request.merchant, id=int(number)).select_related("root").first()
        if row is None or not those_seen(request.member, [row.id]):
            raise Http404
        return row.root or row
    if _is_id(person):
        found = customer_seen(request.member, int(person))
        if found is None:
            raise Http404
        return found
    return None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18
