"""What an erasure takes out of calls, what a person's own copy says of them, and sound whose time is over.

That somebody called at an hour, waited and was answered stays, as numbers: it names nobody. Sound is a person's voice:
its file goes, and so does what was understood of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet

from .models import Ask, Call, Callback, CallStep, Leg, Recording, Transcription
from .transcribing.placing import take_out

_WORDS = ("digit", "looked", "text")  # steps in which something they keyed in may stand


def forget(merchant_id: int, customers: Sequence[int], conversations: Sequence[int], numbers: Collection[str]) -> int:
    """Takes their number, their voice and what they keyed in; how many calls. `numbers`: E.164, theirs."""
    theirs = Q(customer_id__in=customers) | Q(conversation_id__in=conversations) | Q(number__in=list(numbers))
    ids = list(Call.objects.filter(theirs, merchant_id=merchant_id).values_list("id", flat=True))
    mine = {"merchant_id": merchant_id, "call_id__in": ids}
    take_sound(merchant_id, Recording.objects.filter(**mine).values_list("id", flat=True))
    CallStep.objects.filter(**mine, what__in=_WORDS).update(says="")
    Ask.objects.filter(**mine).update(given={})
    Leg.objects.filter(**mine).update(offer="", answer="", number="")
    Call.objects.filter(id__in=ids, merchant_id=merchant_id, ended_at__isnull=False).update(dialog={}, state={})
    Call.objects.filter(id__in=ids, merchant_id=merchant_id).update(number="", language="")
    Callback.objects.filter(theirs, merchant_id=merchant_id).update(number="", language="")
    return len(ids)


def told(merchant_id: int, customers: Sequence[int]) -> list[dict[str, Any]]:
    """For their own copy: each call with its way, its times, and where its sound lies ("sounds": storage keys)."""
    rows = Call.objects.filter(merchant_id=merchant_id, customer_id__in=customers).order_by("id")
    return [_told(row) for row in rows.prefetch_related("steps", "recordings")]


def old_sound(merchant_id: int, before: datetime, held: Collection[int]) -> QuerySet[Recording]:
    """Recordings that began before then, but for those of customers whom a legal hold keeps."""
    rows = Recording.objects.filter(merchant_id=merchant_id, began_at__lt=before)
    return rows.exclude(state=Recording.State.DELETED).exclude(call__customer_id__in=list(held)).order_by("id")


@transaction.atomic
def take_sound(merchant_id: int, ids: Iterable[int]) -> int:
    """The files go once this is committed, and the words with them; that there was one, when and how long stays."""
    rows = Recording.objects.filter(merchant_id=merchant_id, id__in=list(ids))
    take_out(rows.exclude(transcript="").select_related("call"))
    Transcription.objects.filter(merchant_id=merchant_id, recording__in=rows).delete()
    for key in rows.exclude(storage_key="").values_list("storage_key", flat=True):
        transaction.on_commit(partial(default_storage.delete, key), robust=True)
    return rows.update(storage_key="", transcript="", provider_id="", trouble="", state=Recording.State.DELETED)


def _told(call: Call) -> dict[str, Any]:
    return {
        "began": call.began_at,
        "who_called": "you" if call.inbound else "us",
        "number": call.number,
        "ended": call.ended_at,
        "came_to": call.ended,
        "waited_since": call.waiting_at,
        "talked_since": call.talked_at,
        "way": [{"at": step.at, "what": step.what, "said": step.says} for step in call.steps.all()],
        "sounds": [each.storage_key for each in call.recordings.all() if each.storage_key],
        "transcripts": [each.transcript for each in call.recordings.all() if each.transcript],
    }
