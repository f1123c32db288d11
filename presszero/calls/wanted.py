"""What a member asks of a call they are in, read and held against what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from presszero.core.refusal import Refused
from presszero.routing.models import Queue
from presszero.team.models import Membership, Role

from .dialling import checked, lines_of
from .models import Ask, Leg, Recording
from .policy_dial import HANDS

LONGEST_SDP = 20_000  # characters; a browser's is three thousand
_KEYS = re.compile(r"[0-9*#]{1,32}")
_RINGS, _TALKS = (Leg.State.OFFERED,), (Leg.State.TALKING, Leg.State.HELD)
# what → the states of a leg in which it can be asked
WHEN: Mapping[str, tuple[str, ...]] = {
    "answer": _RINGS,
    "decline": _RINGS,
    "again": _RINGS + _TALKS,
    "resdp": _RINGS + _TALKS,
    "hangup": _RINGS + _TALKS,
    "hold": _TALKS,
    "resume": _TALKS,
    "mute": _TALKS,
    "keys": _TALKS,
    "transfer": _TALKS,
    "complete": _TALKS,
    "cancel": _TALKS,
    "add": _TALKS,
    "record": _TALKS,
    "whisper": _TALKS,
}
_HEARS_ONLY = {"answer", "again", "resdp", "hangup", "whisper", "mute"}  # of a leg that listens


class NotNow(Refused):
    """The call is not where the page believes it to be."""

    status = 409


def given(leg: Leg, what: str, form: Mapping[str, str], by: Membership, now: datetime) -> dict[str, Any]:
    """What goes with it, for `asking.ask`. Raises NotNow, Refused, Undialable."""
    if leg.ended_at or leg.call.ended_at:
        raise NotNow(_("This call is over."), _("It stands in the conversation."))
    if leg.state not in WHEN[what] or (leg.role in ("listens", "whispers") and what not in _HEARS_ONLY):
        raise NotNow(_("That cannot be done with this call now."), _("Look at how it stands and try again."))
    if what in ("answer", "resdp"):
        return {"sdp": _sdp(form.get("sdp", ""), may_lack=what == "answer")}
    if what == "again":
        return {"takes": True} if form.get("takes") == "1" else {}
    if what in ("mute", "whisper"):
        return {"on": form.get("on") == "1"}
    if what == "keys":
        return {"digits": _keys(form.get("digits", ""))}
    if what == "record":
        return _record(leg, form)
    if what in ("transfer", "add"):
        return {**_target(leg, form.get("to", ""), by, now), "warm": form.get("warm") == "1"}
    return {}


def _sdp(text: str, *, may_lack: bool) -> str:
    if not text and may_lack:
        return ""
    if not text.startswith("v=0") or len(text) > LONGEST_SDP:
        raise Refused(_("Your browser’s answer to the call was not understood."), _("Load the page again."))
    return text


def _keys(digits: str) -> str:
    if not _KEYS.fullmatch(digits):
        raise Refused(_("Only the keys of a telephone can be sent."), _("0 to 9, star and hash."))
    return digits


def _record(leg: Leg, form: Mapping[str, str]) -> dict[str, Any]:
    """Whoever declined is not recorded, whatever is pressed later."""
    if not Recording.objects.filter(merchant_id=leg.merchant_id, call_id=leg.call_id, kind="call").exists():
        raise NotNow(_("This call is not recorded."), _("A recording only begins after the caller was asked."))
    return {"on": form.get("on") == "1"}


def _target(leg: Leg, to: str, by: Membership, now: datetime) -> dict[str, Any]:
    """Whom the call goes to, in the gateway's words and in people's. A call that goes round for ever is stopped."""
    passed = Ask.objects.filter(merchant_id=leg.merchant_id, call_id=leg.call_id, what__in=("transfer", "add"))
    if passed.filter(failed="").count() >= HANDS:
        raise Refused(_("This call was passed on many times already."), _("Help them yourself, or call them back."))
    kind, _sep, number = to.partition(":")
    if kind in ("member", "queue") and number.isascii() and number.isdigit() and len(number) < 18:
        return _colleague(by, int(number)) if kind == "member" else _queue(by, int(number))
    home = next((each for each in lines_of(by.merchant_id) if each.line.id == leg.call.line_id), None)
    if home is None:
        raise Refused(_("The line of this call cannot dial out."), _("Pass it on to a colleague."))
    found = checked(by, home, to, now)
    return {"to": found.e164, "says": found.shown}


def _colleague(by: Membership, number: int) -> dict[str, Any]:
    rows = Membership.objects.filter(merchant_id=by.merchant_id, left_at=None).exclude(role=Role.READ_ONLY)
    found = rows.exclude(id=by.id).select_related("person").filter(id=number).first()
    if found is None:
        raise Refused(_("That colleague cannot take calls."), _("Choose somebody else."))
    return {"to": f"member:{found.id}", "says": found.first_name}


def _queue(by: Membership, number: int) -> dict[str, Any]:
    found = Queue.objects.filter(merchant_id=by.merchant_id, retired_at=None, id=number).first()
    if found is None:
        raise Refused(_("That queue is no more."), _("Choose another."))
    return {"to": f"queue:{found.id}", "says": found.name}
