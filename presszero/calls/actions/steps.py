"""A caller's way through the menu, as it is written down for whoever answers."""

from __future__ import annotations

from datetime import datetime

from ..models import Call, CallStep
from ..policy import MOST_STEPS, RUN, may_be_noted


def write_step(call: Call, what: str, node: str, says: str, at: datetime) -> None:
    """One step of their way; of a run of keys the rest is left out, and of a flood everything."""
    steps = CallStep.objects.filter(merchant_id=call.merchant_id, call=call)
    if steps.count() >= MOST_STEPS:
        return
    last = list(steps.order_by("-id").values_list("what", flat=True)[:RUN])
    run = next((n for n, each in enumerate(last) if each not in ("digit", "entered")), len(last))
    words = may_be_noted(says, run) if what == "digit" else may_be_noted(says, 0)
    CallStep.objects.create(
        merchant_id=call.merchant_id, call=call, at=at, what=what[:16], node=node[:60], says=words[:200]
    )
