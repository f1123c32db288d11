"""Sound the provider recorded: written down at once, fetched once by its id, stored by us, and deleted over there."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from presszero.calls import actions
from presszero.calls.models import Call, Recording
from presszero.channels.models import Line
from presszero.core.sealing import new_token
from presszero.core.text import clean

from .beginning import begin
from .rest import Api, NotDone

log = logging.getLogger(__name__)

State = Recording.State
PATIENT = timedelta(hours=24)  # as long a recording is asked for that cannot be fetched
AT_ONCE = 60  # seconds after its end in which every round asks for it
ROUND = 3  # seconds; the duty comes round more often than that
BEGINS = (b"RIFF", b"RIFX")  # a WAV; nothing else is kept


def note_message(call: Call, sid: str, seconds: float, at: datetime) -> Recording:
    """A message that was left; once, whoever tells of it first."""
    given = {"kind": "voicemail", "seconds": seconds, "began_at": at, "ended_at": at}
    row, _new = Recording.objects.get_or_create(
        merchant_id=call.merchant_id, call=call, provider_id=sid[:200], defaults=given
    )
    return row


def told(call: Call, sid: str, status: str, seconds: float, at: datetime) -> None:
    """The provider's word on one recording of a call: of a message, or of the talk."""
    row = Recording.objects.filter(merchant_id=call.merchant_id, call=call, provider_id=sid).first()
    if row is None and status == "completed":
        row = note_message(call, sid, seconds, at)
    if row is None or row.state not in (State.RUNNING, State.PAUSED):
        return
    if status == "completed":
        row.state, row.ended_at, row.seconds = State.RUNNING, row.ended_at or at, seconds or row.seconds
    elif status in ("absent", "failed"):
        row.state, row.ended_at, row.trouble = State.FAILED, at, _("The provider has no recording of it.")
    row.save()


def due(at: datetime) -> list[Recording]:
    """What waits to be fetched, the oldest first. What could not be fetched at once is asked for once a minute."""
    rows = Recording.objects.filter(state=State.RUNNING, ended_at__gt=at - PATIENT, storage_key="")
    found = rows.exclude(provider_id="").select_related("call__line").order_by("ended_at")[:200]
    return [row for row in found if _now(row, at)][:20]


def is_due(row: Recording) -> bool:
    """Whether it is still to be fetched; somebody else may have."""
    return Recording.objects.filter(id=row.id, state=State.RUNNING, storage_key="").exists()


def fetch(row: Recording, at: datetime) -> bool:
    """Fetches it, stores it, and has the provider forget it. Whether it is ours now; if not, it is tried again."""
    api = Api(row.call.line)
    try:
        sound = api.sound(row.provider_id)
        if not sound.startswith(BEGINS):
            raise NotDone(_("What the provider sent is no sound."))
    except NotDone as why:
        _failed(row, why)
        return False
    row.storage_key = default_storage.save(f"calls/{row.merchant_id}/{new_token(128)}.wav", ContentFile(sound))
    row.state, row.trouble = State.STORED, ""
    row.save(update_fields=["storage_key", "state", "trouble"])
    actions.recording_stored(row.id, at)
    _forget(api, row)
    return True


def forget_due() -> int:
    """Has providers delete what they still keep of what is ours. How many were left."""
    rows = (
        Recording.objects.filter(state=State.STORED, call__driver="hosted").exclude(provider_id="").exclude(trouble="")
    )
    found = list(rows.select_related("call__line").order_by("id")[:50])
    for row in found:
        _forget(Api(row.call.line), row)
    return len(found)


def left_meanwhile(line: Line, at: datetime) -> int:
    """Messages callers left while we were down: only the provider knows of them. How many were new."""
    api = Api(line)
    rows = api.recordings_since((at - PATIENT).strftime("%Y-%m-%d"))
    sids = [str(row.get("sid", "")) for row in rows]
    known = Recording.objects.filter(merchant_id=line.merchant_id, provider_id__in=sids)
    fresh = set(sids) - set(known.values_list("provider_id", flat=True))
    return sum(_taken_in(line, api, row, at) for row in rows if row.get("sid") in fresh)


def _taken_in(line: Line, api: Api, row: dict[str, Any], at: datetime) -> bool:
    """One of them, with the call it was left in. What was recorded before anybody called this number is not ours."""
    sid, seconds = str(row.get("call_sid", "")), float(row.get("duration") or 0)
    mine = Call.objects.filter(merchant_id=line.merchant_id, line=line, provider_id=sid)
    call = mine.first()
    if call is None:
        about = api.call(sid)
        if about.get("to") != line.address or row.get("status") != "completed":
            return False
        call = begin(line, sid, str(about.get("from", "")), at)
        actions.call_ended(call.id, "voicemail", at)
    note_message(call, str(row["sid"]), seconds, at)
    return True


def _now(row: Recording, at: datetime) -> bool:
    age = int((at - row.ended_at).total_seconds()) if row.ended_at else 0
    return age < AT_ONCE or age % 60 < ROUND


def _failed(row: Recording, why: NotDone) -> None:
    row.trouble = clean(str(why), 200)
    row.save(update_fields=["trouble"])


def _forget(api: Api, row: Recording) -> None:
    """The provider's copy goes. A failure is written beside the recording; it is tried again later."""
    try:
        api.forget(row.provider_id)
    except NotDone as why:
        log.warning("recording %d: %s", row.id, why)
        _failed(row, why)
        return
    if row.trouble:
        row.trouble = ""
        row.save(update_fields=["trouble"])
