"""What the desk's phone says, for its script: one table, asked for once a page."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Name → words, in the member's language. {name} is put in by the script."""
    return {**_ringing(), **_talking(), **_passing(), **_after(), **_troubles()}


def _ringing() -> dict[str, str]:
    return {
        "phone": _("Phone"),
        "calls": _("{who} calls"),
        "passes": _("{who} is passed on to you"),
        "ours": _("Calling {who}"),
        "rings": _("It rings there"),
        "yours": _("Your end first, then theirs"),
        "hint": _("by the number alone"),
        "hint_long": _("The number says it is {who}: a hint, not proof."),
        "unknown": _("No customer is known by this number."),
        "waits": _("waits"),
        "answer": _("Answer"),
        "decline": _("Not now"),
        "look": _("Look first"),
        "speaks": _("speaks {language}"),
        "page": _("from the shop’s page"),
        "no_subject": _("No subject"),
    }


def _talking() -> dict[str, str]:
    return {
        "joining": _("Connecting"),
        "again": _("Joining again"),
        "elsewhere": _("in another window"),
        "take_here": _("Talk here"),
        "on_mobile": _("on your own phone"),
        "rings_mobile": _("rings on your own phone"),
        "mute": _("Mute"),
        "muted": _("Muted"),
        "unmute": _("Speak again"),
        "hold": _("Hold"),
        "held": _("On hold"),
        "resume": _("Take back"),
        "keypad": _("Keypad"),
        "keys": _("Keys"),
        "pass_on": _("Pass on"),
        "add": _("Bring somebody in"),
        "more": _("More"),
        "end": _("Hang up"),
        "leave": _("Leave the call"),
        "recorded": _("Recorded"),
        "paused": _("Recording paused"),
        "pause": _("Pause the recording"),
        "record": _("Go on recording"),
        "paying": _("Paused while they pay"),
        "with": _("with {names}"),
        "good": _("good line"),
        "fair": _("fair line"),
        "poor": _("poor line"),
        "listens": _("You listen. They do not hear you."),
        "whispers": _("Your colleague hears you, the caller does not."),
        "whisper": _("Whisper"),
        "only_listen": _("Only listen"),
        "heard": _("A lead listens"),
        "device": _("Microphone and ring"),
        "open": _("Open the conversation"),
    }


def _passing() -> dict[str, str]:
    return {
        "to_whom": _("Who, which queue, or a number"),
        "ask_first": _("Ask first"),
        "people": _("Colleagues"),
        "queues": _("Queues"),
        "number": _("Number"),
        "free": _("free"),
        "talks": _("on a call"),
        "away": _("away"),
        "queue_waits": _("{n} waiting"),
        "nobody_waits": _("nobody waits"),
        "nobody": _("Nobody is called that. A number works too."),
        "asking": _("You ask {who}; the caller hears music."),
        "asked_rings": _("It rings at {who}; the caller hears music."),
        "asked_gone": _("{who} cannot come; the caller hears music."),
        "bring_in": _("Bring in"),
        "complete": _("Let them talk"),
        "back": _("Back to the caller"),
        "dial": _("Call"),
        "dial_whom": _("Number, with its country"),
        "from": _("They see"),
        "recent": _("Lately"),
        "missed": _("missed"),
        "nothing": _("No calls yet."),
        "close": _("Close"),
        "erase": _("Erase"),
        "settings": _("Your phone"),
        "ready": _("Calls come to you"),
        "not_ready": _("You are away: no call comes to you"),
        "be_ready": _("Be ready"),
    }


def _after() -> dict[str, str]:
    return {
        "ended": _("Call with {who} ended"),
        "what": _("What was said and agreed"),
        "keep": _("Write it down"),
        "keep_done": _("and resolve"),
        "nothing_said": _("Nothing to write"),
        "next_in": _("next call in {s} s"),
        "next_now": _("the next call may come"),
        "gone": _("They hung up before anybody answered."),
        "taken": _("Somebody else took it."),
        "was_missed": _("You missed a call of {who}"),
        "call_back": _("Call back"),
        "passed_over": _("You did not answer, so calls go to your colleagues now."),
    }


def _troubles() -> dict[str, str]:
    return {
        "no_mic": _("The microphone is not allowed. Allow it in the address bar, then answer again."),
        "no_mic_there": _("No microphone was found. Plug one in, then answer again."),
        "lost": _("The sound is gone for a moment. Joining again."),
        "no_server": _("We cannot reach Press Zero. The call itself may go on."),
        "over": _("This call is over."),
        "silent": _("Your browser plays no ring until you click once on this page."),
    }
