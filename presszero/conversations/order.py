"""The order of work: whose turn it is among those who wait. Pure.

Base is the moment their answer is due. What they said of the matter moves it, within bounds; what they spend has no
part in it: it is not asked here. As nobody's turn comes before they began to wait, whoever said nothing is passed only
by people who began to wait before that silent one's answer was due: however many come, nobody waits for ever.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

CAN_WAIT, AS_USUAL, MATTERS_A_LOT = 1, 2, 3  # what channels.vocabulary.Wish carries

SOONER = timedelta(hours=4)  # how far "matters a lot" brings a matter forward
LATER = timedelta(hours=4)  # how far "can wait" puts it back; nobody's turn comes later than this after it was due
AHEAD = timedelta(hours=4)  # how long before the moment they need it by, at the latest


class Waiting(Protocol):
    """The columns of a conversation that say whose turn it is."""

    waiting_since: datetime | None
    due_at: datetime | None
    matters: int | None
    needed_by: datetime | None
    work_at: datetime | None


def work_at(
    waiting_since: datetime | None, due_at: datetime | None, matters: int | None, needed_by: datetime | None
) -> datetime | None:
    """Their place in the order of work, earliest first; None when they do not wait.

    Never before they began to wait, and never more than LATER after the answer was due.
    """
    if waiting_since is None:
        return None
    turn = due_at or waiting_since
    if matters == MATTERS_A_LOT:
        turn -= SOONER
    elif matters == CAN_WAIT:
        turn += LATER
    if needed_by is not None:
        turn = min(turn, needed_by - AHEAD)
    return max(turn, waiting_since)


def put_in_order(row: Waiting) -> None:
    """Works the row's place out anew, after anything it depends on has changed. The caller saves.

    A moment that was over before they wrote again belongs to an earlier round of the matter: it hurries nobody now.
    """
    since, needed = row.waiting_since, row.needed_by
    over = needed is not None and since is not None and needed <= since
    row.work_at = work_at(since, row.due_at, row.matters, None if over else needed)
