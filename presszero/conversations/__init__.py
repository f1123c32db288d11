"""Conversations, messages, notes, resolutions, topics. Channel-blind.

Owns: conversation, message, note, mention, draft, resolution, snooze, assignment, follower, topic, macro, merge, move,
wish, live answer.
Announces: conversation.opened, conversation.resolved, conversation.reopened, conversation.snoozed, conversation.woken,
conversation.assigned, conversation.merged, conversation.unmerged, conversation.split, conversation.unsplit,
conversation.changed, conversation.wished, conversation.recognised, message.received, message.sent, message.taken_back,
note.added, note.removed, person.mentioned, answer.not_arrived.
Hears: delivery facts (a failed delivery puts the conversation back in sight), claim.answered (a form's address is
proven).
"""
