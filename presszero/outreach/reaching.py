"""By which way a customer is written to first: as they asked, where they last wrote, as the merchant prefers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from presszero.channels.models import Line
from presszero.channels.registry import adapter
from presszero.conversations.models import Message
from presszero.customers.models import Customer, Handle
from presszero.customers.queries import family, handles
from presszero.merchants.models import Brand

from .models import Outreach
from .regarding import manners_of

_PROVEN = {"verified": 0, "seen": 1, "claimed": 2}


@dataclass(frozen=True, slots=True)
class Way:
    """A line of ours, and an address of theirs that it reaches."""

    line: Line
    kind: str  # of the address
    address: str


def ways_to(row: Outreach, brand: Brand | None) -> list[Way]:
    """Best first. A chat is none: nobody sees it who is not there."""
    lines = _lines(row.merchant_id, brand)
    known = [each for each in handles(row.customer) if each.proof != "refuted" and not each.bounced_at]
    asked = (row.channel, row.customer.preferred_channel, _last_used(row.customer))
    prefer = [*asked, *manners_of(row.merchant_id).prefer, "email"]
    order = row.order.email if row.order else ""
    ways = [
        (_rank(line.kind, prefer), each.address != order, _PROVEN.get(each.proof, 3), each.id, line.id, each, line)
        for line in lines
        for each in known
        if adapter(line.kind).handle_kind == each.kind and row.channel in ("", line.kind)
    ]
    return _best_of_each([(each, line) for *_ranks, each, line in sorted(ways, key=lambda way: way[:5])])


def _lines(merchant_id: int, brand: Brand | None) -> Sequence[Line]:
    """What can be sent from: the brand's own, else any of the merchant's."""
    rows = Line.objects.filter(merchant_id=merchant_id, paused_at=None).select_related("brand").order_by("id")
    found = [line for line in rows if _reaches(line)]
    own = [line for line in found if brand is not None and line.brand_id == brand.id]
    return own or found


def _reaches(line: Line) -> bool:
    can = adapter(line.kind).can
    return can.answers and not can.live


def _best_of_each(ways: Sequence[tuple[Handle, Line]]) -> list[Way]:
    """One way a channel: an address that is refused is not followed by the next one of theirs."""
    found: dict[str, Way] = {}
    for each, line in ways:
        found.setdefault(line.kind, Way(line, each.kind, each.address))
    return list(found.values())


def _rank(kind: str, prefer: Sequence[str]) -> int:
    return prefer.index(kind) if kind in prefer else len(prefer)


def _last_used(customer: Customer) -> str:
    """The channel they wrote on last."""
    wrote = Message.objects.filter(
        merchant_id=customer.merchant_id, conversation__customer_id__in=family(customer), inbound=True
    )
    last = wrote.order_by("-at", "-id").values_list("entry__thread__line__kind", flat=True).first()
    return last or ""
