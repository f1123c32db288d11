"""What a worker does, and what wakes it."""

from __future__ import annotations

import time

from django.utils import timezone

from presszero.audit.actions import chain
from presszero.channels import outbox
from presszero.conversations.actions import wake_due
from presszero.conversations.actions.carry_on import carry_on_due
from presszero.conversations.actions.turns import give_missing_turns
from presszero.customers import codes
from presszero.customers.codes import post_code
from presszero.promises.actions import break_due, forget_told
from presszero.team.actions import sweep
from presszero.team.letters import post_waiting
from presszero.timeline import reactions
from presszero.timeline.actions import make_partitions
from presszero.visitors import actions as visitors

from . import hearing, messages, split
from .duty import Duty

LETTERS = (post_code,)  # beside the team's own; the queue knows a job once its module is imported
SENDERS = 3  # threads that deliver, so that one slow provider does not hold the others up

_last_slow_round = 0.0


def all_duties() -> list[Duty]:
    hearing.register()
    return [
        Duty("split", split.split_all, "arrivals", full=split.BATCH),
        Duty("understand", messages.understand_all, split.WHEN_SPLIT, full=messages.BATCH),
        Duty("react", reactions.consume_all, "timeline", full=reactions.LIMIT),
        *(Duty(f"deliver {n + 1}", outbox.deliver_due, "outbox", 1.0, full=2, crew="deliver") for n in range(SENDERS)),
        Duty("letters", _post_letters, "letters", poll=2.0),
        Duty("clock", _clock, "", poll=5.0),
    ]


def _post_letters() -> int:
    """A restored copy writes to nobody, colleagues included."""
    return 0 if outbox.sending_held() else post_waiting()


def _clock() -> int:
    """What is due by time alone. Always 0, so that it rests between rounds."""
    global _last_slow_round
    wake_due(timezone.now())
    carry_on_due(timezone.now())
    break_due(timezone.now())
    outbox.find_abandoned()
    outbox.match_strays()
    if time.monotonic() - _last_slow_round > 300:
        _last_slow_round = time.monotonic()
        make_partitions()
        chain()
        sweep(timezone.now())
        codes.forget(timezone.now())
        visitors.forget(timezone.now())
        give_missing_turns()
        forget_told(timezone.now())
    return 0
