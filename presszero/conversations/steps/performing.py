"""Doing a step, undoing it, and reading it out."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from presszero.core.actor import Actor
from presszero.core.refusal import Refused

from ..models import Conversation
from .step import Before, Step
from .verbs import UNDOABLE, VERBS

__all__ = ["UNDOABLE", "perform", "says", "undo"]


@transaction.atomic
def perform(conversation: Conversation, step: Step, by: Actor) -> Before:
    """Does it. What an undo needs, as JSON; {} where nothing changed or nothing can be undone. Raises Refused.

    Done by nobody's hand (`by` no member), a reply is marked as a machine's and answers nobody.
    """
    return VERBS[step.do].perform(conversation, step.value, by)


@transaction.atomic
def undo(conversation: Conversation, step: Step, before: Before, by: Actor) -> None:
    """Puts back what `perform` gave. Raises MovedOn where somebody changed the same since; it is left as it is."""
    verb = VERBS[step.do]
    if verb.undo is None:
        raise Refused(_("What was said cannot be unsaid."))
    if before:
        verb.undo(conversation, before, by)


def says(step: Step) -> str:
    """What it does, as people read it: "adds the tag VIP"."""
    verb = VERBS[step.do]
    if verb.empty and step.value is None:
        return str(verb.says_empty)
    if step.do == "spam" and step.value:
        return _("marks as spam and blocks the sender")
    return str(verb.says) % {"what": step.shown}
