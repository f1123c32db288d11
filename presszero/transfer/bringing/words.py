"""Tags, topics and ready answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop

from presszero.conversations.models import Macro

from ..vocabulary import MacroFound, Where, WordFound
from .hand import Hand, Outcome
from .known import colleagues, targets
from .registry import Looked

PARTLY = gettext_noop("Something in it has no place here and was left out.")

Macros = Sequence[tuple[Where, MacroFound]]
Words = Sequence[tuple[Where, WordFound]]


def bring_words(hand: Hand, words: Words) -> None:
    for where, found in words:
        hand.where = where
        _target, new = hand.tag(found.name) if found.kind == "tag" else hand.topic(found.name)
        if not new:
            hand.note(where, found.kind, Outcome.KNOWN)


def check_words(hand: Hand, words: Words) -> Iterator[Looked]:
    for where, found in words:
        outcome = Outcome.KNOWN if hand.has_word(found.kind, found.name) else Outcome.NEW
        yield Looked(where, found.kind, found.name, outcome, (f"{found.kind}:{found.name.lower()}",))


def bring_macros(hand: Hand, macros: Macros) -> None:
    there = _there(hand, macros)
    for where, found in macros:
        if found.external_id in there or found.name.lower() in there:
            hand.note(where, "macro", Outcome.KNOWN)
            continue
        there |= {found.external_id, found.name.lower()} - {""}
        left_out = list(found.left_out)
        row = Macro.objects.create(
            merchant=hand.merchant,
            name=found.name[:80],
            text=found.text,
            language=found.language,
            steps=[step for each in found.steps if (step := _step(hand, each, left_out))],
        )
        hand.note(where, "macro", Outcome.NEW, external_id=found.external_id, target_id=row.id)
        if left_out:
            said = {"macro": found.name, "left_out": left_out}
            hand.note(where, "macro_part", Outcome.LEFT_OUT, reason=PARTLY, raw=said)


def check_macros(hand: Hand, macros: Macros) -> Iterator[Looked]:
    there = _there(hand, macros)
    for where, found in macros:
        known = found.external_id in there or found.name.lower() in there
        outcome = Outcome.KNOWN if known else Outcome.NEW
        yield Looked(where, "macro", found.name, outcome, (f"macro:{found.name.lower()}",))
        if found.left_out and not known:
            hand.note(where, "macro_part", Outcome.LEFT_OUT, reason=PARTLY, raw={"left_out": list(found.left_out)})


def _there(hand: Hand, macros: Macros) -> set[str]:
    """Numbers and names of ready answers that are there."""
    numbers = targets(hand, "macro", [found.external_id for _, found in macros])
    named = Macro.objects.filter(merchant=hand.merchant, retired_at=None, name__in=[found.name for _, found in macros])
    return {*numbers, *(name.lower() for name in named.values_list("name", flat=True))}


def _step(hand: Hand, found: Mapping[str, Any], left_out: list[str]) -> dict[str, Any] | None:
    """The step with ids of ours in the place of words."""
    step = dict(found)
    if step["do"] in ("tag", "untag"):
        step["tag"] = hand.tag(str(step["tag"]))[0]
    elif step["do"] == "topic":
        step["topic"] = hand.topic(str(step["topic"]))[0]
    elif step["do"] == "team":
        step["team"] = hand.team(str(step["team"]))
        if step["team"] is None:
            left_out.append(f"team {found['team']}")
            return None
    elif step["do"] == "assign" and step["to"] not in ("me", None):
        them = colleagues(hand, [str(step["to"])]).get(str(step["to"]))
        if them is None or them.member_id is None:
            left_out.append(f"assign {them.name if them else found['to']}")
            return None
        step["to"] = them.member_id
    elif step["do"] == "snooze":
        step.setdefault("for", None)
    return step
