"""Telling a member's own devices that something waits for them: web push, and which of it they want.

Owns: alert, device, alert choice, push key.
Announces: nothing.
Hears: message.received, person.mentioned, conversation.assigned, remedy.asked, remedy.granted, remedy.refused,
waiting.warned, waiting.late, waiting.offered.
"""
