"""All may be well again: a chance is drawn and written down. Only after that, in another round, is anything decided."""

from __future__ import annotations

from django.utils import timezone

from presszero.commerce.models import DraftOrder
from presszero.conversations.models import Conversation
from presszero.timeline.models import Event
from presszero.timeline.reactions import hears

from .actions import link_draft, suggest_in
from .chances import consider
from .situation import may_be_settled


@hears("offers.chance", "conversation.resolved", "remedy.done", "message.received")
def all_may_be_well(event: Event) -> None:
    """Most words belong to matters that nothing was done about yet, and cost one look."""
    if event.conversation_id is None or event.data.get("automatic"):
        return
    if may_be_settled(event.merchant_id, event.conversation_id) and (row := _matter(event)) is not None:
        consider(row, timezone.now())


@hears("offers.suggestion", "offer.considered", "conversation.resolved", "remedy.done")
def a_chance_was_drawn(event: Event) -> None:
    """Decides what to suggest, where somebody may see it. The chance is committed by then, or there is none."""
    row = _matter(event)
    if row is not None:
        suggest_in(row, timezone.now())


@hears("offers.draft", "draft.changed")
def an_order_is_offered(event: Event) -> None:
    """An order to be paid by link may have come of a suggestion."""
    draft = DraftOrder.objects.filter(merchant_id=event.merchant_id, id=event.data["draft_id"]).first()
    if draft is not None and draft.state in ("making", "open"):
        link_draft(draft)


def _matter(event: Event) -> Conversation | None:
    """As it stands today, after merges."""
    rows = Conversation.objects.select_related("customer", "root__customer")
    row = rows.filter(merchant_id=event.merchant_id, id=event.conversation_id or 0).first()
    return row and (row.root or row)
