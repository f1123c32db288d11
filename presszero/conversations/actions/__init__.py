"""Verbs about conversations, a file for each family of verbs."""

from .answer import forget_draft, note, remove_note, reply, save_draft, take_back, upload
from .arrange import merge, split, unmerge, unsplit
from .begin import begin
from .calls import log_call
from .placing import set_field, set_team
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
    unresolve,
    wake_due,
    wake_up,
)
from .spam import block_sender, mark_spam, not_spam
from .tags import change_tag, create_tag, retire_tag, tag, untag
from .take_apart import take_apart
from .watch import looking, seen

__all__ = [
    "assign",
    "begin",
    "block_sender",
    "change_tag",
    "create_tag",
    "follow",
    "forget_draft",
    "log_call",
    "looking",
    "mark_spam",
    "merge",
    "not_spam",
    "note",
    "recognise",
    "remove_note",
    "reopen",
    "reply",
    "resolve",
    "retire_tag",
    "save_draft",
    "seen",
    "set_field",
    "set_priority",
    "set_subject",
    "set_team",
    "set_topic",
    "snooze",
    "split",
    "tag",
    "take_apart",
    "take_back",
    "unfollow",
    "unmerge",
    "unresolve",
    "unsplit",
    "untag",
    "upload",
    "wake_due",
    "wake_up",
]
