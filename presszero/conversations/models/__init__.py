"""Rows of a conversation. `stream` is what stands in it, `state` what was done to it, `desk` what agents prepare."""

from .conversation import Conversation, Topic
from .desk import Draft, Follower, Looking, Macro, Mention, Seen, Upload
from .state import Assignment, Merge, Move, Resolution, Snooze, Wish
from .stream import LiveAnswer, Message, Note, ThreadPlace

__all__ = [
    "Assignment",
    "Conversation",
    "Draft",
    "Follower",
    "LiveAnswer",
    "Looking",
    "Macro",
    "Mention",
    "Merge",
    "Message",
    "Move",
    "Note",
    "Resolution",
    "Seen",
    "Snooze",
    "ThreadPlace",
    "Topic",
    "Upload",
    "Wish",
]
