"""Every key of the desk, for the sheet that `?` shows. The pages say the same beside each button."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _


def cheat() -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (keys, what they do), in reading order."""
    return [
        (_("Move"), _moves()),
        (_("Go to"), _places()),
        (_("Write"), _writing()),
        (_("Phone"), _phone()),
        (_("This conversation"), _conversation()),
    ]


def _moves() -> list[tuple[str, str]]:
    return [
        ("J", _("Next conversation")),
        ("K", _("Previous conversation")),
        ("↵", _("Open it")),
        ("O", _("Open it")),
        ("X", _("Select it")),
        ("Shift J", _("Select on, or Shift K back")),
        ("Ctrl A", _("Select all of the list")),
        ("/", _("Search")),
        ("Esc", _("Back, or close")),
        ("Ctrl K", _("Do anything")),
        ("?", _("All keys")),
    ]


def _places() -> list[tuple[str, str]]:
    return [
        ("G M", _("Mine")),
        ("G Y", _("For you")),
        ("G W", _("Waiting longest")),
        ("G U", _("Unassigned")),
        ("G S", _("Snoozed")),
        ("G E", _("Resolved")),
        ("G T", _("Team")),
        ("G V", _("Your views")),
        ("G O", _("Promises due")),
        ("G K", _("Promises: at risk, broken, differing")),
        ("G N", _("Messages to many")),
        ("G X", _("Spam")),
        ("G Q", _("To settle: questions, tasks by hand")),
        ("G D", _("Yesterday")),
        ("G L", _("Who waits now, and staffing")),
        ("G B", _("What service gives back")),
        ("G A", _("Alerts")),
        ("G R", _("Ready or away")),
        ("G ,", _("Settings")),
        *([("G P", _("Pretend to be a customer"))] if settings.DEMO else []),
    ]


def _writing() -> list[tuple[str, str]]:
    return [
        ("R", _("Reply")),
        ("N", _("Note")),
        ("0", _("Write a call down")),
        ("=", _("Promise something")),
        ("Alt K", _("Keep what your words promise")),
        ("#", _("Macros")),
        ("Ctrl ↵", _("Send")),
        ("Ctrl Shift ↵", _("Send and resolve")),
        ("P", _("Order for them, with a link to pay")),
        ("Alt P", _("The same, while you write")),
        (";word", _("A ready word, by its shortcut")),
        ("Ctrl B", _("Bold")),
        ("Ctrl I", _("Italic")),
        ("Z", _("Undo the last thing")),
    ]


def _phone() -> list[tuple[str, str]]:
    return [
        ("Alt A", _("Answer the call")),
        ("Alt E", _("Not now, or hang up")),
        ("Alt M", _("Mute, or speak again")),
        ("Alt H", _("Hold, or take back")),
        ("Alt T", _("Pass the call on")),
        ("Alt 0", _("Keypad, or call somebody")),
    ]


def _conversation() -> list[tuple[str, str]]:
    return [
        ("E", _("Resolve or reopen")),
        ("S", _("Snooze or wake up")),
        ("A", _("Assign")),
        ("I", _("Take it")),
        ("T", _("Topic")),
        ("F", _("Follow or not")),
        ("U", _("Mark unread")),
        ("M", _("Merge with another")),
        ("Q", _("Ask somebody else")),
        ("D", _("Split off messages")),
        ("L", _("Tags")),
        ("H", _("Hand to a team")),
        ("!", _("Spam, or not")),
        ("Y", _("Put it right: refund, replace, credit …")),
        ("B", _("Their newest order")),
        ("+", _("Grant what is asked, or suggest the next order")),
        ("-", _("Refuse it, or leave the suggestion aside")),
        ("V", _("All is well again, say you")),
        ("W", _("What they need")),
        ("C", _("To the customer beside it")),
        ("[", _("Newer conversation of theirs")),
        ("]", _("Older conversation of theirs")),
        ("G C", _("Everything of this customer")),
        (".", _("More")),
    ]
