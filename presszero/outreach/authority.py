"""On whose word a choice gives something: the merchant's own, as an admin preset it, and the table's for machines.

The credit that a merchant set for late orders is theirs to give: exactly so much, once an order. Everything else is
held to the table's row of the assistant: given at once, or asked of a lead.
"""

from __future__ import annotations

from presszero.core.actor import Actor
from presszero.merchants.models import Merchant
from presszero.remedies import authority
from presszero.remedies.policy import LimitRow
from presszero.remedies.vocabulary import Kind

from .models import Manners, Outreach

KIND = "outreach"  # of an Actor; its id is the message that offered it
_AS = "assistant"


def stand() -> None:
    """Once a process."""
    authority.appointed[KIND] = rows_of


def actor(row: Outreach) -> Actor:
    """Who gives what is chosen: this very message."""
    return Actor(KIND, row.id, "Press Zero")


def rows_of(merchant_id: int) -> tuple[LimitRow, ...]:
    """The preset credit, and the assistant's rows for everything else."""
    found = authority.rows_of(merchant_id, _AS)
    preset = Manners.objects.filter(merchant_id=merchant_id, credit__gt=0).values_list("credit", flat=True).first()
    if preset is None:
        return found
    currency = Merchant.objects.values_list("currency", flat=True).get(id=merchant_id)
    credit = LimitRow(KIND, Kind.CREDIT, currency, each=preset, order=preset)
    return (credit, *(row for row in found if row.kind != Kind.CREDIT))
