"""What we said would happen, by when. The first kind: when we answer.

Owns: promise, acknowledgement.
Announces: promise.made, promise.kept, promise.broken.
Hears: conversation.opened, message.received (an acknowledgement is due), message.sent (a promise is kept).
"""
