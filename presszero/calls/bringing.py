"""Who is brought into a call by somebody in it, and what of a call changed: rows and facts, a transaction each."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.calls.dialling import lines_of
from presszero.calls.facts import CallChanged, CallRings
from presszero.calls.models import Call, Leg
from presszero.calls.policy_dial import HANDS, dialable
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.team.models import Membership
from presszero.timeline.actions import record


@transaction.atomic
def bring_in(call_id: int, to: str, role: str, by: Actor) -> Leg:
    """Rings a member ("member:7") or a number ("+44…"). Raises Refused for whom we may not."""
    call = Call.objects.select_for_update().get(id=call_id)
    if Leg.objects.filter(call=call, turn=None).count() >= HANDS:
        raise Refused(_("This call was passed on often enough."))
    leg = Leg(merchant_id=call.merchant_id, call=call, role=role)
    kind, _colon, number = to.partition(":")
    if kind == "member":
        leg.member = _free(call.merchant_id, number)
    else:
        leg.via, leg.number = "number", _dialable(call, to)
    leg.save()
    if leg.member_id:
        _tell(CallRings, call, by, leg_id=leg.id, member_id=leg.member_id)
    return leg


@transaction.atomic
def held(leg_id: int, on: bool, by: Actor) -> None:
    _change(leg_id, by, state=Leg.State.HELD if on else Leg.State.TALKING)


@transaction.atomic
def muted(leg_id: int, on: bool, by: Actor) -> None:
    _change(leg_id, by, muted=on)


@transaction.atomic
def changed(call_id: int, by: Actor) -> None:
    """Whoever has the call on screen looks again."""
    _tell(CallChanged, Call.objects.get(id=call_id), by, member_id=0)


def _change(leg_id: int, by: Actor, **changes: object) -> None:
    leg = Leg.objects.select_related("call").get(id=leg_id)
    Leg.objects.filter(id=leg_id, ended_at=None).update(**changes)
    _tell(CallChanged, leg.call, by, member_id=0)


def _free(merchant_id: int, number: str) -> Membership:
    found = Membership.objects.filter(merchant_id=merchant_id, id=int(number) if number.isdecimal() else 0).first()
    if found is None:
        raise Refused(_("There is nobody like that on the team."))
    if Leg.objects.filter(merchant_id=merchant_id, member=found, ended_at=None).exists():
        raise Refused(_("They are in a call just now."), _("Choose somebody else, or a queue."))
    return found


def _dialable(call: Call, typed: str) -> str:
    lines = lines_of(call.merchant_id)
    given = next((line for line in lines if line.line.id == call.line_id), None)
    if given is None:
        raise Refused(_("This line cannot dial out."))
    return dialable(typed, given.home, given.countries).e164


def _tell(fact: type[CallChanged] | type[CallRings], call: Call, by: Actor, **more: int) -> None:
    record(
        fact(
            merchant_id=call.merchant_id,
            by=by,
            at=timezone.now(),
            customer_id=call.customer_id,
            conversation_id=call.conversation_id,
            call_id=call.id,
            **more,
        )
    )
