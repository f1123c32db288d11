"""Every key of the desk, for the sheet that `?` shows. The pages say the same beside each button."""

from __future__ import annotations

from django.utils.translation import gettext as _


def cheat() -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (keys, what they do), in reading order."""
    return [
        (
            _("Move"),
            [
                ("J", _("Next conversation")),
                ("K", _("Previous conversation")),
                ("↵", _("Open it")),
                ("O", _("Open it")),
                ("/", _("Search")),
                ("Esc", _("Back, or close")),
                ("Ctrl K", _("Do anything")),
            ],
        ),
        (_("Go to"), _places()),
        (
            _("Write"),
            [
                ("R", _("Reply")),
                ("N", _("Note")),
                ("#", _("Macros")),
                ("Ctrl ↵", _("Send")),
                ("Ctrl Shift ↵", _("Send and resolve")),
                ("Z", _("Undo the last thing")),
            ],
        ),
        (
            _("This conversation"),
            [
                ("E", _("Resolve or reopen")),
                ("S", _("Snooze or wake up")),
                ("A", _("Assign")),
                ("I", _("Take it")),
                ("T", _("Topic")),
                ("F", _("Follow or not")),
                ("U", _("Mark unread")),
                ("M", _("Merge with another")),
                ("X", _("Split off messages")),
                ("C", _("Show the customer")),
                (".", _("More")),
            ],
        ),
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
        ("G D", _("Yesterday")),
        ("G ,", _("Settings")),
    ]
