"""What an erasure takes out of what we wrote first, and what a person's own copy says of it.

That an address is left alone outlives its person, as a keyed hash. What the gate decided stays, without where they
were: ids, rules and moments, no word of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from presszero.customers.models import Consent

from .gate.saying import word
from .models import Choice, GateDecision, Outreach, State, StopWish
from .planning import UNWRITTEN
from .suppressing import Address
from .suppressing import forget as forget_addresses

_KEPT = ("day", "was", "wanted", "answer_by", "amount", "currency")  # days and sums, of what a message said


def forget(merchant_id: int, customers: list[int], addresses: Iterable[Address]) -> int:
    """How many rows lost something."""
    theirs = {"merchant_id": merchant_id, "customer_id__in": customers}
    rows = list(Outreach.objects.filter(**theirs))
    for row in rows:
        row.state = State.OVER if row.state in UNWRITTEN else row.state
        row.told = {name: value for name, value in row.told.items() if name in _KEPT}
        row.address, row.because, row.language = "", "", ""
    Outreach.objects.bulk_update(rows, ["state", "told", "address", "because", "language"], batch_size=200)
    Choice.objects.filter(merchant_id=merchant_id, outreach__in=rows).update(asked={})
    GateDecision.objects.filter(**theirs).update(local="")
    Consent.objects.filter(**theirs).update(ip=None)
    StopWish.objects.filter(**theirs).update(address="")
    return len(rows) + forget_addresses(merchant_id, addresses)


def told(merchant_id: int, customers: list[int]) -> dict[str, Any]:
    """For their own copy: what we wrote first, what they chose, and each time we did not write, and why."""
    theirs = {"merchant_id": merchant_id, "customer_id__in": customers}
    wrote = Outreach.objects.filter(**theirs).order_by("id").values(
        "id", "notice", "purpose", "channel", "address", "state", "at", "sent_at", "opened_at", "answered_at"
    )  # fmt: skip
    decided = GateDecision.objects.filter(**theirs, rehearsal=False).order_by("id")
    chosen = Choice.objects.filter(merchant_id=merchant_id, outreach__customer_id__in=customers)
    return {
        "written_first": list(wrote),
        "choices": list(chosen.exclude(taken_at=None).values("outreach_id", "kind", "label", "taken_at", "undone_at")),
        "may_we_write": [
            {
                "at": row.at,
                "channel": row.channel,
                "purpose": row.purpose,
                "answer": row.outcome,
                "because": word(row.rule),
                "until": row.until,
                "time_zone": row.local,
            }
            for row in decided
        ],
    }
