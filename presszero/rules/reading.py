"""A rule as it is kept, as JSON, and as it is judged: read once a version, refused where it says nothing sensible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from presszero.conversations import filtering, steps
from presszero.conversations.filtering import Filter, Known
from presszero.conversations.steps import Step
from presszero.core.refusal import Refused

from . import occasions
from .occasions import When

NAMES = ("when", "filter", "steps", "stop", "once", "rest")


class BadRule(Refused):
    """It cannot be read as a rule. `part` is the one that is wrong: when · filter · steps · rest · name."""

    def __init__(self, part: str, refused: Refused) -> None:
        super().__init__(str(refused), refused.next_step)
        self.part = part


@dataclass(frozen=True, slots=True)
class Reading:
    """A rule that can be judged. `rest`: not again in a conversation within this."""

    when: When
    filter: Filter
    steps: tuple[Step, ...]
    stop: bool
    once: bool
    rest: timedelta | None

    @property
    def answers(self) -> bool:
        """Whether it writes to the customer."""
        return any(step.do == "reply" for step in self.steps)


def read(merchant_id: int, reads: Mapping[str, Any], known: Known | None = None) -> Reading:
    """Everything checked against the merchant. Raises BadRule."""
    names = known or filtering.known(merchant_id)
    when = _part("when", lambda: occasions.read(reads.get("when")))
    found = _part("filter", lambda: _filter(names, reads.get("filter")))
    done = _part("steps", lambda: _steps(names, reads.get("steps")))
    rest = reads.get("rest") or ""
    length = _part("rest", lambda: occasions.length(rest)) if rest else None
    if when.clock is not None and not any(True for _each in found.conditions()):
        raise BadRule(
            _("filter"), Refused(_("Say for which conversations."), _("Every day, for all of them, is too many."))
        )
    return Reading(when, found, done, bool(reads.get("stop")), bool(reads.get("once")), length)


def says(reading: Reading) -> str:
    """ "When a message arrives and Tag is VIP, this rule sets the priority to high." """
    asked = filtering.says(reading.filter) if any(True for _each in reading.filter.conditions()) else ""
    parts = {
        "when": occasions.says(reading.when),
        "and": asked,
        "then": joined([steps.says(step) for step in reading.steps]),
    }
    if asked:
        return _("When %(when)s and %(and)s, this rule %(then)s.") % parts
    return _("When %(when)s, this rule %(then)s.") % parts


def joined(parts: Sequence[str]) -> str:
    """ "adds the tag VIP, sets the priority to high and resolves" """
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": _(", ").join(parts[:-1]), "last": parts[-1]}


def _part(name: str, read_it: Any) -> Any:
    try:
        return read_it()
    except Refused as refused:
        raise BadRule(name, refused) from refused


def _filter(known: Known, written: Any) -> Filter:
    found = filtering.read(known.merchant_id, written if written is not None else {}, known)
    if found.of_me:
        raise Refused(_("A rule is nobody, so it cannot ask about “me”."), _("Pick a person."))
    return found


def _steps(known: Known, written: Any) -> tuple[Step, ...]:
    found = steps.read(known.merchant_id, written, known)
    if not found:
        raise Refused(_("Say what is to be done."), _("Add a step."))
    if any(step.value == "me" for step in found if step.do in ("assign", "follow")):
        raise Refused(_("A rule is nobody, so it cannot hand it to “me”."), _("Pick a person."))
    return found
