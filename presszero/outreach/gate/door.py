"""At the outbox's door: the question it asks of what we write first, and what it then becomes."""

from __future__ import annotations

from presszero.channels import asking
from presszero.channels.models import Delivery
from presszero.core.actor import SYSTEM
from presszero.timeline.actions import record

from ..facts import OutreachHeld, OutreachRefused, OutreachStopped
from ..models import Outreach, State
from ..planning import about
from ..unsubscribing import along
from .asking import may_go
from .texting import may_answer

_ENDED = {asking.LATER: State.HELD, asking.NO: State.REFUSED}


def stand() -> None:
    """Once a process."""
    if may_go not in asking.askers:
        asking.askers.append(may_go)
        asking.answerers.append(may_answer)
        asking.told.append(note)
        asking.wrappers.append(along)


def note(delivery: Delivery, word: asking.Word) -> None:
    """What the gate said stands on the message itself too: held until a better moment, refused, or stopped."""
    rows = Outreach.objects.filter(merchant_id=delivery.merchant_id, entry_id=delivery.entry_id)
    row = rows.exclude(state__in=(State.ANSWERED, State.OVER)).order_by("id").first()
    if row is None or word.outcome not in _ENDED:
        return
    was = row.state
    row.state = State.STOPPED if word.rule == "stopped" else _ENDED[word.outcome]
    row.because, row.not_before = word.sentence[:300], word.until
    row.save(update_fields=["state", "because", "not_before"])
    if row.state != was:
        _announce(row, word)


def _announce(row: Outreach, word: asking.Word) -> None:
    if row.state == State.STOPPED:
        record(OutreachStopped(**about(row), by=SYSTEM, outreach_id=row.id))
    elif row.state == State.HELD:
        record(OutreachHeld(**about(row), by=SYSTEM, outreach_id=row.id, rule=word.rule))
    else:
        record(OutreachRefused(**about(row), by=SYSTEM, outreach_id=row.id, rule=word.rule))
