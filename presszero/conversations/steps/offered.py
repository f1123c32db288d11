"""What a builder of steps offers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from presszero.merchants.models import Merchant

from ..filtering.choices import Choice
from ..filtering.known import Known
from ..filtering.known import known as known_of
from ..filtering.values import listed
from .step import Verb
from .verbs import VERBS


@dataclass(frozen=True, slots=True)
class StepChoice:
    """`key` is where the JSON keeps the value; `empty`: null may be given. `takes` as in step.Verb."""

    do: str
    label: str
    takes: str
    key: str
    choices: tuple[Choice, ...]
    empty: str  # what null does; "": it may not be given
    undoable: bool


def catalogue(merchant: Merchant | int, known: Known | None = None) -> list[StepChoice]:
    """Every step there is, and what there is to pick with this merchant; one statement."""
    names = known or known_of(merchant)
    return [
        StepChoice(
            do, str(verb.label), verb.takes, verb.key, tuple(_choices(names, do, verb)), str(verb.says_empty),
            verb.undo is not None,
        )
        for do, verb in VERBS.items()
    ]  # fmt: skip


def _choices(known: Known, do: str, verb: Verb) -> list[Choice]:
    if verb.choices:
        return verb.choices(known)
    if verb.takes == "priority":
        return [Choice(value, label) for value, label in listed("priority").items()]
    if verb.takes == "field":
        return [Choice(own.key, own.label) for (about, _key), own in known.own.items() if about == "conversation"]
    if verb.takes == "flag":
        return [Choice(1, _("Block the sender too"))]
    kind = {"member": "assignee"}.get(verb.takes, verb.takes)
    if kind not in known.named:
        return []
    me = [Choice("me", _("Me"))] if kind == "assignee" else []
    return [*me, *(Choice(one.id, one.name) for one in known.named[kind].values() if one.standing)]
