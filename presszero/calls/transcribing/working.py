"""A worker's round: one recording of a merchant at a time, tried over a day, and written where it belongs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from presszero.core.actor import SYSTEM, Actor
from presszero.core.locks import alone
from presszero.core.refusal import Refused
from presszero.core.sealing import CannotOpen
from presszero.core.text import one_line
from presszero.timeline.actions import wake

from ..facts import CallWritten
from ..models import Recording, Transcriber, Transcription
from ..telling import tell
from .asking import NotWritten, Program, written
from .digits import without_cards
from .placing import place

WAKES = "transcripts"
_LOCKS = 0x7A1C  # advisory lock class of merchants whose recordings are written down
_MINUTES = (1, 5, 15, 60, 120, 240, 480, 480)  # between the tries: a little more than a day in all
_KINDS = {"voicemail": "voicemails", "call": "calls"}

State = Transcription.State


def transcriber_of(merchant_id: int) -> Transcriber | None:
    return Transcriber.objects.filter(merchant_id=merchant_id).first()


def want(row: Recording, at: datetime) -> None:
    """A recording is stored: it is written down where the merchant has that done with its kind. Again is once."""
    program = transcriber_of(row.merchant_id)
    if program is None or row.call.kind == "trial" or not getattr(program, _KINDS.get(row.kind, ""), False):
        return
    given = {"merchant_id": row.merchant_id, "recording": row}
    Transcription.objects.get_or_create(**given, defaults={"not_before": at})
    wake(WAKES)


@transaction.atomic
def want_again(row: Recording, *, by: Actor) -> None:
    """Somebody asks for it: once more, or for the first time. Raises Refused."""
    if transcriber_of(row.merchant_id) is None:
        raise Refused(_("Nothing is set up that writes recordings down."), _("An admin can do it in the settings."))
    if row.state != Recording.State.STORED or row.transcript:
        raise Refused(_("There is nothing to write down here."))
    anew = {"state": State.WAITING, "tries": 0, "not_before": timezone.now(), "trouble": ""}
    Transcription.objects.update_or_create(merchant_id=row.merchant_id, recording=row, defaults=anew)
    _tell(row, State.WAITING, by)
    wake(WAKES)


def work(now: datetime | None = None) -> int:
    """One recording of each merchant that waits; how many were tried. Outside any transaction."""
    at = now or timezone.now()
    due = Transcription.objects.filter(state=State.WAITING, not_before__lte=at)
    tried = 0
    for merchant_id in list(due.values_list("merchant_id", flat=True).distinct()):
        program = transcriber_of(merchant_id)
        if program is None:
            continue
        with alone(_LOCKS, merchant_id) as got_it:
            row = due.filter(merchant_id=merchant_id).order_by("not_before", "id").first() if got_it else None
            if row is not None:
                _try(row, program, at)
                tried += 1
    return tried


def _try(row: Transcription, program: Transcriber, at: datetime) -> None:
    """The try counts before it is made: a sound that brings us down is not tried for ever."""
    row.tries += 1
    row.not_before = at + timedelta(minutes=_MINUTES[min(row.tries, len(_MINUTES)) - 1])
    row.save(update_fields=["tries", "not_before"])
    rows = Recording.objects.select_related("call__line__merchant")
    sound = rows.get(merchant_id=row.merchant_id, id=row.recording_id)
    try:
        said = written(_program(program), _read(sound), _language(sound), sound.seconds)
    except NotWritten as why:
        _failed(row, program, why, at)
    else:
        _done(row, program, without_cards(said), at)


@transaction.atomic
def _done(row: Transcription, program: Transcriber, text: str, at: datetime) -> None:
    """A recording that was deleted meanwhile has no words either."""
    rows = Recording.objects.select_for_update(of=("self",)).select_related("call")
    sound = rows.get(merchant_id=row.merchant_id, id=row.recording_id)
    if sound.state != Recording.State.STORED:
        row.delete()
        return
    sound.transcript = text
    sound.save(update_fields=["transcript"])
    row.state, row.trouble = State.DONE, "" if text else _("No words were heard in it.")
    row.save(update_fields=["state", "trouble"])
    place(sound)
    mine = Transcriber.objects.filter(merchant_id=row.merchant_id, id=program.id)
    mine.update(worked_at=at, trouble="", trouble_since=None)
    _tell(sound, State.DONE, SYSTEM)


@transaction.atomic
def _failed(row: Transcription, program: Transcriber, why: NotWritten, at: datetime) -> None:
    over = why.for_good or row.tries > len(_MINUTES)
    row.state = State.FAILED if over else State.WAITING
    row.trouble = one_line(str(why), 300)
    row.save(update_fields=["state", "trouble"])
    if not why.for_good:
        mine = Transcriber.objects.filter(merchant_id=row.merchant_id, id=program.id)
        mine.filter(trouble_since=None).update(trouble_since=at)
        mine.update(trouble=row.trouble)
    if over or row.tries == 1:
        _tell(Recording.objects.select_related("call").get(id=row.recording_id), row.state, SYSTEM)


def _program(row: Transcriber) -> Program:
    try:
        return Program(row.url, row.model, row.key)
    except CannotOpen as why:
        raise NotWritten(str(why)) from why


def _read(row: Recording) -> bytes:
    try:
        with default_storage.open(row.storage_key) as file:
            return bytes(file.read())
    except (FileNotFoundError, ValueError) as why:
        raise NotWritten(_("The sound is no longer there."), for_good=True) from why


def _language(row: Recording) -> str:
    """ISO 639-1: what the caller picked, else the only one that the shop speaks, else unknown."""
    spoken = row.call.line.merchant.languages or []
    known = row.call.language or (spoken[0] if len(spoken) == 1 else "")
    found = known.partition("-")[0].lower()
    return found if len(found) == 2 else ""


def _tell(row: Recording, state: str, by: Actor) -> None:
    tell(CallWritten, row.call, by, recording_id=row.id, state=str(state))
