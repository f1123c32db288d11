"""The phone: menus where 0 always reaches a person, calls, and everybody's end of them.

`menu/` is a pure machine that needs no database; drivers carry out what it says: our own gateway (`intake/phone`), or a
provider that speaks TwiML (`hosted/`). What a call is, who is rung and what becomes of it stands here, once for both.
`transcribing/` has what was said written down, where the merchant has a program for that.

Owns: menu, reception, call, call step, leg, ask, recording, transcriber, transcription, call-back, mobile end.
Announces: call.began, call.zero, call.waiting, call.rings, call.talking, call.changed, call.written, call.ended.
Hears: message.received (the call's place in the conversation), draft.sent, draft.opened, draft.changed, draft.paid
(nobody is recorded while they pay), promise.kept, promise.withdrawn, promise.renegotiated
(nobody is called back who was called otherwise, and nobody at another time than was agreed).
"""
