"""Verbs about conversations, a file for each family of verbs."""

from .answer import forget_draft, note, remove_note, reply, save_draft, take_back, upload
from .arrange import merge, split, unmerge, unsplit
from .begin import begin
from .recognise import recognise
from .settle import (
    assign,
    follow,
    reopen,
    resolve,
    set_priority,
    set_subject,
    set_topic,
    snooze,
    unfollow,
    wake_due,
    wake_up,
)
from .take_apart import take_apart
from .watch import looking, seen

__all__ = [
    "assign",
    "begin",
    "follow",
    "forget_draft",
    "looking",
    "merge",
    "note",
    "recognise",
    "remove_note",
    "reopen",
    "reply",
    "resolve",
    "save_draft",
    "seen",
    "set_priority",
    "set_subject",
    "set_topic",
    "snooze",
    "split",
    "take_apart",
    "take_back",
    "unfollow",
    "unmerge",
    "unsplit",
    "upload",
    "wake_due",
    "wake_up",
]
