"""Everybody's end of a hosted call but the caller's: rung by the provider, asked for a key, put into the room."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from presszero.calls import actions
from presszero.calls.asking import WAKES
from presszero.calls.menu.vocabulary import Prompt
from presszero.calls.models import Leg
from presszero.channels.models import Line
from presszero.core.actor import SYSTEM, Actor
from presszero.timeline.actions import wake

from . import driving, rendering, ringing
from .driving import OVER
from .holding import OPEN, Held, held

_WHYS = {"busy": "declined", "no-answer": "missed", "canceled": "missed"}


def leg_of(line: Line, leg_id: int) -> Leg | None:
    """Somebody's end of a call of this line, and of no other."""
    mine = Leg.objects.filter(merchant_id=line.merchant_id, call__line_id=line.id, call__driver="hosted")
    return mine.select_related("member__person").filter(id=leg_id).first()


def leg_asks(line: Line, leg: Leg, query: Mapping[str, str], fields: Mapping[str, str], at: datetime) -> str:
    """Somebody took the call, or comes out of the room: what their end does next."""
    with held(line, at, id=leg.call_id) as here:
        if here is None or not _is_known(here, leg, fields.get("CallSid", "")):
            return rendering.gone().xml
        leg.refresh_from_db()
        if here.call.ended_at or leg.ended_at:
            return _too_late(here, leg) if "DialCallStatus" not in fields else rendering.gone().xml
        if "DialCallStatus" in fields:
            return _out_of_room(here, leg, query)
        if leg.via == "mobile" and leg.answered_at is None and fields.get("Digits") != "1":
            return _asks_for_key(here, leg)
        return _joins(here, leg)


def leg_changed(line: Line, leg: Leg, status: str, sid: str, at: datetime) -> None:
    """What the provider says became of somebody's end."""
    if status not in OVER:
        return
    with held(line, at, id=leg.call_id) as here:
        if here is None or here.sid_of(leg.id) != sid:
            return
        leg.refresh_from_db()
        if not here.call.ended_at and ringing.comes_back(here, leg):
            ringing.let_go(here, leg)
            return
        here.dialog["over"] = sorted({*here.dialog.get("over", []), leg.id})
        if leg.ended_at is None:
            why = "hung_up" if leg.answered_at else _WHYS.get(status, "missed")
            actions.leg_ended(leg.id, why, at)
            wake(WAKES, str(here.call.id))


def room_changed(line: Line, fields: Mapping[str, str], at: datetime) -> None:
    """Somebody came into a room, or left it. Who is in it with the caller talks to them."""
    name, _dash, number = fields.get("FriendlyName", "").partition("-")
    try:
        uid = uuid.UUID(hex=name)
    except ValueError:
        return
    with held(line, at, uid=uid) as here:
        if here is None or here.call.ended_at:
            return
        event, sid = fields.get("StatusCallbackEvent", ""), fields.get("CallSid", "")
        behind = "behind" if str(here.room) != number else "present"  # they were sent there a moment ago
        present = set(here.dialog.get(behind, []))
        present = present | {sid} if event == "participant-join" else present
        present = present - {sid} if event == "participant-leave" else present
        here.dialog[behind] = sorted(present)
        if behind == "behind":
            return
        here.dialog["conference"] = fields.get("ConferenceSid", "")
        if here.call.provider_id in present:
            _talk(here, present)


def customer_asks(line: Line, uid: uuid.UUID, fields: Mapping[str, str], at: datetime) -> str:
    """Somebody we called took the call: to the member who called them, or to a person as they asked for."""
    with held(line, at, uid=uid) as here:
        if here is None or here.call.ended_at or here.call.inbound:
            return rendering.gone().xml
        if here.dialog.get("rung") not in (fields.get("CallSid"), "asked"):
            return rendering.gone().xml
        here.dialog["rung"] = here.call.provider_id = fields.get("CallSid", "")
        here.call.save(update_fields=["provider_id"])
        if here.call.kind != "callback" and not here.talking():  # whoever called them hung up in this very moment
            actions.call_ended(here.call.id, "cancelled", at)
            return rendering.gone().xml
        return driving.called(here)


def customer_changed(line: Line, uid: uuid.UUID, fields: Mapping[str, str], at: datetime) -> None:
    """What became of the end of somebody we called."""
    status = fields.get("CallStatus", "")
    with held(line, at, uid=uid) as here:
        if here is None or here.call.ended_at or status not in OVER:
            return
        if here.dialog.get("rung") not in (fields.get("CallSid"), "asked"):
            return
        here.dialog["unrung"] = True
        if here.call.talked_at or here.dialog.get("in"):
            driving.over(here)
        else:
            actions.call_ended(here.call.id, "abandoned" if status == "completed" else "failed", at)


def _is_known(here: Held, leg: Leg, sid: str) -> bool:
    """The very call we rang this end by. The provider may ask before its own answer reached us."""
    known = here.sid_of(leg.id)
    if sid in here.dialog.get("past", []):
        return False
    if not known and sid:
        here.keep_sid(leg.id, sid)
    return bool(sid) and known in ("", sid)


def _joins(here: Held, leg: Leg) -> str:
    """Takes the call for them; who took it already only comes back."""
    if leg.answered_at is None and not actions.leg_answered(leg.id, "", _by(leg)):
        return _too_late(here, leg)
    here.dialog.get("away", {}).pop(str(leg.id), None)
    wake(WAKES, str(here.call.id))
    if leg.role in OPEN and not here.dialog.get("ender"):
        here.dialog["ender"] = leg.id
    return _room(here, leg)


def _room(here: Held, leg: Leg) -> str:
    coaches = ""
    if leg.role == "whispers":
        coaches = here.sid_of(int(here.dialog.get("ender", 0)))
    ends, muted = here.dialog.get("ender") == leg.id, leg.role == "listens"
    return rendering.room(here.room_name(), here.leg_addresses(leg), ends=ends, muted=muted, coaches=coaches).xml


def _out_of_room(here: Held, leg: Leg, query: Mapping[str, str]) -> str:
    """Their room is over, and the call is not: into the next one, or the same anew. Whoever ended it has gone.

    When it was the caller who left, that is known in a moment, and then everybody is hung up.
    """
    if str(here.room) == query.get("room") and leg.role in OPEN and here.dialog.get("ender") != leg.id:
        driving.ender_left(here)
    return _room(here, leg)


def _asks_for_key(here: Held, leg: Leg) -> str:
    language = str(here.line.settings.get("language") or "en")
    with translation.override(language.partition("-")[0]):
        words = _("A call for %(shop)s. Press 1 to take it.") % {"shop": here.line.name}
    prompts = [Prompt(words, language)] * 2
    return rendering.confirm(prompts, here.leg_addresses(leg), here.speaker()).xml


def _too_late(here: Held, leg: Leg) -> str:
    language = str(here.line.settings.get("language") or "en")
    with translation.override(language.partition("-")[0]):
        prompt = Prompt(_("Somebody else has taken this call already."), language)
    return rendering.said_and_gone([prompt], here.leg_addresses(leg), here.speaker()).xml


def _talk(here: Held, present: set[str]) -> None:
    for leg in here.talking():
        if leg.talked_at is None and here.sid_of(leg.id) in present:
            actions.leg_talking(leg.id, here.at)


def _by(leg: Leg) -> Actor:
    return leg.member.actor if leg.member else SYSTEM
