"""Giving, asking a lead, taking back: one verb each. Every one says who, is written down, and is harmless twice."""

from .asking import ask, grant, refuse, withdraw
from .by_hand import settle_unknown, task_done
from .giving import OverAuthority, Preview, give, preview
from .undoing import CannotUndo, undo

__all__ = [
    "CannotUndo",
    "OverAuthority",
    "Preview",
    "ask",
    "give",
    "grant",
    "preview",
    "refuse",
    "settle_unknown",
    "task_done",
    "undo",
    "withdraw",
]
