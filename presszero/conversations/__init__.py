"""Conversations, messages, notes, resolutions, topics. Channel-blind.

Owns: conversation, message, note, mention, draft, resolution, snooze, assignment, follower, topic, macro, merge, move,
wish, live answer, tag, spam, bulk, filter, step, saved view, outsider, side thread.
Announces: conversation.opened, conversation.resolved, conversation.reopened, conversation.snoozed, conversation.woken,
conversation.assigned, conversation.merged, conversation.unmerged, conversation.split, conversation.unsplit,
conversation.changed, conversation.wished, conversation.recognised, conversation.tagged, conversation.untagged,
conversation.moved, conversation.field_set, conversation.spam, conversation.not_spam, bulk.progressed,
message.received, message.sent, message.taken_back, note.added, note.removed, call.logged, person.mentioned,
answer.not_arrived, side.asked, side.answered, side.closed.
Hears: delivery facts (a failed delivery puts the conversation back in sight), claim.answered (a form's address is
proven).
"""
