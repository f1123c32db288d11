"""Who should answer, and by when: queues, skills, presence, capacity, turns, targets.

Live work (a call, a chat) waits in a queue until `actions.decide` offers it to whoever is best for it; `policy` says
who that is, and why. Owns: presence, queue, skill, capacity, waiting, turn, target. Announces: presence.changed,
waiting.entered, waiting.offered, waiting.warned, waiting.late, waiting.left. Hears: message.received, message.sent,
conversation.assigned, conversation.resolved, conversation.snoozed, conversation.spam, conversation.merged (of chats),
presence.changed, call.ended (hands are free again).
"""
