"""The chat's words in each language it speaks. A merchant may say any of them in its own way; {name} is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .translations import DE, ES, FR

EN = {
    "launcher": "Chat with {name}",
    "close": "Close",
    "dismiss": "Not now",
    "back": "Back",
    "menu": "More",
    "unread": "{n} new",
    "greeting": "Hello!",
    "greeting_known": "Hello {name}!",
    "welcome": "Ask us anything. A person reads every word.",
    "leave_words": "Write now, and the answer comes here and, if you like, by e-mail.",
    "start": "Start a chat",
    "start_more": "We are here now",
    "leave": "Leave a message",
    "leave_more": "We answer as soon as we are back",
    "go_on": "Go on with your chat",
    "prove_row": "Already a customer?",
    "prove_row_more": "Prove it with a code, and we know your orders",
    "human": "Talk to a person",
    "human_more": "No robots on the way",
    "open_now": "We are here now",
    "closed_now": "We are away at the moment",
    "soon": "We usually answer within {n} minutes",
    "soon_hours": "We usually answer within {n} hours",
    "back_at": "We are back: {when}",
    "talk": "Your chat",
    "you": "You",
    "write": "Write a message",
    "send": "Send",
    "attach": "Add a file",
    "remove": "Remove {name}",
    "emoji": "Emoji",
    "newer": "New messages",
    "types": "{who} is typing",
    "sending": "Sending",
    "state_sent": "Sent",
    "state_delivered": "Delivered",
    "state_read": "Read",
    "again": "Try again",
    "drop": "Delete",
    "notice": "When you send a message, we keep it and the page you are on, so that we can help you.",
    "privacy": "Privacy",
    "matter": "Is this about “{subject}”?",
    "matter_yes": "Yes",
    "matter_no": "Something else",
    "matter_new": "Good. What you write now begins something new.",
    "address_offer": "{when} Shall we answer by e-mail, too?",
    "address_yes": "Yes, by e-mail",
    "address_title": "Where can we answer you?",
    "address_words": "We answer here and by e-mail, so you need not wait with this page open.",
    "address_go": "Save",
    "email": "E-mail",
    "name": "Name (if you like)",
    "prove_title": "Already a customer?",
    "prove_words": "We send six digits to your e-mail. With them we know it is you, and see your orders.",
    "prove_send": "Send me the code",
    "code": "The six digits",
    "code_words": "If we can write to {address}, a code is on its way. It works for ten minutes.",
    "prove_go": "That is me",
    "prove_again": "Another address, or a new code",
    "wish_title": "How much does this matter to you?",
    "wish_1": "It can wait",
    "wish_2": "As usual",
    "wish_3": "It matters a lot",
    "wish_words": "By when do you need it, and is there anything we should know? Both are up to you.",
    "wish_by": "By when",
    "wish_say": "In your own words",
    "wish_go": "Tell them",
    "wish_thanks": "Thank you, we see that now.",
    "wish_more": "Say by when",
    "wish_row": "How much this matters",
    "wish_row_more": "And by when you need it",
    "mail_row": "Answer me by e-mail",
    "mail_row_more": "You can close this window",
    "here_row": "Answer me here",
    "here_row_more": "In this chat",
    "thanks": "Thank you, noted.",
    "not_now": "Not now",
    "sound_on": "Turn the sound on",
    "sound_off": "Turn the sound off",
    "leave_chat": "Forget this chat here",
    "leave_chat_more": "On this device; the shop keeps what was said",
    "zero": "0: talk to a person",
    "zero_title": "Talk to a person",
    "zero_write": "Write here",
    "zero_write_more": "A person reads it",
    "zero_call": "Call us",
    "zero_call_me": "Call me",
    "zero_call_me_more": "Keep your place, and we ring you",
    "zero_mail": "By e-mail",
    "zero_mail_more": "Leave your address, and we write to you",
    "wrong_many": "At most {n} files go with one message. Send the others with the next one.",
    "wrong_size": "Together at most {size} go with one message. Leave one out, or make it smaller.",
    "wrong_large": "This was too large to send. Leave a file out and try again.",
    "wrong_cookie": "Your browser blocks the cookie that this chat needs.",
    "own_tab": "Open the chat in a tab of its own",
    "wrong_refused": "This could not be sent.",
    "wrong_lost": "The file is not here any more. Add it once more.",
    "wrong_fast": "You are quick! This goes in a moment.",
    "wrong_away": "No connection. It goes by itself when there is one.",
    "wrong_often": "That was a little often. Try again in a few minutes.",
    "wrong_try": "That did not reach us. Try again in a moment.",
}
SPOKEN: dict[str, Mapping[str, str]] = {"en": EN, "de": DE, "es": ES, "fr": FR}
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
LONGEST = 300  # characters of a merchant's own wording


def texts(language: str, own: Any) -> dict[str, str]:
    """Every word in one language; `own` is the line's setting: {"de": {"greeting": "Moin!"}}."""
    said = {**EN, **SPOKEN.get(language, {})}
    given = own.get(language) if isinstance(own, dict) else None
    for name, words in (given if isinstance(given, dict) else {}).items():
        if name in EN and isinstance(words, str) and words.strip():
            said[name] = words[:LONGEST]
    return said


def chosen(asked: list[str], known: list[str]) -> str:
    """The first of the languages asked for ("de-AT", "fr") that is known, else the first known."""
    for each in asked:
        base = each.strip().lower().partition("-")[0]
        if base in known:
            return base
    return known[0]
