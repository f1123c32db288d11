"""Whether the next order may be spoken of in a conversation. Pure.

Only when the matter is fixed and the mood is good, and nothing of ours stands open with this customer anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from presszero.conversations.mood import Mood


class Fixed(StrEnum):
    """How far the matter is settled."""

    NOT = ""
    RESOLVED = "resolved"
    AGAIN_OPEN = "again_open"  # it was resolved, and they wrote once more
    REMEDY = "remedy"  # a remedy was done


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a matter and its customer, at one moment."""

    on: bool = True  # the merchant wants suggestions
    sells: bool = True  # we know of something for sale
    spam: bool = False
    known: bool = True  # a person wrote; no machine, nobody's form
    fixed: Fixed = Fixed.NOT
    said_well: bool = False  # whoever answered said that all is well, after the last words
    mood: Mood = Mood.UNCLEAR  # of what they said last, after we had spoken
    remedies: frozenset[str] = field(default_factory=frozenset)  # states of remedies that are not settled
    broken_promise: bool = False  # one that was broken and never kept, here or in another matter of theirs
    open_elsewhere: bool = False  # another matter of theirs is not settled
    refused: bool = False  # they want nothing of this sort


@dataclass(frozen=True, slots=True)
class Verdict:
    yes: bool
    why: str | Promise  # a sentence for whoever answers
    how: str = ""  # said · read: how we know the mood, where yes


# Asked, being done, unknown, failed, a task: until these are over, nothing is fixed.
UNSETTLED = ("asked", "given", "doing", "unknown", "failed", "task")


def may_suggest(case: Case) -> Verdict:
    """The first reason against it counts; without one, yes."""
    against = next((why for holds, why in _against(case) if holds), None)
    if against is not None:
        return Verdict(False, against)
    return Verdict(True, _("The matter is solved, and they are content."), "said" if case.said_well else "read")


def _against(case: Case) -> tuple[tuple[bool, str | Promise], ...]:
    good = case.said_well or case.mood is Mood.GOOD
    return (
        (not case.on, _("Suggestions are switched off in the settings.")),
        (case.spam, _("This is spam.")),
        (not case.known, _("We do not know who this is.")),
        (not case.sells, _("There is nothing for sale that we know of.")),
        (case.refused, _("They want no advertising.")),
        (bool(case.remedies & {"unknown"}), _("Nobody knows yet whether a remedy was done.")),
        (bool(case.remedies & {"failed"}), _("A remedy did not work. Put that right first.")),
        (bool(case.remedies & {"asked"}), _("A lead has not answered yet what may be given.")),
        (bool(case.remedies & {"given", "doing"}), _("A remedy is being done.")),
        (bool(case.remedies & {"task"}), _("Something has still to be done by hand.")),
        (case.fixed is Fixed.NOT, _("The matter is not solved yet.")),
        (case.broken_promise, _("We broke a promise to them and have not made it good.")),
        (case.open_elsewhere, _("Another matter of theirs is open.")),
        (case.mood is Mood.BAD and not case.said_well, _("Their last words are not content.")),
        (not good, _("It is not plain from their last words that they are content.")),
    )
