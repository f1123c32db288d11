"""Drawing a chance: who may see a suggestion in a conversation, written down before anything of it is decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from presszero.conversations.models import Conversation
from presszero.core.actor import SYSTEM
from presszero.customers.queries import family
from presszero.merchants.models import Merchant
from presszero.timeline.actions import record

from .drawing import draw, held_out
from .facts import OfferConsidered
from .models import Chance, Suggesting
from .policy import Verdict, may_suggest
from .situation import case_of


def suggesting(merchant: Merchant | int) -> Suggesting:
    """How the merchant wants it; made with its salt when it is asked for first."""
    number = merchant if isinstance(merchant, int) else merchant.id
    return Suggesting.objects.get_or_create(merchant_id=number)[0]


def verdict(row: Conversation, now: datetime) -> Verdict:
    """Whether the next order may be spoken of here just now. Knows nothing of the draw."""
    how = Suggesting.objects.filter(merchant_id=row.merchant_id).first()
    return may_suggest(case_of(row, how, now))


@transaction.atomic
def consider(row: Conversation, now: datetime) -> Chance | None:
    """Draws, once, if all is well here; None where it is not. `row` is a matter as it stands today.

    A customer falls where they fell first, also after a merge or when the share was changed: of everyone who is them
    today, the earliest draw counts.
    """
    known = chance_of(row)
    found = verdict(row, now)
    if known is not None or not found.yes:
        return known if found.yes else None
    how = suggesting(row.merchant_id)
    first = first_draw(row)
    drawn = first.draw if first else draw(how.salt, row.customer.now_id)
    share = first.share if first else how.share
    made, is_new = Chance.objects.get_or_create(
        merchant_id=row.merchant_id,
        conversation=row,
        defaults={
            "customer_id": row.customer.now_id,
            "at": now,
            "draw": drawn,
            "held_out": first.held_out if first else held_out(drawn, share),
            "share": share,
            "mood": found.how,
        },
    )
    if is_new:
        about: dict[str, Any] = {
            "merchant_id": row.merchant_id,
            "customer_id": row.customer_id,
            "conversation_id": row.id,
        }
        record(OfferConsidered(**about, by=SYSTEM))
    return made


def chance_of(row: Conversation) -> Chance | None:
    """The first that was drawn in this matter, merged parts too."""
    here = Conversation.objects.filter(merchant_id=row.merchant_id, root_id=row.now_id).values_list("id", flat=True)
    rows = Chance.objects.filter(merchant_id=row.merchant_id, conversation_id__in=[row.now_id, *here])
    return rows.order_by("at", "id").first()


def first_draw(row: Conversation) -> Chance | None:
    """Where this customer fell first, by any name they have today."""
    rows = Chance.objects.filter(merchant_id=row.merchant_id, customer_id__in=family(row.customer))
    return rows.order_by("at", "id").first()


def open_to(row: Conversation) -> Chance | None:
    """The chance of this matter if something may be shown: neither it nor its customer is held out."""
    chance = chance_of(row)
    if chance is None or chance.held_out:
        return None
    first = first_draw(row)
    return None if first is not None and first.held_out else chance
