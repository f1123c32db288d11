"""Rows of a conversation. `stream` is what stands in it, `state` what was done to it, `desk` what agents prepare,
`bulk` what is done to many at once, `side` what is said about it to others."""

from .bulk import Bulk, BulkItem
from .conversation import Conversation, Topic
from .desk import Draft, Follower, Looking, Macro, MacroText, Mention, SavedView, Seen, Upload
from .side import Outsider, SideThread
from .state import Assignment, Merge, Move, Resolution, Snooze, Spam, Tag, Tagged, Wish
from .stream import LiveAnswer, Message, Note, ThreadPlace

__all__ = [
    "Assignment",
    "Bulk",
    "BulkItem",
    "Conversation",
    "Draft",
    "Follower",
    "LiveAnswer",
    "Looking",
    "Macro",
    "MacroText",
    "Mention",
    "Merge",
    "Message",
    "Move",
    "Note",
    "Outsider",
    "Resolution",
    "SavedView",
    "Seen",
    "SideThread",
    "Snooze",
    "Spam",
    "Tag",
    "Tagged",
    "ThreadPlace",
    "Topic",
    "Upload",
    "Wish",
]
