"""Facts about conversations."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ConversationOpened(Fact):
    kind = "conversation.opened"
    sentence = "A new matter began"
    line_id: int
    channel: str  # Line.kind


@dataclass(frozen=True, kw_only=True)
class MessageReceived(Fact):
    kind = "message.received"
    sentence = "They wrote"
    message_id: int
    entry_id: int
    channel: str
    automatic: bool


@dataclass(frozen=True, kw_only=True)
class MessageSent(Fact):
    kind = "message.sent"
    sentence = "{by} answered"
    message_id: int
    entry_id: int
    channel: str


@dataclass(frozen=True, kw_only=True)
class MessageTakenBack(Fact):
    kind = "message.taken_back"
    sentence = "{by} took an answer back before it went"
    message_id: int


@dataclass(frozen=True, kw_only=True)
class NoteAdded(Fact):
    kind = "note.added"
    sentence = "{by} left a note"
    note_id: int


@dataclass(frozen=True, kw_only=True)
class CallLogged(Fact):
    kind = "call.logged"
    sentence = "{by} wrote down a call"
    note_id: int
    outbound: bool  # we called them
    minutes: int | None  # None: nobody said how long it took


@dataclass(frozen=True, kw_only=True)
class NoteRemoved(Fact):
    kind = "note.removed"
    sentence = "{by} removed a note"
    note_id: int


@dataclass(frozen=True, kw_only=True)
class PersonMentioned(Fact):
    kind = "person.mentioned"
    sentence = "{by} asked a colleague to look"
    note_id: int
    member_id: int


@dataclass(frozen=True, kw_only=True)
class ConversationResolved(Fact):
    kind = "conversation.resolved"
    sentence = "{by} resolved it"
    topic_id: int | None


@dataclass(frozen=True, kw_only=True)
class ConversationReopened(Fact):
    kind = "conversation.reopened"
    sentence = "{by} opened it again"


@dataclass(frozen=True, kw_only=True)
class ConversationSnoozed(Fact):
    kind = "conversation.snoozed"
    sentence = "{by} put it aside"
    until_epoch: int | None  # seconds since 1970; None until they write


@dataclass(frozen=True, kw_only=True)
class ConversationWoken(Fact):
    kind = "conversation.woken"
    sentence = "It is back"


@dataclass(frozen=True, kw_only=True)
class ConversationAssigned(Fact):
    kind = "conversation.assigned"
    sentence = "{by} handed it over"
    member_id: int | None  # None: back to everyone


@dataclass(frozen=True, kw_only=True)
class ConversationMerged(Fact):
    kind = "conversation.merged"
    sentence = "{by} merged another conversation into it"
    merged_id: int
    merge_id: int


@dataclass(frozen=True, kw_only=True)
class ConversationUnmerged(Fact):
    kind = "conversation.unmerged"
    sentence = "{by} took a merged conversation out again"
    merged_id: int
    merge_id: int


@dataclass(frozen=True, kw_only=True)
class ConversationSplit(Fact):
    kind = "conversation.split"
    sentence = "{by} split part of it off"
    target_id: int


@dataclass(frozen=True, kw_only=True)
class ConversationUnsplit(Fact):
    kind = "conversation.unsplit"
    sentence = "{by} put the part back"
    target_id: int


@dataclass(frozen=True, kw_only=True)
class ConversationChanged(Fact):
    """Subject, priority, topic or followers."""

    kind = "conversation.changed"
    sentence = "{by} changed its details"


@dataclass(frozen=True, kw_only=True)
class ConversationWished(Fact):
    """How much it matters, by when, or how to answer. The words stay in the row."""

    kind = "conversation.wished"
    sentence = "{by} said how much it matters and by when"
    wish_id: int
    matters: int | None  # 1 can wait · 2 as usual · 3 matters a lot; None: not said
    needed_by_epoch: int | None  # seconds since 1970; None: not said


@dataclass(frozen=True, kw_only=True)
class AnswerNotArrived(Fact):
    kind = "answer.not_arrived"
    sentence = "An answer did not reach them"
    message_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerRecognised(Fact):
    kind = "conversation.recognised"
    sentence = "It is known now who wrote"
    merge_id: int  # of the two customers who are one


@dataclass(frozen=True, kw_only=True)
class SideAsked(Fact):
    """Somebody outside was asked, in a thread that the customer does not see."""

    kind = "side.asked"
    sentence = "{by} asked somebody outside"
    side_id: int
    entry_id: int


@dataclass(frozen=True, kw_only=True)
class SideAnswered(Fact):
    kind = "side.answered"
    sentence = "Somebody outside answered us"
    side_id: int
    entry_id: int
    automatic: bool


@dataclass(frozen=True, kw_only=True)
class SideClosed(Fact):
    kind = "side.closed"
    sentence = "{by} closed a side thread"
    side_id: int


@dataclass(frozen=True, kw_only=True)
class ConversationTagged(Fact):
    kind = "conversation.tagged"
    sentence = "{by} put a tag on it"
    tag_id: int


@dataclass(frozen=True, kw_only=True)
class ConversationUntagged(Fact):
    kind = "conversation.untagged"
    sentence = "{by} took a tag off it"
    tag_id: int


@dataclass(frozen=True, kw_only=True)
class ConversationMoved(Fact):
    kind = "conversation.moved"
    sentence = "{by} moved it to another queue"
    team_id: int | None  # None: everybody's
    before_id: int | None


@dataclass(frozen=True, kw_only=True)
class ConversationFieldSet(Fact):
    kind = "conversation.field_set"
    sentence = "{by} filled in one of its fields"
    field_id: int  # the own field


@dataclass(frozen=True, kw_only=True)
class ConversationSpam(Fact):
    kind = "conversation.spam"
    sentence = "{by} marked it as spam"
    blocked: bool  # it came from an address that is blocked


@dataclass(frozen=True, kw_only=True)
class ConversationNotSpam(Fact):
    kind = "conversation.not_spam"
    sentence = "{by} took it out of the spam"


@dataclass(frozen=True, kw_only=True)
class BulkProgressed(Fact):
    """A bulk went on, was finished, stopped or undone."""

    kind = "bulk.progressed"
    sentence = "The same was done to many conversations"
    bulk_id: int
    member_id: int  # who began it
    total: int
    done: int
    refused: int
    undone: int
