"""What a menu's machine wants done that is not the driver's own: look up, wait, keep, text, note."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from presszero.routing.actions import leave
from presszero.routing.models import Waiting

from ..looking import answer
from ..menu.vocabulary import (
    Ask,
    Command,
    Consent,
    Event,
    KeepPlace,
    Known,
    Note,
    Park,
    SendText,
    Unpark,
)
from ..models import Call
from .callbacks import keep_place
from .parking import park
from .recordings import consented
from .ringing import stop_ringing
from .steps import write_step
from .texting import send_link

Left = Waiting.Left
_LEFT = {"callback": Left.CALLBACK, "voicemail": Left.VOICEMAIL, "closed": Left.CLOSED, "abandoned": Left.ABANDONED}


def carry_out(call_id: int, command: Command, at: datetime) -> Event | None:
    """Does it, and says what to feed back, if anything. What a driver does itself (Play, Listen …) is nothing here."""
    verb = _VERBS.get(type(command))
    if verb is None:
        return None
    call = Call.objects.select_related(
        "line__merchant", "line__hours", "customer", "conversation", "waiting__queue__overflow"
    ).get(id=call_id)
    return verb(call, command, at)


def _unpark(call: Call, command: Unpark, at: datetime) -> None:
    if call.waiting_id:
        leave(call.waiting_id, _LEFT.get(command.why, Left.WITHDRAWN), at)
    stop_ringing(call, at)
    stage = Call.Stage.RECORDING if command.why == "voicemail" else Call.Stage.MENU
    Call.objects.filter(merchant_id=call.merchant_id, id=call.id, stage=Call.Stage.WAITING).update(stage=stage)


def _note(call: Call, command: Note, at: datetime) -> None:
    if command.what == "language":
        Call.objects.filter(merchant_id=call.merchant_id, id=call.id).update(language=command.says[:12])
        return
    if command.what in ("zero", "callback") and not command.says and not command.node:
        return
    write_step(call, command.what, command.node, command.says, at)


def _consent(call: Call, command: Consent, at: datetime) -> None:
    consented(call, command.given, at)
    write_step(call, "consent" if command.given else "declined", "", "", at)


def _keep(call: Call, command: KeepPlace, at: datetime) -> Known:
    return keep_place(call, command.number, at)


def _ask(call: Call, command: Ask, at: datetime) -> Known:
    return answer(call, command.what, command.given, at)


def _text(call: Call, command: SendText, at: datetime) -> None:
    send_link(call, command.what, at)


_VERBS: dict[type[Any], Callable[[Call, Any, datetime], Event | None]] = {
    Park: park,
    Unpark: _unpark,
    Note: _note,
    Consent: _consent,
    KeepPlace: _keep,
    Ask: _ask,
    SendText: _text,
}
