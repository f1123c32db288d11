"""A matter was settled, or what it took has changed since: it is written down as it stands."""

from __future__ import annotations

from presszero.timeline.models import Event
from presszero.timeline.reactions import hears

from . import serving
from .models import Served

_ARRANGED = ("conversation.merged", "conversation.unmerged", "conversation.split", "conversation.unsplit")
_TURNED = ("conversation.reopened", "conversation.changed", "conversation.spam", "conversation.not_spam")
_GIVEN = ("remedy.given", "remedy.done", "remedy.failed", "remedy.undone", "remedy.unknown")
_OFFERED = ("offer.suggested", "offer.used", "draft.sent", "draft.paid")


@hears("insights.served", "conversation.resolved", *_ARRANGED, *_TURNED, *_GIVEN, *_OFFERED)
def served(event: Event) -> None:
    """Writes a matter when it is resolved or arranged anew; what else happens concerns those written already."""
    for number in _about(event):
        if event.kind in ("conversation.resolved", "conversation.not_spam", *_ARRANGED) or _is_written(event, number):
            serving.serve(event.merchant_id, number)


def _about(event: Event) -> list[int]:
    """The conversation, and the other one where two of them were arranged."""
    others = (event.data.get(name) for name in ("merged_id", "target_id"))
    return [number for number in (event.conversation_id, *others) if number is not None]


def _is_written(event: Event, number: int) -> bool:
    return Served.objects.filter(merchant_id=event.merchant_id, conversation_id=number).exists()
