"""Every verb there is. A step of anything else is refused. Apps above add theirs when they are ready."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from . import handing, marking, resting, saying
from .step import Verb

VERBS: dict[str, Verb] = {
    "assign": Verb(
        _("Assign to"), _("assigns to %(what)s"), "member", "to", handing.assigned, handing.assigned_back,
        empty=True, says_empty=_("gives it back to everyone"),
    ),
    "team": Verb(
        _("Move to team"), _("moves to %(what)s"), "team", "team", handing.moved, handing.moved_back,
        empty=True, says_empty=_("moves to everybody’s queue"),
    ),
    "tag": Verb(_("Add tag"), _("adds the tag %(what)s"), "tag", "tag", marking.tagged, marking.untagged_again),
    "untag": Verb(
        _("Remove tag"), _("removes the tag %(what)s"), "tag", "tag", marking.untagged, marking.tagged_again
    ),
    "priority": Verb(
        _("Set priority"), _("sets the priority to %(what)s"), "priority", "priority",
        marking.prioritised, marking.prioritised_back,
    ),
    "topic": Verb(
        _("Set topic"), _("sets the topic to %(what)s"), "topic", "topic", marking.about_topic,
        marking.about_topic_back, empty=True, says_empty=_("takes the topic away"),
    ),
    "resolve": Verb(_("Resolve"), _("resolves"), "nothing", "", resting.resolved, resting.resolved_back),
    "reopen": Verb(_("Reopen"), _("opens again"), "nothing", "", resting.reopened, resting.reopened_back),
    "snooze": Verb(
        _("Snooze"), _("snoozes for %(what)s"), "duration", "for", resting.snoozed, resting.snoozed_back,
        empty=True, says_empty=_("snoozes until they write"),
    ),
    "spam": Verb(_("Mark as spam"), _("marks as spam"), "flag", "block", resting.spam, resting.spam_back),
    "not_spam": Verb(_("Not spam"), _("takes out of the spam"), "nothing", "", resting.no_spam, resting.no_spam_back),
    "field": Verb(_("Fill in field"), _("fills in %(what)s"), "field", "value", marking.filled_in,
                  marking.filled_in_back),
    "note": Verb(_("Add note"), _("notes “%(what)s”"), "text", "text", saying.noted, saying.unnoted),
    "reply": Verb(_("Reply"), _("replies “%(what)s”"), "text", "text", saying.replied),
    "follow": Verb(_("Add follower"), _("lets %(what)s follow"), "member", "member", handing.followed,
                   handing.unfollowed),
}  # fmt: skip
UNDOABLE: set[str] = {do for do, verb in VERBS.items() if verb.undo}


def add(do: str, verb: Verb) -> None:
    """A verb of an app above us. It brings along how its step is read and what there is to pick (step.Verb)."""
    VERBS[do] = verb
    if verb.undo:
        UNDOABLE.add(do)
