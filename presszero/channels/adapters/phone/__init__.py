"""The telephone as a channel: a call, and a message that was left, stand in the conversation like whatever else came.

What is said on it goes another way (calls, intake.phone): nothing can be sent here, and no provider pushes anything.
`presszero.calls` stores what came as {"id", "what": call · voicemail, "sender", "kind", "name", "text", "at",
"sound": {"filename", "content_type", "base64"}}. A caller's number is a hint and proves nothing.

Announces and hears: nothing.
"""
