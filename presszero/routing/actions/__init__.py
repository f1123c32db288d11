"""Verbs: who is here (`presence`), who waits (`waiting`), whose turn it is (`deciding`), what they do (`turns`)."""

from ..policy import GONE_AFTER
from .deciding import decide
from .presence import be_away, be_here, be_ready, had_turn, reached_elsewhere, wrapped_up
from .turns import decline, finish, miss, pick, take
from .waiting import Asked, enter, leave

__all__ = [
    "GONE_AFTER",
    "Asked",
    "be_away",
    "be_here",
    "be_ready",
    "decide",
    "decline",
    "enter",
    "finish",
    "had_turn",
    "leave",
    "miss",
    "pick",
    "reached_elsewhere",
    "take",
    "wrapped_up",
]
