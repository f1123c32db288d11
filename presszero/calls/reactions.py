"""A call's arrival was understood: it joins its conversation. And nobody is recorded while they pay."""

from __future__ import annotations

from presszero.channels.models import Entry
from presszero.conversations.models import Conversation
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears

from .actions.callbacks import cancel_callback, move_callback, not_begun
from .actions.coming import come_arrived
from .actions.linking import arrived
from .actions.recordings import go_on_after_payment, pause_at_payment
from .actions.wishing import wish_arrived
from .models import Callback
from .transcribing.placing import place_arrived


@hears("calls.place", "message.received")
def a_call_found_its_place(event: Event) -> None:
    """Which conversation it belongs to was decided as for every message."""
    if event.data.get("channel") != "phone":
        return
    entry = Entry.objects.filter(merchant_id=event.merchant_id, id=event.data["entry_id"]).first()
    talk = _talk(event)
    if entry is not None and talk is not None:
        arrived(entry, talk, event.at)
        wish_arrived(entry, talk)
        come_arrived(entry, talk, event.at)
        place_arrived(entry)


@hears("calls.promised", "promise.kept", "promise.withdrawn", "promise.renegotiated")
def a_promise_to_call_changed(event: Event) -> None:
    """They were called otherwise, or the matter is over: nobody calls by itself. Or another time was agreed."""
    rows = Callback.objects.filter(merchant_id=event.merchant_id, promise_id=event.data["promise_id"])
    for row in not_begun(rows, event.merchant_id):
        if event.kind != "promise.renegotiated":
            cancel_callback(row, event.at)
        elif row.state == Callback.State.WAITS:  # one whose turn has come stays in the queue
            move_callback(row, event.data["instead_id"], event.at)


def _talk(event: Event) -> Conversation | None:
    rows = Conversation.objects.select_related("root")
    found = rows.filter(merchant_id=event.merchant_id, id=event.conversation_id or 0).first()
    return (found.root or found) if found else None


@hears("calls.payment", "draft.sent", "draft.opened", "draft.changed", "draft.paid")
def somebody_pays(event: Event) -> None:
    """From the link until it is paid, or taken back, calls of this matter are not recorded."""
    talk = _talk(event)
    if talk is None:
        return
    if event.kind in ("draft.sent", "draft.opened"):
        pause_at_payment(talk)
    elif event.kind == "draft.paid" or event.data.get("state") in ("cancelled", "expired", "failed"):
        go_on_after_payment(talk)
