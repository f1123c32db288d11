"""What the builders of filters and steps are told: fields, operators and choices of a merchant, and all they say.

Templates include conversations/_filter.html and conversations/_steps.html with these; the scripts beside them draw.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from presszero.merchants.models import Merchant

from . import filtering, steps
from .filtering import FieldChoice, Known
from .filtering.known import Own
from .steps import StepChoice

_NEEDS_SOMETHING = frozenset({"tag", "untag", "team", "topic", "field"})  # offered once there is something to pick
_KINDS = {"text": "text", "field": "field", "pair": "pair", "nothing": ""}  # the rest are choices


def conversation_filter(merchant: Merchant, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """For filter_builder. `without`: choices that mean nothing where nobody looks, such as "me" in a rule."""
    return {
        "fields": [_field(each, without) for each in filtering.catalogue(merchant)],
        "words": {
            **_shared_words(),
            "match": _("Which conversations"),
            "all": _("All of these hold"),
            "any": _("Any of these holds"),
            "where": _("where"),
            "and": _("and"),
            "or": _("or"),
            "field": _("What"),
            "how": _("How"),
            "add": _("Add a condition"),
            "addGroup": _("Add a group"),
            "remove": _("Take this condition out"),
            "everything": _("Every conversation. Add a condition to narrow it down."),
            "pick": _("Pick some"),
            "yes": _("yes"),
            "no": _("no"),
        },
    }


def conversation_steps(merchant: Merchant, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """For steps_builder. `without`: steps and choices not to be offered, such as "me" where nobody acts."""
    known = filtering.known(merchant)
    offered = [each for each in steps.catalogue(merchant, known) if each.do not in without]
    return {
        "steps": [_step(each, known, without) for each in offered if each.choices or each.do not in _NEEDS_SOMETHING],
        "words": {
            **_shared_words(),
            "nothing": _("Nothing is done yet."),
            "addStep": _("Add a step"),
            "step": _("What is done"),
            "first": _("first"),
            "then": _("then"),
            "up": _("Do it earlier"),
            "down": _("Do it later"),
            "remove": _("Take this step out"),
            "field": _("Which field"),
            "empty": _("nothing"),
        },
    }


def _step(each: StepChoice, known: Known, without: frozenset[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"do": each.do, "label": each.label, "arg": each.key}
    made["kind"] = _KINDS.get(each.takes, "choice")
    if made["kind"] == "field":
        ours = [own for (about, _key), own in known.own.items() if about == "conversation"]
        made["fields"] = [
            {"key": own.key, "label": own.label, "kind": own.kind, "choices": _answers(own)} for own in ours
        ]
    elif made["kind"] == "pair":
        words: list[dict[str, Any]] = [
            {"key": one.value, "label": one.label, "kind": "text", "choices": []} for one in each.choices
        ]
        made |= {"kind": "field", "fields": [one for one in words if one["key"] not in without]}
    elif made["kind"] == "choice":
        made["choices"] = [*_values(each, without), *([[None, _sentence(each.empty)]] if each.empty else [])]
    return made


def _values(each: StepChoice, without: frozenset[str]) -> list[list[Any]]:
    if each.takes == "duration":
        return [[length, text] for length, text in _lengths()]
    if each.takes == "flag":
        return [[False, _("and nothing else")], *([True, one.label] for one in each.choices)]
    return [[one.value, one.label] for one in each.choices if one.value not in without]


def _answers(own: Own) -> list[list[str]]:
    if own.kind == "yesno":
        return [["yes", _("yes")], ["no", _("no")]]
    return [[choice, choice] for choice in own.choices]


def _lengths() -> list[tuple[str, str]]:
    return [
        ("1h", _("for an hour")),
        ("4h", _("for four hours")),
        ("1d", _("for a day")),
        ("3d", _("for three days")),
        ("7d", _("for a week")),
        ("30d", _("for a month")),
    ]


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _field(each: FieldChoice, without: frozenset[str]) -> dict[str, Any]:
    return {
        "key": each.key,
        "label": each.label,
        "ops": [[op.value, op.label, op.takes] for op in each.ops],
        "choices": [[one.value, one.label] for one in each.choices if one.value not in without],
    }


def _shared_words() -> dict[str, Any]:
    return {
        "unit": _("Minutes, hours or days"),
        "units": {"m": _("minutes"), "h": _("hours"), "d": _("days")},
    }
