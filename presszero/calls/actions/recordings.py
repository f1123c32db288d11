"""Sound that is kept: never before consent, paused while somebody pays, and a message left is a message."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import ngettext

from presszero.channels.adapters.phone.adapter import external_id, stored_body
from presszero.channels.vocabulary import WITHHELD, Handle
from presszero.conversations.models import Conversation
from presszero.conversations.queries import family
from presszero.core.actor import SYSTEM, Actor
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming
from presszero.mailroom.lanes import lane

from ..asking import ask
from ..models import Call, Leg, Reception, Recording
from ..plans import reception_of
from ..transcribing.working import want

State = Recording.State
PAUSED_BY = "payment"


def consented(call: Call, given: bool, at: datetime) -> None:
    """Their answer. Only who was asked, on a line that records, and went on is recorded once a person talks to them."""
    answered = reception_of(call.line)
    if not given or answered is None or answered.records != Reception.Records.ASKED:
        return
    Recording.objects.get_or_create(
        merchant_id=call.merchant_id, call=call, kind="call", defaults={"consent_at": at, "began_at": at}
    )


def keep_recording(
    call_id: int, kind: str, provider_id: str, storage_key: str, seconds: float, at: datetime
) -> Recording | None:
    """A driver has stored sound. Of a call nobody consented to nothing stays: the file is deleted, and None."""
    call = Call.objects.select_related("line__merchant", "entry").get(id=call_id)
    row = _row_for(call, kind, storage_key, at)
    if row is None:
        default_storage.delete(storage_key)
        return None
    row.storage_key, row.provider_id, row.seconds = storage_key, provider_id[:200] or row.provider_id, seconds
    row.state, row.ended_at = State.STORED, row.ended_at or at
    row.save()
    recording_stored(row.id, at)
    return row


def recording_stored(recording_id: int, at: datetime) -> None:
    """The sound is ours: a message left goes the way of every message, with the sound beside it. Again is once."""
    row = Recording.objects.select_related("call__line__merchant", "call__entry").get(id=recording_id)
    if row.storage_key:
        want(row, at)
    if row.kind != "voicemail" or not row.storage_key or row.call.kind == "trial":
        return
    call, number = row.call, str(row.id)
    with default_storage.open(row.storage_key) as file:
        sound = base64.b64encode(file.read()).decode()
    sender = sender_of(call)
    told = {"filename": "message.wav", "content_type": "audio/wav", "base64": sound}
    body = stored_body("voicemail", number, sender, _words(call, row.seconds), at, told)
    headers = {"content-type": "application/json", "via": "call"}
    place = lane(call.line_id, sender.address)
    receive([Incoming(call.merchant_id, call.line_id, external_id("voicemail", number), place, headers, body)])


def pause_at_payment(talk: Conversation, by: Actor = SYSTEM) -> int:
    """Somebody is about to pay: calls of this matter are not recorded until that is over. How many were."""
    return _switch(talk, False, by)


def go_on_after_payment(talk: Conversation, by: Actor = SYSTEM) -> int:
    """It is paid, or nobody pays any more. How many calls are recorded again."""
    return _switch(talk, True, by)


def paused(pauses: list[Any], second: float, *, on: bool) -> list[Any]:
    """[[from, to], …] once it goes on, or (on=False) pauses, so many seconds from its beginning; a pause that lasts
    ends in None. Saying the same again changes nothing."""
    lasts = bool(pauses) and (len(pauses[-1]) < 2 or pauses[-1][1] is None)
    if on == lasts:
        return [*pauses[:-1], [pauses[-1][0], max(0.0, second)]] if on else [*pauses, [max(0.0, second), None]]
    return pauses


def sender_of(call: Call) -> Handle:
    """Who called, as their call stands in the conversation."""
    if call.entry is not None and call.entry.inbound:
        return Handle(call.entry.sender_kind, call.entry.sender_address)
    return Handle("phone", call.number) if call.number else Handle(WITHHELD, call.uid.hex)


def _row_for(call: Call, kind: str, storage_key: str, at: datetime) -> Recording | None:
    rows = Recording.objects.filter(merchant_id=call.merchant_id, call=call, kind=kind)
    again = rows.filter(storage_key=storage_key).first()
    if again or kind == "voicemail":
        return again or Recording(merchant_id=call.merchant_id, call=call, kind=kind, consent_at=at, began_at=at)
    return rows.exclude(consent_at=None).filter(storage_key="").first()


@transaction.atomic
def _switch(talk: Conversation, on: bool, by: Actor) -> int:
    wanted = State.PAUSED if on else State.RUNNING
    mine = Q(call__conversation_id__in=family(talk)) | Q(call__customer_id=talk.customer_id)
    rows = Recording.objects.select_for_update(of=("self",)).select_related("call")
    found = list(rows.filter(mine, merchant_id=talk.merchant_id, kind="call", state=wanted, call__ended_at=None))
    for row in found:
        row.pauses = paused(row.pauses, (timezone.now() - row.began_at).total_seconds(), on=on)
        row.state = State.RUNNING if on else State.PAUSED
        row.save(update_fields=["pauses", "state"])
        leg = Leg.objects.filter(merchant_id=row.merchant_id, call=row.call, ended_at=None).exclude(answered_at=None)
        if talking := leg.order_by("id").first():
            ask(row.call, "record", {"on": on, "why": PAUSED_BY}, leg=talking, by=by)
    return len(found)


def _words(call: Call, seconds: float) -> str:
    whole = max(1, round(seconds))
    with translation.override((call.line.merchant.languages or ["en"])[0].partition("-")[0]):
        return ngettext("A message of %(n)d second", "A message of %(n)d seconds", whole) % {"n": whole}
