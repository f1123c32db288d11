"""From JSON to steps. Ids are checked against the merchant, words cleaned; nothing is run that is not a verb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from presszero.core.text import clean, one_line
from presszero.customers.models import OwnField
from presszero.customers.own_fields import BadField, checked
from presszero.merchants.models import Merchant

from ..filtering.known import Known
from ..filtering.known import known as known_of
from ..filtering.values import BadFilter, duration, listed
from .step import BadSteps, MovedOn, Read, Step, Verb
from .verbs import VERBS

__all__ = ["BadSteps", "MovedOn", "Step", "read"]

MOST = 20  # steps
LONGEST = 20_000  # letters of a text


def read(merchant: Merchant | int, nodes: object, known: Known | None = None) -> tuple[Step, ...]:
    """The steps that the JSON says. `known` saves asking the merchant's names again. Raises BadSteps.

    With known.with_retired() they may name what was retired since they were written; doing it is refused then.
    """
    if not isinstance(nodes, list) or len(nodes) > MOST:
        raise BadSteps(_("There are at most %(most)s steps.") % {"most": MOST}, _("Take some out."))
    names = known or known_of(merchant)
    return tuple(_step(names, node) for node in nodes)


def _step(known: Known, node: object) -> Step:
    do = node.get("do") if isinstance(node, dict) else None
    verb = VERBS.get(do) if isinstance(do, str) else None
    if verb is None or not isinstance(node, dict) or not isinstance(do, str):
        raise BadSteps(_("A step is not one we know."), _("Pick one of the steps offered."))
    if node.get(verb.key) is None and verb.empty:
        return Step(do, None, "", dict(node))
    value, shown = (verb.read or _READ[verb.takes])(known, node)
    return Step(do, value, shown, dict(node))


def _named(what: str) -> Read:
    def reads(known: Known, node: Mapping[str, Any]) -> tuple[int, str]:
        found = known.find(what, node.get(_verb(node).key))
        if found is None or not found.standing:
            raise BadSteps(_("What a step names is not here any more."), _("Pick another one, or take the step out."))
        return found.id, found.name

    return reads


def _member(known: Known, node: Mapping[str, Any]) -> tuple[int | str, str]:
    if node.get(_verb(node).key) == "me":
        return "me", _("me")
    return _named("assignee")(known, node)


def _priority(known: Known, node: Mapping[str, Any]) -> tuple[int, str]:
    value, names = node.get("priority"), listed("priority")
    if type(value) is not int or value not in names:
        raise BadSteps(_("There is no such priority."))
    return value, names[value]


def _duration(known: Known, node: Mapping[str, Any]) -> tuple[float, str]:
    try:
        return duration(node.get("for")).total_seconds(), str(node["for"])
    except BadFilter as why:
        raise BadSteps(str(why)) from None


def _field(known: Known, node: Mapping[str, Any]) -> tuple[tuple[str, str], str]:
    key, value = node.get("key"), node.get("value", "")
    own = known.own.get(("conversation", key)) if isinstance(key, str) else None
    if own is None or not isinstance(key, str):
        raise BadSteps(_("There is no such field."), _("Pick another one, or take the step out."))
    if not isinstance(value, str):
        raise BadSteps(_("A field is filled in with words."))
    try:
        kept = checked(OwnField(label=own.label, kind=own.kind, choices=list(own.choices)), value)
    except BadField as why:
        raise BadSteps(str(why)) from None
    return (key, kept), f"{own.label}: {kept}" if kept else own.label


def _text(known: Known, node: Mapping[str, Any]) -> tuple[str, str]:
    given = node.get("text")
    text = clean(given, LONGEST).strip() if isinstance(given, str) else ""
    if not text:
        raise BadSteps(_("There are no words in it."), _("Write what should be said."))
    return text, one_line(text, 60) + ("…" if len(text) > 60 else "")


def _flag(known: Known, node: Mapping[str, Any]) -> tuple[bool, str]:
    return node.get(_verb(node).key) is True, ""


def _verb(node: Mapping[str, Any]) -> Verb:
    return VERBS[node["do"]]


_READ: Mapping[str, Read] = {
    "member": _member,
    "team": _named("team"),
    "tag": _named("tag"),
    "topic": _named("topic"),
    "priority": _priority,
    "duration": _duration,
    "field": _field,
    "text": _text,
    "flag": _flag,
    "nothing": lambda known, node: (None, ""),
}
