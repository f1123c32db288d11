"""What we said would happen, by when. The first kind: when we answer.

Owns: promise, acknowledgement.
Announces: promise.made, promise.kept, promise.broken, promise.withdrawn.
Hears: message.received (an acknowledgement is due), message.sent (a promise is kept), message.taken_back and
answer.not_arrived (it is open again), conversation.resolved and conversation.split (what we said goes with the matter).
"""
